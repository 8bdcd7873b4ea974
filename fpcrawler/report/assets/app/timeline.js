// When pictures were taken and files changed, and how wrong the cameras' clocks are.

import { TimeChart } from "./chart.js";
import { CLOCK_NAMES } from "./derived.js";
import { button, h, replaceChildren } from "./dom.js";
import { countsOf } from "./filters.js";
import { count, plural } from "./words.js";

export function takenChart(app, height) {
  const hasUtc = app.table.columns.has_utc;
  return new TimeChart(app, {
    name: "taken", label: "Taken, by the camera's clock", height,
    isMarked: (number) => !hasUtc.codes[number],
    marks: [["sure", "UTC known"], ["marked", "local time only"]],
  });
}

export class Timeline {
  constructor(app) {
    this.app = app;
    this.charts = [takenChart(app, 170),
      new TimeChart(app, { name: "modified", label: "Last-Modified, by the server", height: 110 })];
    this.clock = h("div", { class: "bars" });
    this.note = h("p", { class: "caption" });
    this.element = h("section", { class: "view timeline-view" }, this.charts.map(({ element }) => element),
      h("section", { class: "panel" }, h("h3", {}, "Camera clock against GPS clock"), this.note, this.clock));
  }

  update() {
    for (const chart of this.charts) chart.update();
    const { app } = this;
    const counts = countsOf(app.filters, "f.clock", app.table.columns.clock);
    const known = counts.subarray(1).reduce((sum, number) => sum + number, 0);
    const most = Math.max(1, ...counts.subarray(1));
    this.note.textContent = known
      ? `${plural(known, "image")} with a GPS time and a written offset from UTC. The later an ahead clock, the earlier the picture really is.`
      : "No image has both a GPS time and a written offset from UTC.";
    const chosen = app.state.facets.clock ?? [];
    replaceChildren(this.clock, !known ? [] : CLOCK_NAMES.map((name, at) => {
      const bar = h("span", { class: "bar" });
      bar.style.inlineSize = `${(100 * counts[at + 1]) / most}%`;
      return button([h("span", { class: "value" }, name), h("span", { class: "track" }, bar),
        h("span", { class: "number" }, count(counts[at + 1]))], () => app.toggle("clock", name),
      { "aria-pressed": String(chosen.includes(name)) });
    }));
  }
}

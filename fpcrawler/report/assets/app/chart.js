// A histogram over time. Dragging over it, or the two dates beside it, filter.

import { button, h, replaceChildren, s } from "./dom.js";
import { count, day, moment, plural } from "./words.js";

const DAY = 86400;
const STEPS = [3600, DAY, 7 * DAY, "month", "quarter", "year"];
const MOST_BARS = 110;
const FEWEST_BARS = 12;
const HEIGHT = 120;

export class TimeChart {
  // `isMarked`: whether a record's part of a bar is drawn as less certain.
  constructor(app, { name, label, isMarked = null, marks = [], height = HEIGHT }) {
    Object.assign(this, { app, name, label, isMarked, height });
    this.values = app.table.columns[name];
    this.known = [...this.values.keys()].filter((number) => !Number.isNaN(this.values[number]));
    this.svg = s("svg", { class: "chart", role: "img" });
    this.from = this.dateInput("From");
    this.to = this.dateInput("To");
    this.reset = button("Clear", () => app.setRange(name, null), { class: "link", "aria-label": `Clear the filter: ${label}` });
    this.axis = h("div", { class: "axis", "aria-hidden": "true" });
    this.note = h("span", { class: "note" });
    this.element = h("section", { class: "time-chart" },
      h("header", {}, h("h3", {}, label), this.note,
        h("ul", { class: "legend" }, marks.map(([kind, text]) => h("li", { class: kind }, text))),
        h("div", { class: "dates" }, this.from.element, this.to.element, this.reset)),
      h("div", { class: "plot" }, this.svg), this.axis);
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.svg);
  }

  dateInput(label) {
    const input = h("input", { type: "date", min: "0001-01-01", max: "9999-12-31", onchange: () => this.typed() });
    return { input, element: h("label", {}, label, input) };
  }

  typed() {
    const seconds = ({ input }, extra) => input.value ? Date.parse(`${input.value}T00:00:00Z`) / 1000 + extra : NaN;
    const range = [seconds(this.from, 0), seconds(this.to, DAY - 1)];
    this.app.setRange(this.name, range.every(Number.isNaN) ? null : range);
  }

  update() {
    const [from, to] = this.app.state.ranges[this.name] ?? [NaN, NaN];
    this.from.input.value = Number.isNaN(from) ? "" : day(from);
    this.to.input.value = Number.isNaN(to) ? "" : day(to);
    this.reset.hidden = !this.app.state.ranges[this.name];
    this.draw();
  }

  draw() {
    const width = this.svg.clientWidth;
    if (!width) return;
    if (!this.known.length) {
      replaceChildren(this.svg);
      this.note.textContent = "none known";
      this.svg.setAttribute("aria-label", `${this.label}: none known`);
      return;
    }
    this.bins ??= binsOf(this.values, this.known);
    const { starts, places } = this.bins;
    const bars = starts.length - 1;
    const sure = new Uint32Array(bars);
    const marked = new Uint32Array(bars);
    const { filters } = this.app;
    this.known.forEach((number, at) => {
      if (!filters.passesBut(this.name, number)) return;
      if (this.isMarked?.(number)) marked[places[at]] += 1;
      else sure[places[at]] += 1;
    });
    const most = sure.reduce((found, number, at) => Math.max(found, number + marked[at]), 1);
    const total = sure.reduce((sum, number, at) => sum + number + marked[at], 0);
    this.note.textContent = `${plural(total, "image")}, ${this.bins.word}`;
    this.svg.setAttribute("aria-label", `${this.label}: ${plural(total, "image")} from ${day(starts[0])} to ${day(starts[bars] - 1)}, at most ${count(most)} in one bar.`);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
    replaceChildren(this.svg, this.grid(most, width), this.bars(sure, marked, most, width), this.brush(width));
    this.ticks(width);
  }

  bars(sure, marked, most, width) {
    const step = width / sure.length;
    const gap = step > 5 ? 1 : 0;
    const room = this.height - 14;
    const bar = (kind, at, length, below) => s("rect", { class: kind, x: at * step + gap / 2, width: Math.max(0.8, step - gap),
      y: this.height - below - length, height: length });
    const parts = [];
    sure.forEach((number, at) => {
      const low = (room * number) / most;
      const high = (room * marked[at]) / most;
      const title = `${this.barName(at)}: ${plural(number + marked[at], "image")}`;
      const made = [number && bar("sure", at, Math.max(1.5, low), 0), marked[at] && bar("marked", at, Math.max(1.5, high), low)];
      if (number || marked[at]) parts.push(s("g", {}, s("title", {}, title), made.filter(Boolean)));
    });
    return parts;
  }

  barName(at) {
    const { starts, isHourly } = this.bins;
    if (isHourly) return moment(starts[at]).slice(0, 16);
    const last = day(starts[at + 1] - 1);
    return day(starts[at]) === last ? last : `${day(starts[at])} to ${last}`;
  }

  grid(most, width) {
    const y = 14;
    return [s("line", { class: "rule", x1: 0, x2: width, y1: y, y2: y }),
      s("text", { class: "most", x: width, y: y - 4, "text-anchor": "end" }, count(most))];
  }

  // The part of the chart that the filter keeps.
  brush(width) {
    const range = this.app.state.ranges[this.name];
    if (!range) return null;
    const left = Number.isNaN(range[0]) ? 0 : this.placeOf(range[0], width);
    const right = Number.isNaN(range[1]) ? width : this.placeOf(range[1], width);
    return s("rect", { class: "brush", x: left, width: Math.max(2, right - left), y: 0, height: this.height });
  }

  placeOf(seconds, width) {
    const { starts } = this.bins;
    const bars = starts.length - 1;
    let at = 0;
    while (at < bars && starts[at + 1] <= seconds) at += 1;
    const within = at === bars ? 0 : (seconds - starts[at]) / (starts[at + 1] - starts[at]);
    return (width * (at + Math.max(0, within))) / bars;
  }

  ticks(width) {
    const { starts, length, isHourly } = this.bins;
    const bars = starts.length - 1;
    const every = Math.max(1, Math.ceil(bars / Math.max(2, Math.floor(width / 92))));
    const labels = [];
    for (let at = 0; at <= bars - 0.7 * every; at += every) {
      const label = h("span", {}, isHourly ? moment(starts[at]).slice(5, 16) : day(starts[at]).slice(0, length));
      label.style.insetInlineStart = `${(100 * at) / bars}%`;
      labels.push(label);
    }
    replaceChildren(this.axis, labels);
  }

  listen() {
    let start = null;
    const barAt = (event) => {
      const { left, width } = this.svg.getBoundingClientRect();
      const bars = this.bins.starts.length - 1;
      return Math.max(0, Math.min(bars - 1, Math.floor((bars * (event.clientX - left)) / width)));
    };
    const choose = (one, other) => this.app.setRange(this.name,
      [this.bins.starts[Math.min(one, other)], this.bins.starts[Math.max(one, other) + 1] - 1]);
    this.svg.addEventListener("pointerdown", (event) => {
      if (!this.bins) return;
      start = barAt(event);
      this.svg.setPointerCapture(event.pointerId);
    });
    this.svg.addEventListener("pointermove", (event) => { if (start !== null) choose(start, barAt(event)); });
    this.svg.addEventListener("pointerup", (event) => {
      if (start !== null) choose(start, barAt(event));
      start = null;
    });
    this.svg.addEventListener("pointercancel", () => { start = null; });
  }
}

// Bars of one length each, as many as fit: where they start, and the bar of each value.
function binsOf(values, known) {
  let least = Infinity;
  let most = -Infinity;
  for (const number of known) {
    least = Math.min(least, values[number]);
    most = Math.max(most, values[number]);
  }
  const step = STEPS.find((each) => startsOf(least, most, each, MOST_BARS)) ?? "year";
  const starts = padded(startsOf(least, most, step, Infinity));
  const places = known.map((number) => placeAmong(starts, values[number]));
  const word = typeof step === "string" ? `by ${step}` : step === 3600 ? "by hour" : step === DAY ? "by day" : "by week";
  const length = step === "year" ? 4 : typeof step === "string" ? 7 : 10;
  return { starts, places, word, length, isHourly: step === 3600 };
}

// Few bars get empty ones on both sides, so that a bar does not fill the chart.
function padded(starts) {
  while (starts.length <= FEWEST_BARS) {
    starts.unshift(2 * starts[0] - starts[1]);
    starts.push(2 * starts.at(-1) - starts.at(-2));
  }
  return starts;
}

function startsOf(least, most, step, limit) {
  const starts = [];
  const first = new Date(least * 1000);
  const [year, month] = [first.getUTCFullYear(), first.getUTCMonth()];
  const months = { month: 1, quarter: 3, year: 12 }[step];
  for (let at = 0; at <= Math.min(limit, 10_000); at += 1) {
    const start = months
      ? utcSeconds(year, Math.floor(month / months) * months + at * months)
      : (Math.floor(least / step) + at) * step;
    starts.push(start);
    if (start > most && at) return starts;
  }
  return limit === Infinity ? starts : null;
}

function utcSeconds(year, month) {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 1);
  return date.getTime() / 1000;
}

function placeAmong(starts, value) {
  let low = 0;
  let high = starts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

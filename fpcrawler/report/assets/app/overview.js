// All views at a glance, each smaller and with a link to the whole one.

import { button, h } from "./dom.js";
import { Copies, Devices } from "./groups.js";
import { Hosts } from "./hosts.js";
import { MapView } from "./map.js";
import { takenChart } from "./timeline.js";

export class Overview {
  constructor(app) {
    const part = (name, label, view) => ({ view, element: h("section", { class: `panel part ${name}` },
      h("header", {}, h("h3", { class: "part-name" }, label), button("Open", () => app.change({ view: name }), { class: "link", "aria-label": `Open ${label}` })), view.element) });
    this.parts = [
      part("map", "Places", new MapView(app, { isSmall: true })),
      part("timeline", "Time", takenChart(app, 206)),
      part("devices", "Devices", new Devices(app, { limit: 4 })),
      part("copies", "Copies", new Copies(app, { limit: 4 })),
      part("hosts", "Hosts", new Hosts(app, { limit: 5 })),
    ];
    this.element = h("div", { class: "view overview" }, this.parts.map(({ element }) => element));
  }

  update() {
    for (const { view } of this.parts) view.update();
  }
}

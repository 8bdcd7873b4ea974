// The map of the places where pictures were taken.

import { WORLD, atlas, countryOf, located, projected } from "./atlas.js";
import { Camera } from "./camera.js";
import { clustersOf, radiusOf } from "./clusters.js";
import { button, h, replaceChildren } from "./dom.js";
import { drawnMap } from "./drawing.js";
import { count, degrees, plural } from "./words.js";

const LISTED = 40;
const ASKED = 8; // images of a cluster whose country is looked up

export class MapView {
  constructor(app, { isSmall = false } = {}) {
    this.app = app;
    this.isSmall = isSmall;
    this.points = pointsOf(app.table);
    this.known = {}; // number of a record to its country
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.tip = h("div", { class: "tip", hidden: true, "aria-hidden": "true" });
    this.stage = h("div", {
      class: "stage", tabindex: 0, role: "application",
      "aria-label": "Map. Arrow keys move it, plus and minus zoom, 0 shows all places. The list of places has the same.",
    }, this.canvas, this.tip, this.controls());
    this.caption = h("p", { class: "caption", role: "status" });
    this.places = h("ol", { class: "places" });
    this.element = h("section", { class: isSmall ? "map-view small" : "view map-view" }, this.stage,
      h("div", { class: "side" }, h("h3", {}, "Places in view"), this.caption, this.places));
    this.camera = new Camera(this.stage, { onmove: () => this.draw(), onpick: (x, y) => this.pick(x, y),
      onhover: (x, y) => this.hover(x, y), onall: () => this.fit() });
    new ResizeObserver(() => this.resized()).observe(this.stage);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    if (this.points.numbers.length) atlas().then((shapes) => { this.shapes = shapes; this.draw(); });
  }

  controls() {
    this.limit = button("Filter to this view", () => this.filterToView(), { class: "limit", "aria-pressed": "false" });
    return h("div", { class: "controls" },
      h("div", { class: "zoom" },
        button("+", () => this.camera.zoomBy(2), { "aria-label": "Zoom in" }),
        button("−", () => this.camera.zoomBy(0.5), { "aria-label": "Zoom out" }),
        button("All", () => this.fit(), { "aria-label": "Show all places" })),
      this.limit);
  }

  resized() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return;
    const isFirst = !this.camera.width;
    this.camera.resize(width, height);
    if (isFirst) this.fit();
    else this.draw();
  }

  update() {
    const { box } = this.app.state;
    this.limit.setAttribute("aria-pressed", String(Boolean(box)));
    this.limit.textContent = box ? "Filtered to an area ×" : "Filter to this view";
    this.draw();
  }

  fit() {
    const { xs, ys, numbers } = this.points;
    let box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = 0; at < numbers.length; at += 1) {
      if (!this.isDrawn(numbers[at])) continue;
      box = [Math.min(box[0], xs[at]), Math.min(box[1], ys[at]), Math.max(box[2], xs[at]), Math.max(box[3], ys[at])];
    }
    this.camera.fit(box[0] === Infinity ? [0, 120, WORLD, 700] : box);
  }

  // Whether an image is on the map, seen or not, if it has a place.
  isDrawn(number) {
    return this.app.filters.passesBut("box", number);
  }

  filterToView() {
    if (this.app.state.box) return this.app.change({ box: null });
    const [[x1, y1], [x2, y2]] = this.camera.corners();
    const [north, west] = located([x1, y1]);
    const [south, east] = located([x2, y2]);
    // What lies beyond the map is drawn on its edge.
    return this.app.change({ box: [Math.max(-180, west), y2 >= projected(-90, 0)[1] ? -90 : south,
      Math.min(180, east), y1 <= projected(90, 0)[1] ? 90 : north] });
  }

  draw() {
    if (!this.camera?.width || !this.element.isConnected) return;
    this.clusters = clustersOf(this.points, this.camera, (number) => this.isDrawn(number));
    drawnMap(this.canvas, this.camera, this.shapes ?? [], this.clusters, this.app.state.box);
    clearTimeout(this.listing);
    this.listing = setTimeout(() => this.list(), 120);
  }

  inView() {
    return this.clusters.filter(({ x, y }) => this.camera.sees(x, y)).reverse();
  }

  list() {
    if (!this.clusters) return;
    const seen = this.inView().sort((one, other) => other.count - one.count);
    const images = seen.reduce((sum, cluster) => sum + cluster.count, 0);
    this.caption.textContent = images
      ? `${plural(images, "image")} in ${plural(seen.length, "place")}; ${this.share()} have a location.`
      : "No image with a location is in view.";
    if (this.isSmall) return;
    replaceChildren(this.places, seen.slice(0, LISTED).map((cluster) => this.place(cluster)));
  }

  // How many of the images that pass the other filters are on the map.
  share() {
    let all = 0;
    for (let number = 0; number < this.app.table.count; number += 1) all += this.isDrawn(number);
    const drawn = this.points.numbers.filter((number) => this.isDrawn(number)).length;
    return `${count(drawn)} of ${plural(all, "image")}`;
  }

  // The middle of a cluster's places and the box around them, as the records have them:
  // beyond the edge of the map, its own coordinates are not theirs.
  whereabouts({ members }) {
    const { latitude, longitude } = this.app.table.columns;
    const extent = (column) => members.reduce(([least, most], number) =>
      [Math.min(least, column[number]), Math.max(most, column[number])], [Infinity, -Infinity]);
    const [[south, north], [west, east]] = [extent(latitude), extent(longitude)];
    const mean = (column) => members.reduce((sum, number) => sum + column[number], 0) / members.length;
    return { middle: [mean(latitude), mean(longitude)], box: [west, south, east, north] };
  }

  place(cluster) {
    const [latitude, longitude] = this.whereabouts(cluster).middle;
    return h("li", {}, button([
      h("span", { class: "where" }, this.shapes ? this.countries(cluster) || "off the coast" : "", h("small", {}, degrees(latitude, longitude))),
      h("span", { class: "number" }, count(cluster.count))], () => this.open(cluster)));
  }

  // The country of most images, by some of them: the middle may lie in another, or at sea.
  countries({ members }) {
    const step = Math.ceil(members.length / ASKED);
    const names = members.filter((_, at) => at % step === 0).map((number) => this.country(number)).filter(Boolean);
    const counts = new Map();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    const [first] = [...counts].sort((one, other) => other[1] - one[1]).map(([name]) => name);
    return counts.size > 1 ? `${first} and others` : first;
  }

  country(number) {
    const { latitude, longitude } = this.app.table.columns;
    this.known[number] ??= countryOf(this.shapes, latitude[number], longitude[number]);
    return this.known[number];
  }

  at(x, y) {
    return [...(this.clusters ?? [])].reverse().find((cluster) => {
      const [left, top] = this.camera.onScreen(cluster.x, cluster.y);
      return Math.hypot(left - x, top - y) <= Math.max(14, radiusOf(cluster));
    });
  }

  pick(x, y) {
    const cluster = this.at(x, y);
    if (cluster) this.open(cluster);
  }

  hover(x, y) {
    const cluster = this.at(x, y);
    this.stage.classList.toggle("pointing", Boolean(cluster));
    this.tip.hidden = !cluster;
    if (!cluster) return;
    this.tip.textContent = `${plural(cluster.count, "image")} · ${degrees(...this.whereabouts(cluster).middle)}`;
    this.tip.style.insetInlineStart = `${Math.min(x + 14, this.camera.width - 230)}px`;
    this.tip.style.insetBlockStart = `${y + 14}px`;
  }

  // One image is shown; several are zoomed to, or listed where they are one place.
  open(cluster) {
    if (cluster.count === 1) return this.app.change({ image: cluster.members[0] });
    const [left, top, right, bottom] = cluster.box;
    if (!this.camera.isDeepest() && Math.max(right - left, bottom - top) > 1e-5) return this.camera.fit(cluster.box);
    const [west, south, east, north] = this.whereabouts(cluster).box;
    const edge = 0.0001;
    return this.app.change({ view: "table", box: [west - edge, south - edge, east + edge, north + edge] });
  }
}

function pointsOf(table) {
  const { latitude, longitude } = table.columns;
  const numbers = [];
  for (let number = 0; number < table.count; number += 1) if (table.isLocated(number)) numbers.push(number);
  const xs = new Float64Array(numbers.length);
  const ys = new Float64Array(numbers.length);
  numbers.forEach((number, at) => { [xs[at], ys[at]] = projected(latitude[number], longitude[number]); });
  return { numbers, xs, ys };
}

// The page: header, key figures, tabs, facets, one view, and the image that is open.

import { App } from "./app.js";
import { addDerived } from "./derived.js";
import { Detail } from "./detail.js";
import { Details } from "./details.js";
import { button, h, replaceChildren } from "./dom.js";
import { Facets } from "./facets.js";
import { chips, figures } from "./figures.js";
import { Grid, gridCaption } from "./grid.js";
import { Copies, Devices } from "./groups.js";
import { Hosts } from "./hosts.js";
import { MapView } from "./map.js";
import { Matches } from "./matches.js";
import { Origin } from "./origin.js";
import { Overview } from "./overview.js";
import { Table } from "./table.js";
import { Timeline } from "./timeline.js";
import { unpackedTable } from "./unpack.js";
import { count, plural } from "./words.js";

const VIEWS = [
  ["overview", "Overview", Overview],
  ["matches", "Known lists", Matches],
  ["map", "Map", MapView],
  ["devices", "Devices", Devices],
  ["timeline", "Timeline", Timeline],
  ["copies", "Copies", Copies],
  ["origin", "Software", Origin],
  ["hosts", "Hosts", Hosts],
  ["table", "Table", Grid],
];

class Page {
  constructor(app) {
    this.app = app;
    this.made = {};
    this.views = VIEWS.filter(([name]) => name !== "matches" || app.table.matches.length);
    this.facets = new Facets(app);
    this.detail = new Detail(app);
    this.status = h("p", { class: "status", role: "status" });
    this.figures = h("dl", { class: "figures" });
    this.alert = h("div", { class: "alert-line" });
    this.chips = h("div", { class: "chips" });
    this.title = h("h2", { class: "unseen" });
    this.holder = h("div", { class: "holder" });
    this.tabs = h("nav", { class: "tabs", "aria-label": "Views" }, this.views.map(([name, label]) =>
      button(label, () => app.change({ view: name }))));
    this.side = h("aside", { class: "side-bar", id: "facets", "aria-label": "Filters" },
      h("h2", { class: "unseen" }, "Filters"), this.facets.element);
    app.listeners.push((before, hasNewFilter) => this.update(hasNewFilter));
  }

  mount() {
    this.opener = button("Filters", () => this.toggleSide(), { class: "opener", "aria-expanded": "false", "aria-controls": "facets" });
    document.querySelector(".tools").append(this.search(), this.opener);
    replaceChildren(document.getElementById("main"), this.figures, this.alert, this.tabs,
      h("div", { class: "columns" }, this.side, h("div", { class: "stage-column" }, this.title, this.chips, this.holder), this.detail.element));
    this.update(true);
  }

  search() {
    let waiting = 0;
    this.words = h("input", { type: "search", placeholder: "Search URLs, tags, hashes …", "aria-label": "Search",
      spellcheck: "false", autocomplete: "off", oninput: () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => this.app.change({ words: this.words.value }), 120);
      } });
    return this.words;
  }

  toggleSide() {
    const isOpen = document.body.classList.toggle("has-side");
    this.opener.setAttribute("aria-expanded", String(isOpen));
  }

  update(hasNewFilter) {
    const { state } = this.app;
    const name = this.views.some(([each]) => each === state.view) ? state.view : "overview";
    if (document.activeElement !== this.words) this.words.value = state.words;
    this.views.forEach(([each], at) => {
      if (each === name) this.tabs.children[at].setAttribute("aria-current", "page");
      else this.tabs.children[at].removeAttribute("aria-current");
    });
    if (hasNewFilter) {
      this.facets.update();
      replaceChildren(this.figures, figures(this.app));
      this.alertMatches();
    }
    this.status.textContent = gridCaption(this.app)
      + (state.words && !this.app.sought.isWhole ? " so far, tags are still being read" : "");
    replaceChildren(this.chips, this.status, chips(this.app));
    this.title.textContent = this.views.find(([each]) => each === name)[1];
    this.showView(name);
    this.detail.update();
  }

  showView(name) {
    this.made[name] ??= new (this.views.find(([each]) => each === name)[2])(this.app);
    const { element } = this.made[name];
    if (element.parentElement !== this.holder) {
      replaceChildren(this.holder, element);
      document.body.dataset.view = name;
      this.tabs.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    }
    this.made[name].update();
  }

  alertMatches() {
    const { app } = this;
    const matches = app.table.matches.filter(([number]) => app.filters.passes(number));
    const found = new Set(matches.map(([number]) => number));
    const lists = new Set(matches.map(([, { list }]) => list));
    const bad = new Set(matches.filter(([, { set }]) => set === "known-bad").map(([number]) => number));
    replaceChildren(this.alert, !found.size ? null : h("p", { class: "alert-band" },
      h("strong", {}, `${plural(found.size, "image")} on ${plural(lists.size, "known list")}${bad.size ? `, ${count(bad.size)} known-bad` : ""}`),
      button("Show", () => app.change({ view: "matches" }), { class: "link", "aria-label": "Show the matches with known lists" })));
  }
}

async function start() {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const table = new Table(await unpackedTable(document.getElementById("table")), facts);
  addDerived(table);
  const app = new App(table, new Details());
  new Page(app).mount();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
  await app.sought.build();
  document.documentElement.dataset.searchable = "";
}

start().catch((error) => {
  const isShown = "ready" in document.documentElement.dataset;
  const what = isShown ? "Not all tags can be searched" : "This report cannot be shown";
  const place = document.getElementById("main");
  place.prepend(h("p", { class: "wait", role: "alert" }, `${what}: ${error.message}`));
  if (!isShown) place.querySelector(".wait[role=status]")?.remove();
  throw error;
});

// The images that are on known lists.

import { Cards } from "./cards.js";
import { button, h, web } from "./dom.js";
import { count, fileName } from "./words.js";

const HINTS = {
  random_128_bytes_sample_start: "128 known bytes: only a hint if many files share them",
  picture_sha256: "the picture's fingerprint: metadata may differ",
  sha256_first_10240_bytes: "the first 10,241 bytes",
};

export class Matches {
  constructor(app) {
    this.app = app;
    this.cards = new Cards(app, { label: "Matches with known lists", empty: "No image that passes is on a known list.", describe: (row) => this.row(row) });
    this.element = h("section", { class: "view matches-view" },
      h("p", { class: "caption" }, "Images whose digests are on the lists of KNOWN_LISTS. Row: the first row of the list that matches."), this.cards.element);
  }

  update() {
    this.cards.update(this.app.table.matches.filter(([number]) => this.app.filters.passes(number)));
  }

  row([number, list, kind, row]) {
    const url = this.app.table.urls[number];
    return h("article", { class: "card match-card" },
      h("header", {}, h("span", { class: "badge alert" }, web(list)), h("h3", {}, web(fileName(url)))),
      h("p", { class: "fine" }, button(web(url), () => this.app.change({ image: number }), { class: "url" })),
      h("dl", { class: "facts" }, h("div", {}, h("dt", {}, "matched by"), h("dd", {}, web(kind), HINTS[kind] ? ` – ${HINTS[kind]}` : "")),
        row !== null && h("div", {}, h("dt", {}, "row"), h("dd", {}, count(row)))));
  }
}

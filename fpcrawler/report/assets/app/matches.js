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
      h("p", { class: "caption" }, "Images whose digests are on the lists of KNOWN_LISTS, known-bad ones first. Row: the first row of the list that matches."), this.cards.element);
  }

  update() {
    this.cards.update(byConcern(this.app.table.matches.filter(([number]) => this.app.filters.passes(number))));
  }

  row([number, match]) {
    const { list, kind } = match;
    const url = this.app.table.urls[number];
    return h("article", { class: "card match-card" },
      h("header", {}, setBadge(match), h("span", { class: "badge" }, web(list)), h("h3", {}, web(fileName(url)))),
      h("p", { class: "fine" }, button(web(url), () => this.app.change({ image: number }), { class: "url" })),
      h("dl", { class: "facts" },
        said("matched by", kind, HINTS[kind]),
        FACTS.map(([label, field]) => said(label, match[field])),
        said("size", match.size_differs && "differs from that in the list: the digest or the list is wrong"),
        said("row", match.row === undefined ? null : count(match.row))));
  }
}

const FACTS = [["category", "category"], ["series", "series"], ["flags", "flags"], ["name on the list", "name"]];

// Of older feeds, and of lists that do not say, the set is unknown.
function setBadge({ set }) {
  return h("span", { class: `badge${set === "known-good" ? "" : " alert"}${set === "known-bad" ? " bad" : ""}` }, set ?? "known");
}

function said(label, value, hint = "") {
  if (!value) return null;
  return h("div", {}, h("dt", {}, label), h("dd", {}, web(value), hint ? ` – ${hint}` : ""));
}

// What a list says of an image, in one line.
export function matchInWords({ kind, row, set, size_differs: differs, ...others }) {
  const parts = [set, ...FACTS.map(([label, field]) => others[field] && `${label} ${others[field]}`),
    differs && "SIZE DIFFERS from that in the list", kind, row !== undefined && `row ${count(row)}`];
  return parts.filter(Boolean).join("; ");
}

// Known-bad images first; each part keeps its order.
function byConcern(matches) {
  const rank = ([, { set }]) => ["known-bad", undefined, "known-good"].indexOf(set);
  return [...matches].sort((one, other) => rank(one) - rank(other));
}

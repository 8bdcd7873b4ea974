// The hosts: how many images each has, how it answers ranges, and what was read of it.

import { Cards } from "./cards.js";
import { button, h, web } from "./dom.js";
import { bytes, count, share } from "./words.js";

const RANGE_WORDS = [["yes", "true"], ["unknown", ""], ["no", "false"]];

export class Hosts {
  constructor(app, { limit } = {}) {
    this.app = app;
    this.isSmall = Boolean(limit);
    this.cards = new Cards(app, { label: "Hosts", limit, empty: "No host passes the filters.", describe: (row) => this.row(row) });
    this.element = h("section", { class: this.isSmall ? "hosts-view" : "view hosts-view" }, this.isSmall ? null
      : h("p", { class: "caption" }, "How each server answers requests for ranges, and how much of its files was read. A server without ranges is read up to the last byte that is needed."),
    this.cards.element);
  }

  update() {
    const rows = hostRows(this.app.table, this.app.passing);
    this.most = rows[0]?.images ?? 1;
    this.cards.update(rows);
  }

  row(row) {
    const { app } = this;
    const isChosen = (app.state.facets.host ?? []).includes(row.host);
    const bar = h("span", { class: "bar" });
    bar.style.inlineSize = `${(100 * row.images) / this.most}%`;
    return h("article", { class: "card host-card" },
      h("header", {}, h("h3", {}, web(row.host || "unknown")), row.tor > 0 && h("span", { class: "badge" }, "Tor")),
      h("span", { class: "track", "aria-hidden": "true" }, bar),
      h("dl", { class: "facts" },
        fact("images", count(row.images)),
        fact("ranges", RANGE_WORDS.filter(([word]) => row[word]).map(([word]) => `${word} ${row.images === row[word] ? "" : count(row[word])}`.trim()).join(", ")),
        fact("read", readInWords(row)),
        this.isSmall ? null : fact("requests", `${count(row.requests)} (${(row.requests / row.images).toFixed(2)} each)`),
        this.isSmall ? null : fact("located", count(row.located)),
        row.unsized > 0 && !this.isSmall && fact("size unknown", count(row.unsized))),
      this.isSmall ? null : h("footer", {}, button(isChosen ? "Filtered ×" : "Filter to this host", () => app.toggle("host", row.host), { class: "link", "aria-pressed": String(isChosen) })));
  }
}

// A share can be told only of the images whose size is known.
function readInWords({ size, read, readOfSized, unsized }) {
  if (!size) return bytes(read);
  const part = `${bytes(readOfSized)} of ${bytes(size)} (${share(readOfSized, size)})`;
  return unsized ? `${bytes(read)}; ${part} where the size is known` : part;
}

function fact(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

function hostRows(table, passing) {
  const { host, ranges, size, read, requests, tor } = table.columns;
  const rows = host.values.map((name) => ({ host: name, images: 0, yes: 0, no: 0, unknown: 0, size: 0, read: 0, readOfSized: 0,
    requests: 0, unsized: 0, located: 0, tor: 0 }));
  const words = ranges.values.map((value) => RANGE_WORDS.find(([, code]) => code === value)?.[0] ?? "unknown");
  const isTor = tor.values.map((value) => value === "true");
  for (const number of passing) {
    const row = rows[host.codes[number]];
    row.images += 1;
    row[words[ranges.codes[number]]] += 1;
    row.read += read[number] || 0;
    row.requests += requests[number] || 0;
    row.located += table.isLocated(number);
    row.tor += isTor[tor.codes[number]];
    if (Number.isNaN(size[number])) row.unsized += 1;
    else {
      row.size += size[number];
      row.readOfSized += read[number] || 0;
    }
  }
  return rows.filter(({ images }) => images).sort((one, other) => other.images - one.images);
}

// The facets beside the views: each value with how many of the images have it.

import { button, h, replaceChildren, web } from "./dom.js";
import { countsOf } from "./filters.js";
import { count } from "./words.js";

const SHOWN = 6;
const MORE = 60;

const TRUTH = { true: "yes", false: "no", "": "unknown" };
const ROUTES = { true: "through Tor", false: "direct", "": "unknown" };

export const FACETS = [
  { name: "sets", label: "Known as" },
  { name: "lists", label: "Known lists" },
  { name: "verdict", label: "Copies" },
  { name: "shared", label: "Same device" },
  { name: "located", label: "Location" },
  { name: "dated", label: "Time taken" },
  { name: "clock", label: "Camera clock against GPS" },
  { name: "device", label: "Camera" },
  { name: "owner", label: "Owner" },
  { name: "lens", label: "Lens" },
  { name: "software", label: "Software" },
  { name: "editors", label: "Edited with (XMP history)" },
  { name: "generator", label: "C2PA generator" },
  { name: "source_type", label: "Digital source type" },
  { name: "actions", label: "C2PA actions" },
  { name: "signer", label: "C2PA signer" },
  { name: "host", label: "Host" },
  { name: "format", label: "Format" },
  { name: "found_in", label: "Found in" },
  { name: "status", label: "Metadata read" },
  { name: "ranges", label: "Server returns ranges", words: TRUTH },
  { name: "tor", label: "Route", words: ROUTES },
];

export function facetLabel(name) {
  return FACETS.find((facet) => facet.name === name)?.label ?? name;
}

export function valueLabel(name, value) {
  const { words } = FACETS.find((facet) => facet.name === name) ?? {};
  return words && Object.hasOwn(words, value) ? words[value] : value || "unknown";
}

// Facets of which no two values differ say nothing.
function isUseful({ values, codes, starts }) {
  if (starts) return codes.length > 0;
  return values.length > 2 || (values.length > 1 && codes.includes(0));
}

export class Facets {
  constructor(app) {
    this.app = app;
    this.limits = new Map(); // name of a facet to how many values it lists
    this.element = h("div", { class: "facets" });
    this.sections = FACETS.filter(({ name }) => isUseful(app.table.columns[name]))
      .map((facet) => ({ facet, list: h("ul"), more: h("p", { class: "more" }) }));
    for (const { facet, list, more } of this.sections) {
      this.element.append(h("section", { class: "facet" }, h("h3", {}, facet.label), list, more));
    }
  }

  update() {
    for (const section of this.sections) this.updateSection(section);
  }

  updateSection({ facet, list, more }) {
    const { app } = this;
    const column = app.table.columns[facet.name];
    const chosen = new Set(app.state.facets[facet.name] ?? []);
    const counts = countsOf(app.filters, `f.${facet.name}`, column);
    const rows = column.values.map((value, code) => ({ value, count: counts[code] }))
      .filter((row) => row.count > 0 || chosen.has(row.value))
      .filter((row) => row.value !== "" || facet.words)
      .sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1));
    const limit = this.limits.get(facet.name) ?? SHOWN;
    const most = rows[0]?.count ?? 1;
    const shown = rows.filter((row, at) => at < limit || chosen.has(row.value));
    const focused = document.activeElement?.dataset?.value;
    const hadFocus = list.contains(document.activeElement);
    replaceChildren(list, shown.map((row) => this.row(facet, row, chosen.has(row.value), most)));
    if (hadFocus) list.querySelectorAll("button").forEach((made) => {
      if (made.dataset.value === focused) made.focus();
    });
    const hadMore = more.contains(document.activeElement);
    replaceChildren(more, this.moreButton(facet, limit, rows.length), this.fewerButton(facet, limit));
    if (hadMore) more.querySelector("button")?.focus();
    list.parentElement.hidden = !rows.length;
  }

  row({ name }, { value, count: number }, isChosen, most) {
    const bar = h("span", { class: "bar" });
    bar.style.inlineSize = `${Math.max(1, (100 * number) / most)}%`;
    const label = web(valueLabel(name, value), { class: "value" });
    const made = button([bar, label, h("span", { class: "number" }, count(number))],
      () => this.app.toggle(name, value), { "aria-pressed": String(isChosen) });
    made.dataset.value = value;
    return h("li", {}, made);
  }

  moreButton({ name, label }, limit, length) {
    const left = length - limit;
    if (left <= 0) return null;
    const next = limit === SHOWN ? MORE : limit + MORE;
    const text = next < length ? `${count(next - limit)} of ${count(left)} more` : `${count(left)} more`;
    return this.limitButton(text, label, () => this.limits.set(name, next), "false");
  }

  fewerButton({ name, label }, limit) {
    return limit === SHOWN ? null : this.limitButton("Fewer", label, () => this.limits.delete(name), "true");
  }

  limitButton(text, label, change, isExpanded) {
    return button(text, () => { change(); this.update(); },
      { class: "link", "aria-label": `${text}: ${label}`, "aria-expanded": isExpanded });
  }
}

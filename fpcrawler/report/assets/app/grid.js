// The table of all records that pass: only the rows in sight are elements.

import { h, replaceChildren, visible, web } from "./dom.js";
import { bytes, count, fileName, moment } from "./words.js";

const OVERSCAN = 6;
const MAX_HEIGHT = 8_000_000; // Browsers cut elements that are taller than about this.

const COLUMNS = [
  { name: "url", label: "Image", by: (table) => (number) => table.urls[number], isText: true },
  { name: "format", label: "Format", by: texts("format"), isText: true },
  { name: "pixels", label: "Pixels", by: (table) => (number) =>
    table.columns.width[number] * table.columns.height[number] },
  { name: "size", label: "Size", by: numbers("size") },
  { name: "taken", label: "Taken", by: numbers("taken") },
  { name: "device", label: "Camera", by: texts("device"), isText: true },
  { name: "latitude", label: "Place", by: numbers("latitude") },
  { name: "signs", label: "Signs", by: (table) => (number) => signsOf(table, number).length },
];

function texts(name) {
  return (table) => (number) => table.text(name, number);
}

function numbers(name) {
  return (table) => (number) => table.columns[name][number];
}

// Known-bad wins over what other lists say.
function knownSigns(table, number) {
  if (!table.list("lists", number).length) return [];
  const sets = table.list("sets", number);
  if (sets.includes("known-bad")) return [["known bad", "known-bad"]];
  return [sets.includes("known-good") ? ["known-good", "known-good"] : ["known", "known list"]];
}

// What sets an image apart, in one word each.
export function signsOf(table, number) {
  return [
    ...knownSigns(table, number),
    ...table.list("verdict", number).map((verdict) => ["copy", verdict]),
    ...(table.list("shared", number).length ? [["device", "shared device"]] : []),
    ...(table.text("source_type", number) ? [["origin", table.text("source_type", number)]] : []),
    ...(table.list("editors", number).length ? [["edited", "edit history"]] : []),
    ...(table.text("tor", number) === "true" ? [["tor", "through Tor"]] : []),
  ];
}

export class Grid {
  constructor(app) {
    this.app = app;
    this.at = 0; // the row that has the focus
    this.order = new Uint32Array();
    this.heads = COLUMNS.map((column) => this.head(column));
    this.body = h("div", { class: "rows", role: "rowgroup" });
    this.scroller = h("div", { class: "scroller" }, this.body);
    this.element = h("section", { class: "view table-view" },
      h("div", { role: "grid", class: "grid", "aria-label": "Images", onkeydown: (event) => this.press(event) },
        h("div", { role: "rowgroup", class: "heads" }, h("div", { role: "row", "aria-rowindex": 1 }, this.heads)),
        this.scroller),
      this.empty = h("p", { class: "empty", hidden: true }, "No image passes the filters."));
    this.grid = this.element.firstElementChild;
    this.scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(this.scroller);
  }

  head({ name, label }) {
    const sort = () => {
      const isDown = this.app.state.sort === `-${name}`;
      this.app.change({ sort: this.app.state.sort === name ? `-${name}` : isDown ? "" : name });
    };
    return h("div", { role: "columnheader", class: `c-${name}` },
      h("button", { type: "button", onclick: sort }, label, h("span", { class: "arrow", "aria-hidden": "true" })));
  }

  update() {
    this.order = this.sorted();
    this.at = Math.min(this.at, Math.max(0, this.order.length - 1));
    this.grid.setAttribute("aria-rowcount", this.order.length + 1);
    this.empty.hidden = this.order.length > 0;
    this.grid.hidden = !this.order.length;
    const { sort } = this.app.state;
    COLUMNS.forEach(({ name }, at) => {
      const direction = sort === name ? "ascending" : sort === `-${name}` ? "descending" : "none";
      this.heads[at].setAttribute("aria-sort", direction);
    });
    this.draw(true);
  }

  // The whole order is kept for each sorting; filters only leave rows out.
  sorted() {
    const { app } = this;
    const { sort } = app.state;
    if (!sort) return app.passing;
    if (this.sortedBy !== sort) {
      this.everything = orderedBy(app.table, sort);
      this.sortedBy = sort;
    }
    return this.everything.filter((number) => app.filters.passes(number));
  }

  // As the container queries of the style sheet.
  rowHeight() {
    return this.grid.clientWidth < 620 ? 68 : 30;
  }

  draw(isNew = false) {
    const height = this.rowHeight();
    const whole = this.order.length * height;
    const scale = Math.max(1, whole / MAX_HEIGHT);
    this.scale = scale;
    this.body.style.blockSize = `${whole / scale}px`;
    const top = this.scroller.scrollTop * scale;
    const first = Math.max(0, Math.floor(top / height) - OVERSCAN);
    const last = Math.min(this.order.length,
      Math.ceil((top + this.scroller.clientHeight) / height) + OVERSCAN);
    if (!isNew && this.first === first && this.last === last && scale === 1) return;
    this.first = first;
    this.last = last;
    const hadFocus = this.body.contains(document.activeElement);
    const rows = [];
    for (let at = first; at < last; at += 1) {
      const row = this.row(at);
      row.style.insetBlockStart = `${at * height - top + this.scroller.scrollTop}px`;
      rows.push(row);
    }
    replaceChildren(this.body, rows);
    if (hadFocus) this.focusRow();
  }

  row(at) {
    const { table, state } = this.app;
    const number = this.order[at];
    const url = table.urls[number];
    const wide = table.number("width", number);
    const cells = [
      [web(fileName(url)), web(table.text("host", number), { class: "host" })],
      [visible(table.text("format", number))],
      [Number.isNaN(wide) ? "" : `${wide} × ${table.number("height", number)}`],
      [Number.isNaN(table.number("size", number)) ? "" : bytes(table.number("size", number))],
      takenCell(table, number),
      [web(table.text("device", number))],
      [table.isLocated(number) ? `${table.number("latitude", number).toFixed(3)}, ${table.number("longitude", number).toFixed(3)}` : ""],
      signsOf(table, number).map(([kind, text]) => h("span", { class: `sign ${kind}` }, visible(text))),
    ];
    return h("div", {
      role: "row", class: "row", tabindex: at === this.at ? 0 : -1, "aria-rowindex": at + 2,
      "aria-selected": String(state.image === number), title: visible(url),
      onclick: () => { this.at = at; this.app.change({ image: number }); },
    }, cells.map((cell, column) => h("div", { role: "gridcell", class: `c-${COLUMNS[column].name}` }, cell)));
  }

  press(event) {
    if (!event.target.classList.contains("row")) return;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.rowHeight()) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page,
      Home: -this.order.length, End: this.order.length };
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.app.change({ image: this.order[this.at] });
    } else if (event.key in steps) {
      event.preventDefault();
      this.at = Math.max(0, Math.min(this.order.length - 1, this.at + steps[event.key]));
      this.reveal();
      this.draw(true);
      this.focusRow();
    }
  }

  reveal() {
    const height = this.rowHeight();
    const top = this.scroller.scrollTop * this.scale;
    const least = (this.at + 1) * height - this.scroller.clientHeight;
    if (top > this.at * height) this.scroller.scrollTop = (this.at * height) / this.scale;
    else if (top < least) this.scroller.scrollTop = least / this.scale;
  }

  focusRow() {
    this.body.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
  }
}

function takenCell(table, number) {
  const taken = table.number("taken", number);
  if (Number.isNaN(taken)) return [""];
  if (table.text("has_utc", number)) return [moment(taken).slice(0, 16)];
  return [moment(taken).slice(0, 16), h("abbr", { class: "local", title: "local time; its offset from UTC is unknown" }, "local")];
}

// All records in the order of a column, unknown values last in both directions.
function orderedBy(table, sort) {
  const isDown = sort.startsWith("-");
  const column = COLUMNS.find(({ name }) => name === sort.replace(/^-/, "")) ?? COLUMNS[0];
  const valueOf = column.by(table);
  const keys = Array.from({ length: table.count }, (_, number) => valueOf(number));
  const isUnknown = column.isText ? (key) => key === "" : Number.isNaN;
  const known = [];
  const unknown = [];
  keys.forEach((key, number) => (isUnknown(key) ? unknown : known).push(number));
  if (column.isText) known.sort((one, other) => (keys[one] < keys[other] ? -1 : keys[one] > keys[other] ? 1 : one - other));
  else known.sort((one, other) => keys[one] - keys[other] || one - other);
  if (isDown) known.reverse();
  return Uint32Array.from([...known, ...unknown]);
}

export function gridCaption(app) {
  const { length } = app.passing;
  return length === app.table.count ? `${count(length)} images` : `${count(length)} of ${count(app.table.count)} images`;
}

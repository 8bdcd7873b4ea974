// The key figures of the images that pass, and the filters as chips.

import { button, h, web } from "./dom.js";
import { facetLabel, valueLabel } from "./facets.js";
import { isFiltered } from "./state.js";
import { bytes, count, day, deviceKind, plural, share } from "./words.js";

const RANGE_LABELS = { taken: ["Taken", day], modified: ["Last-Modified", day], size: ["Size", bytes] };

export function figures(app) {
  const { table, passing } = app;
  const { size, read, taken, host, device } = table.columns;
  const hosts = new Uint8Array(host.values.length);
  const devices = new Uint8Array(device.values.length);
  const sums = { size: 0, read: 0, readOfKnown: 0, unknown: 0, located: 0, dated: 0 };
  for (const number of passing) {
    hosts[host.codes[number]] = 1;
    devices[device.codes[number]] = device.values[device.codes[number]] ? 1 : 0;
    sums.read += read[number] || 0;
    if (Number.isNaN(size[number])) sums.unknown += 1;
    else {
      sums.size += size[number];
      sums.readOfKnown += read[number] || 0;
    }
    sums.located += table.isLocated(number);
    sums.dated += !Number.isNaN(taken[number]);
  }
  const total = (flags) => flags.reduce((sum, flag) => sum + flag, 0);
  const living = (groups) => groups.filter((group) => group.members.some((number) => app.filters.passes(number)));
  const shared = living(table.devices).filter((group) => group.hosts.length > 1).length;
  return [
    figure("images", count(passing.length), passing.length < table.count ? `of ${count(table.count)}` : ""),
    figure("hosts", count(total(hosts))),
    figure("located", count(sums.located), share(sums.located, passing.length)),
    figure("with time", count(sums.dated), share(sums.dated, passing.length)),
    figure("cameras", count(total(devices))),
    figure("shared devices", count(shared)),
    figure("copy groups", count(living(table.copies).length)),
    figure("read", bytes(sums.read), readNote(sums)),
  ];
}

// A share can be told only of the images whose size is known.
function readNote({ size, readOfKnown, unknown }) {
  if (!size) return unknown ? "of unknown sizes" : "";
  const part = `${share(readOfKnown, size)} of ${bytes(size)}`;
  return unknown ? `${part}; ${plural(unknown, "size")} unknown` : part;
}

function figure(name, value, note = "") {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value, note && h("small", {}, note)));
}

export function chips(app) {
  const { state } = app;
  if (!isFiltered(state)) return [];
  const made = [];
  const chip = (name, value, remove) => made.push(h("span", { class: "chip" }, h("b", {}, name), web(value),
    button("×", remove, { "aria-label": `Remove the filter ${name}: ${value}` })));
  if (state.words) chip("Search", state.words, () => app.change({ words: "" }));
  if (state.box) chip("Area", "on the map", () => app.change({ box: null }));
  for (const [name, range] of Object.entries(state.ranges)) {
    const [label, print] = RANGE_LABELS[name];
    const ends = range.map((end) => Number.isNaN(end) ? "…" : print(end));
    chip(label, ends.join(" – "), () => app.setRange(name, null));
  }
  for (const [name, values] of Object.entries(state.facets)) {
    for (const value of values) chip(facetLabel(name), valueLabel(name, value), () => app.toggle(name, value));
  }
  const group = state.group && app.group(state.group);
  if (group) {
    const label = group.verdict ?? `${deviceKind(group.kind)} ${group.number}`;
    chip(group.verdict ? "Copies" : "Device", label, () => app.change({ group: "" }));
  }
  return [...made, button("Clear all", () => app.clear(), { class: "link" })];
}

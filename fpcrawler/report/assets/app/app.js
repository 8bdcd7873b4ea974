// The state of the page and the filters that follow from it. Views ask here, and change
// the state here; then all of them are updated.

import { Filters, testOfTexts, testOfWords } from "./filters.js";
import { Sought } from "./sought.js";
import { RANGES, emptyState, fragmentOf, stateOf } from "./state.js";

export class App {
  constructor(table, details) {
    this.table = table;
    this.details = details;
    this.sought = new Sought(details, table.urls);
    this.sought.listeners.push(() => this.searchAgain());
    this.filters = new Filters(table.count);
    this.applied = {};
    this.listeners = [];
    this.state = stateOf(location.hash);
    this.apply();
    addEventListener("popstate", () => this.show(stateOf(location.hash)));
    addEventListener("hashchange", () => this.show(stateOf(location.hash)));
  }

  // Change parts of the state. A new view or image is a step of the browser's history.
  change(patch) {
    const isStep = "view" in patch || "image" in patch;
    const state = { ...this.state, ...patch };
    const fragment = fragmentOf(state);
    if (fragment !== location.hash) {
      if (isStep) history.pushState(null, "", fragment);
      else history.replaceState(null, "", fragment);
    }
    this.show(state);
  }

  show(state) {
    const before = this.state;
    this.state = state;
    const hasNewFilter = this.apply();
    for (const listener of this.listeners) listener(before, hasNewFilter);
  }

  // More texts are there to look through.
  searchAgain() {
    if (!this.state.words.trim()) return;
    delete this.applied.words;
    this.show(this.state);
  }

  clear() {
    const { view, sort, image } = this.state;
    this.change({ ...emptyState(), ...{ view, sort, image } });
  }

  toggle(name, value) {
    const chosen = this.state.facets[name] ?? [];
    const kept = chosen.includes(value)
      ? chosen.filter((other) => other !== value) : [...chosen, value];
    const facets = { ...this.state.facets, [name]: kept };
    if (!kept.length) delete facets[name];
    this.change({ facets });
  }

  setRange(name, range) {
    const ranges = { ...this.state.ranges, [name]: range };
    if (!range) delete ranges[name];
    this.change({ ranges });
  }

  group(id) {
    return [...this.table.copies, ...this.table.devices].find((group) => group.id === id);
  }

  // Set the filters that differ from those applied; return whether any did.
  apply() {
    const wanted = this.wanted();
    let hasNew = false;
    for (const name of new Set([...Object.keys(this.applied), ...Object.keys(wanted)])) {
      const [key, makeTest] = wanted[name] ?? ["", () => null];
      if (this.applied[name] === key || (!key && !this.applied[name])) continue;
      this.filters.set(name, makeTest());
      this.applied[name] = key;
      hasNew = true;
    }
    if (hasNew || !this.passing) this.passing = this.filters.passing();
    return hasNew;
  }

  // Name of a filter to a key, which is equal for equal filters, and what makes its test.
  wanted() {
    const { table, state } = this;
    const wanted = {};
    if (state.words.trim()) wanted.words = [state.words, () => testOfWords(table, state.words, this.sought)];
    if (state.box) wanted.box = [state.box.join(), () => testOfBox(table, state.box)];
    if (state.group) wanted.group = [state.group, () => this.testOfGroup(state.group)];
    for (const name of RANGES.filter((each) => state.ranges[each])) {
      const [from, to] = state.ranges[name];
      wanted[name] = [`${from}~${to}`, () => testOfRange(table.columns[name], from, to)];
    }
    for (const [name, chosen] of Object.entries(state.facets)) {
      const column = table.columns[name];
      if (!column?.values) continue;
      wanted[`f.${name}`] = [JSON.stringify(chosen), () => testOfTexts(column, chosen)];
    }
    return wanted;
  }

  testOfGroup(id) {
    const group = this.group(id);
    const flags = new Uint8Array(this.table.count);
    for (const number of group?.members ?? []) flags[number] = 1;
    return (number) => flags[number] === 1;
  }
}

function testOfRange(values, from, to) {
  const least = Number.isNaN(from) ? -Infinity : from;
  const most = Number.isNaN(to) ? Infinity : to;
  return (number) => values[number] >= least && values[number] <= most;
}

function testOfBox({ columns: { latitude, longitude } }, [west, south, east, north]) {
  return (number) => latitude[number] >= south && latitude[number] <= north
    && longitude[number] >= west && longitude[number] <= east;
}

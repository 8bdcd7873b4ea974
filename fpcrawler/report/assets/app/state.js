// What is shown and filtered, as the fragment of the page's address says it.

import { FACETS } from "./facets.js";

export const RANGES = ["taken", "modified", "size"];
const TIMES = ["taken", "modified"];
const FIRST_TIME = Date.parse("0001-01-01T00:00:00Z") / 1000; // those that the table can have
const LAST_TIME = Date.parse("9999-12-31T23:59:59Z") / 1000;
const FILTERS = new Set(FACETS.map(({ name }) => `f.${name}`));

export function emptyState() {
  return { view: "overview", words: "", facets: Object.create(null), ranges: Object.create(null), box: null, group: "", sort: "",
    image: null };
}

export function stateOf(fragment) {
  const state = emptyState();
  for (const [name, value] of new URLSearchParams(fragment.replace(/^#/, ""))) {
    const numbers = value.split("~", 5).map(numberOf);
    const [from, to = NaN] = TIMES.includes(name) ? numbers.map(boundedTime) : numbers;
    if (["view", "words", "group", "sort"].includes(name)) state[name] = value;
    else if (name === "image") state.image = /^\d+$/.test(value) ? Number(value) : null;
    else if (name === "box") state.box = numbers.length === 4 && !numbers.some(Number.isNaN) ? numbers : null;
    else if (RANGES.includes(name) && !(Number.isNaN(from) && Number.isNaN(to))) state.ranges[name] = [from, to];
    else if (FILTERS.has(name)) (state.facets[name.slice(2)] ??= []).push(value);
  }
  return state;
}

function numberOf(text) {
  const number = text === "" ? NaN : Number(text);
  return Number.isFinite(number) ? number : NaN;
}

// NaN stays NaN.
function boundedTime(seconds) {
  return Math.max(FIRST_TIME, Math.min(LAST_TIME, seconds));
}

export function fragmentOf(state) {
  const parameters = new URLSearchParams();
  for (const name of ["view", "words", "group", "sort"]) {
    if (state[name] && state[name] !== "overview") parameters.append(name, state[name]);
  }
  for (const [name, values] of Object.entries(state.facets)) {
    for (const value of values) parameters.append(`f.${name}`, value);
  }
  for (const [name, range] of Object.entries(state.ranges)) {
    parameters.append(name, range.map((end) => Number.isNaN(end) ? "" : end).join("~"));
  }
  if (state.box) parameters.append("box", state.box.map((end) => end.toFixed(4)).join("~"));
  if (state.image !== null) parameters.append("image", state.image);
  return `#${parameters}`;
}

export function isFiltered(state) {
  return Boolean(state.words || state.box || state.group
    || Object.keys(state.ranges).length || Object.keys(state.facets).length);
}

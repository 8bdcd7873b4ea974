// Which records pass all filters. Each filter has a bit; a record passes if none of its
// bits is set, and counts for a facet if at most the bit of that facet is.

import { LongText } from "./longtext.js";
import { folded } from "./words.js";

export class Filters {
  constructor(count) {
    this.fails = new Uint32Array(count);
    this.bits = new Map();
    this.active = 0;
  }

  bit(name) {
    if (!this.bits.has(name)) this.bits.set(name, 1 << this.bits.size);
    return this.bits.get(name);
  }

  // Apply a test of a record's number, or none.
  set(name, test) {
    const bit = this.bit(name);
    const { fails } = this;
    if (!test && !(this.active & bit)) return;
    this.active = test ? this.active | bit : this.active & ~bit;
    for (let at = 0; at < fails.length; at += 1) {
      if (!test || test(at)) fails[at] &= ~bit;
      else fails[at] |= bit;
    }
  }

  passes(number) {
    return this.fails[number] === 0;
  }

  // Whether a record passes all filters but the named one.
  passesBut(name, number) {
    return (this.fails[number] & ~this.bit(name)) === 0;
  }

  passing() {
    const { fails } = this;
    const found = new Uint32Array(fails.length);
    let length = 0;
    for (let at = 0; at < fails.length; at += 1) if (fails[at] === 0) found[length++] = at;
    return found.subarray(0, length);
  }
}

export function testOfTexts(column, chosen) {
  return testOfCodes(column, chosenFlags(column.values, chosen));
}

// `isWanted`: a flag for each value of the column.
function testOfCodes({ codes, starts }, isWanted) {
  if (!starts) return (number) => isWanted[codes[number]] === 1;
  return (number) => {
    for (let at = starts[number]; at < starts[number + 1]; at += 1) {
      if (isWanted[codes[at]]) return true;
    }
    return false;
  };
}

function chosenFlags(values, chosen) {
  const flags = new Uint8Array(values.length);
  const wanted = new Set(chosen);
  values.forEach((value, at) => { if (wanted.has(value)) flags[at] = 1; });
  return flags;
}

// How many records that pass the other filters have each value.
export function countsOf(filters, name, column) {
  const { values, codes, starts } = column;
  const { fails } = filters;
  const others = ~filters.bit(name);
  const counts = new Uint32Array(values.length);
  for (let number = 0; number < fails.length; number += 1) {
    if (fails[number] & others) continue;
    if (!starts) counts[codes[number]] += 1;
    else for (let at = starts[number]; at < starts[number + 1]; at += 1) counts[codes[at]] += 1;
  }
  return counts;
}

const SEARCHED = ["page", "host", "alt", "device", "serial", "lens", "owner", "software",
  "generator", "signer", "format", "editors", "lists"];

// A test for words that all occur in a record's texts, in any case.
export function testOfWords(table, query, sought) {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (!words.length) return null;
  const tests = words.map((word) => {
    const found = sought.flags(word);
    const inColumns = SEARCHED.map((name) => testOfColumn(table.columns[name], word)).filter(Boolean);
    return (number) => found[number] === 1 || inColumns.some((test) => test(number));
  });
  return (number) => tests.every((test) => test(number));
}

// A test for a word in a column, or null if none of its values has it.
function testOfColumn(column, word) {
  const flags = new Uint8Array(column.values.length);
  column.text ??= new LongText(column.values);
  column.text.mark(word, flags);
  return flags.includes(1) ? testOfCodes(column, flags) : null;
}

// The blocks of fpcrawler/report/details.py, unpacked when an image of them is shown.

import { unpackedJson } from "./unpack.js";

export const BLOCK = 256;
const KEPT = 8; // blocks that stay unpacked
const TAGS = ["exif", "xmp", "iptc"];
const DIGESTS = ["sha256_first_10240_bytes", "picture_sha256", "end_sha256"];

export class Details {
  blocks = new Map();

  // Return the columns of a block.
  async unpacked(block) {
    this.elements ??= await blockElements();
    return unpackedJson(this.elements[block]);
  }

  // Return the record with this number: field to value, without what the table has.
  async record(number) {
    const block = Math.floor(number / BLOCK);
    if (!this.blocks.has(block)) {
      this.blocks.set(block, this.unpacked(block));
      if (this.blocks.size > KEPT) this.blocks.delete(this.blocks.keys().next().value);
    }
    return recordOf(await this.blocks.get(block), number % BLOCK);
  }
}

// The blocks stand after the scripts, which do not wait for them.
async function blockElements() {
  if (document.readyState === "loading") {
    await new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
  }
  return [...document.querySelectorAll("script.block")];
}

// The record at a place of a block.
export function recordOf(columns, at) {
  const entries = Object.entries(columns).map(([name, column]) => [name, valueOf(column, at)]);
  const record = Object.fromEntries(entries);
  for (const name of TAGS) if (record[name]) record[name] = repeated(record[name]);
  for (const name of DIGESTS) record[name] = hexOf(record[name]);
  return record;
}

// A number stands for the text at this place of the list.
function repeated(tags) {
  const texts = [...tags.values()];
  return new Map([...tags].map(([name, text]) => [name, typeof text === "number" ? texts[text] : text]));
}

function hexOf(base64) {
  return base64 && Array.from(atob(base64), (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

function valueOf({ values, shapes }, at) {
  if (values) return values[at];
  for (const { names, of, values: rows } of shapes) {
    const place = of.indexOf(at);
    // Names are data: an own property, whatever the name is.
    if (place >= 0) return new Map(names.map((name, each) => [name, rows[each][place]]));
  }
  return null;
}

// What the search looks through besides the table: tags, texts, devices, provenance and
// digests of all records, in lower case. It is made of the blocks while the page is idle.

import { BLOCK, recordOf } from "./details.js";
import { folded } from "./words.js";

const FIELDS = ["etag", "sha256_first_10240_bytes", "picture_sha256", "end_sha256", "file_digests",
  "server_digests", "device", "provenance", "exif", "xmp", "iptc", "texts", "user_comment"];
const WITH_NAMES = new Set(["exif", "xmp", "iptc", "texts"]);
const BETWEEN = "\u0000"; // in no word that can be typed
const MAX_VALUE = 4096; // Characters of a value that are looked through.

export class Sought {
  constructor(details, urls) {
    this.details = details;
    this.urls = urls;
    this.count = urls.length;
    this.texts = []; // of each block: one text, and where each record ends in it
    this.listeners = [];
  }

  get isWhole() {
    return BLOCK * this.texts.length >= this.count;
  }

  // One block at a time, so that the page stays quick.
  async build() {
    while (!this.isWhole) {
      await idle();
      const columns = await this.details.unpacked(this.texts.length);
      this.texts.push(textOf(columns, Math.min(BLOCK, this.count - BLOCK * this.texts.length)));
    }
    for (const listener of this.listeners) listener();
  }

  // A flag for each record: whether it has the word, as far as the texts are made.
  flags(word) {
    const flags = new Uint8Array(this.count);
    this.ofUrls ??= joined(this.count, (at) => this.urls[at]);
    mark(flags, this.ofUrls, word);
    this.texts.forEach((text, block) => mark(flags.subarray(BLOCK * block), text, word));
    return flags;
  }
}

function textOf(columns, count) {
  return joined(count, (at) => {
    const words = [];
    const record = recordOf(columns, at);
    for (const name of FIELDS) collect(record[name], words, WITH_NAMES.has(name));
    return words.join(BETWEEN);
  });
}

// One long text is searched much faster than many short ones.
function joined(count, textAt) {
  const ends = new Uint32Array(count);
  const texts = [];
  let end = 0;
  for (let at = 0; at < count; at += 1) {
    texts.push(folded(textAt(at)));
    end += texts[at].length + BETWEEN.length;
    ends[at] = end;
  }
  return { text: texts.join(BETWEEN), ends };
}

function mark(flags, { text, ends }, word) {
  let record = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, ends[record])) {
    while (ends[record] <= at) record += 1;
    flags[record] = 1;
  }
}

// The texts of a value. The tags that a value came from are not what it says.
function collect(value, words, withNames) {
  if (typeof value === "string") words.push(value.slice(0, MAX_VALUE));
  else if (Array.isArray(value)) for (const inner of value) collect(inner, words, withNames);
  else if (value && typeof value === "object") {
    for (const [name, inner] of value instanceof Map ? value : Object.entries(value)) {
      if (inner === null || name === "sources") continue;
      if (withNames) words.push(name);
      collect(inner, words, withNames);
    }
  }
}

function idle() {
  return new Promise((done) => {
    if (window.requestIdleCallback) requestIdleCallback(done, { timeout: 200 });
    else setTimeout(done, 10);
  });
}

// What the search looks through besides the table: tags, texts, devices, provenance and
// digests of all records, in lower case. It is made of the blocks while the page is idle.

import { BLOCK, recordOf } from "./details.js";
import { BETWEEN, LongText } from "./longtext.js";

const FIELDS = ["etag", "sha256_first_10240_bytes", "picture_sha256", "end_sha256", "file_digests",
  "server_digests", "device", "provenance", "exif", "xmp", "iptc", "texts", "user_comment"];
const WITH_NAMES = new Set(["exif", "xmp", "iptc", "texts"]);
const MAX_VALUE = 4096; // Characters of a value that are looked through.

export class Sought {
  constructor(details, urls) {
    this.details = details;
    this.urls = urls;
    this.count = urls.length;
    this.texts = []; // one of each block
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
    this.ofUrls ??= new LongText(this.urls);
    for (const listener of this.listeners) listener();
  }

  // A flag for each record: whether it has the word, as far as the texts are made.
  flags(word) {
    const flags = new Uint8Array(this.count);
    this.ofUrls ??= new LongText(this.urls);
    this.ofUrls.mark(word, flags);
    this.texts.forEach((text, block) => text.mark(word, flags.subarray(BLOCK * block)));
    return flags;
  }
}

function textOf(columns, count) {
  return new LongText(Array.from({ length: count }, (_, at) => {
    const words = [];
    const record = recordOf(columns, at);
    for (const name of FIELDS) collect(record[name], words, WITH_NAMES.has(name));
    return words.join(BETWEEN);
  }));
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

// The file as a bar: what was read of it, and where metadata and picture lie.

import { h, s } from "./dom.js";
import { bytes, count, share } from "./words.js";

const LANES = [
  ["read", "read"],
  ["metadata", "metadata"],
  ["thumbnail", "thumbnail"],
  ["coded", "picture data"],
];
const METADATA = ["exif", "xmp", "iptc", "texts", "provenance"];
const WIDTH = 1000;

export function fileBar(spans, size) {
  const valid = (spans ?? []).filter((span) => Array.isArray(span) && span.length === 3
    && Number.isFinite(span[0]) && Number.isFinite(span[1]) && span[1] > span[0] && span[0] >= 0);
  if (!valid.length) return h("p", { class: "empty" }, "This record has no spans.");
  const end = Math.max(Number.isFinite(size) ? size : 0, ...valid.map((span) => span[1]));
  const lanes = LANES.map(([lane, label]) => laneOf(lane, label, valid, end)).filter(Boolean);
  return h("figure", { class: "file-bar" }, lanes, scaleOf(end),
    h("details", {}, h("summary", {}, "Spans as a table"), spanTable(valid)));
}

function laneOf(lane, label, spans, end) {
  const own = spans.filter(([, , what]) => lane === "metadata" ? METADATA.includes(what) : what === lane);
  if (!own.length) return null;
  const total = covered(own);
  const kinds = [...new Set(own.map(([, , what]) => what))].join(", ");
  const drawn = own.map(([first, last, what]) => s("rect", { class: `span ${METADATA.includes(what) ? `metadata ${what}` : lane}`,
    x: (WIDTH * first) / end, width: Math.max(3, (WIDTH * (last - first)) / end), y: 0, height: 10 },
  s("title", {}, `${what}: ${count(first)} to ${count(last)}`)));
  return h("div", { class: "lane" },
    h("span", { class: "lane-name" }, lane === "metadata" ? kinds : label),
    s("svg", { viewBox: `0 0 ${WIDTH} 10`, preserveAspectRatio: "none", role: "img",
      "aria-label": `${lane === "metadata" ? kinds : label}: ${bytes(total)} of ${bytes(end)}` }, drawn),
    h("span", { class: "lane-size" }, `${bytes(total)} · ${share(total, end)}`));
}

// The bytes of spans, those of two counted once.
function covered(spans) {
  let total = 0;
  let reached = 0;
  for (const [first, end] of [...spans].sort((one, other) => one[0] - other[0])) {
    total += Math.max(0, end - Math.max(first, reached));
    reached = Math.max(reached, end);
  }
  return total;
}

function scaleOf(end) {
  return h("div", { class: "scale", "aria-hidden": "true" }, h("span", {}, "0"), h("span", {}, bytes(end / 2)), h("span", {}, bytes(end)));
}

function spanTable(spans) {
  return h("table", {}, h("thead", {}, h("tr", {}, ["what", "first", "end", "bytes"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, spans.map(([first, end, what]) => h("tr", {}, h("th", { scope: "row" }, String(what)),
      [first, end, end - first].map((value) => h("td", {}, count(value)))))));
}

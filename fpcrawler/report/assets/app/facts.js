// The objects of a record as lists of facts, each with the tags that it came from.

import { copyButton, h, visible, web } from "./dom.js";
import { count, degrees, duration, moment } from "./words.js";
import { printed } from "./tags.js";

// `rows`: name, value, the tags it came from, and whether it can be copied.
export function factList(rows) {
  const known = rows.filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (!known.length) return h("p", { class: "empty" }, "Nothing is known.");
  return h("dl", { class: "facts" }, known.map(([name, value, sources, canCopy]) => h("div", {},
    h("dt", {}, visible(name)),
    h("dd", {}, web(printed(value)), canCopy ? copyButton(printed(value), name) : null,
      sources?.length ? h("small", { class: "sources" }, web([...sources].join(", "))) : null))));
}

// An object within an object has no shape of its own: it came as it is.
function get(map, name) {
  return map?.get?.(name) ?? null;
}

function sourcesOf(map, name) {
  const sources = get(map, "sources")?.[name];
  return Array.isArray(sources) ? sources : [];
}

export function placeFacts(location, latitude, longitude) {
  if (Number.isNaN(latitude) || Number.isNaN(longitude)) {
    return factList([["GPS time", get(location, "time"), sourcesOf(location, "time")]]);
  }
  const altitude = get(location, "altitude");
  const direction = get(location, "direction");
  const uri = `geo:${latitude},${longitude}${typeof altitude === "number" ? `,${altitude}` : ""}`;
  return factList([
    ["Degrees", degrees(latitude, longitude), sourcesOf(location, "latitude"), true],
    ["geo: URI", uri, [], true],
    ["Altitude", altitude === null ? null : `${printed(altitude)} m`, sourcesOf(location, "altitude")],
    ["Direction", direction === null ? null : `${printed(direction)}° from true north`, sourcesOf(location, "direction")],
    ["GPS time", get(location, "time") && `${printed(get(location, "time"))} UTC`, sourcesOf(location, "time")],
  ]);
}

// `seconds`: what the table has of the camera's clock.
export function timeFacts(time, seconds) {
  const local = get(time, "local") ?? (moment(seconds).replace(" ", "T") || null);
  const skew = get(time, "clock_skew");
  const offsetSource = { written: "written in the file", gps: "from the GPS clock" }[get(time, "offset_source")];
  return factList([
    ["Camera's clock", local, sourcesOf(time, "local"), true],
    ["Offset from UTC", get(time, "offset") && `${printed(get(time, "offset"))}${offsetSource ? ` (${offsetSource})` : ""}`, sourcesOf(time, "offset")],
    ["UTC", utcOf(local, get(time, "offset")), [], true],
    ["Clock skew", typeof skew !== "number" ? null
      : skew === 0 ? "none against GPS" : `${duration(skew)} ${skew > 0 ? "ahead of" : "behind"} GPS (${count(skew)} s)`],
  ]);
}

// The local time less its offset, with the digits of a second that it has.
function utcOf(local, offset) {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(offset ?? "") ?? [];
  const [, start, rest] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(.*)$/.exec(local ?? "") ?? [];
  if (!sign || !start) return null;
  const shift = (sign === "-" ? -60_000 : 60_000) * (60 * hours + Number(minutes));
  return new Date(Date.parse(`${start}:00Z`) - shift).toISOString().slice(0, 16) + rest;
}

const DEVICE = [["make", "Make"], ["model", "Model"], ["serial", "Body serial", true], ["internal_serial", "Internal serial", true],
  ["lens", "Lens"], ["lens_serial", "Lens serial", true], ["owner", "Owner"], ["image_id", "Image ID", true], ["software", "Software"]];
const IN_TABLE = ["serial", "lens", "owner", "software"];

// `textOf`: what the table has of the device.
export function deviceFacts(device, textOf) {
  return factList(DEVICE.map(([name, label, canCopy]) =>
    [label, IN_TABLE.includes(name) ? textOf(name) : get(device, name), sourcesOf(device, name), canCopy]));
}

export function provenanceFacts(record) {
  const actions = get(record, "actions");
  const signer = get(record, "signer");
  const c2pa = get(record, "c2pa");
  return factList([
    ["C2PA manifest", c2pa === true ? "yes; its signature is not checked" : c2pa === false ? "none" : "not known: not all places were read"],
    ["Generator", get(record, "generator")],
    ["Actions", Array.isArray(actions) ? actions.map((action) => [action?.action, action?.software_agent].filter(Boolean).join(" by ")).join("; ") : null],
    ["Digital source type", get(record, "digital_source_type")],
    ["Signer", signer ? [signer.organization, signer.common_name].filter(Boolean).join(", ") : null],
  ]);
}

export function fingerprintFacts(record) {
  const own = [...record.file_digests ?? []].filter(([, value]) => value);
  const served = [...record.server_digests ?? []];
  return factList([
    ["SHA-256 of bytes 0-10240", record.sha256_first_10240_bytes, [], true],
    ["Picture SHA-256", record.picture_sha256, [], true],
    ["Picture length", record.picture_length === null ? null : `${record.picture_length} bytes`],
    ["End of picture SHA-256", record.end_sha256, [], true],
    ...own.map(([kind, value]) => [`${kind} of the whole file`, value, [], true]),
    ...served.map(([kind, value]) => [kind.startsWith("claimed_") ? `${kind.slice(8)}, claimed by the name` : `${kind}, by the server`, value, [], true]),
  ]);
}

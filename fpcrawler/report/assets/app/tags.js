// Every tag of a record, by group, with a filter.

import { h, visible, web } from "./dom.js";
import { count } from "./words.js";

// `record`: the fields of the block, whose objects are maps.
export function tagList(record) {
  const groups = new Map();
  const add = (group, name, value) => {
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push([name, value]);
  };
  for (const [tag, value] of record.exif ?? []) {
    const [group, ...rest] = tag.split(" ");
    if (rest.length) add(group === "EXIF" ? "EXIF" : `EXIF · ${group}`, rest.join(" "), value);
    else add("EXIF", tag, value);
  }
  for (const [name, value] of record.xmp ?? []) add(`XMP · ${name.split(":")[0].slice(0, 40)}`, name, value);
  for (const [name, value] of record.iptc ?? []) add("IPTC", name, value);
  if (!groups.size) return h("p", { class: "empty" }, "No tags.");
  const rows = [];
  const sections = [...groups].map(([group, tags]) => h("section", { class: "tags" }, h("h4", {}, web(group), h("small", {}, count(tags.length))),
    h("dl", {}, tags.map(([name, value]) => {
      const row = h("div", {}, h("dt", {}, web(name)), h("dd", {}, web(printed(value))));
      rows.push([row, `${name} ${printed(value)}`.toLowerCase()]);
      return row;
    }))));
  const filter = h("input", { type: "search", placeholder: "Filter tags", "aria-label": "Filter tags", oninput: () => {
    const word = filter.value.trim().toLowerCase();
    for (const [row, text] of rows) row.hidden = !text.includes(word);
    for (const section of sections) section.hidden = ![...section.querySelectorAll("dl > div")].some((row) => !row.hidden);
  } });
  return h("div", { class: "all-tags" }, rows.length > 12 ? filter : null, sections);
}

export function textList(record) {
  const texts = (record.texts ?? []).filter((text) => text && typeof text === "object");
  const all = [...(record.user_comment ? [{ name: "UserComment", text: record.user_comment }] : []), ...texts];
  return all.map(({ name, text }) => [printed(name ?? ""), printed(text)]).map(([name, text]) =>
    h("section", { class: "text" }, h("h4", {}, web(name)),
      h("pre", { tabindex: 0, "aria-label": `Text of ${visible(name)}` }, web(text))));
}

export function printed(value) {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}

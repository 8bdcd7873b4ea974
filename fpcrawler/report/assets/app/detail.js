// One image: all that its record says, beside the other views.

import { button, copyButton, h, replaceChildren, web } from "./dom.js";
import { deviceFacts, factList, fingerprintFacts, placeFacts, provenanceFacts, timeFacts } from "./facts.js";
import { fileBar } from "./filebar.js";
import { signsOf } from "./grid.js";
import { matchInWords } from "./matches.js";
import { tagList, textList } from "./tags.js";
import { bytes, count, deviceKind, fileName, httpDate, moment, plural } from "./words.js";

export class Detail {
  constructor(app) {
    this.app = app;
    this.shown = null;
    this.element = h("aside", { class: "detail", hidden: true, tabindex: -1, "aria-label": "Image",
      onkeydown: (event) => { if (event.key === "Escape") this.close(); } });
  }

  async update() {
    const number = this.app.state.image;
    if (number === this.shown) return;
    this.shown = number;
    const isKnown = number !== null && number < this.app.table.count;
    document.body.classList.toggle("has-detail", isKnown);
    if (!isKnown) {
      this.element.hidden = true;
      this.leave();
      return;
    }
    if (this.element.hidden) this.before = document.activeElement;
    const body = await this.bodyOf(number);
    if (this.shown !== number) return; // another image was chosen meanwhile
    this.element.hidden = false;
    replaceChildren(this.element, this.head(number), body);
    this.element.scrollTop = 0;
    if (!this.element.contains(document.activeElement)) this.element.focus({ preventScroll: true });
  }

  // Give the focus back; the rows of the table are made anew.
  leave() {
    const before = this.before?.isConnected ? this.before : document.querySelector('.row[tabindex="0"]');
    before?.focus();
  }

  close() {
    this.app.change({ image: null });
  }

  head(number) {
    const { table } = this.app;
    const url = table.urls[number];
    const page = table.text("page", number);
    return h("header", { class: "detail-head" },
      h("div", { class: "title" }, h("h2", {}, web(fileName(url))), button("Close", () => this.close(), { class: "close", "aria-label": "Close the image" })),
      h("p", { class: "signs" }, signsOf(table, number).map(([kind, text]) => h("span", { class: `sign ${kind}` }, web(text)))),
      h("dl", { class: "addresses" },
        address("URL", url), page ? address("Page", page) : null,
        table.text("alt", number) ? h("div", {}, h("dt", {}, "Alt"), h("dd", {}, web(table.text("alt", number)))) : null));
  }

  // A record that cannot be read or shown must not look like one without facts.
  async bodyOf(number) {
    try {
      return this.body(number, await this.app.details.record(number));
    } catch (error) {
      return h("p", { class: "empty", role: "alert" }, `The rest of this record cannot be shown: ${error.message}`);
    }
  }

  body(number, record) {
    const { table } = this.app;
    const size = table.number("size", number);
    return h("div", { class: "detail-body" },
      section("File", fileBar(record.spans, size), factList([
        ["Format", table.text("format", number)],
        ["Pixels", Number.isNaN(table.number("width", number)) ? "" : `${count(table.number("width", number))} × ${count(table.number("height", number))}`],
        ["Size", Number.isNaN(size) ? "unknown" : `${bytes(size)} (${count(size)} bytes)`],
        ["Read", `${bytes(table.number("read", number))} in ${plural(table.number("requests", number), "request")}`],
        ["Content-Type", record.content_type], ["ETag", record.etag], ["Last-Modified", record.last_modified ?? httpDate(table.number("modified", number))],
        ["Sample received", `${moment(table.number("received", number))} UTC`],
        ["Server returns ranges", { true: "yes", false: "no" }[table.text("ranges", number)] ?? "unknown"],
        ["Route", table.text("tor", number) === "true" ? "through Tor" : "direct"],
        ["Found in", table.text("found_in", number)],
      ])),
      this.lists(number),
      section("Place", placeFacts(record.location, table.number("latitude", number), table.number("longitude", number))),
      section("Time", timeFacts(record.taken, table.number("taken", number))),
      section("Device", deviceFacts(record.device, (name) => table.text(name, number))),
      this.groups(number),
      section("Provenance", provenanceFacts(record.provenance)),
      section("Metadata read", factList([...record.metadata_status ?? []])),
      this.tags(record),
      section("Fingerprints", fingerprintFacts(record)));
  }

  tags(record) {
    if (!this.app.table.hasTags) {
      return section("Tags and texts", h("p", { class: "empty" }, "This report has no tags, as it has more than 20,000 images. scrapy report --tags all keeps them."));
    }
    const texts = textList(record);
    return [texts.length ? section("Texts", texts) : null, section("Tags", tagList(record))];
  }

  lists(number) {
    const own = this.app.table.matches.filter(([each]) => each === number);
    if (!own.length) return null;
    return section("Known lists", factList(own.map(([, match]) => [match.list, matchInWords(match)])));
  }

  groups(number) {
    const { app } = this;
    const of = (groups) => groups.filter((group) => group.members.includes(number));
    const row = (group, label, note) => h("li", {}, h("span", {}, web(label), h("small", {}, web(note))),
      button("Filter to these", () => app.change({ group: group.id, image: null }), { class: "link", "aria-label": `Filter to these: ${label}` }));
    const rows = [
      ...of(app.table.copies).map((group) => row(group, `${group.verdict}: ${plural(group.members.length - 1, "other image")} on ${plural(group.hosts.length, "host")}`, `${group.compared}; ${group.left}`)),
      ...of(app.table.devices).map((group) => row(group, `${deviceKind(group.kind)} ${group.number}: ${plural(group.members.length - 1, "other image")} on ${plural(group.hosts.length, "host")}`, group.tags.join(", "))),
    ];
    return rows.length ? section("Linked images", h("ul", { class: "linked" }, rows)) : null;
  }
}

function section(label, ...parts) {
  return h("section", { class: "part" }, h("h3", {}, label), ...parts);
}

// A URL is text, copied on purpose: no link, so that nothing is fetched by a slip.
function address(label, url) {
  return h("div", {}, h("dt", {}, label), h("dd", { class: "url" }, web(url), copyButton(url, label)));
}

// Groups of images: one device each, or copies of each other.

import { Cards, livingGroups } from "./cards.js";
import { button, h, visible, web } from "./dom.js";
import { count, deviceKind, fileName, plural } from "./words.js";

const HOSTS = 6;
const IMAGES = 8;

export class Devices {
  constructor(app, { limit } = {}) {
    this.app = app;
    this.isSmall = Boolean(limit);
    this.cards = new Cards(app, { label: "Devices", limit, empty: "No two of these images name the same camera or lens.",
      describe: (row) => this.card(row) });
    this.element = h("section", { class: this.isSmall ? "devices-view" : "view devices-view" }, this.isSmall ? null
      : h("p", { class: "caption" }, "Images whose files name one serial number of camera or lens. A file can be forged; numbers of two models can be equal by chance. Devices on several hosts come first."),
    this.cards.element);
  }

  update() {
    const rows = livingGroups(this.app, this.app.table.devices)
      .map((row) => ({ ...row, hosts: this.app.table.distinct("host", row.members) }));
    rows.sort((one, other) => (other.hosts.length > 1) - (one.hosts.length > 1)
      || other.hosts.length - one.hosts.length || other.members.length - one.members.length);
    this.cards.update(rows);
  }

  card({ group, members, hosts }) {
    const { app } = this;
    return h("article", { class: "card device-card" },
      h("header", {}, h("h3", {}, web(group.names.join(", "))),
        hosts.length > 1 && h("span", { class: "badge strong" }, plural(hosts.length, "host"))),
      h("p", { class: "id" }, h("span", {}, deviceKind(group.kind)), web(group.number, { class: "code" })),
      this.isSmall ? null : h("p", { class: "fine" }, "stated by ", web(group.tags.join(", "))),
      hostList(hosts),
      footer(app, group, members));
  }
}

export class Copies {
  constructor(app, { limit } = {}) {
    this.app = app;
    this.isSmall = Boolean(limit);
    this.cards = new Cards(app, { label: "Copies", limit, empty: "No two of these images are copies.",
      describe: (row) => this.card(row) });
    this.element = h("section", { class: this.isSmall ? "copies-view" : "view copies-view" }, this.isSmall ? null
      : h("p", { class: "caption" }, "Groups as scrapy duplicates finds them, the strongest verdict first. Each says how much was compared; bytes that were not compared may differ."),
    this.cards.element);
  }

  update() {
    this.cards.update(livingGroups(this.app, this.app.table.copies));
  }

  card({ group, members }) {
    const { app } = this;
    const { table } = app;
    const hosts = table.distinct("host", members);
    return h("article", { class: "card copy-card" },
      h("header", {}, h("span", { class: "badge verdict" }, visible(group.verdict)),
        h("h3", {}, web(fileName(table.urls[members[0]]))),
        hosts.length > 1 && h("span", { class: "badge strong" }, plural(hosts.length, "host"))),
      h("p", { class: "fine" }, "compared: ", group.compared),
      this.isSmall ? null : h("p", { class: "fine" }, "left: ", group.left),
      this.isSmall ? hostList(hosts) : imageList(app, members),
      footer(app, group, members));
  }
}

function hostList(hosts) {
  const more = hosts.length - HOSTS;
  return h("ul", { class: "hosts" }, hosts.slice(0, HOSTS).map((host) => h("li", {}, web(host || "unknown host"))),
    more > 0 && h("li", { class: "fine" }, `and ${count(more)} more`));
}

function imageList(app, members) {
  const more = members.length - IMAGES;
  return h("ul", { class: "images" }, [...members.slice(0, IMAGES)].map((number) =>
    h("li", {}, button(web(app.table.urls[number]), () => app.change({ image: number }), { class: "url" }))),
  more > 0 && h("li", { class: "fine" }, `and ${count(more)} more`));
}

function footer(app, group, members) {
  const isChosen = app.state.group === group.id;
  const total = group.members.length;
  const label = members.length === total ? plural(total, "image") : `${count(members.length)} of ${plural(total, "image")}`;
  return h("footer", {}, h("span", {}, label),
    button(isChosen ? "Filtered ×" : "Filter to these", () => app.change({ group: isChosen ? "" : group.id }),
      { class: "link", "aria-pressed": String(isChosen) }),
    button("Open", () => app.change({ group: group.id, view: "table" }), { class: "link" }));
}

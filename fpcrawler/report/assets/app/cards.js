// A list of rows that grows on demand: groups, hosts, programs.

import { button, h, replaceChildren } from "./dom.js";
import { count } from "./words.js";

const PAGE = 50;

export class Cards {
  constructor(app, { label, describe, empty, limit = PAGE, headed = null }) {
    Object.assign(this, { app, describe, empty, limit, first: limit });
    this.list = h("ol", { class: "cards", "aria-label": label });
    this.more = h("p", { class: "more" });
    this.none = h("p", { class: "empty" }, empty);
    this.element = h("div", { class: "card-list" }, headed, this.list, this.more, this.none);
  }

  // `rows`: what `describe` makes an element of, in order.
  update(rows) {
    this.rows = rows;
    this.limit = this.first;
    this.draw();
  }

  draw() {
    const shown = this.rows.slice(0, this.limit);
    replaceChildren(this.list, shown.map((row) => h("li", {}, this.describe(row))));
    const left = this.rows.length - shown.length;
    replaceChildren(this.more, left > 0 && this.first >= PAGE
      ? button(`Show ${count(Math.min(left, PAGE))} more of ${count(left)}`, () => { this.limit += PAGE; this.draw(); }, { class: "wide" }) : null);
    this.none.hidden = this.rows.length > 0;
  }
}

// Groups with the members that pass, those without any left out. If one group is chosen,
// the others of its kind are left out too, though they may share members with it.
export function livingGroups(app, groups) {
  const chosen = app.state.group;
  const kind = chosen.slice(0, chosen.indexOf(":") + 1);
  return groups.filter(({ id }) => !chosen || id === chosen || !id.startsWith(kind))
    .map((group) => ({ group, members: group.members.filter((number) => app.filters.passes(number)) }))
    .filter(({ members }) => members.length);
}

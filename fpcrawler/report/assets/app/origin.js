// Software, provenance and edit history: which programs made and changed the pictures.

import { button, h, replaceChildren, web } from "./dom.js";
import { countsOf } from "./filters.js";
import { count } from "./words.js";

const PROGRAMS = 30;

const PARTS = [
  ["software", "Software", "The program that wrote the file, by EXIF or XMP."],
  ["editors", "Edit history", "Programs that XMP's history names; in brackets, what was done by an unnamed one."],
  ["source_type", "Digital source type", "What the file says it is, such as a capture or trainedAlgorithmicMedia. Not checked."],
  ["generator", "C2PA generator", "The program that wrote a C2PA manifest. Signatures are not checked."],
  ["actions", "C2PA actions", "What the manifest says was done."],
  ["signer", "C2PA signer", "Whom the certificate names. Anybody can write any name."],
];

export class Origin {
  constructor(app) {
    this.app = app;
    this.parts = PARTS.map(([name, label, note]) => {
      const list = h("div", { class: "bars" });
      const none = h("p", { class: "empty" }, "None of these images says so.");
      return { name, list, none, element: h("section", { class: "panel" }, h("h3", {}, label), h("p", { class: "caption" }, note), list, none) };
    });
    this.element = h("section", { class: "view origin-view" }, this.parts.map(({ element }) => element));
  }

  update() {
    const { app } = this;
    for (const { name, list, none } of this.parts) {
      const column = app.table.columns[name];
      const chosen = app.state.facets[name] ?? [];
      const counts = countsOf(app.filters, `f.${name}`, column);
      const rows = column.values.map((value, at) => [value, counts[at]])
        .filter(([value, number]) => value && number).sort((one, other) => other[1] - one[1]).slice(0, PROGRAMS);
      replaceChildren(list, rows.map(([value, number]) => {
        const bar = h("span", { class: "bar" });
        bar.style.inlineSize = `${(100 * number) / rows[0][1]}%`;
        return button([web(value, { class: "value" }), h("span", { class: "track" }, bar), h("span", { class: "number" }, count(number))],
          () => app.toggle(name, value), { "aria-pressed": String(chosen.includes(value)) });
      }));
      none.hidden = rows.length > 0;
    }
  }
}

// Elements are made here and nowhere else. A value becomes a text node, never markup.

const SVG = "http://www.w3.org/2000/svg";

export function h(name, properties = {}, ...children) {
  return filled(document.createElement(name), properties, children);
}

export function s(name, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, name), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false));
  return element;
}

// A value from the web: its direction stays inside of it, and what is invisible shows.
export function web(text, properties = {}) {
  return h("bdi", properties, visible(text));
}

// Control characters, and those that turn the direction or are invisible (UAX 9, 2.2).
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

export function visible(text) {
  return String(text).replace(HIDDEN, (char) =>
    `\u2039U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}\u203a`);
}

export function button(label, onclick, properties = {}) {
  return h("button", { type: "button", onclick, ...properties }, label);
}

export function copyButton(text, what) {
  const done = (result) => {
    made.textContent = result;
    setTimeout(() => { made.textContent = "Copy"; }, 1500);
  };
  const made = button("Copy", () => copied(text).then(() => done("Copied"), () => done("Failed")),
    { class: "copier", "aria-label": `Copy ${what}` });
  return made;
}

async function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  throw new Error("this browser gives no clipboard to a file");
}

// One node after the other, so that what has the focus keeps it.
export function replaceChildren(parent, ...children) {
  parent.replaceChildren(...children.flat().filter((child) => child !== null && child !== false));
}

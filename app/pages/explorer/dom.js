// Elements, and the marks of a search in their texts.

/** @type {(selector: string) => any} The element of the page that matches; its type is not checked. */
export const $ = (selector) => document.querySelector(selector);

/** @type {(selector: string) => NodeListOf<any>} All of them. */
export const all = (selector) => document.querySelectorAll(selector);

/** @type {() => any} The element that has the focus. */
export const focused = () => document.activeElement;

const isThere = (value) => (value ?? false) !== false;

export const SVG = "http://www.w3.org/2000/svg";

/** An element; functions become listeners, `false`, `null` and `undefined` leave an attribute or a child out. */
export function el(tag, attributes = {}, ...children) {
  const element = /** @type {any} */ (/^(svg|rect|text)$/.test(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag));
  if (tag === "button") element.type = tag; // and not one that submits
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (isThere(value)) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter(isThere));
  return element;
}

/** Japanese text keeps its language, and so its fonts and its voice, on an English page. */
export const ja = (tag, attributes, ...children) => el(tag, { lang: "ja", ...attributes }, ...children);

const JAPANESE = /([\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+)/;

/** A sentence in the language of the page in which Japanese words may occur. */
export const mixed = (text) => text.split(JAPANESE).map((part) => (JAPANESE.test(part) ? ja("span", {}, part) : part));

/** Replaces what is in there; the element that had the focus has it again, or the one that takes its place. */
export function fill(parent, ...children) {
  const before = focused();
  const place = [...parent.querySelectorAll("[data-key]")].indexOf(before);
  parent.replaceChildren(...children.flat().filter(isThere));
  if (place < 0) return;
  const keyed = [...parent.querySelectorAll("[data-key]")];
  const heir = keyed.find(({ dataset }) => dataset.key === before.dataset.key) ?? keyed[Math.min(place, keyed.length - 1)];
  heir?.focus({ preventScroll: true });
}

/** The text with its hits marked. Offsets count code points, JavaScript counts UTF-16. */
export function marked(text, field, matches) {
  const points = Array.from(text);
  const hit = new Array(points.length).fill(false);
  for (const match of matches) if (match.field === field) hit.fill(true, match.start, match.end);
  const nodes = [];
  for (let at = 0, from = 0; at < points.length; from = at) {
    while (at < points.length && hit[at] === hit[from]) at += 1;
    const piece = points.slice(from, at).join("");
    nodes.push(...(hit[from] ? [el("mark", {}, piece)] : breakable(piece)));
  }
  return nodes;
}

/** A line that is too narrow for a phrase ends before a word in katakana, and not within it. */
function breakable(text) {
  return text.split(/(?<=[^ァ-ヿ])(?=[ァ-ヿ]{3})/).flatMap((part, index) => (index ? [el("wbr"), part] : part));
}

/** The text at a dotted path of a record. */
export function at(record, path) {
  return path.split(".").reduce((value, key) => value?.[key], record);
}

/** A click needs what was pressed to be there until it is released: nothing is drawn in between. */
export let released = Promise.resolve();
addEventListener("pointerdown", ({ button, ctrlKey, target }) => {
  if (button || ctrlKey || /** @type {Element} */ (target).matches("select")) return; // a menu takes the release
  released = new Promise((done) => {
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(done), { once: true });
  });
});

const ROLES = { "thead, tbody": "rowgroup", tr: "row", th: "rowheader", "th[scope=col]": "columnheader", td: "cell" };

/** A table that a narrow screen shows as blocks stays a table for those who listen to it. */
export function asTable(table) {
  for (const [selector, role] of Object.entries(ROLES)) for (const one of table.querySelectorAll(selector)) one.setAttribute("role", role);
}

/** Makes the file that a link offers when it is asked for; the address of the last one is given up. */
export function offer(link, content, type) {
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([content], { type }));
}

/** Five steps, by class: the policy allows no style attributes in the page, and none is needed. */
export function shade(count, most) {
  return `shade-${count === 0 ? 0 : Math.ceil((count / Math.max(most, 1)) * 4)}`;
}

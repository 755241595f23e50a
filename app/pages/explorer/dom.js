// Elements, and the marks of a search in their texts.

/**
 * The element of the page that matches; its type is not checked.
 * @type {(selector: string) => any}
 */
export const $ = (selector) => document.querySelector(selector);

/**
 * All elements of the page that match.
 * @type {(selector: string) => NodeListOf<any>}
 */
export const all = (selector) => document.querySelectorAll(selector);

/** An element; functions become listeners, `false` and `null` leave an attribute out. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false));
  return element;
}

/** Japanese text keeps its language, and so its fonts and its voice, on an English page. */
export const ja = (tag, attributes, ...children) => el(tag, { lang: "ja", ...attributes }, ...children);

/** Replaces what is in there; whoever had the focus has it again afterwards. */
export function fill(parent, ...children) {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  const key = focused && parent.contains(focused) && focused.dataset.key;
  parent.replaceChildren(...children.flat().filter(Boolean));
  if (key) parent.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
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
    nodes.push(hit[from] ? el("mark", {}, piece) : piece);
  }
  return nodes;
}

/** The text at a dotted path of a record. */
export function at(record, path) {
  return path.split(".").reduce((value, key) => value?.[key], record);
}

/** Five steps, by class: the policy allows no style attributes in the page, and none is needed. */
export function shade(count, most) {
  return `shade-${count === 0 ? 0 : Math.ceil((count / Math.max(most, 1)) * 4)}`;
}

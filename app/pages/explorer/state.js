// What is shown, kept in the fragment of the URL: it can be shared, and the back button works.
// A fragment, not a query: the service refuses parameters it does not know, and searches stay out of its logs.

export const FACETS = ["type", "subcategory", "prefecture", "fiscal_year"];
const TEXTS = ["q", "sort", "view", "region", "lang"];

let typing = false;
let listener = () => {};

export function read(hash = location.hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const state = {};
  for (const name of TEXTS) state[name] = given.get(name) ?? "";
  for (const name of FACETS) state[name] = (given.get(name) ?? "").split(",").filter(Boolean);
  if (!/^\d{1,6}$/.test(state.region)) state.region = "";
  if (!["ja", "en"].includes(state.lang)) state.lang = "";
  return state;
}

/** A query or a fragment, its names in order, commas as they are. An apostrophe would end a quoted shell word. */
export function join(pairs) {
  return Object.entries(pairs)
    .filter(([, value]) => value.length)
    .map(([name, value]) => [name, [value].flat().map(encode).join(",")])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&");
}

function encode(text) {
  return encodeURIComponent(text).replace(/%2C/g, ",").replace(/'/g, "%27");
}

export function link(patch) {
  return `#${join({ ...read(), ...patch })}`;
}

/** Each change is an entry of the history, but the letters of a word being typed are one together. */
export function change(patch, { typed = false } = {}) {
  const url = link(patch);
  history[typed && typing ? "replaceState" : "pushState"](null, "", url);
  typing = typed;
  listener();
}

export function toggle(facet, value) {
  const chosen = read()[facet];
  change({ [facet]: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value].sort() });
}

export function language() {
  return read().lang || (navigator.language.startsWith("ja") ? "ja" : "en");
}

export function onChange(heard) {
  listener = heard;
  addEventListener("hashchange", () => {
    typing = false;
    heard();
  });
}

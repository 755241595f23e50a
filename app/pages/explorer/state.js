// What is shown stands in the query: it can be shared, the back button works, and the server renders it.
import { parameters } from "./given.js";

export const FACETS = ["type", "subcategory", "prefecture", "fiscal_year"];
const TEXTS = ["q", "view", "region", "lang"];

/** The state without any condition. */
export const NO_CONDITIONS = { q: "", ...Object.fromEntries(parameters.map((name) => [name, []])) };

/** The part of a state that the list takes. */
export const conditionsOf = (state) => Object.fromEntries(Object.keys(NO_CONDITIONS).map((name) => [name, state[name]]));

let typing = false;
let listener = (_typed) => {};

export function read(query = location.search) {
  const given = new URLSearchParams(query.replace(/^[?#]/, ""));
  const state = {};
  for (const name of TEXTS) state[name] = given.get(name) ?? "";
  for (const name of parameters) state[name] = given.getAll(name).join().split(",").filter(Boolean);
  if (!/^\d{1,6}$/.test(state.region)) state.region = "";
  if (!["ja", "en"].includes(state.lang)) state.lang = "";
  return state;
}

/** A query, its names in order, commas as they are. An apostrophe would end a quoted shell word. */
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

/** The address of the page with another state. */
export function link(patch) {
  const query = join({ ...read(), ...patch });
  return `${location.pathname}${query && "?"}${query}`;
}

/** Each change is an entry of the history, the letters of a word being typed one together. What needs a word goes with it. */
export function change(patch, { typed = false } = {}) {
  const ofText = patch.q?.trim() === "" && { q_in: [], sort: read().sort.filter((key) => !key.endsWith("relevance")) };
  const url = link({ ...ofText, ...patch });
  if (url !== link({})) history[typed && typing ? "replaceState" : "pushState"](null, "", url);
  typing = typed;
  listener(typed);
}

/** Writes the state as the service spells it. It means the same, so nobody is told. */
export function respell(patch) {
  if (link(patch) !== location.pathname + location.search) history.replaceState(history.state, "", link(patch));
}

/** Takes the values away if all of them are chosen, else adds those that are not. */
export function toggle(facet, ...values) {
  const chosen = read()[facet];
  const off = values.every((one) => chosen.includes(one));
  change({ [facet]: off ? chosen.filter((one) => !values.includes(one)) : [...new Set([...chosen, ...values])].sort() });
}

/** The detail view is one entry of the history, however many regions are looked at in it. */
export function openRegion(number) {
  const url = link({ region: String(number) });
  if (read().region) history.replaceState(history.state, "", url);
  else history.pushState({ opened: true }, "", url);
  typing = false;
  listener(false);
}

/** Closing goes back where opening came from; a shared link to a region has nothing behind it. */
export function closeRegion() {
  if (history.state?.opened) return history.back();
  history.replaceState(null, "", link({ region: "" }));
  return listener(false);
}

/** Takes over a state in the fragment, where the page kept it before. */
export function adoptFragment() {
  const old = Object.fromEntries(Object.entries(read(location.hash)).filter(([, value]) => value.length));
  if (join(old)) history.replaceState(history.state, "", link(old));
}

/** Calls `act` with a storage of the browser, which may have it turned off: then there is `null`. */
export function stored(name, act) {
  try {
    return act(window[name]);
  } catch {
    return null;
  }
}

/** Calls `heard` at each change of the state, and says whether it was typed into the search box. */
export function onChange(heard) {
  listener = heard;
  addEventListener("popstate", () => {
    adoptFragment();
    typing = false;
    heard(false);
  });
}

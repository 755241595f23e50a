// The public API and the pages. Addresses are relative to the page, so a path prefix does not matter.
import { released } from "./dom.js";
import { lang } from "./given.js";
import { conditionsOf, FACETS, join, NO_CONDITIONS } from "./state.js";

const BASE = new URL(".", document.baseURI);

/** No answer, or one that says "later". */
export class Unreachable extends Error {}

/** The service explains what is wrong with the request (RFC 9457). */
export class Refused extends Error {
  constructor({ detail, errors = [] }) {
    super(detail);
    this.errors = errors.map((one) => ({ ...one, detail: one.detail.replaceAll("`", "") }));
  }
}

export function address(path) {
  return new URL(path, BASE).href;
}

/** The request behind a view; `more` are parameters that the page needs besides. */
export function regions(state, { suffix = "", ...more } = /** @type {any} */ ({})) {
  const query = join({ ...conditionsOf(state), q: state.q.trim(), ...more });
  return address(`v1/regions${suffix}${query && "?"}${query}`);
}

/** A page of regions with counts; where the service refuses the request, no region, and the counts of all. */
export async function listed(state, signal) {
  const ask = (conditions, more = {}) => get(regions(conditions, { facets: FACETS, lang, ...more }), signal);
  try {
    const others = state.type.length && ask({ ...state, type: [] }, { facets: ["subcategory"], limit: "1" }).catch(() => ({}));
    const [page, { facets }] = await Promise.all([ask(state), others || {}]);
    return { ...page, facets: { ...page.facets, ...facets } }; // subcategories of other types, too
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ...(await ask(NO_CONDITIONS)), items: [], total: 0, hints: [], refused: error };
  }
}

/** What is at an address: a record, a list, or the `text` of a page. */
export async function get(url, signal = null, kind = "json") {
  try {
    /** @type {any} */
    const response = await fetch(url, { signal });
    if (response.status >= 500) throw new Unreachable();
    const body = await response[kind]();
    if (response.ok) return body;
    throw new Refused(body);
  } catch (thrown) {
    const error = /** @type {Error} */ (thrown);
    if (error instanceof Refused || error.name === "AbortError") throw error;
    throw new Unreachable();
  }
}

/** A page to be shown here, its links as they lead from here. */
export async function pageAt(url) {
  const whole = new DOMParser().parseFromString(await get(url, null, "text"), "text/html");
  await released;
  for (const one of whole.querySelectorAll('a:not([href^="#"])')) one.setAttribute("href", new URL(one.getAttribute("href") ?? "", url).href);
  return whole;
}

// The public API, and nothing else. Addresses are relative to the page, so a path prefix does not matter.
import { lang } from "./given.js";
import { FACETS, join, NO_CONDITIONS } from "./state.js";

const BASE = new URL(".", document.baseURI);
const known = new Map();

/** No answer, or one that says "later". */
export class Unreachable extends Error {}

/** The service explains what is wrong with the request (RFC 9457). */
export class Refused extends Error {
  constructor(problem) {
    super(problem.errors?.[0]?.detail ?? problem.detail);
    this.parameter = problem.errors?.[0]?.parameter;
  }
}

export function address(path) {
  return new URL(path, BASE).href;
}

/** The parameters of a URL that the API gave, whatever base URL it has. */
export function parameters(url) {
  return new URL(url, BASE).searchParams;
}

/**
 * The request behind a view; `with_` adds parameters that the page needs besides.
 * @param {any} state
 * @param {{suffix?: string, facets?: string[], lang?: string}} [options]
 */
export function regions(state, { suffix = "", ...with_ } = {}) {
  const { q, sort = "", type, subcategory, prefecture, fiscal_year } = state;
  const useless = sort.includes("relevance") && !q.trim();
  const query = join({ q: q.trim(), sort: useless ? "" : sort, type, subcategory, prefecture, fiscal_year, ...with_ });
  return address(`v1/regions${suffix}${query && "?"}${query}`);
}

/** A page of regions with counts; where the service refuses the request, no region, and the counts of all. */
export async function listed(state, signal) {
  const ask = (conditions) => get(regions(conditions, { facets: FACETS, lang }), signal);
  try {
    return await ask(state);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ...(await ask(NO_CONDITIONS)), items: [], total: 0, hints: [], refused: error };
  }
}

export async function get(url, signal) {
  try {
    const response = await fetch(url, { signal, headers: { Accept: "application/json" } });
    if (response.status >= 500) throw new Unreachable();
    const body = await response.json();
    if (response.ok) return body;
    throw new Refused(body);
  } catch (thrown) {
    const error = /** @type {Error} */ (thrown);
    if (error instanceof Refused || error.name === "AbortError") throw error;
    throw new Unreachable();
  }
}

/** A list that stays the same while the page is open: asked for once, and again only if that failed. */
export async function once(path) {
  if (!known.has(path)) known.set(path, await whole(path));
  return known.get(path);
}

/** All records of a list, page by page. */
async function whole(path) {
  const records = [];
  for (let url = address(path); url; ) {
    const { items, links } = await get(url);
    records.push(...items);
    url = links.next && address(`${path}?${parameters(links.next)}`);
  }
  return records;
}

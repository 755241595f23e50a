// The public API, and nothing else. Addresses are relative to the page, so a path prefix does not matter.
import { FACETS, join } from "./state.js";

const BASE = new URL(".", document.baseURI);
const known = new Map();

/** No answer, or one that says "later". */
export class Unreachable extends Error {}

/** The service explains what is wrong with the request (RFC 9457). */
export class Refused extends Error {
  constructor(problem) {
    super(problem.errors?.[0]?.detail ?? problem.detail);
  }
}

export function address(path) {
  return new URL(path, BASE).href;
}

/**
 * The request behind a view; `with_` adds parameters that the page needs besides.
 * @param {any} state
 * @param {{suffix?: string, facets?: string[], lang?: string}} [options]
 */
export function regions(state, { suffix = "", ...with_ } = {}) {
  const { q, sort, type, subcategory, prefecture, fiscal_year } = state;
  const useless = sort.includes("relevance") && !q.trim();
  const query = join({ q: q.trim(), sort: useless ? "" : sort, type, subcategory, prefecture, fiscal_year, ...with_ });
  return address(`v1/regions${suffix}${query && "?"}${query}`);
}

export function listed(state, lang, signal) {
  return get(regions(state, { facets: FACETS, lang }), signal);
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

/** What stays the same while the page is open: asked for once, and again only if that failed. */
export async function once(path) {
  if (!known.has(path)) known.set(path, await get(address(path)));
  return known.get(path);
}

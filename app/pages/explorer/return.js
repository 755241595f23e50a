// The way back from the guide, the terms and the documentation of the API: their link home has no conditions in it,
// so the page leaves its own with the tab, and takes them up when it is opened from there without any.
import { all } from "./dom.js";
import { join, link, read } from "./state.js";
import { stored } from "./storage.js";

const KEY = "left";

export function prepareReturn() {
  const leave = () => stored("sessionStorage", (storage) => storage.setItem(KEY, location.search));
  for (const one of all("nav.links a")) one.addEventListener("click", leave);
  addEventListener("pageshow", () => stored("sessionStorage", (storage) => storage.removeItem(KEY)));
}

/** Must be called before the page is shown. A reload, and the back button, mean the address as it is. */
export function comeBack() {
  const [opened] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const left = opened.type === "navigate" && stored("sessionStorage", (storage) => storage.getItem(KEY));
  const { lang, ...conditions } = read();
  if (left && !join(conditions)) history.replaceState(null, "", link({ ...read(left), ...(lang && { lang }) }));
}

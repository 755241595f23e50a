// The link home of other pages has no conditions: the page leaves its own with the tab, and takes them up again.
import { $ } from "./dom.js";
import { join, link, read, stored } from "./state.js";

const KEY = "left";

export function prepareReturn() {
  $("body").addEventListener("click", ({ target, defaultPrevented }) => {
    if (defaultPrevented || !target.closest("a:not([download])")) return;
    stored("sessionStorage", (storage) => storage.setItem(KEY, location.search));
  });
  addEventListener("pageshow", () => stored("sessionStorage", (storage) => storage.removeItem(KEY)));
}

/** Must be called before the page is shown. A reload, and the back button, mean the address as it is. */
export function comeBack() {
  const [opened] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const left = opened.type === "navigate" && stored("sessionStorage", (storage) => storage.getItem(KEY));
  const { lang, ...conditions } = read();
  if (left && !join(conditions)) history.replaceState(null, "", link({ ...read(left), region: "", ...(lang && { lang }) }));
}

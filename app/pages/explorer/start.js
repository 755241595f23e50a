// Runs first: asks for the page in the language that was chosen last time, takes up the conditions that were left for
// another page, whose link home has none, and hides what will be shown otherwise.
import { $ } from "./dom.js";
import { adoptFragment, join, link, read, stored } from "./state.js";

const LEFT = "left";
const rendered = location.search;
const hide = () => (document.body.dataset.loading = "hidden");
const lang = read(location.hash).lang || read().lang || stored("localStorage", (storage) => storage.getItem("lang"));

if (lang && lang !== document.documentElement.lang) {
  hide();
  location.replace(`${location.pathname}?${join({ ...read(), lang })}${location.hash}`);
} else {
  adoptFragment();
  comeBack();
  if (location.search !== rendered || read().view || $("#refused")) hide();
}

/** A reload, and the back button, mean the address as it is. */
function comeBack() {
  const [opened] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const left = opened.type === "navigate" && stored("sessionStorage", (storage) => storage.getItem(LEFT));
  const { lang, ...conditions } = read();
  if (left && !join(conditions)) history.replaceState(null, "", link({ ...read(left), region: "", ...(lang && { lang }) }));
  addEventListener("pageshow", () => stored("sessionStorage", (storage) => storage.removeItem(LEFT)));
  $("body").addEventListener("click", ({ target, defaultPrevented }) => {
    if (defaultPrevented || !target.closest("a:not([download])")) return;
    stored("sessionStorage", (storage) => storage.setItem(LEFT, location.search));
  });
}

// Wiring: the state in the address asks for a page of regions, and every part of the view shows it.
import { listed, regions, Unreachable } from "./api.js";
import { prepareBar, showBar } from "./bar.js";
import { prepareDetail, showDetail } from "./detail.js";
import { all, fill, mixed, $ } from "./dom.js";
import { showChips, showFacets, showHints, showNothing, takeOverBoxes } from "./facets.js";
import { regionCount, say, words } from "./given.js";
import { showMap } from "./map.js";
import { showMisprints } from "./misprints.js";
import { notice } from "./notice.js";
import { prepareRequest, showRequest } from "./request.js";
import { prepareReturn } from "./return.js";
import { prepareSearch, showText, takeOver } from "./search.js";
import { change, FACETS, link, onChange, read, respell } from "./state.js";
import { stored } from "./storage.js";
import { showTable } from "./table.js";
import { showTimeline } from "./timeline.js";

const RETRY_MILLISECONDS = 1500;
const VIEWS = { "": ["timeline", showTimeline], table: ["table", showTable], misprints: ["misprints", showMisprints] };

let shown = {}; // the page of regions in view, and the request it answers
let request = null;
let retry = 0;

async function refresh() {
  clearTimeout(retry);
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const key = regions(read());
  try {
    if (shown.key !== key) document.body.setAttribute("aria-busy", "true");
    const page = shown.key === key ? shown.page : await listed(read(), signal);
    if (signal.aborted) return;
    if (!page.refused) respell(Object.fromEntries(FACETS.map((name) => [name, page.query[name].map(String)])));
    shown = { key: regions(read()), page };
    const view = { page, state: read() };
    await show(view);
    await showDetail(view);
    if (retry) notice(words.again);
    retry = 0;
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Unreachable)) throw error;
    notice(words.gone, { stays: true });
    retry = setTimeout(refresh, RETRY_MILLISECONDS);
  } finally {
    if (!signal.aborted) document.body.removeAttribute("aria-busy");
  }
}

async function show(view) {
  const { page, state } = view;
  const lostFocus = keepFocus();
  for (const part of [showFacets, showMap, showChips, showHints, showNothing, showRequest, showBar]) part(view);
  const [chosen, showChosen] = VIEWS[state.view] ?? VIEWS[""];
  for (const [name] of Object.values(VIEWS)) {
    $(`#${name}-view`).hidden = name !== chosen || page.total === 0;
    $(`#show-${name}`).setAttribute("aria-pressed", String(name === chosen));
  }
  for (const one of all("#language a")) one.href = link({ lang: one.lang });
  await showChosen(view);
  fill($("#status"), mixed(told(page)));
  document.body.removeAttribute("data-loading");
  lostFocus();
}

function told({ total, items, refused }) {
  if (refused) return say(refused.parameter ? words.refused : "{why}", { name: words[refused.parameter], why: refused.message });
  const found = say(total === regionCount ? words.foundAll : words.found, { total, all: regionCount });
  return total > items.length ? say(words.first, { found, count: items.length }) : found;
}

/** Returns what to call when the page has changed: focus that would be lost goes to the line that says what is found. */
function keepFocus() {
  const focused = /** @type {any} */ (document.activeElement);
  return () => {
    const now = /** @type {any} */ (document.activeElement);
    if (focused !== document.body && (now === document.body || !now.getClientRects().length)) $("#status").focus();
  };
}

for (const [view, [name]] of Object.entries(VIEWS)) $(`#show-${name}`).addEventListener("click", () => change({ view }));
for (const one of all("#language a")) {
  one.addEventListener("click", () => stored("localStorage", (storage) => storage.setItem("lang", one.lang)));
}
for (const one of all("[data-jump]")) {
  one.addEventListener("click", (event) => {
    event.preventDefault(); // a fragment in the history would take the focus when one comes back to it
    $(one.getAttribute("href")).focus();
  });
}
for (const form of all("form")) form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("online", refresh);
prepareReturn();
prepareSearch();
prepareDetail();
prepareRequest();
prepareBar();
onChange((typed) => {
  if (!typed) showText();
  refresh();
});
takeOver();
takeOverBoxes();
refresh();

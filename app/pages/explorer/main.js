// Wiring: the state in the URL asks for a page of regions, and every part of the view shows it.
import { listed, once, regions, Unreachable } from "./api.js";
import { prepareBar, showBar } from "./bar.js";
import { prepareDetail, showDetail } from "./detail.js";
import { all, fill, mixed, $ } from "./dom.js";
import { showChips, showFacets, showHints, showNothing, takeOverBoxes } from "./facets.js";
import { language, remember } from "./language.js";
import { showMap } from "./map.js";
import { showMisprints } from "./misprints.js";
import { notice } from "./notice.js";
import { prepareRequest, showRequest } from "./request.js";
import { prepareReturn } from "./return.js";
import { prepareSearch, showText, takeOver } from "./search.js";
import { change, FACETS, link, onChange, read, respell } from "./state.js";
import { showTable } from "./table.js";
import { TEXTS } from "./texts.js";
import { showTimeline } from "./timeline.js";

const RETRY_MILLISECONDS = 1500;
const VIEWS = { "": ["timeline", showTimeline], table: ["table", showTable], misprints: ["misprints", showMisprints] };

const texts = () => TEXTS[language()];
let shown = {}; // the page of regions in view, and the request it answers
let request = null;
let retry = 0;

async function refresh() {
  const lang = language();
  translate(lang);
  clearTimeout(retry);
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const key = `${regions(read())} ${lang}`;
  try {
    if (shown.key !== key) document.body.setAttribute("aria-busy", "true");
    const [page, years, dataset] = await Promise.all([
      shown.key === key ? shown.page : listed(read(), lang, signal),
      once("v1/fiscal-years"),
      once("v1/dataset"),
    ]);
    if (signal.aborted) return;
    if (!page.refused) respell(Object.fromEntries(FACETS.map((name) => [name, page.query[name].map(String)])));
    shown = { key: `${regions(read())} ${lang}`, page };
    const state = read();
    const view = { page, dataset, state, lang, texts: texts(), years: new Map(years.items.map((year) => [year.year, year])) };
    await show(view);
    await showDetail(view);
    if (retry) notice(texts().again);
    retry = 0;
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Unreachable)) throw error;
    notice(texts().gone, { stays: true });
    retry = setTimeout(refresh, RETRY_MILLISECONDS);
  } finally {
    if (!signal.aborted) document.body.removeAttribute("aria-busy");
  }
}

async function show(view) {
  const { page, dataset, state } = view;
  const lostFocus = keepFocus();
  $("#lead").textContent = view.texts.lead(dataset.counts.regions);
  for (const part of [showFacets, showMap, showChips, showHints, showNothing, showRequest]) part(view);
  const [chosen, showChosen] = VIEWS[state.view] ?? VIEWS[""];
  for (const [name] of Object.values(VIEWS)) {
    $(`#${name}-view`).hidden = name !== chosen || page.total === 0;
    $(`#show-${name}`).setAttribute("aria-pressed", String(name === chosen));
  }
  await showChosen(view);
  fill($("#status"), mixed(told(view)));
  showBar(view);
  document.body.removeAttribute("data-loading");
  lostFocus();
}

function told({ page, dataset, texts }) {
  if (page.refused) return texts.refused(texts[page.refused.parameter], page.refused.message);
  const found = texts.found(page.total, dataset.counts.regions);
  return page.total > page.items.length ? `${found}${texts.comma}${texts.first(page.items.length)}` : found;
}

/** Returns what to call when the page has changed: focus that would be lost goes to the line that says what is found. */
function keepFocus() {
  const focused = /** @type {any} */ (document.activeElement);
  return () => {
    const now = /** @type {any} */ (document.activeElement);
    if (focused !== document.body && (now === document.body || !now.getClientRects().length)) $("#status").focus();
  };
}

/** The words in the document itself. */
function translate(lang) {
  const words = TEXTS[lang];
  document.documentElement.lang = lang;
  document.title = words.pageTitle;
  for (const element of all("[data-text]")) element.textContent = words[element.dataset.text];
  for (const element of all("[data-label]:not(td)")) element.setAttribute("aria-label", words[element.dataset.label]);
  for (const one of all("#language a")) {
    one.href = link({ lang: one.lang });
    if (one.lang === lang) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
  for (const one of all("a[data-page]")) one.href = one.dataset.page.replace("*", lang);
  $("#q").placeholder = words.searchHint;
}

for (const [view, [name]] of Object.entries(VIEWS)) $(`#show-${name}`).addEventListener("click", () => change({ view }));
for (const one of all("#language a")) {
  one.addEventListener("click", (event) => {
    event.preventDefault();
    remember(one.lang);
    change({ lang: one.lang });
  });
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

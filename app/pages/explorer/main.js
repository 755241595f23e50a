// Wiring: the state in the URL asks for a page of regions, and every part of the view shows it.
import { listed, once, Refused, regions, Unreachable } from "./api.js";
import { prepareDetail, showDetail } from "./detail.js";
import { all, $ } from "./dom.js";
import { showChips, showFacets, showNothing } from "./facets.js";
import { showMap } from "./map.js";
import { prepareRequest, showRequest } from "./request.js";
import { change, language, link, onChange, read } from "./state.js";
import { showTable } from "./table.js";
import { TEXTS } from "./texts.js";
import { showTimeline } from "./timeline.js";

const RETRY_MILLISECONDS = 1500;
const PAUSE_MILLISECONDS = 150;

const texts = () => TEXTS[language()];
let shown = {}; // the page of regions in view, and the request it answers
let request = null;
let retry = 0;
let pause = 0;

async function refresh() {
  const state = read();
  const lang = language();
  translate(state, lang);
  clearTimeout(retry);
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const key = `${regions(state)} ${lang}`;
  try {
    if (shown.key !== key) document.body.setAttribute("aria-busy", "true");
    const [page, years, dataset] = await Promise.all([
      shown.key === key ? shown.page : listed(state, lang, signal),
      once("v1/fiscal-years"),
      once("v1/dataset"),
    ]);
    if (signal.aborted) return;
    shown = { key, page };
    show({ page, dataset, state, lang, texts: texts(), years: new Map(years.items.map((year) => [year.year, year])) });
    await showDetail({ page, state, texts: texts(), lang });
    reached();
  } catch (error) {
    if (signal.aborted) return;
    document.body.removeAttribute("aria-busy");
    if (error instanceof Unreachable) lost();
    else if (error instanceof Refused) $("#status").textContent = error.message;
    else throw error;
  }
}

function show(view) {
  const { page, dataset, state } = view;
  const table = state.view === "table";
  $("#lead").textContent = view.texts.lead(dataset.counts.regions);
  $("#note").textContent = dataset.note;
  $("#version").textContent = view.texts.version(dataset);
  showFacets(view);
  showMap(view);
  showChips(view);
  showNothing(view);
  showRequest(view);
  $("#timeline-view").hidden = table || page.total === 0;
  $("#table-view").hidden = !table || page.total === 0;
  $("#show-timeline").setAttribute("aria-pressed", String(!table));
  $("#show-table").setAttribute("aria-pressed", String(table));
  if (table) showTable(view);
  else showTimeline(view);
  const all = view.texts.found(page.total, dataset.counts.regions);
  $("#status").textContent = page.total > page.items.length ? `${all}, ${view.texts.first(page.items.length)}` : all;
  document.body.removeAttribute("aria-busy");
}

function lost() {
  $("#connection").textContent = texts().gone;
  $("#connection").className = "lost";
  retry = setTimeout(refresh, RETRY_MILLISECONDS);
}

function reached() {
  if ($("#connection").className !== "lost") return;
  $("#connection").textContent = texts().again;
  $("#connection").className = "found";
}

/** The words in the document itself; the search box is left alone while somebody writes in it, or has just done so. */
function translate(state, lang) {
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
  for (const one of all("a[data-page]")) one.href = `${one.dataset.page}/${lang}`;
  const box = $("#q");
  box.placeholder = words.searchHint;
  if (document.activeElement !== box && !pause) box.value = state.q;
}

/** As one types; but in the middle of a conversion the text is not yet what is meant. */
function type() {
  clearTimeout(pause);
  pause = setTimeout(() => {
    pause = 0;
    change({ q: $("#q").value, region: "" }, { typed: true });
  }, PAUSE_MILLISECONDS);
}

$("#q").addEventListener("input", (event) => event.isComposing || type());
$("#q").addEventListener("compositionend", type);
$("#search").addEventListener("submit", (event) => event.preventDefault());
$("#show-timeline").addEventListener("click", () => change({ view: "" }));
$("#show-table").addEventListener("click", () => change({ view: "table" }));
$("#skip").addEventListener("click", (event) => {
  event.preventDefault(); // the fragment is taken
  $("#results").focus();
});
addEventListener("online", refresh);
$("#filters").open = matchMedia("(min-width: 60rem)").matches;
prepareDetail();
prepareRequest(texts);
onChange(refresh);
refresh();

// Wiring: the state in the address asks for a page of regions, and every part of the view shows it.
import { listed, regions, Unreachable } from "./api.js";
import { showBar } from "./bar.js";
import { showCharts } from "./charts.js";
import { conditions, showChips, showHints, showNothing } from "./chips.js";
import { showDetail } from "./detail.js";
import { all, fill, focused, mixed, released, $ } from "./dom.js";
import { showTree, showYears, takeOverBoxes } from "./facets.js";
import { nameOf, parameters, regionCount, say, title, words } from "./given.js";
import { showMap } from "./map.js";
import { showMisprints } from "./misprints.js";
import { notice } from "./notice.js";
import { showPlaces } from "./places.js";
import { showRequest } from "./request.js";
import { showText, takeOver } from "./search.js";
import { change, link, onChange, read, respell, stored } from "./state.js";
import { showTable } from "./table.js";
import { showTimeline } from "./timeline.js";
import { showTopics } from "./topics.js";

const RETRY_MILLISECONDS = 1500;
const CHOICES = [showTree, showYears, showMap, showPlaces, showChips];
const RESULTS = [showHints, showNothing, showRequest, showBar];
const VIEWS = { timeline: showTimeline, table: showTable, topics: showTopics, charts: showCharts, misprints: showMisprints };

let shown = {}; // the page of regions in view, and the request it answers
let request = null;
let retry = 0;

async function refresh() {
  clearTimeout(retry);
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const key = regions(read());
  const isKnown = shown.key === key;
  try {
    if (!isKnown) {
      document.body.setAttribute("aria-busy", "true");
      if (shown.page) await draw(signal, () => CHOICES.forEach((part) => part({ page: shown.page, state: read() }))); // with the old counts
    }
    const page = isKnown ? shown.page : await listed(read(), signal);
    if (signal.aborted) return;
    const given = page.refused ? [] : parameters.filter((name) => read()[name].length);
    respell(Object.fromEntries(given.map((name) => [name, [page.query[name]].flat().map(String)])));
    shown = { key: regions(read()), page };
    const view = { page, state: read() };
    await draw(signal, () => show(view));
    if (signal.aborted) return;
    await showDetail(view);
    if (retry) notice(isKnown && !view.state.region ? "" : words.again);
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

/** Waits for the end of a click. Focus that is lost with what had it goes to the line that says what is found. */
async function draw(signal, act) {
  await released;
  if (signal.aborted) return;
  const before = focused();
  await act();
  const now = focused();
  if (before !== document.body && (now === document.body || !now.getClientRects().length)) $("#status").focus();
}

async function show(view) {
  const { page, state } = view;
  for (const part of [...CHOICES, ...RESULTS]) part(view);
  const chosen = Object.hasOwn(VIEWS, state.view) ? state.view : "timeline";
  for (const name of Object.keys(VIEWS)) {
    $(`#${name}-view`).hidden = name !== chosen || page.total === 0;
    $(`#show-${name}`).setAttribute("aria-pressed", name === chosen);
  }
  for (const one of all("#language a")) one.href = link({ lang: one.lang });
  await VIEWS[chosen](view);
  fill($("#status"), mixed(told(page)));
  entitle(view, chosen === "timeline" ? [] : [$(`#show-${chosen}`).textContent]);
  document.body.removeAttribute("data-loading");
}

function told({ total, items, refused }) {
  const sentence = ({ parameter, detail: why }) => say(words.refused, { name: nameOf(parameter), why });
  if (refused) return refused.errors.map(sentence).join(" ") || refused.message;
  const found = say(total === regionCount ? words.foundAll : words.found, { total, all: regionCount });
  return total > items.length ? say(words.first, { found, count: items.length }) : found;
}

/** A tab, a bookmark, an entry of the history say what they show; the server writes the same. */
function entitle(view, chosen) {
  const asked = [...conditions(view).map(({ text }) => text), ...chosen];
  document.title = asked.length ? `${asked.join(" · ")} (${told(view.page)}) — ${words.heading}` : title;
}

for (const name of Object.keys(VIEWS)) {
  $(`#show-${name}`).addEventListener("click", () => change({ view: name === "timeline" ? "" : name }));
}
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
onChange((typed) => {
  if (!typed) showText();
  refresh();
});
takeOver();
takeOverBoxes();
refresh();

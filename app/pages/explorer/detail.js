// One region with everything: what is printed, what we add and what confirms it, suspected misprints, the source.
import { address, get, once, Refused } from "./api.js";
import { all, definitions, el, fill, ja, marked, sources, $ } from "./dom.js";
import { label } from "./facets.js";
import { lang, say, words } from "./given.js";
import { concerns, correction } from "./misprints.js";
import { notice } from "./notice.js";
import { english, entries, mark } from "./record.js";
import { closeRegion, openRegion } from "./state.js";
import { regionPage } from "./timeline.js";

const dialog = $("#detail");

export function prepareDetail() {
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && leave());
  $("#results").addEventListener("click", open);
}

/** Rows lead to the page of a region; a plain click anywhere on one opens it here. */
function open(event) {
  const row = event.target.closest("[data-region]");
  const another = event.ctrlKey || event.metaKey || event.shiftKey || event.target.closest("button, a:not([data-region])");
  if (!row || another || String(getSelection())) return;
  event.preventDefault();
  openRegion(row.dataset.region);
}

function leave() {
  hide();
  closeRegion();
}

export async function showDetail({ page, state }) {
  if (!state.region) return hide();
  let region = page.items.find(({ number }) => String(number) === state.region);
  try {
    region ??= await get(address(`v1/regions/${state.region}`));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    notice(say(words.noRegion, { number: state.region }));
    return leave(); // a link to a region that does not exist
  }
  const [corrections, programs] = await Promise.all([once("v1/corrections"), once("v1/programs")]);
  const another = dialog.dataset.number !== state.region;
  const concerned = corrections.filter((one) => concerns(one, region));
  dialog.dataset.number = state.region;
  fill(dialog, ...content(withVocabularies(region, programs, page), concerned, page));
  if (!dialog.open) dialog.showModal();
  if (another) dialog.scrollTop = 0;
  return undefined;
}

/** A record names its programme and its subcategory only. */
function withVocabularies({ program, subcategory, ...region }, programs, page) {
  return {
    ...region,
    program: programs.find(({ id }) => id === program.id),
    subcategory: { ...subcategory, label_en: label(page, "subcategory", subcategory.id) },
  };
}

/** Back to the region's name in the view. */
function hide() {
  if (!dialog.open) return;
  dialog.close();
  const names = [...all(`main a[data-region="${dialog.dataset.number}"]`)];
  (names.find((name) => name.offsetParent) ?? $("#status")).focus();
}

function content(region, corrections, page) {
  const { program, annotations } = region;
  return [
    el(
      "header",
      {},
      el("p", { class: `label ${program.id}` }, `No. ${region.number} · `, ja("span", {}, region.subcategory.label)),
      ja("h2", { id: "detail-name" }, mark(region, "name")),
      english(region, "name"),
      el("button", { type: "button", class: "close", "aria-label": words.close, "data-key": "close", click: leave }, "×"),
    ),
    el(
      "section",
      { "aria-labelledby": "printed" },
      el("h3", { id: "printed" }, words.printed),
      definitions(entries(region, false)),
      el(
        "details",
        {},
        el("summary", {}, words.purpose),
        ja("p", {}, program.purpose),
        lang === "en" && program.purpose_en && el("p", { class: "annotated" }, program.purpose_en),
      ),
    ),
    corrections.length > 0 && misprints(corrections, region),
    el(
      "section",
      { class: "ours", "aria-labelledby": "ours" },
      el("h3", { id: "ours" }, words.annotations),
      el("p", {}, words.annotationsNote),
      definitions(entries(region, true)),
      el("h4", {}, words.evidence),
      annotations.evidence.length ? sources(annotations.evidence, "ol") : el("p", {}, words.noEvidence),
    ),
    el(
      "footer",
      {},
      ...neighbours(region, page),
      el("a", { href: regionPage(region.number) }, words.ownPage),
      el("a", { href: address(`v1/regions/${region.number}`) }, words.record),
    ),
  ];
}

function misprints(corrections, region) {
  const found = (one) => (key) => {
    const index = region.annotations.corrections.findIndex(({ id }) => id === one.id);
    return marked(one[key], `annotations.corrections.${index}.${key}`, region.matches);
  };
  return el(
    "section",
    { "aria-labelledby": "misprints-here" },
    el("h3", { id: "misprints-here" }, words.misprints),
    el("p", {}, words.misprintsNote),
    corrections.map((one) => el("div", { class: "misprint" }, correction(one, found(one)))),
  );
}

function neighbours(region, { items }) {
  const index = items.findIndex(({ number }) => number === region.number);
  const button = (other, name, key) =>
    other && el("button", { type: "button", "data-key": key, click: () => openRegion(other.number) }, name);
  return [
    button(items[index - 1], words.previous, "previous"),
    button(index < 0 ? null : items[index + 1], words.next, "next"),
  ];
}

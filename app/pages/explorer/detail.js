// One region with everything: what is printed, what we add and what confirms it, suspected misprints, the source.
import { address, get, once, Refused } from "./api.js";
import { all, definitions, el, fill, ja, marked, sources, $ } from "./dom.js";
import { label } from "./facets.js";
import { concerns, correction } from "./misprints.js";
import { notice } from "./notice.js";
import { entries, mark, text } from "./record.js";
import { closeRegion, openRegion } from "./state.js";
import { say } from "./texts.js";

const ADDED = "annotations.";

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

export async function showDetail(view) {
  const { page, state, texts } = view;
  if (!state.region) return hide();
  let region = page.items.find(({ number }) => String(number) === state.region);
  try {
    region ??= await get(address(`v1/regions/${state.region}`));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    notice(say(texts.noRegion, { number: state.region }));
    return leave(); // a link to a region that does not exist
  }
  const [corrections, programs] = await Promise.all([once("v1/corrections"), once("v1/programs")]);
  const program = programs.items.find(({ id }) => id === region.program.id);
  const subcategory = { ...region.subcategory, label_en: label(page, "subcategory", region.subcategory.id) };
  const another = dialog.dataset.number !== state.region;
  dialog.dataset.number = state.region;
  fill(dialog, ...content({ ...region, program, subcategory }, corrections.items, view));
  if (!dialog.open) dialog.showModal();
  if (another) dialog.scrollTop = 0;
  return undefined;
}

/** Back to the region's name in the view. */
function hide() {
  if (!dialog.open) return;
  dialog.close();
  const names = [...all(`main a[data-region="${dialog.dataset.number}"]`)];
  (names.find((name) => name.offsetParent) ?? $("#status")).focus();
}

function content(region, corrections, view) {
  const { texts, lang } = view;
  const { program } = region;
  const concerned = corrections.filter((one) => concerns(one, region));
  return [
    el(
      "header",
      {},
      el("p", { class: `label ${program.id}` }, `No. ${region.number} · `, ja("span", {}, region.subcategory.label)),
      ja("h2", { id: "detail-name" }, mark(region, "name")),
      lang === "en" && text(region, "annotations.name_en", { class: "annotated" }),
      el("button", { type: "button", class: "close", "aria-label": texts.close, "data-key": "close", click: leave }, "×"),
    ),
    el(
      "section",
      { "aria-labelledby": "printed" },
      el("h3", { id: "printed" }, texts.printed),
      definitions(entries(region, (path) => !path.startsWith(ADDED), view)),
      el(
        "details",
        {},
        el("summary", {}, texts.purpose),
        ja("p", {}, program.purpose),
        lang === "en" && program.purpose_en && el("p", { class: "annotated" }, program.purpose_en),
      ),
    ),
    concerned.length > 0 && misprints(concerned, region, view),
    el(
      "section",
      { class: "ours", "aria-labelledby": "ours" },
      el("h3", { id: "ours" }, texts.annotations),
      el("p", {}, texts.annotationsNote),
      groups(region, view),
    ),
    el("footer", {}, ...neighbours(region, view), el("a", { href: address(`v1/regions/${region.number}`) }, texts.record)),
  ];
}

/** What is confirmed, each part with the pages that confirm it, and then our own readings and translations. */
function groups(region, view) {
  const parts = [...region.annotations.provenance].sort((a, b) => (a.status < b.status ? -1 : 1));
  return parts.flatMap(({ fields, status, evidence, source }) => {
    const shown = entries(region, (path) => path.startsWith(ADDED) && fields.includes(path.slice(ADDED.length)), view);
    if (!shown.some(([, what]) => what)) return [];
    return [
      el("h4", { class: status }, view.texts[status]),
      definitions(shown),
      evidence.length > 0 && sources(evidence),
      source && el("p", { class: "sources", lang: "en" }, source),
    ];
  });
}

function misprints(corrections, region, { texts, lang }) {
  const found = (one) => (key) => {
    const index = region.annotations.corrections.findIndex(({ id }) => id === one.id);
    return marked(one[key], `annotations.corrections.${index}.${key}`, region.matches);
  };
  return el(
    "section",
    { "aria-labelledby": "misprints-here" },
    el("h3", { id: "misprints-here" }, texts.misprints),
    el("p", {}, texts.misprintsNote),
    corrections.map((one) => el("div", { class: "misprint" }, correction(one, texts, lang, found(one)))),
  );
}

function neighbours(region, { page, texts }) {
  const index = page.items.findIndex(({ number }) => number === region.number);
  const button = (other, name, key) =>
    other && el("button", { type: "button", "data-key": key, click: () => openRegion(other.number) }, name);
  return [
    button(page.items[index - 1], texts.previous, "previous"),
    button(index < 0 ? null : page.items[index + 1], texts.next, "next"),
  ];
}

// One region with everything: what is printed, what we add and on what evidence, suspected misprints, the source.
import { address, get, once, Refused } from "./api.js";
import { all, definitions, el, fill, ja, marked, sources, $ } from "./dom.js";
import { concerns, correction } from "./misprints.js";
import { notice } from "./notice.js";
import { added, printed } from "./shown.js";
import { closeRegion, openRegion } from "./state.js";

const dialog = $("#detail");

export function prepareDetail() {
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && leave());
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
    notice(texts.noRegion(state.region));
    return leave(); // a link to a region that does not exist
  }
  const [corrections, programs] = await Promise.all([once("v1/corrections"), once("v1/programs")]);
  const program = programs.items.find(({ id }) => id === region.program.id);
  const printed = corrections.items.filter((one) => concerns(one, region));
  const another = dialog.dataset.number !== state.region;
  dialog.dataset.number = state.region;
  fill(dialog, ...content(region, program, printed, view));
  if (!dialog.open) dialog.showModal();
  if (another) dialog.scrollTop = 0;
  return undefined;
}

/** Back to the region's name in the view. */
function hide() {
  if (!dialog.open) return;
  dialog.close();
  const names = [...all(`main [data-region="${dialog.dataset.number}"]`)];
  (names.find((name) => name.offsetParent) ?? $("#status")).focus();
}

function content(region, program, corrections, view) {
  const { texts } = view;
  const { annotations } = region;
  return [
    el(
      "header",
      {},
      el("p", { class: `label ${region.program.id}` }, `No. ${region.number} · `, ja("span", {}, region.subcategory.label)),
      ja("h2", { id: "detail-name" }, marked(region.name, "name", region.matches)),
      el("button", { type: "button", class: "close", "aria-label": texts.close, "data-key": "close", click: leave }, "×"),
    ),
    el(
      "section",
      { "aria-labelledby": "printed" },
      el("h3", { id: "printed" }, texts.printed),
      definitions(printed(region, view)),
      el("details", {}, el("summary", {}, texts.purpose), ja("p", {}, program.purpose)),
    ),
    corrections.length > 0 && misprints(corrections, region, texts),
    el(
      "section",
      { class: "ours", "aria-labelledby": "ours" },
      el("h3", { id: "ours" }, texts.annotations),
      el("p", {}, texts.annotationsNote),
      definitions(added(region, view)),
      el("h4", {}, texts.evidence),
      annotations.evidence.length ? sources(annotations.evidence, "ol") : el("p", {}, texts.noEvidence),
    ),
    el(
      "footer",
      {},
      ...neighbours(region, view),
      el("a", { href: address(`regions/${region.number}${view.lang === "en" ? "/en" : ""}`) }, texts.ownPage),
      el("a", { href: address(`v1/regions/${region.number}`) }, texts.record),
    ),
  ];
}

function misprints(corrections, region, texts) {
  const mark = (one) => (key) => {
    const index = region.annotations.corrections.findIndex(({ id }) => id === one.id);
    return marked(one[key], `annotations.corrections.${index}.${key}`, region.matches);
  };
  return el(
    "section",
    { "aria-labelledby": "misprints-here" },
    el("h3", { id: "misprints-here" }, texts.misprints),
    el("p", {}, texts.misprintsNote),
    corrections.map((one) => el("div", { class: "misprint" }, correction(one, texts, mark(one)))),
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

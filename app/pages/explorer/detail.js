// One region with everything: what is printed, what we add and on what evidence, suspected misprints, the source.
import { address, get, once, Refused } from "./api.js";
import { at, el, fill, ja, marked, $ } from "./dom.js";
import { change } from "./state.js";

const ANNOTATIONS = ["name_kana", "name_romaji", "name_en", "title_kana", "title_en", "prefectures", "local_governments", "research_fields"];
const ENGLISH = new Set(["name_en", "title_en"]);

const dialog = $("#detail");

export function prepareDetail() {
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && leave());
}

function leave() {
  change({ region: "" });
}

export async function showDetail({ page, state, texts, lang }) {
  if (!state.region) return hide();
  let region = page.items.find(({ number }) => String(number) === state.region);
  try {
    region ??= await get(address(`v1/regions/${state.region}`));
    const [corrections, programs] = await Promise.all([once("v1/corrections"), once("v1/programs")]);
    const program = programs.items.find(({ id }) => id === region.program.id);
    const printed = corrections.items.filter(({ id }) => region.annotations.corrections.some((one) => one.id === id));
    fill(dialog, ...content(region, program, printed, page, texts, lang));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return leave(); // a link to a region that does not exist
  }
  if (!dialog.open) {
    dialog.showModal();
    dialog.scrollTop = 0;
  }
  return undefined;
}

/** Back to the region's name in the list. */
function hide() {
  if (!dialog.open) return;
  const number = dialog.querySelector("[data-number]")?.dataset.number;
  dialog.close();
  const place = $("#timeline-view").hidden ? "table" : "timeline";
  $(`[data-key="${place}-${number}"]`)?.focus();
}

function content(region, program, corrections, page, texts, lang) {
  const mark = (field) => marked(at(region, field), field, region.matches);
  const { annotations, source } = region;
  return [
    el(
      "header",
      { "data-number": String(region.number) },
      el("p", { class: `label ${region.program.id}` }, `No. ${region.number} · `, ja("span", {}, region.subcategory.label)),
      ja("h2", { id: "detail-name" }, mark("name")),
      el("button", { type: "button", class: "close", "aria-label": texts.close, "data-key": "close", click: leave }, "×"),
    ),
    el(
      "section",
      { "aria-labelledby": "printed" },
      el("h3", { id: "printed" }, texts.printed),
      list([
        [texts.columns.title, region.title && ja("span", { class: "title" }, mark("title"))],
        [texts.columns.theme, ja("span", {}, mark("theme"))],
        [texts.type, ja("span", {}, region.program.name)],
        [texts.subcategory, ja("span", {}, region.subcategory.label)],
        [texts.fiscal_year, [region.fiscal_years_label, el("small", {}, texts.period(region))]],
        [texts.source, texts.place(source)],
      ]),
      el("details", {}, el("summary", {}, texts.purpose), ja("p", {}, program.purpose)),
    ),
    corrections.length > 0 && misprints(corrections, region, texts),
    el(
      "section",
      { class: "ours", "aria-labelledby": "ours" },
      el("h3", { id: "ours" }, texts.annotations),
      el("p", {}, texts.annotationsNote),
      list(
        ANNOTATIONS.filter((name) => annotations[name] !== null).map((name) => [
          texts.names[name],
          [value(region, name, lang), status(annotations.editorial.includes(name), texts)],
        ]),
      ),
      el("h4", {}, texts.evidence),
      annotations.evidence.length ? sources(annotations.evidence) : el("p", {}, texts.noEvidence),
    ),
    el("footer", {}, neighbours(region, page, texts), el("a", { href: address(`v1/regions/${region.number}`) }, texts.record)),
  ];
}

function list(pairs) {
  return el(
    "dl",
    {},
    pairs.filter(([, what]) => what).map(([name, what]) => el("div", {}, el("dt", {}, name), el("dd", {}, what))),
  );
}

function value(region, name, lang) {
  const mark = (field) => marked(at(region, field), field, region.matches);
  const path = `annotations.${name}`;
  const join = (parts) => parts.flatMap((part, index) => (index ? ["、", ...part] : part));
  if (name === "prefectures") {
    const key = lang === "ja" ? "name" : "name_en";
    return el("span", {}, join(region.annotations.prefectures.map((_, index) => mark(`${path}.${index}.${key}`))));
  }
  if (name === "research_fields") return ja("span", {}, join(region.annotations[name].map((_, index) => mark(`${path}.${index}`))));
  return el("span", { lang: ENGLISH.has(name) ? "en" : name.endsWith("romaji") ? "ja-Latn" : "ja" }, mark(path));
}

function status(editorial, texts) {
  return el("small", { class: editorial ? "editorial" : "confirmed" }, editorial ? texts.editorial : texts.confirmed);
}

function misprints(corrections, region, texts) {
  return el(
    "section",
    { class: "misprints", "aria-labelledby": "misprints" },
    el("h3", { id: "misprints" }, texts.misprints),
    el("p", {}, texts.misprintsNote),
    corrections.map((one) => {
      const index = region.annotations.corrections.findIndex(({ id }) => id === one.id);
      const mark = (key) => ja("span", {}, marked(one[key], `annotations.corrections.${index}.${key}`, region.matches));
      return el(
        "div",
        { class: "misprint" },
        list([
          [texts.asPrinted, mark("printed")],
          [texts.likely, [mark("likely"), el("small", { class: one.certainty }, texts.certainty[one.certainty])]],
          [texts.corrected, mark("corrected")],
          [texts.note, one.note && el("span", { lang: "en" }, one.note)],
        ]),
        sources(one.evidence),
      );
    }),
  );
}

function sources(urls) {
  return el("ul", { class: "sources" }, urls.map((url) => el("li", {}, el("a", { href: url, rel: "noreferrer external" }, url))));
}

function neighbours(region, page, texts) {
  const index = page.items.findIndex(({ number }) => number === region.number);
  const button = (other, label, key) =>
    other && el("button", { type: "button", "data-key": key, click: () => change({ region: String(other.number) }) }, label);
  return [
    button(page.items[index - 1], texts.previous, "previous"),
    button(index < 0 ? null : page.items[index + 1], texts.next, "next"),
  ];
}

// The suspected misprints of the regions in view: what is printed, what is right, and where it stands.
import { once } from "./api.js";
import { definitions, el, fill, ja, mixed, sources, $ } from "./dom.js";
import { openRegion } from "./state.js";

async function misprints({ items }) {
  const corrections = (await once("v1/corrections")).items;
  return corrections.map((one) => [one, items.filter((region) => concerns(one, region))]).filter(([, regions]) => regions.length);
}

/** Whether a correction is one of the region, or of something that it shares with others. */
export function concerns({ applies_to }, { number }) {
  return applies_to.regions.includes(number);
}

export async function showMisprints({ page, texts }) {
  const found = await misprints(page);
  fill(
    $("#misprints"),
    el("p", {}, found.length ? texts.misprintsNote : texts.noMisprints),
    found.map(([one, regions]) =>
      el(
        "article",
        { class: "misprint" },
        correction(one, texts),
        el("ul", { class: "regions", "aria-label": texts.regions(regions.length) }, regions.map((region) => el("li", {}, regionLink(region, one.id)))),
      ),
    ),
  );
}

function regionLink({ number, name }, id) {
  const attributes = { "data-key": `${id}-${number}`, "data-region": String(number), click: () => openRegion(number) };
  return el("button", { type: "button", class: "region", ...attributes }, el("span", { class: "number" }, String(number)), ja("span", { class: "printed" }, name));
}

/** One correction with its evidence; `mark` shows the text of a key, and may mark what a search found in it. */
export function correction(one, texts, mark = (key) => one[key]) {
  const text = (key) => ja("span", {}, mark(key));
  const english = document.documentElement.lang === "en" && one.note_en;
  return [
    definitions([
      [texts.field, texts.fields[one.field] ?? one.field],
      [texts.asPrinted, text("printed")],
      [texts.likely, [text("likely"), el("small", { class: one.certainty }, texts.certainty[one.certainty])]],
      [texts.corrected, one.corrected !== one.likely && text("corrected")],
      [texts.note, english ? el("span", { lang: "en" }, mixed(english)) : one.note && ja("span", {}, one.note)],
    ]),
    sources(one.evidence),
  ];
}

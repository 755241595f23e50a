// The suspected misprints of the regions in view: what is printed, what is right, and where it stands.
import { once } from "./api.js";
import { definitions, el, fill, ja, mixed, sources, $ } from "./dom.js";
import { openRegion } from "./state.js";

export async function misprints({ items }) {
  const corrections = (await once("v1/corrections")).items;
  const concerned = ({ id }) => items.filter(({ annotations }) => annotations.corrections.some((one) => one.id === id));
  return corrections.map((one) => [one, concerned(one)]).filter(([, regions]) => regions.length);
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
  return [
    definitions([
      [texts.field, texts.fields[one.field] ?? one.field],
      [texts.asPrinted, text("printed")],
      [texts.likely, [text("likely"), el("small", { class: one.certainty }, texts.certainty[one.certainty])]],
      [texts.corrected, one.corrected !== one.likely && text("corrected")],
      [texts.note, one.note && el("span", { lang: "en" }, mixed(one.note))],
    ]),
    sources(one.evidence),
  ];
}

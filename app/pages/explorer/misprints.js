// The suspected misprints of the regions in view: what is printed, what is right, and where it stands.
import { once } from "./api.js";
import { definitions, el, fill, ja, mixed, sources, $ } from "./dom.js";
import { counted, lang, words } from "./given.js";
import { labelOf } from "./record.js";
import { regionLink } from "./timeline.js";

export async function showMisprints({ page }) {
  const corrections = await once("v1/corrections");
  const found = corrections.map((one) => [one, page.items.filter((region) => concerns(one, region))]).filter(([, regions]) => regions.length);
  fill(
    $("#misprints"),
    el("p", {}, found.length ? words.misprintsNote : words.noMisprints),
    found.map(([one, regions]) =>
      el(
        "article",
        { class: "misprint" },
        correction(one),
        el("ul", { class: "regions", "aria-label": counted(regions.length) }, regions.map((region) => el("li", {}, regionLink(region, one.id)))),
      ),
    ),
  );
}

/** Whether a correction is one of the region, or of something that it shares with others. */
export function concerns({ applies_to }, { number }) {
  return applies_to.regions.includes(number);
}

/** One correction with its evidence; `mark` shows the text of a key, and may mark what a search found in it. */
export function correction(one, mark = (key) => one[key]) {
  const text = (key) => ja("span", {}, mark(key));
  const note = lang === "en" ? one.note_en : one.note;
  return [
    definitions([
      [words.field, labelOf(one.field)],
      [words.asPrinted, text("printed")],
      [words.likely, [text("likely"), " ", el("small", { class: one.certainty }, words.certainty[one.certainty])]],
      [words.corrected, one.corrected !== one.likely && text("corrected")],
      [words.note, note && mixed(note)],
    ]),
    sources(one.evidence),
  ];
}

// The suspected misprints of the regions in view: what is printed, what is right, and where it stands.
import { whole } from "./api.js";
import { el, fill, ja, mixed, $ } from "./dom.js";
import { counted, lang, words } from "./given.js";
import { labelOf } from "./record.js";
import { regionLink } from "./timeline.js";

let corrections = null; // which stay the same while the page is open

export async function showMisprints({ page }) {
  const concerned = ({ applies_to }) => page.items.filter(({ number }) => applies_to.regions.includes(number));
  corrections ??= await whole("v1/corrections");
  const found = corrections.map((one) => [one, concerned(one)]).filter(([, regions]) => regions.length);
  fill($("#misprint-list"), el("p", {}, found.length ? words.misprintsNote : words.noMisprints), found.map(misprint));
}

function misprint([one, regions]) {
  const note = lang === "en" ? one.note_en : one.note;
  const line = (name, ...content) => el("div", {}, el("dt", {}, name), el("dd", {}, content));
  return el(
    "article",
    { class: "misprint" },
    el(
      "dl",
      {},
      line(words.field, labelOf(one.field)),
      line(words.asPrinted, ja("span", {}, one.printed)),
      line(words.likely, ja("span", {}, one.likely), " ", el("small", { class: one.certainty }, words.certainty[one.certainty])),
      one.corrected !== one.likely && line(words.corrected, ja("span", {}, one.corrected)),
      note && line(words.note, ...mixed(note)),
    ),
    el("ul", { class: "sources" }, one.evidence.map((url) => el("li", {}, el("a", { href: url, rel: "noreferrer external" }, url)))),
    el("ul", { class: "regions", "aria-label": counted(regions.length) }, regions.map((region) => el("li", {}, regionLink(region, one.id)))),
  );
}

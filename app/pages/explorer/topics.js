// The regions in view by research field, where the ministry's pages state one.
import { el, fill, ja, $ } from "./dom.js";
import { counted, lang, words } from "./given.js";
import { regionLink } from "./timeline.js";

/** Research fields with their regions, the larger ones first; `null` names the regions without one. */
export function byField(regions) {
  const groups = new Map();
  for (const region of regions) {
    const { research_fields: names, research_fields_en: english } = region.annotations;
    for (const [index, name] of (names ?? [null]).entries()) {
      if (!groups.has(name)) groups.set(name, { name, english: english?.[index], regions: [] });
      groups.get(name).regions.push(region);
    }
  }
  const rank = ({ name, regions }) => (name === null ? 0 : regions.length);
  return [...groups.values()].sort((a, b) => rank(b) - rank(a));
}

export function showTopics({ page }) {
  fill(
    $("#topics"),
    el("p", {}, words.topicsNote),
    byField(page.items).map(({ name, english, regions }) =>
      el(
        "section",
        {},
        el("h3", {}, name === null ? words.notStated : [ja("span", {}, name), lang === "en" && english && ` ${english}`], " ", el("small", {}, counted(regions.length))),
        el("ul", { class: "regions" }, regions.map((region) => el("li", {}, regionLink(region, `topic-${name ?? ""}`)))),
      ),
    ),
  );
}

// The regions in view by research field, where the ministry's pages state one.
import { el, fill, ja, $ } from "./dom.js";
import { counted, lang, words } from "./given.js";
import { regionLink } from "./timeline.js";

/** Research fields with their regions, in the language of the page; at the end the regions without one. */
export function byField(regions) {
  const groups = new Map();
  const add = (name, english, region) => {
    if (!groups.has(name)) groups.set(name, { name, english, regions: [] });
    groups.get(name).regions.push(region);
  };
  for (const region of regions) {
    const { research_fields: fields, research_fields_en: english } = region.annotations;
    for (const [index, name] of (fields ?? []).entries()) add(name, english?.[index], region);
  }
  const without = regions.filter(({ annotations }) => !annotations.research_fields);
  const known = [...groups.values()].sort((a, b) => b.regions.length - a.regions.length);
  return without.length ? [...known, { name: null, english: null, regions: without }] : known;
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
        el("ul", { class: "regions" }, regions.map((region) => el("li", {}, regionLink(region, `topic-${name}`)))),
      ),
    ),
  );
}

// The texts of a region: which there are, in what language, where a search has found something, and what confirms them.
import { at, el, ja, marked } from "./dom.js";
import { fields, lang, pointRules, say, words } from "./given.js";

const ADDED = "annotations.";
const COMMA = lang === "ja" ? "、" : ", ";

/** How a field is called, given its path, one in it or one around it. */
export function labelOf(path) {
  return fields.find((field) => `${path}.`.startsWith(`${field.path}.`) || field.path.startsWith(`${path}.`))?.label ?? path;
}

/** The text at a path of a region, with its hits marked. */
export const mark = (region, path) => marked(at(region, path), path, region.matches);

/** What a cluster does, in a line: the path of its title, else of its theme; in English of its translation. */
export function about({ title, annotations }) {
  const name = title === null ? "theme" : "title";
  return lang === "en" && annotations[`${name}_en`] ? `${ADDED}${name}_en` : name;
}

/** The misprints of the region itself; those of its subcategory stand with that. */
export const ownMisprints = ({ annotations }) => annotations.corrections.filter(({ field }) => !field.startsWith("subcategory."));

/** The text at a path in its own language. */
export function text(region, path, attributes = {}) {
  if (!at(region, path)) return null;
  const content = mark(region, path);
  return path.endsWith("_en") ? el("span", { lang: "en", ...attributes }, content) : ja("span", attributes, content);
}

/** The English beside a printed text, on an English page. */
export const english = (region, name) => lang === "en" && text(region, `${ADDED}${name}_en`, { class: "annotated" });

/** Labels and contents of the fields that the list prints, or of those that were added. */
export function entries(region, added) {
  return fields
    .filter(({ path, kind }) => path.startsWith(ADDED) === added && kind !== "heading")
    .filter(({ path }) => at(region, path)?.length !== 0 && (at(region, path) ?? null) !== null)
    .map((field) => [field.label, [content(region, field), beside(region, field), added && status(region, field)].flat()]);
}

function content(region, field) {
  const value = at(region, field.path);
  const parts = [value].flat().map((one, index) => {
    const path = Array.isArray(value) ? `${field.path}.${index}` : field.path;
    if (field.kind === "source") return el("span", {}, say(words.place, one));
    if (field.kind === "point") return ja("span", {}, `${one.of.name} (${one.latitude}, ${one.longitude})`);
    if (typeof one !== "object") return el("span", { lang: field.lang ?? lang }, marked(String(one), path, region.matches));
    const name = text(region, `${path}.${lang === "en" && one.name_en ? "name_en" : "name"}`);
    if (field.kind === "places") name.append(` (${one.code})`);
    return name;
  });
  return parts.flatMap((part, index) => (index ? [COMMA, part] : part));
}

/** What stands beside a value, with a space for those who hear or copy it. */
function beside(region, { kind, path, english }) {
  const small = (content, attributes = {}) => [" ", el("small", attributes, content)];
  if (kind === "years") return small(`${region.period.start} – ${region.period.end}`);
  if (kind === "point") return small(`${at(region, path).rule}: ${pointRules[at(region, path).rule]}`);
  return lang === "en" && english && at(region, english) ? small(mark(region, english), { lang: "en" }) : [];
}

/** What kind of fact it is, with the pages that confirm it. */
function status({ annotations }, { path }) {
  const known = annotations.provenance.find(({ fields }) => fields.includes(path.slice(ADDED.length)));
  if (!known) return [];
  const pages = known.evidence.flatMap((url) => [" ", el("a", { href: url, rel: "noreferrer external" }, `[${annotations.evidence.indexOf(url) + 1}]`)]);
  return [
    " ",
    el("small", { class: known.status }, words[known.status], pages),
    known.source && " ",
    known.source && el("small", { lang: "en" }, known.source),
  ];
}

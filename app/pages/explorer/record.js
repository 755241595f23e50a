// The texts of a region: which there are, in what language, and where a search has found something.
import { at, el, ja, marked } from "./dom.js";
import { FIELDS } from "./fields.js";
import { say } from "./texts.js";

/** How a field is called, given its path, one in it or one around it. */
export function labelOf(path, lang) {
  const named = FIELDS.find((field) => `${path}.`.startsWith(`${field.path}.`) || field.path.startsWith(`${path}.`));
  return named?.label[lang] ?? path;
}

/** The text at a path of a region, with its hits marked. */
export const mark = (region, path) => marked(at(region, path), path, region.matches);

/** What a cluster does, in a line: the path of its title, else of its theme; in English of its translation. */
export function about({ title, annotations }, lang) {
  const name = title === null ? "theme" : "title";
  return lang === "en" && annotations[`${name}_en`] ? `annotations.${name}_en` : name;
}

/** The misprints of the region itself; those of its subcategory stand with that. */
export const ownMisprints = ({ annotations }) => annotations.corrections.filter(({ field }) => !field.startsWith("subcategory."));

/** The text at a path in its own language. */
export function text(region, path, attributes = {}) {
  const english = path.endsWith("_en");
  return at(region, path) && (english ? el("span", { lang: "en", ...attributes }, mark(region, path)) : ja("span", attributes, mark(region, path)));
}

/** Label and content of the fields whose path is wanted; the content of a field without a value is `null`. */
export function entries(region, wanted, { lang, texts }) {
  return FIELDS.filter(({ kind, path }) => kind !== "heading" && wanted(path)).map((field) => [field.label[lang], content(region, field, lang, texts)]);
}

function content(region, field, lang, texts) {
  const value = at(region, field.path);
  if (value === null || value.length === 0) return null;
  const parts = [value].flat().map((one, index) => {
    const path = Array.isArray(value) ? `${field.path}.${index}` : field.path;
    if (field.kind === "source") return [say(texts.place, one)];
    if (field.kind === "point") return [`${one.of.name} (${one.latitude}, ${one.longitude}), ${one.rule}`];
    if (typeof one === "string") return mark(region, path);
    const name = mark(region, `${path}.${lang === "en" && one.name_en ? "name_en" : "name"}`);
    return field.kind === "places" ? [...name, ` (${one.code})`] : name;
  });
  const language = field.lang ?? lang;
  const comma = language === "ja" ? "、" : ", ";
  const english = lang === "en" && field.english && at(region, field.english);
  return [
    el("span", { lang: language }, parts.flatMap((part, index) => (index ? [comma, ...part] : part))),
    english && el("small", { lang: "en" }, mark(region, field.english)),
    field.kind === "years" && el("small", {}, `${region.period.start} – ${region.period.end}`),
  ];
}

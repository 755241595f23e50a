// The fields of a region that `fields.js` lists, with their values, what kind of fact each is, and what confirms it.
import { at, el, marked } from "./dom.js";
import { label } from "./facets.js";
import { FIELDS } from "./fields.js";

const ADDED = "annotations.";

/** How a field is called. */
export function named(path, lang) {
  return FIELDS.find((field) => field.path === path)?.label[lang];
}

/** What the list prints, as pairs of name and value. */
export function printed(region, view) {
  return entries(region, view, false);
}

/** What was added, likewise; each value has its status and the pages that confirm it beside it. */
export function added(region, view) {
  return entries(region, view, true);
}

function entries(region, view, wanted) {
  const shown = FIELDS.filter(({ path, kind }) => path.startsWith(ADDED) === wanted && kind !== "heading");
  const known = withEnglish(region, view);
  return shown
    .filter(({ path }) => ![null, undefined].includes(at(region, path)) && at(region, path).length !== 0)
    .map((field) => [field.label[view.lang], [...value(field, known, view), ...status(field, region, view)]]);
}

/** The vocabularies' English labels, which a record does not have. */
function withEnglish(region, { page }) {
  const { program, subcategory } = region;
  return {
    ...region,
    program: { ...program, name_en: label(page, "type", program.id) },
    subcategory: { ...subcategory, label_en: label(page, "subcategory", subcategory.id) },
  };
}

function value(field, region, { lang, texts, dataset }) {
  const whole = at(region, field.path);
  const text = (content, language) => el("span", { class: field.path === "title" && "title", lang: language ?? lang }, content);
  if (field.kind === "source") return [texts.place(whole)];
  if (field.kind === "years") return [whole, ...beside({}, texts.period(region))];
  if (field.kind === "point") {
    const rule = dataset.point_rules.find((one) => one.rule === whole.rule);
    return [text(`${whole.of.name} (${whole.latitude}, ${whole.longitude})`, field.lang), ...beside({}, `${rule.rule}: ${rule[lang]}`)];
  }
  const parts = [whole].flat().map((one, index) => part(one, Array.isArray(whole) ? `${field.path}.${index}` : field.path, field, region, lang));
  const english = lang === "en" && field.english ? at(region, field.english) : null;
  return [
    ...parts.flatMap(([language, content], index) => [index ? texts.comma : null, text(content, language)]),
    ...(english ? beside({ lang: "en" }, marked(english, field.english, region.matches)) : []),
  ];
}

/** What stands beside a value, with a space for those who hear or copy it. */
function beside(attributes, content) {
  return [" ", el("small", attributes, content)];
}

/** Language and content of a text, or of an object that has a name. */
function part(one, path, field, region, lang) {
  if (typeof one !== "object") return [field.lang ?? lang, marked(String(one), path, region.matches)];
  const language = field.lang ?? lang;
  const key = language === "en" && one.name_en ? "name_en" : "name";
  const name = marked(one[key], `${path}.${key}`, region.matches);
  return [key === "name" ? "ja" : "en", field.kind === "places" ? [...name, ` (${one.code})`] : name];
}

function status({ path }, { annotations }, { texts }) {
  const key = path.slice(ADDED.length);
  const known = path.startsWith(ADDED) && annotations.provenance.find(({ fields }) => fields.includes(key));
  if (!known) return [];
  const pages = known.evidence.map((url) =>
    el("a", { href: url, rel: "noreferrer external" }, `[${annotations.evidence.indexOf(url) + 1}]`),
  );
  return [
    ...beside({ class: known.status }, [texts[known.status], ...pages.flatMap((one) => [" ", one])]),
    ...(known.source ? beside({ lang: "en" }, known.source) : []),
  ];
}

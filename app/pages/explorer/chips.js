// What is chosen, as chips to take away; what the text may mean; what to drop if nothing is found.
import { el, fill, mixed, $ } from "./dom.js";
import { ends, label } from "./facets.js";
import { areas, counted, lang, nameOf, parameters, say, words } from "./given.js";
import { change, conditionsOf, FACETS, NO_CONDITIONS, read, toggle } from "./state.js";

/** The conditions of a state in words: what each is called, what it says, and what takes it away. */
export function conditions({ page, state }) {
  const one = (name, text, drop) => ({ name, text, drop });
  const each = (name, values = state[name]) => values.map((value) => one(name, label(page, name, value), () => toggle(name, value)));
  const whole = areas.filter(({ codes }) => codes.length > 1 && codes.every((code) => state.prefecture.includes(code)));
  const single = state.prefecture.filter((code) => !whole.some(({ codes }) => codes.includes(code)));
  const others = parameters.filter((name) => ![...FACETS, "sort"].includes(name));
  const q = state.q.trim();
  return [
    q && one("q", q, () => change({ q: "" })),
    ...each("type"),
    ...each("subcategory"),
    ...whole.map(({ name, codes }) => one("prefecture", name, () => toggle("prefecture", ...codes))),
    ...each("prefecture", single),
    ...(state.fiscal_year.length > 1 ? [one("fiscal_year", anyYear(page, state.fiscal_year), () => change({ fiscal_year: [] }))] : each("fiscal_year")),
    ...others.flatMap((name) => each(name)),
    page.refused?.errors.some(({ parameter }) => parameter === "sort") && one("sort", state.sort.join(", "), () => change({ sort: [] })),
  ].filter(Boolean);
}

function anyYear(page, chosen) {
  const names = chosen.map((year) => label(page, "fiscal_year", year));
  const [first] = ends(chosen);
  const values = first && names.length > 2 ? `${names[0]}–${names.at(-1)}` : names.join(lang === "ja" ? "・" : ", ");
  return say(words.anyOf, { values });
}

export function showChips(view) {
  const chips = conditions(view).map(({ name, text, drop }) => {
    const chip = `${nameOf(name)}: ${text}`;
    return el(
      "li",
      {},
      el(
        "button",
        { class: "chip", "aria-label": `${chip} ${words.drop}`, "data-key": `chip-${chip}`, click: drop },
        el("span", {}, mixed(chip)), el("span", { "aria-hidden": "true" }, " ×"),
      ),
    );
  });
  fill($("#chips"), chips, (chips.length > 1 || view.page.refused) && el("li", {}, clearing()));
}

function clearing() {
  return el("button", { class: "plain", "data-key": "clear", click: () => change(NO_CONDITIONS) }, words.clear);
}

/** What the text may have meant: conditions of which a word of it is a value; or, refused, what would be right. */
export function showHints({ page, state }) {
  const useful = page.hints.filter(({ total }) => total);
  const hints = useful.length || page.hints.length < 2 ? useful : page.hints; // of two words both may have to move
  const offer = (sentence, key, click) => el("li", {}, el("button", { "data-key": key, click }, mixed(sentence)));
  const meant = (page.refused?.errors ?? []).filter(({ suggestion }) => suggestion);
  const offers = [
    ...hints.map(({ parameter, label, total, url }) => {
      const sentence = say(words.hint, { name: nameOf(parameter), label, regions: counted(total) });
      return offer(sentence, url, () => change(conditionsOf(read(url.replace(/.*\?/, "")))));
    }),
    ...meant.map((error) => offer(words.suggestion + error.suggestion, error.suggestion, () => correct(error, state))),
  ];
  fill(
    $("#hints"),
    hints.length > 0 && el("p", {}, mixed(say(words.hintsOf, { q: state.q.trim() }))),
    offers.length > 0 && el("ul", {}, offers),
  );
}

/** Puts what was likely meant in the place of the text or of the value that is named; a span is a query. */
function correct({ parameter: name, detail, suggestion }, state) {
  if (/^fiscal_year_/.test(suggestion)) return change({ [name]: [], ...Object.fromEntries(new URLSearchParams(suggestion)) });
  const [, wrong] = /[「“](.+?)[」”]/.exec(detail) ?? [];
  change({ [name]: name === "q" ? suggestion : state[name].map((value) => (value === wrong ? suggestion : value)) });
}

/** Nothing found: which single condition to drop, as the API offers. */
export function showNothing({ page }) {
  const offers = page.relax.map(({ parameter, total }) => {
    const sentence = say(words.relaxation, { name: nameOf(parameter), regions: counted(total) });
    return el("li", {}, el("button", { click: () => change({ [parameter]: "" }) }, sentence));
  });
  const nothing = page.total === 0 && !page.refused;
  fill($("#nothing"), nothing && [el("p", {}, offers.length ? words.noMatch : words.nothing), el("ul", {}, offers.length ? offers : el("li", {}, clearing()))]);
}

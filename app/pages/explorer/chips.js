// What is chosen, as chips to take away; what the text may have meant; what to drop where nothing is found.
import { parameters as parametersOf } from "./api.js";
import { el, fill, mixed, $ } from "./dom.js";
import { ends, label } from "./facets.js";
import { areas, counted, lang, parameters, say, words } from "./given.js";
import { change, FACETS, NO_CONDITIONS, read, toggle } from "./state.js";

/** The conditions of a state in words: what each is called, what it says, and what takes it away. */
export function conditions({ page, state }) {
  const one = (name) => (value) => ({ name, text: label(page, name, value), drop: () => toggle(name, value) });
  const whole = areas.filter(({ codes }) => codes.length > 1 && codes.every((code) => state.prefecture.includes(code)));
  const single = state.prefecture.filter((code) => !whole.some(({ codes }) => codes.includes(code)));
  const q = state.q.trim();
  const others = parameters.filter((name) => ![...FACETS, "sort"].includes(name));
  const isRefused = page.refused?.errors.some(({ parameter }) => parameter === "sort");
  return [
    ...(q ? [{ name: "q", text: q, drop: () => change({ q: "" }) }] : []),
    ...state.type.map(one("type")),
    ...state.subcategory.map(one("subcategory")),
    ...whole.map(({ name, codes }) => ({ name: "prefecture", text: name, drop: () => toggle("prefecture", ...codes) })),
    ...single.map(one("prefecture")),
    ...(state.fiscal_year.length > 1 ? [anyYear(page, state.fiscal_year)] : state.fiscal_year.map(one("fiscal_year"))),
    ...others.flatMap((name) => state[name].map(one(name))),
    ...(isRefused ? [{ name: "sort", text: state.sort.join(", "), drop: () => change({ sort: [] }) }] : []),
  ];
}

function anyYear(page, chosen) {
  const names = chosen.map((year) => label(page, "fiscal_year", year));
  const [first] = ends(chosen);
  const values = first && names.length > 2 ? `${names[0]}–${names.at(-1)}` : names.join(lang === "ja" ? "・" : ", ");
  return { name: "fiscal_year", text: say(words.anyOf, { values }), drop: () => change({ fiscal_year: [] }) };
}

export function showChips(view) {
  const chips = conditions(view).map(({ name, text, drop }) => {
    const chip = `${words[name] ?? name}: ${text}`;
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
  const hints = page.hints.filter(({ total }) => total);
  const offer = (sentence, key, click) => el("li", {}, el("button", { "data-key": key, click }, mixed(sentence)));
  const meant = (page.refused?.errors ?? []).filter(({ suggestion }) => suggestion);
  fill(
    $("#hints"),
    hints.length > 0 && el("p", {}, mixed(say(words.hintsOf, { q: state.q.trim() }))),
    hints.length + meant.length > 0 && el(
      "ul",
      {},
      hints.map(({ parameter: name, label, total, url }) =>
        offer(say(words.hint, { name: words[name] ?? name, label, regions: counted(total) }), url, () => take(url)),
      ),
      meant.map((error) => offer(words.suggestion + error.suggestion, error.suggestion, () => correct(error, state))),
    ),
  );
}

/** The request of the hint has the word moved: its conditions replace those of the state. */
function take(url) {
  const { view: _view, region: _region, lang: _lang, ...conditions } = read(`${parametersOf(url)}`);
  change(conditions);
}

/** Puts what was likely meant in the place of the value that the sentence names, or of the only one. */
function correct({ parameter: name, detail, suggestion }, state) {
  const [, wrong] = /[「“](.+?)[」”]/.exec(detail) ?? [];
  const isOne = name === "q" || state[name].length === 1;
  change({ [name]: isOne ? suggestion : state[name].map((value) => (value === wrong ? suggestion : value)) });
}

/** Nothing found: which single condition to drop, as the API offers. */
export function showNothing({ page }) {
  const offers = (page.relax ?? []).map(({ parameter, total }) => {
    const sentence = say(words.relaxation, { name: words[parameter] ?? parameter, regions: counted(total) });
    return el("li", {}, el("button", { click: () => change({ [parameter]: "" }) }, sentence));
  });
  const nothing = page.total === 0 && !page.refused;
  fill($("#nothing"), nothing && [el("p", {}, words.noMatch), el("ul", {}, offers.length ? offers : el("li", {}, clearing()))]);
}

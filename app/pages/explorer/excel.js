// What is seen as a file for spreadsheets: the columns of the page, headed in its language.
import { FACETS } from "./state.js";
import { label } from "./facets.js";
import { named } from "./shown.js";

const BYTE_ORDER_MARK = "\ufeff";
const LONGEST_NAME = 80;

/** CSV as Excel reads it: a byte order mark, CRLF, quotes where they are needed (RFC 4180). */
export function excel({ page, texts, lang }) {
  /** @type {Record<string, any>} */
  const columns = {
    [texts.columns.number]: ({ number }) => number,
    [texts.region]: ({ name }) => name,
    [named("annotations.name_en", lang)]: lang === "en" && (({ annotations }) => annotations.name_en),
    [texts.columns.title]: ({ title }) => title,
    [named("annotations.title_en", lang)]: lang === "en" && (({ annotations }) => annotations.title_en),
    [texts.columns.theme]: ({ theme }) => theme,
    [texts.columns.subcategory]: ({ subcategory }) => label(page, "subcategory", subcategory.id),
    [texts.columns.fiscal_year_start]: (region) => region.fiscal_year_start,
    [texts.columns.fiscal_year_end]: (region) => region.fiscal_year_end,
    [texts.prefecture]: ({ annotations }) =>
      annotations.prefectures.map(({ name, name_en }) => (lang === "ja" ? name : name_en)).join(texts.comma),
    [texts.columns.page]: ({ source }) => source.page_label,
  };
  const used = Object.entries(columns).filter(([, read]) => read);
  const rows = [used.map(([name]) => name), ...page.items.map((region) => used.map(([, read]) => read(region) ?? ""))];
  return BYTE_ORDER_MARK + rows.map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

function quoted(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Says what was asked for, without the signs that file systems refuse. */
export function fileName({ page, state, texts }) {
  const values = FACETS.flatMap((name) => state[name].map((value) => label(page, name, value)));
  const name = [texts.heading, state.q.trim(), ...values].filter(Boolean).join("_");
  const points = Array.from(name.replace(/[\s\\/:*?"<>|.]+/g, "-"));
  return `${points.slice(0, LONGEST_NAME).join("")}.csv`;
}

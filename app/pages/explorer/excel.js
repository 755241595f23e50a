// What is seen as a file for spreadsheets: the columns of the page, headed in its language.
import { FACETS } from "./state.js";
import { label } from "./facets.js";
import { labelOf } from "./record.js";

const BYTE_ORDER_MARK = "\ufeff";
const LONGEST_NAME = 80;

/** CSV as Excel reads it: a byte order mark, CRLF, quotes where they are needed (RFC 4180). */
export function excel({ page, texts, lang }) {
  const printed = (name) => ({
    [labelOf(name, lang)]: (region) => region[name],
    ...(lang === "en" && { [labelOf(`annotations.${name}_en`, lang)]: ({ annotations }) => annotations[`${name}_en`] }),
  });
  /** @type {Record<string, any>} */
  const columns = {
    [texts.number]: ({ number }) => number,
    ...printed("name"),
    ...printed("title"),
    ...printed("theme"),
    [texts.subcategory]: ({ subcategory }) => label(page, "subcategory", subcategory.id),
    [texts.start]: (region) => region.fiscal_year_start,
    [texts.end]: (region) => region.fiscal_year_end,
    [texts.prefecture]: ({ annotations }) =>
      annotations.prefectures.map(({ name, name_en }) => (lang === "ja" ? name : name_en)).join(texts.comma),
    [texts.page]: ({ source }) => source.page_label,
  };
  const used = Object.entries(columns);
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

// The timeline or the table as a file for spreadsheets, headed in the language of the page.
import { conditions } from "./chips.js";
import { at } from "./dom.js";
import { label } from "./facets.js";
import { lang, words } from "./given.js";
import { about, labelOf } from "./record.js";

const BYTE_ORDER_MARK = "\ufeff";
const LONGEST_NAME = 80;

/** CSV as Excel reads it: a byte order mark, CRLF, quotes where they are needed (RFC 4180). */
export function excel({ page, state }) {
  const printed = (name) => ({
    [labelOf(name)]: (region) => region[name],
    ...(lang === "en" && { [labelOf(`annotations.${name}_en`)]: ({ annotations }) => annotations[`${name}_en`] }),
  });
  const what = { [`${labelOf("title")} / ${labelOf("theme")}`]: (region) => at(region, about(region)) };
  /** @type {Record<string, any>} */
  const columns = {
    [words.number]: ({ number }) => number,
    ...printed("name"),
    ...(state.view ? { ...printed("title"), ...printed("theme") } : what),
    [words.subcategory]: ({ subcategory }) => label(page, "subcategory", subcategory.id),
    [words.start]: (region) => region.fiscal_year_start,
    [words.end]: (region) => region.fiscal_year_end,
    ...(state.view && {
      [words.prefecture]: ({ annotations }) =>
        annotations.prefectures.map(({ name, name_en }) => (lang === "ja" ? name : name_en)).join(lang === "ja" ? "、" : ", "),
      [words.page]: ({ source }) => source.page_label,
    }),
  };
  const rows = [Object.keys(columns), ...page.items.map((region) => Object.values(columns).map((read) => read(region) ?? ""))];
  return BYTE_ORDER_MARK + rows.map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

function quoted(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Says what was asked for, without the signs that file systems refuse. */
export function fileName(view) {
  const name = [words.heading, ...conditions(view).map(({ text }) => text)].join("_");
  const points = Array.from(name.replace(/[\s\\/:*?"<>|.]+/g, "-"));
  return `${points.slice(0, LONGEST_NAME).join("")}.csv`;
}

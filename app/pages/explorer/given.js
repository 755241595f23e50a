// What the server gives with the page: words and fields in its language, and what no view changes.
import { $ } from "./dom.js";

export const { words, labels, samples, years, areas, subcategories, parameters, regionCount, title } = JSON.parse($("#given").textContent);
export const lang = document.documentElement.lang;

/** What a parameter is called. */
export const nameOf = (parameter) => words[parameter] ?? parameter;

/** A sentence with what belongs in its places. */
export const say = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

export const counted = (count) => (count === 1 ? words.oneRegion : say(words.countOfRegions, { count }));

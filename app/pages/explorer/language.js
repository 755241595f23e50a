// Which language the page speaks: that of the link, else the one chosen last time, else the browser's.
import { read } from "./state.js";

const KEY = "lang";
const LANGUAGES = ["ja", "en"];

export function language() {
  const wanted = [read().lang, remembered(), ...navigator.languages];
  return wanted.map((tag) => (tag ?? "").slice(0, 2)).find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

export function remember(lang) {
  try {
    localStorage.setItem(KEY, lang);
  } catch {
    // Without storage the choice holds as long as the link does.
  }
}

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

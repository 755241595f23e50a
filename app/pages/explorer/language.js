// Which language the page speaks: that of the address, else the one chosen last time, else the one the server chose.
import { read } from "./state.js";

const KEY = "lang";
const rendered = document.documentElement.lang;

export function language() {
  return read().lang || remembered() || rendered;
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

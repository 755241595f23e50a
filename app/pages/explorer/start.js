// Runs first: asks for the page in the language that was chosen last time, and hides what will be shown otherwise.
import { comeBack } from "./return.js";
import { adoptFragment, join, read, stored } from "./state.js";

const rendered = location.search;
const hide = () => (document.body.dataset.loading = "hidden");
const lang = read(location.hash).lang || read().lang || stored("localStorage", (storage) => storage.getItem("lang"));

if (lang && lang !== document.documentElement.lang) {
  hide();
  location.replace(`${location.pathname}?${join({ ...read(), lang })}${location.hash}`);
} else {
  adoptFragment();
  comeBack();
  if (location.search !== rendered || read().view || document.querySelector("#refused")) hide();
}

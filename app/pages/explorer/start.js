// Runs first: what the server wrote is hidden where the address asks for something else, so that nothing jumps.
import { language } from "./language.js";
import { join, read } from "./state.js";

const { lang, ...conditions } = read();
if (join(conditions) || language() !== document.documentElement.lang) document.body.dataset.loading = "hidden";

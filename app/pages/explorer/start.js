// Runs first: what the server wrote is hidden where the page will show something else, so that nothing jumps.
import { language } from "./language.js";
import { comeBack } from "./return.js";
import { adoptFragment, read } from "./state.js";

const rendered = location.search;
adoptFragment();
comeBack();
const another = location.search !== rendered || read().view;
if (another || language() !== document.documentElement.lang) document.body.dataset.loading = "hidden";

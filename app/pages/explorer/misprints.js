// The suspected misprints of the regions in view: the page of all of them, with links that open a region here.
import { address, pageAt } from "./api.js";
import { el, fill, $ } from "./dom.js";
import { lang, words } from "./given.js";
import { regionLink } from "./timeline.js";

let sections = null; // which stay the same while the page is open

export async function showMisprints({ page }) {
  sections ??= [...(await pageAt(address(`corrections/${lang}`))).querySelectorAll("article > section")];
  const found = sections.flatMap((section, index) => {
    const numbers = [...section.querySelectorAll(".numbers a")].map((one) => one.textContent);
    const regions = page.items.filter(({ number }) => numbers.includes(String(number)));
    if (!regions.length) return [];
    const shown = section.cloneNode(true);
    shown.querySelector(".numbers").replaceWith(el("ul", { class: "regions" }, regions.map((region) => el("li", {}, regionLink(region, index)))));
    return shown;
  });
  fill($("#misprint-list"), el("p", {}, found.length ? words.misprintsNote : words.noMisprints), found);
}

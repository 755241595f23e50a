// The view to take away: as files, as a link, as a citation, as the request that others can send.
import { regions } from "./api.js";
import { all, offer, $ } from "./dom.js";
import { excel, fileName } from "./excel.js";
import { counted, samples, say, words } from "./given.js";
import { notice } from "./notice.js";

let shown = null;

for (const radio of all("input[name=sample]")) radio.addEventListener("change", write);
for (const button of all("[data-copy]")) button.addEventListener("click", () => copy($(button.dataset.copy)));
for (const button of all("[data-share]")) button.addEventListener("click", share);
for (const link of all("[data-excel]")) {
  link.addEventListener("click", () => {
    offer(link, excel(shown), "text/csv");
    link.download = fileName(shown);
  });
}

export function showRequest(view) {
  shown = view;
  const { page, state } = view;
  $(".take").hidden = Boolean(page.refused);
  $("#take-title").textContent = say(words.takeTitle, { regions: counted(page.items.length) });
  $("#csv").href = regions(state, { suffix: ".csv" });
  $("#json").href = regions(state, { suffix: ".json" });
  write();
}

function write() {
  if (shown) $("#sample").textContent = say(samples[$("input[name=sample]:checked").value], { url: regions(shown.state) });
}

async function share() {
  const url = location.href;
  try {
    if (matchMedia("(pointer: coarse)").matches && navigator.share) await navigator.share({ title: document.title, url });
    else await navigator.clipboard.writeText(url).then(() => notice(words.linkCopied));
  } catch (thrown) {
    if (/** @type {Error} */ (thrown).name === "AbortError") return; // the reader thought better of it
    $("#link").textContent = url;
    $("#link").hidden = false;
    await copy($("#link"), words.linkCopied);
  }
}

/** Copies the text of an element; without https there is no clipboard, and the old way is tried. */
async function copy(element, done = words.copied) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    notice(done);
  } catch {
    getSelection()?.selectAllChildren(element);
    notice(document.execCommand("copy") ? done : words.selected);
  }
}

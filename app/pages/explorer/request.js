// The view to take away: as files, as a link, as a citation, as the request that others can send.
import { regions } from "./api.js";
import { all, $ } from "./dom.js";
import { excel, fileName } from "./excel.js";
import { words } from "./given.js";
import { notice } from "./notice.js";

const SAMPLES = {
  url: (url) => url,
  curl: (url) => `curl '${url}'`,
  python: (url) => `import json
from urllib.request import urlopen

with urlopen("${url}") as answer:
    page = json.load(answer)
for region in page["items"]:
    print(region["number"], region["name"])`,
  javascript: (url) => `const answer = await fetch("${url}");
const page = await answer.json();
for (const region of page.items) {
  console.log(region.number, region.name);
}`,
};

let shown = null;

export function prepareRequest() {
  for (const radio of all("input[name=sample]")) radio.addEventListener("change", write);
  for (const button of all("[data-copy]")) button.addEventListener("click", () => copy($(button.dataset.copy)));
  for (const button of all("[data-share]")) button.addEventListener("click", share);
  for (const link of all("[data-excel]")) link.addEventListener("click", () => offer(link));
}

export function showRequest(view) {
  shown = view;
  const { page, state } = view;
  $(".take").hidden = Boolean(page.refused);
  $("#csv").href = regions(state, { suffix: ".csv" });
  $("#json").href = regions(state, { suffix: ".json" });
  write();
}

function write() {
  if (shown) $("#sample").textContent = SAMPLES[$("input[name=sample]:checked").value](regions(shown.state));
}

/** The file is made when it is asked for; the address of the last one is given up. */
function offer(link) {
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([excel(shown)], { type: "text/csv" }));
  link.download = fileName(shown);
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

/** Copies the text of an element. Without https there is no clipboard: then it is selected, and the old way tried. */
async function copy(element, done = words.copied) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    notice(done);
  } catch {
    getSelection()?.selectAllChildren(element);
    notice(document.execCommand("copy") ? done : words.selected);
  }
}

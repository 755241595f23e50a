// The view as files, and as the request that others can send.
import { regions } from "./api.js";
import { $ } from "./dom.js";

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

let url = "";

export function prepareRequest(texts) {
  for (const radio of document.querySelectorAll("input[name=sample]")) radio.addEventListener("change", write);
  $("#copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText($("#sample").textContent);
    $("#copied").textContent = texts().copied;
  });
}

export function showRequest({ state }) {
  url = regions(state);
  $("#csv").href = regions(state, { suffix: ".csv" });
  $("#json").href = regions(state, { suffix: ".json" });
  write();
}

function write() {
  const chosen = $("input[name=sample]:checked").value;
  $("#sample").textContent = SAMPLES[chosen](url);
  $("#copied").textContent = "";
}

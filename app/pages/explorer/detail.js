// One region with everything, over the list: what its own page says, with what the search has found marked.
import { pageAt, Refused } from "./api.js";
import { all, at, el, fill, ja, $ } from "./dom.js";
import { say, words } from "./given.js";
import { notice, place } from "./notice.js";
import { closeRegion, openRegion, read } from "./state.js";
import { regionPage } from "./timeline.js";

const dialog = $("#detail");
const pages = new Map();

dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  leave();
});
dialog.addEventListener("click", (event) => {
  const place = event.target.closest('a[href^="#"]')?.getAttribute("href");
  if (event.target === dialog) leave();
  if (!place) return;
  event.preventDefault();
  dialog.querySelector(`${place} a`)?.focus();
});
$("#results").addEventListener("click", open);
$("#results").addEventListener("pointerover", ({ target }) => foresee(target.closest("a[data-region]")?.dataset.region));

/** Rows lead to the page of a region; a plain click anywhere on one opens it here. */
function open(event) {
  const row = event.target.closest("[data-region]");
  const another = event.ctrlKey || event.metaKey || event.shiftKey || event.target.closest("button, a:not([data-region])");
  if (!row || another || String(getSelection())) return;
  event.preventDefault();
  openRegion(row.dataset.region);
}

function leave() {
  hide();
  closeRegion();
}

export async function showDetail({ page, state }) {
  const number = state.region;
  if (!number) return hide();
  const index = page.items.findIndex((one) => String(one.number) === number);
  const region = page.items[index];
  const around = index < 0 ? [] : [page.items[index - 1], page.items[index + 1]];
  if (region && dialog.dataset.number !== number) fillDialog(number, { label: null, name: [ja("span", {}, region.name)], sections: [] }, around);
  try {
    const content = await pageOf(number);
    if (read().region !== number) return undefined;
    fillDialog(number, content, around);
    document.title = content.title;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    notice(say(words.noRegion, { number }));
    return leave(); // a link to a region that does not exist
  }
  if (region) highlight(region);
  return undefined;
}

/** Back to the region's name in the view. */
function hide() {
  if (!dialog.open) return;
  dialog.close();
  place();
  const names = [...all(`main a[data-region="${dialog.dataset.number}"]`)];
  (names.find((name) => name.offsetParent) ?? $("#status")).focus();
  delete dialog.dataset.number;
}

/** What the page of a region says, asked for once. */
function pageOf(number) {
  const known = pages.get(number) ?? load(number);
  pages.set(number, known);
  known.catch(() => pages.delete(number));
  return known;
}

/** Loads what will probably be looked at. */
function foresee(number) {
  if (number) pageOf(`${number}`).catch(() => {});
}

async function load(number) {
  const whole = await pageAt(regionPage(number));
  for (const one of whole.querySelectorAll("[data-own-page]")) one.remove();
  const name = whole.querySelector("h1")?.childNodes ?? [];
  return { title: whole.title, label: whole.querySelector("header .label"), name: [...name], sections: [...whole.querySelectorAll("article > section")] };
}

function fillDialog(number, { label, name, sections }, [previous, next] = /** @type {any[]} */ ([])) {
  const copy = (nodes) => nodes.map((node) => node.cloneNode(true));
  const button = (other, name, key) => {
    const ahead = () => foresee(other.number);
    return other && el("button", { "data-key": key, click: () => openRegion(other.number), pointerenter: ahead, focus: ahead }, name);
  };
  const another = dialog.dataset.number !== number;
  dialog.dataset.number = number;
  fill(
    dialog,
    el(
      "header",
      {},
      label?.cloneNode(true),
      el("h2", { id: "detail-name" }, copy(name)),
      el("button", { class: "close", "aria-label": words.close, "data-key": "close", click: leave }, "×"),
    ),
    el("article", {}, copy(sections)),
    el(
      "footer",
      {},
      button(previous, words.previous, "previous"),
      button(next, words.next, "next"),
      el("a", { href: regionPage(number) }, words.ownPage),
    ),
  );
  if (!dialog.open) dialog.showModal();
  place();
  if (another) dialog.scrollTop = 0;
}

/** Marks the texts that the search has found, the longer ones first. */
function highlight({ matches, ...region }) {
  const found = matches.map(({ field, start, end }) => Array.from(at(region, field)).slice(start, end).join(""));
  if (!found.length) return;
  const longest = found.sort((a, b) => b.length - a.length).map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`(${longest.join("|")})`);
  const walker = document.createTreeWalker(dialog, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode.parentElement?.closest("h2, dd, p")) texts.push(walker.currentNode);
  for (const one of /** @type {Text[]} */ (texts)) {
    one.replaceWith(...one.data.split(pattern).map((part, index) => (index % 2 ? el("mark", {}, part) : part)));
  }
}

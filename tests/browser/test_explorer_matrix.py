"""Every view of the explorer, both languages, three widths, two schemes: nothing is cut, too wide or too small."""

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browser

pytestmark = pytest.mark.needs("chromium")

VIEWS = {
    "timeline": "",
    "found": "q=医療&type=global&fiscal_year=2009,2010,2011",
    "table": "view=table&q=bio",
    "topics": "view=topics",
    "charts": "view=charts",
    "misprints": "view=misprints",
    "region": "region=12",
    "nothing": "q=ロケット&prefecture=九州",
    "hint": "q=平成24年度",
    "refused": "#type=foo",
}
WIDTHS = ((1280, 820), (360,))
"""A window may become narrower; on a phone the page is drawn for its width from the beginning."""

WIDER = """() => [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
    .filter((one) => !one.closest(".visually-hidden, .skip"))
    .map((one) => one.outerHTML.slice(0, 200))"""
CUT = """() => [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && one.innerText?.trim())
    .filter((one) => getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1)
    .filter((one) => !one.closest(".visually-hidden, select"))
    .map((one) => one.outerHTML.slice(0, 200))"""
# WCAG 2.2, 2.5.8: 24 pixels, or so much room around; a link within a sentence may be lower.
SMALL = """() => {
    const targets = [...document.querySelectorAll("a, button, select, summary, label.choice, input[type=search]")]
        .filter((one) => one.checkVisibility() && !one.closest(".skip, noscript"))
        .map((one) => [one, one.getBoundingClientRect()])
        .filter(([, box]) => box.width && box.height);
    const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
    const close = ([one, box]) => targets.some(([other, its]) => {
        if (other === one || other.contains(one) || one.contains(other)) return false;
        const [x, y] = middle(box);
        const [right, down] = [Math.max(its.left - x, 0, x - its.right), Math.max(its.top - y, 0, y - its.bottom)];
        return Math.hypot(right, down) < 12;
    });
    const inline = (one) =>
        getComputedStyle(one).display === "inline" && one.parentElement.innerText.trim() !== one.innerText.trim();
    return targets
        .filter(([one, box]) => Math.min(box.width, box.height) < 23.5 && !inline(one) && close([one, box]))
        .map(([one, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 150)}`);
}"""


def show(page: Page, language: str, view: str) -> None:
    page.goto(f"/?lang={language}&{view}")
    browser.ready(page)
    if "region" in view:
        expect(page.get_by_role("dialog").locator("article section").first).to_be_visible()
    page.locator("#filters").evaluate("filters => filters.toggleAttribute('data-open', true)")
    page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")


@pytest.mark.parametrize("widths", WIDTHS, ids=["wide", "phone"])
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
def test_nothing_is_cut_too_wide_or_too_small(
    chromium: Browser, site: httpx.Client, view: str, widths: tuple[int, ...]
) -> None:
    """Look in forced colours, too: their borders matter where there is least room; dark changes colours alone."""
    with browser.opened(chromium, site.base_url, viewport={"width": widths[0], "height": 800}) as page:
        for language in ("ja", "en"):
            page.emulate_media(forced_colors="none")
            page.set_viewport_size({"width": widths[0], "height": 800})
            show(page, language, view)
            for width in widths:
                page.set_viewport_size({"width": width, "height": 800})
                fits(page, width)
            page.emulate_media(forced_colors="active")
            fits(page, widths[-1])


def fits(page: Page, width: int) -> None:
    assert page.evaluate(WIDER) == []
    assert page.evaluate(CUT) == []
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_link_of_every_view_answers(page: Page, site: httpx.Client, language: str) -> None:
    origin = str(site.base_url).rstrip("/")
    seen: set[str] = set()
    for view in VIEWS.values():
        show(page, language, view)
        links = page.locator("a[href]").evaluate_all("all => all.map((one) => one.href)")
        seen |= {link.partition("#")[0] for link in links if link.startswith(origin)}
    assert len(seen) > 40
    for link in sorted(seen - {""}):
        if "type=foo" not in link:  # what a refused address links
            assert site.get(link, headers={"Accept": "text/html,*/*;q=0.5"}).status_code == 200, link

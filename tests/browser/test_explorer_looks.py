"""Test what the page looks like: no programmer's words, colours of every kind, paper, a phone, nothing that jumps."""

import io
import re
import unicodedata

import httpx
import pypdf
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support import browser
from tests.support.browser import status

pytestmark = pytest.mark.needs("chromium")

VIEWS = [
    "",
    "view=table",
    "view=misprints",
    *(f"region={number}" for number in (1, 7, 9, 20, 23, 29)),
    "q=がん&region=11",
    "q=ほくりく&view=table",
    "q=bio&view=table&sort=relevance",
    "q=ロケット",
    "#type=foo",
    "#sort=foo",
    "#sort=number,number",
    "q_in=name",
    "q=健康 AND 医療",
    "fiscal_year_from=2012&number=7",
    "type=city-area&view=misprints",
    "view=topics",
    "view=charts",
]
SHIFT = """() => new Promise((done) => {
    let moved = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) moved += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(moved), 500);
})"""


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_view_has_a_word_of_the_programme_in_it(chromium: Browser, site: httpx.Client, language: str) -> None:
    with browser.opened(chromium, site.base_url) as page:
        for view in VIEWS:
            page.goto(f"/?lang={language}&{view}")
            browser.ready(page)
            if "region" in view:
                expect(page.get_by_role("dialog")).to_be_visible()
            page.locator("script").evaluate_all("all => all.forEach((one) => one.remove())")  # and the words in them
            words = str(page.evaluate("document.title + document.body.outerHTML"))
            assert not re.findall(r".{30}(?:\bundefined\b|\bnull\b|\bNaN\b|\[object|\{[a-z])", words), view


def test_a_single_hit_has_no_neighbours(page: Page) -> None:
    page.goto("/?q=がん&fiscal_year=2013&region=11")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("button", name="の地域")).to_have_count(0)


# --- colours --------------------------------------------------------------------------------------------------


def colour(page: Page, selector: str, name: str = "backgroundColor") -> tuple[float, ...]:
    value = str(page.locator(selector).first.evaluate("(element, name) => getComputedStyle(element)[name]", name))
    return tuple(float(part) for part in re.findall(r"[\d.]+", value)[:4])


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""

    def luminance(rgb: tuple[float, ...]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (x / 255 for x in rgb[:3])]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_selected_tile_stands_out_from_every_shade(chromium: Browser, site: httpx.Client, scheme: str) -> None:
    with browser.opened(chromium, site.base_url, color_scheme=scheme) as page:
        page.goto("/?prefecture=40")
        browser.ready(page)
        chosen = '#map [aria-pressed="true"]'
        rings = [colour(page, chosen, "borderTopColor"), colour(page, chosen, "boxShadow")]
        assert contrast(*rings) > 7
        page.locator("#legend i").first.evaluate("""(one) => {
            for (let step = 0; step < 5; step += 1) {
                one.after(Object.assign(one.cloneNode(), { className: `shade-${step}` }));
            }
        }""")
        for step in range(5):
            fill = colour(page, f"#legend .shade-{step}")
            assert max(contrast(ring, fill) for ring in rings) >= 3, step


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_that_knows_no_new_colour_functions_has_colours(
    chromium: Browser, site: httpx.Client, scheme: str
) -> None:
    with browser.opened(chromium, site.base_url, color_scheme=scheme) as page:

        def older(route: Route) -> None:
            answer = route.fetch()
            route.fulfill(response=answer, body=re.sub(r"light-dark\(|color-mix\(|oklch\(", "new(", answer.text()))

        page.route("**/*.css", older)
        page.goto("/")
        status(page, "全 29 地域")
        bars = [colour(page, f"#timeline tbody.{name} .bar") for name in ("global", "city-area")]
        assert bars[0] != bars[1]
        paper = colour(page, "html")
        assert (sum(paper[:3]) > 600) == (scheme == "light")
        assert all(contrast(bar, paper) > 4.5 for bar in bars)
        assert contrast(colour(page, "body", "color"), paper) > 7


def test_forced_colours_show_bars_edges_and_what_is_chosen(chromium: Browser, site: httpx.Client) -> None:
    with browser.opened(chromium, site.base_url, forced_colors="active") as page:
        page.goto("/?prefecture=40&fiscal_year=2009")
        status(page, "29 地域中 3 地域")
        paper = colour(page, "body", "color"), colour(page, "html")
        assert contrast(colour(page, "#timeline tbody.global .bar"), paper[1]) > 7
        assert contrast(colour(page, "#timeline tbody.city-area .bar", "borderTopColor"), paper[1]) > 7
        for chosen in ('#map [aria-pressed="true"]', '.year [aria-pressed="true"]', "#show-timeline"):
            other = chosen.replace("true", "false").replace("timeline", "table")
            assert colour(page, chosen)[:3] != colour(page, other)[:3], chosen
            assert colour(page, chosen)[3:] != (0.0,)
        widths = page.locator(".tile").evaluate_all("tiles => tiles.map(tile => getComputedStyle(tile).borderTopWidth)")
        assert "0px" not in widths
        assert len(set(widths)) > 1  # more regions, a thicker edge


# --- paper ----------------------------------------------------------------------------------------------------


def pages(page: Page) -> list[str]:
    """Return the texts of the printed pages; a font may give the code of a radical for a character."""
    document = pypdf.PdfReader(io.BytesIO(page.pdf(format="A5")))
    return [unicodedata.normalize("NFKC", sheet.extract_text()) for sheet in document.pages]


def test_every_printed_page_of_the_table_has_its_headings(page: Page) -> None:
    page.goto("/?view=table")
    status(page, "全 29 地域")
    printed = [text for text in pages(page) if re.search(r"\bP\d\d\b", text)]
    assert len(printed) > 2
    for text in printed:
        for name in ("番号", "テーマ", "区分", "開始年度", "終了年度", "ページ"):
            assert name in text
    assert "P10" in printed[0]
    assert re.search(r"2007\s+2011\s+P10", printed[0])


def test_every_printed_page_of_the_timeline_has_its_years(page: Page) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    printed = [text for text in pages(page) if re.search(r"H\d\d-H\d\d", text)]
    assert len(printed) > 1
    for text in printed:
        for year in range(2007, 2014):
            assert str(year) in text


def test_marks_are_printed_and_buttons_are_not(page: Page) -> None:
    page.goto("/?q=医療&view=table")
    status(page, "29 地域中 6 地域")
    page.emulate_media(media="print")
    assert page.locator("mark").first.evaluate("mark => getComputedStyle(mark).printColorAdjust") == "exact"
    assert page.locator("button:visible").count() == page.locator(".chip, #table thead button").count()
    expect(page.get_by_role("searchbox")).to_be_hidden()
    assert "×" not in "".join(pages(page))


# --- a phone --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "language"),
    [(browser.WIDE, "ja"), ({"width": 820, "height": 1100}, "en"), (browser.PHONE, "ja"), (browser.PHONE, "en")],
    ids=["wide", "tablet", "phone", "phone in English"],
)
def test_nothing_jumps_while_the_page_loads(
    chromium: Browser, site: httpx.Client, size: dict[str, int], language: str
) -> None:
    for view in ("", "view=table", "q=ロケット", "prefecture=40&region=6"):
        with browser.opened(chromium, site.base_url, viewport=size) as page:  # with an empty cache
            page.goto(f"/?{view}&lang={language}")
            browser.ready(page)
            assert page.evaluate(SHIFT) <= 0.05, view


def test_on_a_phone_a_bar_says_how_many_and_leads_to_them(chromium: Browser, site: httpx.Client) -> None:
    with browser.opened(chromium, site.base_url, viewport=browser.PHONE, has_touch=True) as page:
        page.goto("/")
        status(page, "全 29 地域")
        page.get_by_role("group", name="操作").get_by_role("button", name="絞り込み").tap()
        page.get_by_role("button", name="福岡県 3 地域").tap()
        status(page, "29 地域中 3 地域")
        count = page.get_by_role("button", name="3/29 地域")
        expect(count).to_be_in_viewport()
        count.tap()
        expect(page.locator("#status")).to_be_in_viewport()
        expect(page.locator("#timeline .region").first).to_be_in_viewport()
        expect(page.locator("#filters")).to_be_hidden()


def test_on_a_phone_the_words_of_the_bar_stand_in_one_line(chromium: Browser, site: httpx.Client) -> None:
    middle = """all => all.map((one) => {
        const range = document.createRange();
        range.selectNodeContents(one);
        const { top, bottom } = range.getBoundingClientRect();
        return Math.round((top + bottom) / 2);
    })"""
    for language in ("ja", "en"):
        with browser.opened(chromium, site.base_url, viewport=browser.PHONE) as page:
            page.goto(f"/?lang={language}")
            browser.ready(page)
            middles = page.locator("#bar > *").evaluate_all(middle)
            assert max(middles) - min(middles) <= 1


def test_on_a_phone_the_dialog_closes_from_anywhere_and_the_next_record_begins_at_its_top(
    chromium: Browser, site: httpx.Client
) -> None:
    with browser.opened(chromium, site.base_url, viewport=browser.PHONE, has_touch=True) as page:
        page.goto("/?region=7")
        dialog = page.get_by_role("dialog")
        dialog.evaluate("dialog => dialog.scrollTo(0, dialog.scrollHeight)")
        expect(dialog.get_by_role("button", name="閉じる")).to_be_in_viewport()
        dialog.get_by_role("button", name="次の地域").tap()
        expect(page.get_by_role("dialog", name="東海広域")).to_be_visible()
        assert page.locator("#detail").evaluate("dialog => dialog.scrollTop") == 0
        expect(page.get_by_role("heading", name="東海広域")).to_be_in_viewport()

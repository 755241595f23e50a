"""The explorer before its scripts run, without them, and how they take over."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from app.settings import Settings
from tests.support import browser
from tests.support.service import serving
from tests.support.waiting import until

pytestmark = pytest.mark.needs("chromium")

SIZES = {"wide": browser.WIDE, "phone": browser.PHONE}
LANGUAGES = {"ja": "ja-JP", "en": "en-GB"}

FIRST_ROW_SECONDS = 1.5
"""Until the first rows are seen on a slow line, of which the browser needs some to render them."""

LATENCY_SECONDS, BYTES_PER_SECOND, CONNECTIONS, RENDER_SECONDS = 0.4, 50_000, 5, 0.3


MAX_REQUESTS_AGAIN = 3
"""That the server sees of a second visit."""

PLACES = """() => {
    const parts = document.querySelectorAll("#timeline tr, #facet-type label, #facet-fiscal_year label, .take h2");
    const place = (one) => Math.round(one.getBoundingClientRect().top + scrollY);
    return [...parts].map((one) => [one.innerText.replace(/\\s+/g, " ").trim(), place(one)]);
}"""


@pytest.fixture
def plain(chromium: Browser, site: httpx.Client) -> Iterator[Page]:
    """A page without JavaScript."""
    with browser.opened(chromium, site.base_url, java_script_enabled=False) as page:
        yield page


def rows(page: Page) -> list[str]:
    return page.locator("#timeline .number").all_inner_texts()


def test_without_javascript_every_region_is_there_with_its_page(plain: Page, site: httpx.Client) -> None:
    plain.goto("/")
    expect(plain.locator("#status")).to_have_text("全 29 地域")
    regions = site.get("/v1/regions").json()["items"]
    assert rows(plain) == [str(each["number"]) for each in regions]
    text = plain.locator("#timeline").inner_text()
    for each in regions:
        assert all(
            piece in text for piece in (each["name"], each["title"] or "", each["theme"], each["fiscal_years_label"])
        )
    dataset = site.get("/v1/dataset").json()
    expect(plain.locator("#note")).to_have_text(dataset["note"])
    expect(plain.locator("#citation")).to_have_text(dataset["citation"]["ja"])
    plain.get_by_role("link", name="富山・石川地域").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("富山・石川地域")


def test_without_javascript_the_filters_are_a_form(plain: Page, site: httpx.Client) -> None:
    plain.goto("/?lang=en&utm_source=x")
    plain.get_by_role("searchbox").fill("バイオ")
    plain.get_by_label("Global type", exact=False).first.check()
    plain.get_by_role("combobox").select_option("01")
    plain.get_by_role("checkbox", name="FY2009").check()
    plain.get_by_role("button", name="Search").first.click()
    asked = parse_qs(urlsplit(plain.url).query)
    assert asked == {"q": ["バイオ"], "type": ["global"], "prefecture": ["01"], "fiscal_year": ["2009"], "lang": ["en"]}
    found = site.get("/v1/regions", params={name: value[0] for name, value in asked.items()}).json()["items"]
    assert rows(plain) == [str(each["number"]) for each in found] == ["1", "12"]
    expect(plain.locator("#status")).to_have_text("2 of 29 regions")
    expect(plain.get_by_role("searchbox")).to_have_value("バイオ")
    expect(plain.get_by_role("checkbox", name="FY2009")).to_be_checked()
    assert set(plain.locator("#timeline mark").all_inner_texts()) == {"バイオ"}
    for name in ("csv", "json"):
        address = plain.locator(f"#{name}").get_attribute("href")
        answer = site.get(f"/{address}")
        assert answer.status_code == 200
        assert len(answer.json()["items"] if name == "json" else answer.text.splitlines()[1:]) == 2


def test_without_javascript_nothing_found_says_what_to_drop(plain: Page) -> None:
    plain.goto("/?q=LSI&type=city-area&lang=ja")
    expect(plain.locator("#status")).to_have_text("29 地域中 0 地域")
    plain.get_by_role("link", name="「種別」を外す（1 地域）").click()
    expect(plain.locator("#status")).to_have_text("29 地域中 1 地域")
    assert rows(plain) == ["6"]


def test_without_javascript_a_word_that_is_a_condition_is_offered_as_one(plain: Page, site: httpx.Client) -> None:
    plain.goto("/?q=平成24年度&lang=ja")
    hint = site.get("/v1/regions?q=平成24年度&lang=ja").json()["hints"][0]
    plain.locator("#hints a").first.click()
    expect(plain.locator("#status")).to_have_text(f"29 地域中 {hint['total']} 地域")


def test_without_javascript_a_long_list_has_pages(plain: Page) -> None:
    plain.goto("/?limit=10")
    assert rows(plain) == [str(number) for number in range(1, 11)]
    plain.get_by_role("link", name="次のページ").click()
    assert rows(plain) == [str(number) for number in range(11, 21)]
    plain.get_by_role("link", name="前のページ").click()
    assert rows(plain) == [str(number) for number in range(1, 11)]


def test_a_link_made_without_javascript_means_the_same_with_it(page: Page) -> None:
    page.goto("/?type=global&prefecture=01&lang=en")
    expect(page.locator("#status")).to_have_text("2 of 29 regions")
    expect(page.locator("#chips")).to_contain_text("Prefecture: Hokkaido")
    expect(page.get_by_role("heading", level=1)).to_have_text("Continuing Cluster Regions")


def test_what_somebody_does_before_the_scripts_are_there_is_not_lost(page: Page) -> None:
    held: list[Route] = []
    page.route("**/main.*.js", lambda route: held.append(route))
    page.goto("/", wait_until="commit")
    page.get_by_role("checkbox", name="平成24年度").check()
    page.get_by_role("searchbox").fill("医療")
    for route in held:
        route.continue_()
    browser.status(page, "29 地域中 4 地域")
    expect(page.get_by_role("searchbox")).to_have_value("医療")
    expect(page.get_by_role("checkbox", name="平成24年度")).to_be_checked()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_moves_when_the_scripts_take_over(
    chromium: Browser, site: httpx.Client, size: str, language: str
) -> None:
    options: dict[str, Any] = {"viewport": SIZES[size], "locale": LANGUAGES[language]}
    with browser.opened(chromium, site.base_url, **options) as page:
        held: list[Route] = []
        page.route("**/main.*.js", lambda route: held.append(route))
        page.goto("/", wait_until="commit")
        expect(page.locator("#timeline .bar")).to_have_count(29)
        until(lambda: bool(page.evaluate("!!document.querySelector('link[rel=stylesheet]').sheet")))
        before = page.evaluate(PLACES)
        for route in held:
            route.continue_()
        expect(page.locator("#timeline .region")).to_have_count(29)
        after = page.evaluate(PLACES)
        assert [text for text, _ in after] == [text for text, _ in before]
        assert [
            (text, then, now) for (text, then), (_, now) in zip(before, after, strict=True) if abs(then - now) > 2
        ] == []
        assert page.evaluate(browser.LAYOUT_SHIFT) <= browser.MAX_LAYOUT_SHIFT
        first, bar = (page.locator(each).first.bounding_box() for each in ("#timeline .region", "#bar"))
        assert first
        assert first["y"] + first["height"] < (bar["y"] if bar else SIZES[size]["height"])
        tops = page.locator(".switch button").evaluate_all("all => all.map((one) => one.getBoundingClientRect().top)")
        assert len({*tops}) == 1


def test_the_first_rows_need_no_script_and_few_bytes(page: Page, site: httpx.Client) -> None:
    """Add up what is loaded in two round trips: the page, its style sheet and, beside it, five scripts."""
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/")
    expect(page.locator("#timeline .region").first).to_be_in_viewport()
    (sheet,) = page.locator("link[rel=stylesheet]").evaluate_all("links => links.map((link) => link.href)")
    scripts = page.locator("link[rel=modulepreload]").evaluate_all("links => links.map((link) => link.href)")
    sizes = [
        int(site.get(url, headers={"Accept-Encoding": "br"}).headers["Content-Length"])
        for url in (page.url, sheet, *scripts[:CONNECTIONS])
    ]
    assert 2 * LATENCY_SECONDS + sum(sizes) / BYTES_PER_SECOND < FIRST_ROW_SECONDS - RENDER_SECONDS


def test_a_second_visit_asks_for_little(chromium: Browser, sqlite_settings: Settings) -> None:
    lines: list[str] = []
    with (
        serving(sqlite_settings, write=lambda line: lines.append(json.loads(line)["path"])) as site,
        browser.opened(chromium, site.base_url) as page,
    ):
        for most, path in ((40, ""), (MAX_REQUESTS_AGAIN, ""), (MAX_REQUESTS_AGAIN, "?region=7")):
            lines.clear()
            page.goto("about:blank")
            page.goto(f"/{path}")
            expect(page.locator("#timeline .region")).to_have_count(29)
            if path:
                expect(page.get_by_role("dialog").locator("article section").first).to_be_visible()
            page.wait_for_load_state("networkidle")
            assert len(lines) <= most, lines

"""Test what a word of the search may mean, as one click, and conditions that come with the query of the address."""

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browser
from tests.support.browser import status

pytestmark = pytest.mark.needs("chromium")


@pytest.mark.parametrize(
    ("typed", "hint", "found", "fragment"),
    [
        ("H24", "年度：平成24年度（16 地域）", "29 地域中 16 地域", "fiscal_year=2012"),
        ("平成24年度", "年度：平成24年度（16 地域）", "29 地域中 16 地域", "fiscal_year=2012"),
        ("都市エリア型", "種別：都市エリア型（12 地域）", "29 地域中 12 地域", "type=city-area"),
        ("一般", "区分：都市エリア型 (一般)（5 地域）", "29 地域中 5 地域", "subcategory=city-area-general"),
        ("医療 H24", "年度：平成24年度（4 地域）", "29 地域中 4 地域", "fiscal_year=2012&q=医療"),
        ("ものづくり、医療", "キーワード：ものづくり 医療", "29 地域中 2 地域", "q=ものづくり 医療"),
    ],
)
def test_a_word_that_is_a_value_of_a_filter_becomes_it_by_one_click(
    page: Page, typed: str, hint: str, found: str, fragment: str
) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill(typed)
    page.get_by_role("button", name=hint).click()
    status(page, found)
    assert httpx.QueryParams(page.url.partition("?")[2]) == httpx.QueryParams(fragment)
    expect(page.get_by_role("searchbox")).to_have_value(httpx.QueryParams(fragment).get("q", ""))
    expect(page.locator("#hints")).to_be_empty()
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value(typed)


def test_a_hint_keeps_the_other_conditions_and_speaks_the_language_of_the_page(page: Page) -> None:
    page.goto("/?lang=en&type=global&q=FY2012")
    expect(page.locator("#hints")).to_contain_text("“FY2012” can also be used as a filter:")
    page.get_by_role("button", name="Fiscal year: FY2012").click()
    expect(page.locator("#status")).to_contain_text("of 29 regions")
    assert httpx.QueryParams(page.url.partition("?")[2]) == httpx.QueryParams("fiscal_year=2012&lang=en&type=global")


def test_a_hint_that_finds_nothing_is_not_offered(page: Page) -> None:
    page.goto("/?q=平成元年度")
    status(page, "29 地域中 0 地域")
    expect(page.locator("#hints")).to_be_empty()


def test_where_both_of_two_words_have_to_move_each_is_offered(page: Page) -> None:
    page.goto("/?q=九州 H24")
    status(page, "29 地域中 0 地域")
    page.locator("#hints").get_by_role("button", name="九州・沖縄").click()
    page.locator("#hints").get_by_role("button", name="平成24年度").click()
    status(page, "29 地域中 1 地域")


def test_without_javascript_neither(chromium: Browser, site: httpx.Client) -> None:
    with browser.opened(chromium, site.base_url, java_script_enabled=False) as page:
        for q in ("平成元年度", "沖縄県"):
            assert [each["total"] for each in site.get(f"/v1/regions?q={q}").json()["hints"]] == [0]
            page.goto(f"/?q={q}")
            expect(page.locator("#status")).to_have_text("29 地域中 0 地域")
            assert page.locator("#hints").inner_text().strip() == ""


@pytest.mark.parametrize(
    ("address", "found", "query"),
    [
        ("?type=global&fiscal_year=2009", "29 地域中 13 地域", "fiscal_year=2009&type=global"),
        ("?prefecture=40&prefecture=01&q=", "29 地域中 6 地域", "prefecture=40,01"),
        ("?lang=en&q=医療&utm_source=x", "6 of 29 regions", "lang=en&q=医療"),
        ("#type=global&fiscal_year=2009", "29 地域中 13 地域", "fiscal_year=2009&type=global"),
        ("?type=global#type=city-area", "29 地域中 12 地域", "type=city-area"),
        ("?lang=en#q=医療", "6 of 29 regions", "lang=en&q=医療"),
        ("?fbclid=x", "全 29 地域", ""),
        ("#about", "全 29 地域", ""),
    ],
)
def test_an_address_with_the_state_in_its_query_or_as_before_in_its_fragment(
    chromium: Browser, site: httpx.Client, address: str, found: str, query: str
) -> None:
    with browser.opened(chromium, site.base_url) as page:
        page.goto(f"/{address}")
        status(page, found)
        url = httpx.URL(page.url)
        assert httpx.QueryParams(url.query) == httpx.QueryParams(query)
        assert url.fragment == ("about" if address == "#about" else "")


def test_a_fragment_of_before_works_while_the_page_is_open(page: Page) -> None:
    page.goto("/?lang=en")
    status(page, "All 29 regions")
    page.evaluate("location.hash = 'type=global'")
    status(page, "17 of 29 regions")
    page.go_back()
    status(page, "All 29 regions")

"""The address of the page: what the back button does, and an address that asks for what is not there."""

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browser
from tests.support.browser import status

pytestmark = pytest.mark.needs("chromium")


def length(page: Page) -> int:
    """Return how many entries the history has."""
    return int(page.evaluate("history.length"))


def test_back_takes_back_what_was_typed_though_the_box_has_the_focus(page: Page) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    page.get_by_role("searchbox").press_sequentially("bio", delay=20)
    expect(page.locator("#status")).not_to_have_text("全 29 地域")
    page.go_back()
    status(page, "全 29 地域")
    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_a_region_that_does_not_exist_is_told_and_leaves_no_entry(page: Page) -> None:
    page.goto("about:blank")
    before = length(page)
    page.goto("/?region=9999")
    expect(page.get_by_role("alert")).to_have_text("番号 9999 の地域はありません。")
    status(page, "全 29 地域")
    assert "region" not in page.url
    assert length(page) == before + 1
    page.go_back()
    expect(page).to_have_url("about:blank")


@pytest.mark.parametrize("closing", ["×", "Escape", "beside"])
def test_after_closing_a_region_back_does_not_open_it_again(page: Page, closing: str) -> None:
    page.goto("/?type=global")
    status(page, "29 地域中 17 地域")
    page.get_by_role("link", name="富山・石川地域").click()
    page.get_by_role("dialog").get_by_role("button", name="次の地域").click()
    expect(page.get_by_role("dialog", name="東海広域")).to_be_visible()
    if closing == "×":
        page.get_by_role("button", name="閉じる").click()
    elif closing == "Escape":
        page.keyboard.press("Escape")
    else:
        page.mouse.click(20, 400)
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.get_by_role("link", name="東海広域")).to_be_focused()
    expect(page).to_have_url(f"{origin(page)}/?type=global")
    page.get_by_role("checkbox", name="平成25年度").check()
    status(page, "29 地域中 4 地域")
    page.go_back()
    status(page, "29 地域中 17 地域")
    expect(page.locator("dialog")).to_be_hidden()


def origin(page: Page) -> str:
    return str(page.evaluate("location.origin"))


def test_back_closes_a_region_and_forward_opens_it(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="富山・石川地域").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.locator("dialog")).to_be_hidden()
    page.go_forward()
    expect(page.get_by_role("dialog", name="富山・石川地域")).to_be_visible()


def test_a_shared_link_to_a_region_is_closed_without_leaving_the_page(page: Page) -> None:
    page.goto("/?region=7&type=global")
    page.get_by_role("button", name="閉じる").click()
    expect(page.locator("dialog")).to_be_hidden()
    status(page, "29 地域中 17 地域")
    assert page.url.endswith("/?type=global")


def test_the_same_choice_again_is_no_entry(page: Page) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    before = length(page)
    page.get_by_role("button", name="年表").click()
    box = page.get_by_role("searchbox")
    box.press_sequentially("医")
    status(page, "29 地域中 6 地域")
    box.press("Enter")
    assert length(page) == before + 1


@pytest.mark.parametrize(
    ("fragment", "chip", "why"),
    [
        ("prefecture=99", "都道府県: 99", "都道府県"),
        ("type=foo", "種別: foo", "foo"),
        ("subcategory=foo", "区分: foo", "foo"),
        ("fiscal_year=1800", "年度: 1800", "年度"),
        ("q=" + "x" * 101, "キーワード: " + "x" * 101, "キーワード"),
        ("q=%26%25", "キーワード: &%", "キーワード"),
    ],
)
def test_a_refused_address_says_why_and_has_a_way_out(page: Page, fragment: str, chip: str, why: str) -> None:
    page.goto(f"/#{fragment}&prefecture=40" if "prefecture" not in fragment else f"/#{fragment}")
    expect(page.locator("#status")).to_contain_text(why)
    expect(page.get_by_role("button", name=chip)).to_be_visible()
    expect(page.locator("#timeline")).to_be_hidden()
    expect(page.get_by_role("link", name="CSV")).to_have_count(0)
    assert page.locator("#map .tile").count() == 47
    assert page.locator("#facet-type .choice, #facet-fiscal_year .choice").count() == 2 + 4 + 7
    page.get_by_role("button", name="条件をすべて外す").click()
    status(page, "全 29 地域")


def test_a_word_of_signs_leaves_no_old_rows(page: Page) -> None:
    page.goto("/?view=table")
    status(page, "全 29 地域")
    page.get_by_role("searchbox").press_sequentially("&%", delay=20)
    expect(page.locator("#status")).to_contain_text("キーワード")
    expect(page.locator("#table")).to_be_hidden()
    page.get_by_role("button", name="キーワード: &%").click()
    status(page, "全 29 地域")
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_one_wrong_value_among_right_ones_is_removed_alone(page: Page) -> None:
    page.goto("/#type=global,foo")
    page.get_by_role("button", name="種別: foo").click()
    status(page, "29 地域中 17 地域")


@pytest.mark.parametrize(
    ("query", "spelt"),
    [
        ("fiscal_year=平成24年度", "fiscal_year=2012"),
        ("prefecture=石川,福岡県", "prefecture=17,40"),
        ("prefecture=Hokkaido&q=bio", "prefecture=01&q=bio"),
    ],
)
def test_values_in_another_notation_are_the_same_conditions(page: Page, query: str, spelt: str) -> None:
    page.goto("about:blank")
    before = length(page)
    page.goto(f"/?{query}")
    expect(page).to_have_url(f"{origin(page)}/?{spelt}")
    assert length(page) == before + 1
    page.locator(".chip").first.click()
    expect(page.locator(".chip")).to_have_count(len(spelt.replace("&", ",").split(",")) - 1)


def test_the_way_home_from_the_guide_keeps_the_conditions(page: Page) -> None:
    page.goto("/?q=医療&type=global&view=table")
    status(page, "29 地域中 5 地域")
    for name in ("使い方", "利用条件"):
        page.get_by_role("link", name=name).first.click()
        expect(page.locator("h1")).to_have_text(name)
        page.get_by_role("navigation").get_by_role("link", name="継続地域一覧").click()
        status(page, "29 地域中 5 地域")
        expect(page.get_by_role("searchbox")).to_have_value("医療")
        expect(page.locator("#table")).to_be_visible()
    page.get_by_role("button", name="条件をすべて外す").click()
    status(page, "全 29 地域")
    page.reload()
    status(page, "全 29 地域")


@pytest.mark.parametrize(
    "way",
    ["#about a[href*=terms]", "footer a[href*=corrections]", "footer a[href*=changes]", "footer a[href*=changelog]"],
)
def test_the_way_home_from_every_page_of_the_service_keeps_the_conditions(page: Page, way: str) -> None:
    page.goto("/?q=bio&fiscal_year=2009&lang=ja")
    status(page, "29 地域中 5 地域")
    page.locator(way).first.click()
    page.locator("[data-home]").click()
    browser.ready(page)
    expect(page.locator("#timeline .region")).to_have_count(5)
    expect(page.get_by_role("searchbox")).to_have_value("bio")
    expect(page.locator('#filters [value="2009"]').first).to_be_checked()


def test_the_way_home_from_the_page_of_a_region_keeps_the_conditions(page: Page) -> None:
    page.goto("/?q=bio&fiscal_year=2009&lang=ja")
    browser.ready(page)
    found = page.locator("#status").inner_text()
    page.locator("#timeline .region").first.click()
    page.get_by_role("dialog").get_by_role("link", name="この地域のページ").click()
    page.locator("nav").get_by_role("link", name="利用条件").click()
    page.locator("[data-home]").click()
    status(page, found)
    expect(page.locator("dialog")).to_be_hidden()
    assert "region" not in page.url


def test_what_leads_to_no_page_is_no_way_out(page: Page) -> None:
    page.goto("/?type=global")
    status(page, "29 地域中 17 地域")
    with page.expect_download():
        page.locator("#csv").click()
    page.goto("/guide/ja")
    page.goto("/")
    status(page, "全 29 地域")


def test_conditions_are_kept_for_the_way_home_only(page: Page, chromium: Browser, site: httpx.Client) -> None:
    page.goto("/?type=global")
    status(page, "29 地域中 17 地域")
    page.get_by_role("link", name="使い方").click()
    page.goto("/?type=city-area")
    status(page, "29 地域中 12 地域")
    page.goto("/guide/ja")
    page.goto("/")
    status(page, "全 29 地域")
    with browser.opened(chromium, site.base_url) as other:
        other.goto("/")
        status(other, "全 29 地域")

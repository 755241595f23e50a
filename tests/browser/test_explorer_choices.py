"""Choosing: types with subcategories, prefectures by 地方, tile and list, spans of years; what is seen at once."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.support import browser
from tests.support.browser import status

pytestmark = pytest.mark.needs("chromium")

GLOBAL, FIRST, HUB = "グローバル型", "グローバル型 (第Ⅰ期)", "グローバル型 (グローバル拠点育成)"


def box(page: Page, name: str) -> Locator:
    return page.locator("#facet-type").get_by_role("checkbox", name=re.compile(rf"^{re.escape(name)} ?\d+$"))


def query(page: Page) -> dict[str, str]:
    return dict(httpx.URL(page.url).params)


# --- types and subcategories ----------------------------------------------------------------------------------


def test_a_type_is_all_of_its_subcategories(page: Page) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    box(page, FIRST).check()
    status(page, "29 地域中 9 地域")
    assert query(page) == {"subcategory": "global-phase-1"}
    assert box(page, GLOBAL).evaluate("one => [one.checked, one.indeterminate]") == [False, True]
    box(page, HUB).check()
    status(page, "29 地域中 17 地域")
    assert query(page) == {"type": "global"}
    expect(box(page, GLOBAL)).to_be_checked()
    box(page, FIRST).uncheck()
    status(page, "29 地域中 8 地域")
    assert query(page) == {"subcategory": "global-hub-development"}
    box(page, GLOBAL).check()
    status(page, "29 地域中 17 地域")
    box(page, GLOBAL).uncheck()
    status(page, "全 29 地域")
    assert query(page) == {}


def test_a_type_and_a_subcategory_of_another_are_both(page: Page) -> None:
    page.goto("/?type=global")
    status(page, "29 地域中 17 地域")
    box(page, "都市エリア型 (一般)").check()
    status(page, "29 地域中 22 地域")
    assert len(query(page)["subcategory"].split(",")) == 3


def test_every_number_of_the_tree_is_what_choosing_adds(page: Page, site: httpx.Client) -> None:
    page.goto("/?type=global&prefecture=01,17,40")
    status(page, "29 地域中 5 地域")
    boxes = page.locator("#facet-type .choice")
    for value, count in boxes.evaluate_all("all => all.map(one => [one.control.value, one.lastChild.textContent])"):
        name = "type" if value in ("global", "city-area") else "subcategory"
        found = site.get(f"/v1/regions?prefecture=01,17,40&{name}={value}").json()["total"]
        assert int(count) == found, value


def test_a_type_with_subcategories_of_another_finds_nothing_and_says_so(page: Page) -> None:
    page.goto("/?type=global&subcategory=city-area-general")
    status(page, "29 地域中 0 地域")
    expect(page.locator("#nothing")).to_contain_text("条件に合う地域はありません")
    page.get_by_role("button", name="種別: グローバル型").click()
    status(page, "29 地域中 5 地域")
    expect(page.locator("#nothing")).to_be_empty()


# --- prefectures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_button_for_each_part_of_the_country(page: Page, site: httpx.Client, language: str) -> None:
    prefectures = site.get("/v1/prefectures").json()["items"]
    key = "name" if language == "ja" else "name_en"
    areas = {each["area"]["id"]: each["area"][key] for each in prefectures}
    page.goto(f"/?lang={language}")
    browser.ready(page)
    assert page.locator("#areas button").all_inner_texts() == list(areas.values())
    page.get_by_role("button", name=areas["kyushu"], exact=True).click()
    total = site.get("/v1/regions?prefecture=九州").json()["total"]
    expect(page.locator("#status")).to_contain_text(f"{total}")
    assert query(page)["prefecture"] == "40,41,42,43,44,45,46,47"
    expect(page.get_by_role("button", name=areas["kyushu"], exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator(".chip")).to_contain_text(areas["kyushu"])
    page.locator(".chip").click()
    expect(page.locator(".chip")).to_have_count(0)
    assert "prefecture" not in query(page)


def test_a_name_of_a_part_of_the_country_in_the_address_is_its_prefectures(page: Page) -> None:
    page.goto("/?prefecture=四国")
    status(page, "29 地域中 2 地域")
    expect(page.get_by_role("button", name="四国", exact=True)).to_have_attribute("aria-pressed", "true")
    page.locator('[data-code="36"]').click()
    expect(page.get_by_role("button", name="四国", exact=True)).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".chip")).to_have_count(3)


def test_the_list_of_prefectures_is_the_map_in_words(page: Page, site: httpx.Client) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    page.get_by_text("一覧から選ぶ").click()
    counted = {each["name"] for each in site.get("/v1/prefectures").json()["items"] if each["region_count"]}
    names = page.locator("#prefecture-list .choice .name").all_inner_texts()
    assert set(names) == counted
    page.get_by_role("checkbox", name="福岡県").check()
    status(page, "29 地域中 3 地域")
    expect(page.locator('[data-code="40"]')).to_have_attribute("aria-pressed", "true")


def test_a_chosen_tile_has_more_than_a_shade(page: Page) -> None:
    page.goto("/?prefecture=40")
    browser.ready(page)
    tick = page.locator('[data-code="40"]').evaluate("one => getComputedStyle(one, '::after').content")
    assert "✓" in tick
    assert page.locator('[data-code="41"]').evaluate("one => getComputedStyle(one, '::after').content") == "none"


def test_the_legend_has_the_numbers(page: Page, site: httpx.Client) -> None:
    page.goto("/")
    browser.ready(page)
    assert page.locator("#legend i").all_inner_texts() == ["0", "1", "2", "3"]
    classes = page.locator("#legend i").evaluate_all("all => all.map(one => one.className)")
    for each in site.get("/v1/prefectures").json()["items"]:
        tile = page.locator(f'[data-code="{each["code"]}"]')
        assert classes[each["region_count"]] in str(tile.get_attribute("class"))


def test_the_hint_of_the_map_is_for_the_means_at_hand(chromium: Browser, site: httpx.Client) -> None:
    for options, hint in (({}, "クリックで選択"), ({"has_touch": True, "is_mobile": True}, "タップで選択")):
        with browser.opened(chromium, site.base_url, **options) as page:
            page.goto("/")
            browser.ready(page)
            expect(page.locator("#tile")).to_have_text(hint)
    with browser.opened(chromium, site.base_url) as page:
        page.goto("/")
        browser.ready(page)
        page.get_by_role("searchbox").focus()
        page.keyboard.press("Tab")
        expect(page.locator("#tile")).to_contain_text("矢印キーで移動、Enter で選択")


# --- fiscal years ---------------------------------------------------------------------------------------------


def test_several_years_are_told_in_words(page: Page) -> None:
    page.goto("/?fiscal_year=2007,2013")
    status(page, "29 地域中 12 地域")
    expect(page.locator(".chip")).to_have_text("年度: 平成19年度・平成25年度のいずれか ×")
    expect(page.locator("#facet-fiscal_year legend")).to_contain_text("いずれかの年度")
    page.goto("/?fiscal_year=2009,2010,2011&lang=en")
    expect(page.locator(".chip")).to_have_text("Fiscal year: in any of FY2009–FY2011 ×")
    page.locator(".chip").click()
    expect(page.locator(".chip")).to_have_count(0)


@pytest.mark.parametrize(("start", "end"), [("2009", "2011"), ("2011", "2009")])
def test_a_span_of_years_is_dragged(page: Page, start: str, end: str) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    places = [page.locator(f'[data-key="year-{year}"]').bounding_box() for year in (start, end)]
    assert places[0]
    assert places[1]
    page.mouse.move(places[0]["x"] + 10, places[0]["y"] + 10)
    page.mouse.down()
    page.mouse.move(places[1]["x"] + 10, places[1]["y"] + 10, steps=5)
    expect(page.locator(".in-span")).to_have_count(3)
    page.mouse.up()
    expect(page.locator(".chip")).to_contain_text("平成21年度–平成23年度のいずれか")
    assert query(page) == {"fiscal_year": "2009,2010,2011"}
    expect(page.locator(".in-span")).to_have_count(0)


def test_a_span_of_years_is_chosen(page: Page, site: httpx.Client) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    page.get_by_role("combobox", name="期間の最初の年度").select_option("2012")
    total = site.get("/v1/regions?fiscal_year_from=2012").json()["total"]
    status(page, f"29 地域中 {total} 地域")
    page.get_by_role("combobox", name="期間の最後の年度").select_option("2012")
    status(page, "29 地域中 16 地域")
    expect(page.get_by_role("checkbox", name="平成24年度")).to_be_checked()
    page.get_by_role("combobox", name="期間の最初の年度").select_option("2008")
    assert query(page) == {"fiscal_year": "2008,2009,2010,2011,2012"}


def test_years_look_like_what_they_are(page: Page) -> None:
    page.goto("/?fiscal_year=2009")
    browser.ready(page)
    for year in ("2009", "2010"):
        border = page.locator(f'[data-key="year-{year}"]').evaluate("one => getComputedStyle(one).borderTopWidth")
        assert border == "1px"


# --- at once --------------------------------------------------------------------------------------------------


def test_a_choice_is_seen_before_the_service_has_answered(page: Page) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    held: list[Route] = []
    page.route("**/v1/regions?*", lambda route: held.append(route))
    page.locator('[data-code="40"]').click()
    expect(page.locator('[data-code="40"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".chip")).to_have_text("都道府県: 福岡県 ×")
    expect(page.locator("body")).to_have_attribute("aria-busy", "true")
    expect(page.locator("#timeline-view")).to_have_css("opacity", "0.55")
    for route in held:
        route.continue_()
    status(page, "29 地域中 3 地域")
    expect(page.locator("#timeline-view")).to_have_css("opacity", "1")


def test_a_reader_without_japanese_finds_subjects_places_years_and_what_confirms_them(page: Page) -> None:
    page.goto("/?lang=en")
    for word, count, names in (
        ("food", 6, ["Tokachi Area", "Yonago / Sakaiminato Area"]),
        ("cancer", 2, ["Kurume Region", "Mt. Fuji Foothills Region"]),
        ("medical", 6, ["Kurume Region"]),
    ):
        page.get_by_role("searchbox").fill(word)
        expect(page.locator("#status")).to_have_text(f"{count} of 29 regions")
        for name in names:
            expect(page.locator("#timeline")).to_contain_text(name)
    page.locator("#areas").get_by_role("button", name="Kyushu").click()
    expect(page.locator("#status")).to_have_text("1 of 29 regions")
    page.locator("#timeline tr[data-region]").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2009-04-01 – 2014-03-31")
    confirmed = dialog.locator("h3", has_text="Confirmed by a source").locator("+ dl > div", has_text="English theme")
    confirmed.get_by_role("link").click()
    expect(dialog.locator(".sources a:focus")).to_have_attribute("href", re.compile("^https://docslib.org/"))

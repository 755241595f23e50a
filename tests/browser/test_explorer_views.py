"""Test the views: what a cluster does, research fields, charts to take away, titles that follow the state."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browser
from tests.support.browser import status

pytestmark = pytest.mark.needs("chromium")

Region = dict[str, Any]


@pytest.fixture
def regions(site: httpx.Client) -> list[Region]:
    items: list[Region] = site.get("/v1/regions").json()["items"]
    return items


# --- the timeline ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_timeline_says_what_a_cluster_does(page: Page, regions: list[Region], language: str) -> None:
    page.goto(f"/?lang={language}")
    browser.ready(page)
    for each in regions:
        row = page.locator(f'#timeline tr[data-region="{each["number"]}"]')
        added = each["annotations"]
        does = (each["title"] or each["theme"]) if language == "ja" else (added["title_en"] or added["theme_en"])
        expect(row.locator(".what")).to_have_text(does)
        expect(row.locator(".what")).to_have_attribute("lang", language)
        assert row.locator(".printed").inner_text() == each["name"]


def test_a_known_misprint_is_marked_where_it_stands(page: Page, regions: list[Region]) -> None:
    page.goto("/")
    browser.ready(page)
    marked = page.locator("#timeline tr[data-region]", has=page.locator(".hint")).locator(".number").all_inner_texts()
    own = [each for each in regions if any("." not in one["field"] for one in each["annotations"]["corrections"])]
    assert marked == [str(each["number"]) for each in own] == ["7", "9", "23"]
    assert page.locator("#timeline .hint").first.evaluate("(one) => getComputedStyle(one).borderTopStyle") == "solid"
    assert page.locator("#timeline .group", has=page.locator(".hint")).count() == 1
    expect(page.locator("#timeline .group", has=page.locator(".hint"))).to_contain_text("第Ⅰ期")


def test_the_whole_row_opens_and_a_link_can_be_opened_elsewhere(page: Page) -> None:
    page.goto("/")
    browser.ready(page)
    page.locator('#timeline tr[data-region="7"] .bar').click()
    expect(page.get_by_role("dialog", name="富山・石川地域")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="富山・石川地域")).to_be_focused()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="富山・石川地域").click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("富山・石川地域")
    expect(page.locator("dialog")).to_be_hidden()


# --- the region over the list ---------------------------------------------------------------------------------


def test_what_was_found_is_marked_in_the_region(page: Page) -> None:
    page.goto("/?q=ほくりく&region=7")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("article mark").first).to_be_visible()
    assert set(dialog.locator("mark").all_inner_texts()) == {"ほくりく"}
    page.goto("/?q=(Universal&region=12&lang=en")
    expect(page.get_by_role("dialog").locator("mark").first).to_have_text("Universal")


def test_a_number_of_a_fact_leads_to_the_page_that_confirms_it(page: Page) -> None:
    page.goto("/?region=7")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name="[1]").first.click()
    expect(dialog.locator("#evidence-1 a")).to_be_focused()
    assert "#" not in page.url
    expect(dialog).to_contain_text("GeoNames, CC BY 4.0")


def test_the_next_region_is_there_when_it_is_pointed_at_and_a_page_of_a_region_none_of_the_explorer(page: Page) -> None:
    page.goto("/?region=7")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("article section").first).to_be_visible()
    with page.expect_request_finished(lambda request: request.url.endswith("/regions/8")):
        dialog.get_by_role("button", name="次の地域").hover()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    dialog.get_by_role("button", name="次の地域").click()
    expect(page.get_by_role("dialog", name="東海広域").locator("article")).to_contain_text("東海広域ナノテクものづくり")
    assert not [url for url in asked if url.endswith("regions/8")]
    expect(dialog.get_by_role("link", name="検索ページで見る")).to_have_count(0)
    expect(dialog.get_by_role("heading", name="関連する地域")).to_have_count(0)


# --- research fields, charts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_regions_by_research_field(page: Page, regions: list[Region], language: str) -> None:
    page.goto(f"/?view=topics&lang={language}")
    browser.ready(page)
    groups: dict[str, list[int]] = {}
    for each in regions:
        for name in each["annotations"]["research_fields"] or [{"ja": "記載なし", "en": "Not stated"}[language]]:
            groups.setdefault(name, []).append(each["number"])
    sections = page.locator("#topics section")
    assert sections.count() == len(groups)
    for name, numbers in groups.items():
        section = page.locator("#topics section", has=page.locator("h3", has_text=name))
        assert [int(text) for text in section.locator(".number").all_inner_texts()] == numbers
    expect(page.locator("#topics section").last.locator("h3")).to_contain_text("16")
    if language == "en":
        expect(page.locator("#topics")).to_contain_text("Life sciences")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_charts_are_tables_too_and_count_what_is_found(page: Page, site: httpx.Client, language: str) -> None:
    page.goto(f"/?view=charts&type=city-area&q=機能&lang={language}")
    browser.ready(page)
    found = site.get("/v1/regions?type=city-area&q=機能&facets=fiscal_year").json()
    charts = page.locator(".chart")
    assert charts.count() == 3
    for each in charts.all():
        each.locator("summary").click()
        assert each.locator("svg").get_attribute("aria-label") == each.locator("figcaption").inner_text()
    years = charts.nth(0).locator("tbody tr").all_inner_texts()
    assert [int(text.split()[-1]) for text in years] == [one["count"] for one in found["facets"]["fiscal_year"]]
    areas = charts.nth(2).locator("tbody tr").all_inner_texts()
    counted = [
        sum(any(one["area"]["id"] == area for one in each["annotations"]["prefectures"]) for each in found["items"])
        for area in ("hokkaido", "tohoku", "kanto", "chubu", "kinki", "chugoku", "shikoku", "kyushu")
    ]
    assert [int(text.split()[-1]) for text in areas] == counted
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_chart_is_taken_away_as_a_drawing_of_its_own(chromium: Browser, site: httpx.Client, scheme: str) -> None:
    with browser.opened(chromium, site.base_url, color_scheme=scheme) as page:
        page.goto("/?view=charts")
        browser.ready(page)
        with page.expect_download() as download:
            page.get_by_role("link", name="SVG を保存").first.click()
        assert download.value.suggested_filename == "年度別の地域数.svg"
        root = ElementTree.parse(Path(download.value.path())).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        drawn = [one for one in root.iter() if one.tag.endswith(("rect", "text"))]
        assert all(re.match(r"rgb", one.get("fill", "")) for one in drawn)
        assert len({one.get("fill") for one in drawn}) >= 4  # ground, text, two types
        assert "平成24年度" in [one.text for one in drawn]
        assert not [one for one in root.iter() if one.get("style") or one.get("href")]


# --- titles, lines --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "継続地域一覧 — 地域クラスター 2007–2013"),
        ("q=医療&type=global", "医療 · グローバル型 (29 地域中 5 地域) — 継続地域一覧"),
        ("fiscal_year=2007,2013", "平成19年度・平成25年度のいずれか (29 地域中 12 地域) — 継続地域一覧"),
        ("prefecture=九州", "九州・沖縄 (29 地域中 3 地域) — 継続地域一覧"),
        ("region=7", "富山・石川地域 — 継続地域一覧"),
        ("lang=en&prefecture=01", "Hokkaido (3 of 29 regions) — Continuing Cluster Regions"),
        ("lang=en&view=charts&q=bio", "bio · Charts (6 of 29 regions) — Continuing Cluster Regions"),
        ("view=timeline&sort=page", "継続地域一覧 — 地域クラスター 2007–2013"),
    ],
)
def test_the_title_of_the_page_follows_the_state(page: Page, query: str, title: str) -> None:
    answer = page.goto(f"/?{query}")
    assert answer
    assert f"<title>{title}</title>" in answer.text()
    browser.ready(page)
    expect(page).to_have_title(title)


def test_the_headings_follow_the_state(page: Page) -> None:
    page.goto("/?q=医療")
    status(page, "29 地域中 6 地域")
    expect(page.get_by_role("heading", name="表示中の内容をダウンロード（6 地域）")).to_be_visible()
    page.get_by_role("searchbox").fill("")
    expect(page.get_by_role("heading", name="表示中の内容をダウンロード（29 地域）")).to_be_visible()
    expect(page).to_have_title("継続地域一覧 — 地域クラスター 2007–2013")
    page.get_by_role("button", name="グラフ").click()
    expect(page).to_have_title("グラフ (全 29 地域) — 継続地域一覧")
    expect(page.get_by_role("region", name="グラフ")).to_be_visible()


def test_japanese_does_not_break_within_a_word_and_never_overflows(page: Page) -> None:
    page.goto("/")
    browser.ready(page)
    for selector in ("#timeline .what", "#lead", "#note"):
        assert page.locator(selector).first.evaluate("one => getComputedStyle(one).wordBreak") == "auto-phrase"
        assert page.locator(selector).first.evaluate("one => getComputedStyle(one).overflowWrap") == "anywhere"
    lines = page.locator('#timeline tr[data-region="24"] .what').evaluate("""(one) => {
        const text = one.firstChild, range = document.createRange(), lines = new Map();
        for (let at = 0; at < text.length; at += 1) {
            range.setStart(text, at);
            range.setEnd(text, at + 1);
            const top = Math.round(range.getBoundingClientRect().top);
            lines.set(top, (lines.get(top) ?? "") + text.data[at]);
        }
        return [...lines.values()];
    }""")
    assert len(lines) > 1
    assert any("技術" in line for line in lines)


def test_wide_screens_keep_the_filters_in_view_and_the_list_begins_early(page: Page) -> None:
    page.goto("/")
    browser.ready(page)
    first = page.locator("#timeline .region").first.bounding_box()
    assert first
    assert first["y"] < 480
    page.evaluate("scrollTo(0, 900)")
    expect(page.locator("#map")).to_be_in_viewport(ratio=1)


def test_the_citation_is_copied_beside_the_downloads(page: Page, site: httpx.Client) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")
    browser.ready(page)
    page.locator(".take").get_by_role("button", name="引用をコピー").click()
    expect(page.get_by_role("alert")).to_have_text("コピーしました。")
    assert page.evaluate("navigator.clipboard.readText()") == site.get("/v1/dataset").json()["citation"]["ja"]


def test_the_scripts_of_the_explorer_are_small() -> None:
    folder = Path(__file__).parents[2] / "app" / "pages" / "explorer"
    scripts = [each for each in folder.glob("*.js") if each.name not in ("docs.js", "address.js")]
    assert sum(each.stat().st_size for each in scripts) <= 61_440
    assert all(len(each.read_text(encoding="utf-8").splitlines()) <= 250 for each in scripts)

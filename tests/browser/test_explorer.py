"""The page for people, in a real browser."""

import csv
import json
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browser
from tests.support.browser import status

pytestmark = pytest.mark.needs("chromium")


def test_a_japanese_term_is_searched_as_it_is_typed_and_its_hits_are_marked(page: Page) -> None:
    page.goto("/?view=table")
    page.get_by_role("searchbox").press_sequentially("医療", delay=20)
    status(page, "29 地域中 6 地域")
    marks = page.locator("#table mark").all_inner_texts()
    assert marks
    assert set(marks) == {"医療"}
    assert "q=医療" in unquote(page.url)


def test_nothing_is_asked_in_the_middle_of_a_conversion(page: Page) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/v1/" in request.url else None)
    page.evaluate("""() => {
        const box = document.querySelector("#q");
        box.focus();
        box.value = "いりょう";
        box.dispatchEvent(new InputEvent("input", { isComposing: true }));
    }""")
    page.wait_for_timeout(400)
    assert asked == []
    page.evaluate("""() => {
        const box = document.querySelector("#q");
        box.value = "医療";
        box.dispatchEvent(new CompositionEvent("compositionend"));
    }""")
    status(page, "29 地域中 6 地域")
    assert len(asked) == 1


def test_two_values_of_a_facet_mean_or_and_two_facets_mean_and(page: Page, site: httpx.Client) -> None:
    page.goto("/")
    page.get_by_role("checkbox", name="グローバル型 (第Ⅰ期)").check()
    page.get_by_role("checkbox", name="都市エリア型 (一般)").check()
    status(page, "29 地域中 14 地域")
    page.get_by_role("checkbox", name="平成19年度").check()
    status(page, "29 地域中 6 地域")
    total = site.get("/v1/regions?subcategory=global-phase-1,city-area-general&fiscal_year=2007").json()["total"]
    assert total == 6
    page.get_by_role("button", name="年度: 平成19年度").click()
    status(page, "29 地域中 14 地域")


def test_the_map_is_clicked_and_walked_with_the_arrow_keys(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="北海道 3 地域").click()
    status(page, "29 地域中 3 地域")
    expect(page.get_by_role("button", name="北海道 3 地域")).to_have_attribute("aria-pressed", "true")
    assert page.locator('#map [tabindex="0"]').count() == 1
    page.locator('[data-code="01"]').focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator('[data-code="02"]')).to_be_focused()
    page.keyboard.press("Enter")
    status(page, "29 地域中 4 地域")
    expect(page.locator('[data-code="02"]')).to_be_focused()


def test_every_tile_can_be_reached_by_the_arrow_keys(page: Page) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    page.locator('[data-code="13"]').focus()
    reached, waiting = {"13"}, ["13"]
    while waiting:
        code = waiting.pop()
        for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
            page.locator(f'[data-code="{code}"]').focus()
            page.keyboard.press(key)
            there = str(page.evaluate("document.activeElement.dataset.code"))
            if there not in reached:
                reached.add(there)
                waiting.append(there)
    assert len(reached) == 47


def test_the_timeline_shows_both_ways_of_writing_years_and_counts_what_is_active(
    page: Page, site: httpx.Client
) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    years = site.get("/v1/fiscal-years").json()["items"]
    head = page.locator("#timeline .year").all_inner_texts()
    assert [text.split() for text in head] == [[str(year["year"]), year["label"]] for year in years]
    active = page.locator("#timeline .active td").all_inner_texts()
    assert active == [str(year["region_count"]) for year in years]
    row = page.get_by_role("row", name="富山・石川地域")
    expect(row.locator("td", has_text="H20-H24")).to_have_attribute("colspan", "5")
    expect(row).to_contain_text("H20-H24")
    page.get_by_role("button", name="2007 平成19年度").click()
    status(page, "29 地域中 6 地域")


def test_the_table_is_sorted_by_the_service(page: Page, site: httpx.Client) -> None:
    page.goto("/?view=table")
    header = page.get_by_role("columnheader", name="ページ")
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "descending")
    expected = [str(region["number"]) for region in site.get("/v1/regions?sort=-page").json()["items"]]
    assert page.locator("#table tbody .number").all_inner_texts() == expected
    ends = page.locator("#table thead th").evaluate_all("""(all) => all.map((one) => {
        const range = document.createRange();
        range.selectNodeContents(one.querySelector("button")?.firstChild ?? one);
        return Math.round(range.getBoundingClientRect().bottom);
    })""")
    assert max(ends) - min(ends) <= 1  # the headings stand on one line


def test_the_detail_shows_what_is_printed_and_keeps_annotations_apart(page: Page, site: httpx.Client) -> None:
    page.goto("/")
    page.get_by_role("link", name="富山・石川地域").click()
    dialog = page.get_by_role("dialog", name="富山・石川地域")
    expect(dialog).to_be_visible()
    printed = dialog.get_by_role("region", name="一覧の記載")
    ours = dialog.get_by_role("region", name="注釈（本サービスによる補足）")
    region = site.get("/v1/regions/7").json()
    for text in (region["title"], region["theme"], region["fiscal_years_label"], region["source"]["page_label"]):
        expect(printed).to_contain_text(text)
    for text in (
        region["annotations"]["title_en"],
        "富山県",
        "本サービスによる読み・訳・選定（非公式）",
        "根拠で確認した情報",
    ):
        expect(ours).to_contain_text(text)
    for url in region["annotations"]["evidence"]:
        expect(ours.get_by_role("link", name=url)).to_be_visible()
    expect(dialog.get_by_role("region", name="誤植の疑い")).to_contain_text("ほくりく")
    dialog.get_by_role("button", name="次の地域").click()
    expect(page.get_by_role("dialog", name="東海広域")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.get_by_role("link", name="東海広域")).to_be_focused()


def test_a_shared_link_shows_the_same_view(page: Page, chromium: Browser, site: httpx.Client) -> None:
    page.goto("/?view=table")
    page.get_by_role("searchbox").fill("医療")
    page.get_by_role("checkbox", name="グローバル型", exact=False).first.check()
    status(page, "29 地域中 5 地域")
    with browser.opened(chromium, site.base_url) as other:
        other.goto(page.url)
        status(other, "29 地域中 5 地域")
        assert other.get_by_role("searchbox").input_value() == "医療"
        assert other.locator("#table").inner_text() == page.locator("#table").inner_text()


def test_the_back_button_undoes_one_step(page: Page) -> None:
    page.goto("/")
    page.get_by_role("checkbox", name="平成25年度").check()
    status(page, "29 地域中 6 地域")
    page.get_by_role("searchbox").press_sequentially("がん", delay=20)
    status(page, "29 地域中 1 地域")
    page.locator("h1").click()
    page.evaluate("document.activeElement.blur()")
    page.go_back()
    status(page, "29 地域中 6 地域")
    expect(page.get_by_role("searchbox")).to_have_value("")
    page.go_back()
    status(page, "全 29 地域")


def test_downloads_hold_exactly_what_is_shown(page: Page) -> None:
    page.goto("/?q=医療&type=global&view=table&sort=-page")
    status(page, "29 地域中 5 地域")
    shown = page.locator("#table tbody .number").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV（全項目）").click()
    assert download.value.suggested_filename == "regions.csv"
    rows = list(csv.DictReader(Path(download.value.path()).read_text("utf-8-sig").splitlines()))
    assert [row["number"] for row in rows] == shown
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON（全項目）").click()
    items = json.loads(Path(download.value.path()).read_text())["items"]
    assert [str(region["number"]) for region in items] == shown


def test_the_request_behind_the_view_can_be_copied(page: Page, site: httpx.Client) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/?q=医療&prefecture=40")
    status(page, "29 地域中 1 地域")
    page.get_by_text("表示中の内容を取得する API リクエスト").first.click()
    for kind in ("URL", "curl", "Python", "JavaScript"):
        page.get_by_role("radio", name=kind, exact=True).check()
        page.locator(".take").get_by_role("button", name="コピー", exact=True).click()
        expect(page.get_by_role("alert")).to_have_text("コピーしました。")
        copied = str(page.evaluate("navigator.clipboard.readText()"))
        assert f"{str(site.base_url).rstrip('/')}/v1/regions?prefecture=40&q=%E5%8C%BB%E7%99%82" in copied


def test_both_languages_and_back(page: Page) -> None:
    page.goto("/?view=table")
    page.get_by_role("link", name="English").click()
    status(page, "All 29 regions")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_role("heading", level=1)).to_have_text("Continuing Cluster Regions")
    expect(page.locator("#table")).to_contain_text("Hokuriku Innovation Cluster for Health Science")
    expect(page.locator('#table [lang="ja"]').first).to_be_visible()
    page.get_by_role("link", name="日本語").click()
    status(page, "全 29 地域")


def test_what_to_drop_is_offered_where_nothing_is_found(page: Page) -> None:
    page.goto("/?q=医療&fiscal_year=2007&type=city-area")
    status(page, "29 地域中 0 地域")
    page.get_by_role("button", name="「年度」を外す").click()
    status(page, "29 地域中 1 地域")


def test_a_text_that_cannot_be_searched_is_explained(page: Page) -> None:
    page.goto("/#q=%26")
    expect(page.locator("#status")).to_contain_text("キーワード")

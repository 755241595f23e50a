"""Nine tasks of somebody who comes to the page for the first time, in Japanese at a desk, in English on a phone."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support import browser

pytestmark = pytest.mark.needs("chromium")

WORDS = {
    "ja": {
        "found": "29 地域中 {} 地域",
        "all": "全 29 地域",
        "filters": "絞り込み",
        "year": "平成24年度",
        "chip": "年度: 平成24年度",
        "close": "閉じる",
        "table": "一覧表",
        "misprints": "誤植の疑い",
        "confirmed": "根拠で確認済み",
        "should read": "正しい表記",
        "excel": "CSV（Excel 用、表示中の列）",
        "heading of the timeline": ["番号", "地域名", "クラスター名 / テーマ", "区分", "開始年度", "終了年度"],
        "heading": ["番号", "地域名", "クラスター名", "テーマ", "区分", "開始年度", "終了年度", "都道府県", "ページ"],
        "file": "継続地域一覧_医療_グローバル型.csv",
        "share": "リンクを共有",
        "request": "表示中の内容を取得する API リクエスト",
        "copy": "コピー",
        "global": "グローバル型",
        "fukuoka": "福岡県 3 地域",
        "count": "3/29 地域",
        "next": "次の地域",
    },
    "en": {
        "found": "{} of 29 regions",
        "all": "All 29 regions",
        "filters": "Filters",
        "year": "FY2012",
        "chip": "Fiscal year: FY2012",
        "close": "Close",
        "table": "Table",
        "misprints": "Suspected misprints",
        "confirmed": "confirmed by a source",
        "should read": "Should read",
        "excel": "CSV for Excel (columns shown)",
        "heading of the timeline": [
            *("No.", "Name", "English name", "Cluster title / Theme", "Subcategory", "Start", "End"),
        ],
        "heading": [
            *("No.", "Name", "English name", "Cluster title", "English title", "Theme", "English theme"),
            *("Subcategory", "Start", "End", "Prefecture", "Page"),
        ],
        "file": "Continuing-Cluster-Regions_医療_Global-Type.csv",
        "share": "Share a link",
        "request": "The API request behind this view",
        "copy": "Copy",
        "global": "Global Type",
        "fukuoka": "Fukuoka 3 regions",
        "count": "3/29 regions",
        "next": "Next region",
    },
}
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": browser.WIDE},
    "phone": {"viewport": browser.PHONE, "has_touch": True, "is_mobile": True},
}


class Visitor:
    """Somebody with a language and a device, who knows nothing but what the page says."""

    def __init__(self, page: Page, language: str, device: str) -> None:
        self.page, self.words, self.device = page, WORDS[language], device
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto("/")
        browser.status(page, self.word("all"))

    def word(self, name: str) -> str:
        return str(self.words[name])

    def sees(self, regions: int) -> None:
        expect(self.page.locator("#status")).to_have_text(self.word("found").format(regions))

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=self.word(name), exact=True)

    def opens_filters(self) -> None:
        if self.device == "phone":
            self.button("filters").tap()

    def searches(self, text: str) -> None:
        self.page.get_by_role("searchbox").press_sequentially(text, delay=10)

    def clipboard(self) -> str:
        expect(self.page.get_by_role("alert")).not_to_be_empty()
        return str(self.page.evaluate("navigator.clipboard.readText()"))

    def spreadsheet(self) -> list[list[str]]:
        """Return the rows of the CSV for Excel."""
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=self.word("excel")).click()
        assert download.value.suggested_filename == self.word("file")
        content = Path(download.value.path()).read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.count(b"\r\n") == content.count(b"\n") == 6
        return [*csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))]

    def numbers(self) -> list[int]:
        """Return the regions in view, in their order."""
        return [int(text) for text in self.page.locator("main .region:visible .number").all_inner_texts()]


@pytest.fixture(params=[("ja", "desktop"), ("en", "phone")], ids=" ".join)
def visitor(request: pytest.FixtureRequest, chromium: Browser, site: httpx.Client) -> Iterator[Visitor]:
    language, device = request.param
    locale = {"ja": "ja-JP", "en": "en-GB"}[language]
    with browser.opened(chromium, site.base_url, locale=locale, **DEVICES[device]) as page:
        yield Visitor(page, language, device)


def numbers(answer: httpx.Response) -> list[int]:
    return [region["number"] for region in answer.json()["items"]]


def test_which_regions_were_active_in_fiscal_year_2012(visitor: Visitor, site: httpx.Client) -> None:
    visitor.opens_filters()
    visitor.page.get_by_role("checkbox", name=visitor.word("year")).check()
    visitor.sees(16)
    assert visitor.numbers() == numbers(site.get("/v1/regions?fiscal_year=H24"))
    expect(visitor.page.get_by_role("button", name=visitor.word("chip"))).to_be_visible()


def test_what_is_misprinted_in_region_7(visitor: Visitor) -> None:
    visitor.searches("石川")
    visitor.sees(2)
    visitor.page.get_by_role("link", name="富山・石川地域").click()
    misprint = visitor.page.get_by_role("dialog").locator(".misprint", has_text="ほくろく")
    expect(misprint).to_contain_text(visitor.word("should read"))
    expect(misprint).to_contain_text("ほくりく健康創造クラスター")
    expect(misprint).to_contain_text(visitor.word("confirmed"))
    assert misprint.get_by_role("link").count() == 2


def test_which_misprints_there_are_in_all(visitor: Visitor, site: httpx.Client) -> None:
    visitor.button("misprints").click()
    found = visitor.page.locator("#misprint-list section")
    corrections = site.get("/v1/corrections").json()["items"]
    expect(found).to_have_count(len(corrections))
    for place, correction in zip(found.all(), corrections, strict=True):
        for text in (correction["printed"], correction["likely"], *correction["evidence"]):
            expect(place).to_contain_text(text)
        seen = [int(text) for text in place.locator(".number").all_inner_texts()]
        assert seen == correction["applies_to"]["regions"]
    found.first.get_by_role("link", name="富山・石川地域").click()
    expect(visitor.page.get_by_role("dialog", name="富山・石川地域")).to_be_visible()


def test_a_csv_for_excel_of_what_is_seen(visitor: Visitor, site: httpx.Client) -> None:
    visitor.searches("医療")
    visitor.opens_filters()
    visitor.page.get_by_role("checkbox", name=visitor.word("global"), exact=False).first.check()
    visitor.sees(5)
    regions = site.get("/v1/regions?q=医療&type=global").json()["items"]
    heading, *rows = visitor.spreadsheet()
    assert heading == visitor.words["heading of the timeline"]
    assert [row[0] for row in rows] == [str(region["number"]) for region in regions]
    for row, region in zip(rows, regions, strict=True):
        title = region["title"] if len(heading) == 6 else region["annotations"]["title_en"]
        assert {region["name"], title, str(region["fiscal_year_start"])} <= set(row)
    visitor.button("table").click()
    heading, *rows = visitor.spreadsheet()
    assert heading == visitor.words["heading"]
    assert [int(row[0]) for row in rows] == visitor.numbers() == [region["number"] for region in regions]
    for row, region in zip(rows, regions, strict=True):
        assert {region["name"], region["title"], region["theme"], str(region["fiscal_year_end"])} <= set(row)


def test_to_share_what_is_seen(visitor: Visitor, chromium: Browser, site: httpx.Client) -> None:
    visitor.searches("医療")
    visitor.sees(6)
    visitor.button("table").click()
    visitor.page.get_by_role("button", name=visitor.word("share")).click()
    with browser.opened(chromium, site.base_url, locale="ja-JP") as page:
        page.goto(visitor.clipboard())
        browser.status(page, "29 地域中 6 地域")
        expect(page.locator("#table")).to_be_visible()
        expect(page.get_by_role("searchbox")).to_have_value("医療")


def test_the_request_behind_what_is_seen(visitor: Visitor) -> None:
    visitor.opens_filters()
    visitor.page.get_by_role("button", name=visitor.word("fukuoka")).click()
    visitor.sees(3)
    visitor.page.locator("summary", has_text=visitor.word("request")).click()
    visitor.page.locator(".take").get_by_role("button", name=visitor.word("copy"), exact=True).click()
    assert numbers(httpx.get(visitor.clipboard())) == visitor.numbers()


def test_to_go_back_step_by_step(visitor: Visitor) -> None:
    visitor.opens_filters()
    visitor.page.get_by_role("button", name=visitor.word("fukuoka")).click()
    visitor.sees(3)
    visitor.searches("がん")
    visitor.sees(1)
    visitor.page.get_by_role("link", name="久留米地域").click()
    expect(visitor.page.get_by_role("dialog", name="久留米地域")).to_be_visible()
    visitor.page.go_back()
    expect(visitor.page.locator("dialog")).to_be_hidden()
    visitor.sees(1)
    visitor.page.go_back()
    visitor.sees(3)
    expect(visitor.page.get_by_role("searchbox")).to_have_value("")
    visitor.page.go_back()
    expect(visitor.page.locator("#status")).to_have_text(visitor.word("all"))


def test_the_keyboard_alone(visitor: Visitor) -> None:
    """Search, choose a year, open a region, look at its neighbour, come back; focus is always seen."""
    page = visitor.page

    def tab_to(target: Locator) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            ring = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(f"document.activeElement === document.body || {ring} !== 'none'")
            assert page.evaluate("document.activeElement.matches('body, :focus-visible')")
            if target.evaluate("target => target === document.activeElement"):
                expect(target).to_be_in_viewport()
                return
        raise AssertionError(f"{target} cannot be reached")

    tab_to(page.get_by_role("searchbox"))
    page.keyboard.insert_text("医療")
    visitor.sees(6)
    if visitor.device == "phone":
        tab_to(visitor.button("filters"))
        page.keyboard.press("Enter")
    tab_to(page.get_by_role("checkbox", name=visitor.word("year")))
    page.keyboard.press("Space")
    visitor.sees(4)
    tab_to(page.locator("#timeline .region").first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab_to(visitor.button("next"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="徳島地域")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="徳島地域")).to_be_focused()


def test_one_thumb(visitor: Visitor) -> None:
    """Choose, see, open, close: every target is large enough and on the screen when it is needed, without zooming."""
    page = visitor.page

    def touch(target: Locator, size: int = 44) -> None:
        expect(target).to_be_in_viewport(ratio=1)
        box = target.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= size
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    if visitor.device == "phone":
        touch(visitor.button("filters"))
    tile = page.get_by_role("button", name=visitor.word("fukuoka"))
    touch(tile, 24)
    visitor.sees(3)
    if visitor.device == "phone":
        touch(visitor.button("count"))
    touch(page.locator("#timeline .region").first, 30)
    expect(page.get_by_role("dialog")).to_be_visible()
    touch(visitor.button("next"), 36)
    touch(visitor.button("close"))
    expect(page.locator("dialog")).to_be_hidden()
    assert page.evaluate("visualViewport.scale") == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

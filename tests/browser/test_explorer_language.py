"""The words of the page: which language it speaks, what stays Japanese, and terms that were decided."""

import json
import re

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from app.pages import layout
from tests.support import browser
from tests.support.browser import status

pytestmark = pytest.mark.needs("chromium")

WORDING = [
    ("推定", "正しい表記"),
    ("直した場合", "訂正後"),
    ("可能性が高い", "根拠で確認済み"),
    ("当方", "本サービスによる読み・訳・選定（非公式）"),
    ("のよみ", "地域名の読み"),
    ("並べかえ", "並べ替え"),
    ("ことば", "キーワード"),
    ("さがす", "地域名・クラスター名・テーマ・注釈を検索"),
    ("活動中", "支援を受けた地域の数"),
    ("一致の強い順", "一致度の高い順"),
    ("頁", "ページ"),
    ("この表示をダウンロード", "表示中の内容をダウンロード"),
    ("この表示の API リクエスト", "表示中の内容を取得する API リクエスト"),
    ("ありません。条件を一つ", "次の条件を一つ外すと見つかります"),
    ("再接続します", "自動的に再接続しています…"),
    ("どこに、いつ", "場所・年度・テーマから探せます。"),
    ("データ版", "データのバージョン"),
    ("in the head sort", "use the buttons in the header row to sort"),
    ("Without one of them", "No region matches all of these conditions. Remove one to see results:"),
    ("Drop", "Remove all conditions"),
    ("drop this", "– remove this condition"),
    ("by itself", "Reconnecting automatically…"),
    ("Connected again", "Reconnected."),
    ("No page confirms", "There is no page to confirm these."),
    ("Romanised", "Romanisation"),
    ("we have added", "all of it was added by this service"),
    ('"Text"', "Keyword"),
    ("science ministry", "Ministry of Education, Culture, Sports, Science and Technology (MEXT)"),
]


@pytest.mark.parametrize(("before", "now"), WORDING)
def test_a_term_that_was_decided_is_used(site: httpx.Client, before: str, now: str) -> None:
    words = "".join(site.get(path).text for path in ("/?lang=ja&q=ロケット", "/?lang=en&q=ロケット", "/regions/10/en"))
    words += json.dumps(layout.WORDS, ensure_ascii=False)  # some say what no page shows today
    assert now in words
    allowed = {"推定": '"likely": "推定"'}
    assert before not in words.replace(allowed.get(before, now), "")


@pytest.mark.parametrize(
    ("locale", "language"), [("ja-JP", "ja"), ("en-GB", "en"), ("de-DE", "en"), ("zh-CN", "en"), ("ja", "ja")]
)
def test_the_browser_decides_at_first(chromium: Browser, site: httpx.Client, locale: str, language: str) -> None:
    with browser.opened(chromium, site.base_url, locale=locale) as page:
        page.goto("/")
        expect(page.locator("#status")).to_have_text({"ja": "全 29 地域", "en": "All 29 regions"}[language])
        expect(page.locator("html")).to_have_attribute("lang", language)


def test_a_language_that_was_chosen_is_remembered(page: Page) -> None:
    page.goto("/?type=global")
    page.get_by_role("link", name="English").click()
    status(page, "17 of 29 regions")
    page.goto("/guide/ja")
    page.goto("/")
    status(page, "All 29 regions")
    page.goto("about:blank")
    page.goto("/?lang=ja")
    status(page, "全 29 地域")
    page.goto("about:blank")
    page.goto("/")
    status(page, "All 29 regions")


def test_the_way_through_the_guide_keeps_language_and_conditions(page: Page) -> None:
    page.goto("/?type=global")
    page.get_by_role("link", name="English").click()
    page.get_by_role("link", name="Guide").click()
    expect(page.locator("h1")).to_have_text("Guide")
    page.get_by_role("navigation").get_by_role("link", name="Continuing Cluster Regions").click()
    status(page, "17 of 29 regions")


def test_in_english_types_and_subcategories_are_english_beside_what_is_printed(page: Page, site: httpx.Client) -> None:
    page.goto("/?lang=en&view=table")
    status(page, "All 29 regions")
    facets = site.get("/v1/regions?limit=1&facets=type,subcategory&lang=en").json()["facets"]
    labels = {one["value"]: one["label"] for one in facets["subcategory"] + facets["type"]}
    seen = set(page.locator("#table td.subcategory").all_inner_texts())
    assert seen == {one["label"] for one in facets["subcategory"]}
    page.get_by_role("link", name="富山・石川地域").click()
    printed = page.get_by_role("region", name="As printed in the list")
    expect(printed).to_contain_text("グローバル型 (第Ⅰ期)")
    expect(printed.locator('[lang="ja"]', has_text="グローバル型 (第Ⅰ期)")).to_be_visible()
    expect(printed).to_contain_text(labels["global-phase-1"])
    expect(printed).to_contain_text(labels["global"])
    expect(page.get_by_role("dialog")).to_contain_text("Toyama, Ishikawa")


def test_nothing_japanese_is_marked_as_english(page: Page) -> None:
    for view in (
        "",
        "view=table",
        "view=misprints",
        "region=7",
        "region=20",
        "q=医療&type=global&prefecture=40",
        "#type=foo",
    ):
        page.goto(f"/?lang=en&{view}")
        browser.ready(page)
        if "region" in view:
            expect(page.get_by_role("dialog")).to_be_visible()
        texts = page.evaluate("""() => {
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const texts = [];
            while (walker.nextNode()) {
                const parent = walker.currentNode.parentElement;
                const shown = parent.getClientRects().length && !parent.closest("script, style");
                if (shown && parent.closest("[lang]").lang.startsWith("en")) texts.push(walker.currentNode.data);
            }
            return texts;
        }""")
        wrong = [text for text in texts if re.search(r"[\u3001-\u30ff\u4e00-\u9fff]", text)]
        assert wrong == [], view


@pytest.mark.parametrize("more", ["", "&type=city-area"])
def test_the_title_of_a_region_is_in_the_language_of_the_page(page: Page, site: httpx.Client, more: str) -> None:
    region = site.get("/v1/regions/1").json()
    page.goto(f"/?lang=en&region=1{more}")
    expect(page).to_have_title(f"{region['annotations']['name_en']} {region['name']} — Continuing Cluster Regions")
    page.goto(f"/?lang=ja&region=1{more}")
    expect(page).to_have_title(f"{region['name']} — 継続地域一覧")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_says_that_it_is_unofficial_and_how_to_cite_it(page: Page, site: httpx.Client, language: str) -> None:
    dataset = site.get("/v1/dataset").json()
    page.goto(f"/?lang={language}")
    said = {"ja": "非公式版", "en": "An unofficial edition"}[language]
    page.get_by_role("link", name=said).click()
    about = page.get_by_role("region", name={"ja": "このデータについて", "en": "About the data"}[language])
    expect(about).to_be_focused()
    expect(about).to_contain_text(dataset["derivation"][language])
    expect(about).to_contain_text(dataset["citation"][language])
    note = {"ja": "文部科学省による注記（一覧の原文）", "en": "The ministry’s note (as printed in the list)"}[language]
    expect(about.get_by_role("heading", name=note)).to_be_visible()
    expect(about.locator("blockquote")).to_have_text(dataset["note"])
    for link in about.get_by_role("link").all():
        target = str(link.evaluate("link => link.href"))
        assert site.get(target).status_code == 200
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".take [data-copy]").first.click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()") == dataset["citation"][language]

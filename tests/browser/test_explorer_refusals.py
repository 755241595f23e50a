"""Test conditions that are refused or not offered: they are named, kept, and can be taken away."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browser
from tests.support.browser import status

pytestmark = pytest.mark.needs("chromium")

CLEAR = {"ja": "条件をすべて外す", "en": "Remove all conditions"}
AS_A_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def query(page: Page) -> dict[str, str]:
    return {name: ",".join(values) for name, values in parse_qs(urlsplit(page.url).query).items()}


REFUSED = [
    ("sort=foo", "並べ替え", "並べ替え: foo"),
    ("sort=number,number", "並べ替え", "並べ替え: number, number"),
    ("view=table&sort=theme", "並べ替え", "並べ替え: theme"),
    ("q=bio&sort=-foo", "並べ替え", "並べ替え: -foo"),
    ("sort=relevance", "並べ替え", "並べ替え: relevance"),
    ("sort=page&sort=-page", "並べ替え", "並べ替え: page, -page"),
    ("q_in=name", "検索する項目", "検索する項目: 地域名"),
    ("q=bio&q_in=evidence", "検索する項目", "検索する項目: evidence"),
    ("number=x", "番号", "番号: x"),
    ("fiscal_year_from=2013&fiscal_year_to=2012", "期間の最初の年度", "期間の最初の年度: 平成25年度"),
    ("fiscal_year_to=12", "期間の最後の年度", "期間の最後の年度: 12"),
    ("q=%26%26&prefecture=01", "キーワード", "キーワード: &&"),
]


@pytest.mark.parametrize(
    ("mark", "asked", "name", "chip"), [*(("?", *each) for each in REFUSED), *(("#", *each) for each in REFUSED[:3])]
)
def test_a_refusal_names_the_condition_in_words_and_has_a_chip_and_a_way_out(
    page: Page, mark: str, asked: str, name: str, chip: str
) -> None:
    page.goto(f"/{mark}{asked}")
    browser.ready(page)
    expect(page.locator("#status")).to_contain_text(f"条件「{name}」では検索できません。")
    expect(page.locator("#timeline, #table").filter(visible=True)).to_have_count(0)
    expect(page.get_by_role("button", name=chip)).to_be_visible()
    page.get_by_role("button", name=CLEAR["ja"]).click()
    status(page, "全 29 地域")
    assert set(query(page)) <= {"view"}


def test_every_condition_that_is_refused_is_named(page: Page) -> None:
    page.goto("/#type=foo&sort=foo&prefecture=99")
    for name in ("種別", "並べ替え", "都道府県"):
        expect(page.locator("#status")).to_contain_text(f"条件「{name}」では検索できません。")


def test_the_chip_of_a_refused_order_takes_it_away_alone(page: Page) -> None:
    page.goto("/#q=bio&sort=-foo")
    page.get_by_role("button", name="並べ替え: -foo").click()
    expect(page.locator("#status")).to_contain_text("29 地域中")
    assert query(page) == {"q": "bio"}


def test_an_order_by_relevance_goes_with_the_word_that_it_is_about(page: Page) -> None:
    page.goto("/?q=bio&q_in=theme&view=table&sort=relevance,page")
    browser.ready(page)
    page.get_by_role("button", name="キーワード: bio").click()
    status(page, "全 29 地域")
    assert query(page) == {"view": "table", "sort": "page"}


# --- parameters that the page does not offer --------------------------------------------------------------------


KEPT = [
    ("fiscal_year_from=2012&fiscal_year_to=2013", ["期間の最初の年度: 平成24年度", "期間の最後の年度: 平成25年度"]),
    ("number=7", ["番号: 7"]),
    ("number=7,12&type=global", ["種別: グローバル型", "番号: 7", "番号: 12"]),
    ("q=bio&q_in=name", ["キーワード: bio", "検索する項目: 地域名"]),
    ("q=bio&q_in=annotations,theme", ["キーワード: bio", "検索する項目: 注釈", "検索する項目: テーマ"]),
]


@pytest.mark.parametrize(("asked", "chips"), KEPT)
def test_every_parameter_of_the_list_stays_is_sent_and_can_be_taken_away(
    page: Page, site: httpx.Client, asked: str, chips: list[str]
) -> None:
    total = site.get(f"/v1/regions?{asked}").json()["total"]
    page.goto(f"/?{asked}&utm_source=x&limit=2&offset=1")
    status(page, f"29 地域中 {total} 地域")
    assert httpx.QueryParams(query(page)) == httpx.QueryParams(asked)
    page.reload()
    status(page, f"29 地域中 {total} 地域")
    shown = page.locator(".chip")
    expect(shown).to_have_count(len(chips))
    for text, chip in zip(chips, shown.all_inner_texts(), strict=True):
        assert chip.startswith(text)
    assert httpx.URL(str(page.locator("#csv").get_attribute("href"))).params == httpx.QueryParams(asked)
    for _ in chips:
        shown.last.click()
        expect(page.locator("body:not([aria-busy])")).to_have_count(1)
    status(page, "全 29 地域")
    assert query(page) == {}


def test_a_year_of_a_span_in_another_notation_is_respelt(page: Page) -> None:
    page.goto("/?fiscal_year_from=平成24年度")
    status(page, "29 地域中 16 地域")
    assert query(page) == {"fiscal_year_from": "2012"}


@pytest.mark.parametrize("scripts", [True, False])
def test_the_page_finds_the_same_with_and_without_its_scripts(
    chromium: Browser, site: httpx.Client, scripts: bool
) -> None:
    with browser.opened(chromium, site.base_url, java_script_enabled=scripts) as page:
        for asked, _ in KEPT:
            page.goto(f"/?{asked}")
            total = site.get(f"/v1/regions?{asked}").json()["total"]
            expect(page.locator("#status")).to_have_text(f"29 地域中 {total} 地域")


# --- reload and share -------------------------------------------------------------------------------------------


def test_a_refusal_looks_the_same_after_a_reload(page: Page) -> None:
    page.goto("/?q=bio&prefecture=01")
    browser.ready(page)
    page.get_by_role("searchbox").fill("&&&")
    expect(page.locator("#status")).to_contain_text("条件「キーワード」では検索できません。")
    before = [page.locator(part).inner_text() for part in ("#status", "#chips")]
    answer = page.reload()
    assert answer
    assert answer.status == 422
    browser.ready(page)
    assert [page.locator(part).inner_text() for part in ("#status", "#chips")] == before
    expect(page.locator("#timeline")).to_be_hidden()
    expect(page.get_by_role("searchbox")).to_have_value("&&&")
    page.get_by_role("button", name="キーワード: &&&").click()
    expect(page.get_by_role("button", name="都道府県: 北海道")).to_be_visible()
    assert query(page) == {"prefecture": "01"}


@pytest.fixture
def plain(chromium: Browser, site: httpx.Client) -> Iterator[Page]:
    """A page without JavaScript."""
    with browser.opened(chromium, site.base_url, java_script_enabled=False) as page:
        yield page


@pytest.mark.parametrize(
    ("asked", "said", "way_out"),
    [
        ("q=bio&prefecture=99", "「99」は使えない値です。", "q=bio"),
        ("q=%26%26&prefecture=01", "検索の対象になる文字がありません。", "prefecture=01"),
        ("q=bio&sort=-foo&type=foo&fiscal_year=2009", "「foo」は使えない値です。", "fiscal_year=2009&q=bio"),
        ("sort=relevance", "q と一緒に使ってください。", ""),
        ("q=%26&q_in=name&number=7", "検索の対象になる文字がありません。", "number=7"),
        ("q=%zz&type=global", "UTF-8 ではありません。", "type=global"),
        ("limit=0&type=global", "「0」は範囲外です。", "type=global"),
    ],
)
def test_without_javascript_a_refusal_is_said_over_what_is_right_and_has_a_way_out(
    plain: Page, site: httpx.Client, asked: str, said: str, way_out: str
) -> None:
    plain.goto(f"/?{asked}&lang=ja")
    expect(plain.locator("#refused")).to_contain_text(said)
    found = site.get(f"/v1/regions?{way_out}").json()["items"]
    assert plain.locator("#timeline .number").all_inner_texts() == [str(each["number"]) for each in found]
    expect(plain.get_by_role("searchbox")).to_have_value(parse_qs(way_out).get("q", [""])[0])
    ticked = plain.locator("#filters input:checked").evaluate_all("all => all.map(one => `${one.name}=${one.value}`)")
    assert {*ticked} == {each for each in way_out.split("&") if each.startswith(("type", "fiscal_year="))}
    plain.locator("#refused a").last.click()
    expect(plain.locator("#refused")).to_have_count(0)
    assert httpx.QueryParams(query(plain)) == httpx.QueryParams(f"{way_out}&lang=ja".strip("&"))


def test_without_javascript_the_form_keeps_what_it_does_not_offer(plain: Page) -> None:
    plain.goto("/?fiscal_year_from=2012&number=7,12&sort=-number&lang=ja")
    plain.get_by_role("searchbox").fill("医療")
    plain.get_by_role("button", name="検索").first.click()
    asked = {name: value for name, value in query(plain).items() if value}
    assert asked == {"q": "医療", "fiscal_year_from": "2012", "number": "7,12", "sort": "-number", "lang": "ja"}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_was_likely_meant_is_one_click_with_and_without_javascript(
    page: Page, plain: Page, site: httpx.Client, language: str
) -> None:
    for asked, meant in (
        ("q=健康 AND 医療&type=global", "q=健康 医療&type=global"),
        ("type=globl,city-area", "type=city-area,global"),
        ("fiscal_year=2009年", "fiscal_year=2009"),
        ("fiscal_year=H21-H24&type=global", "fiscal_year_from=2009&fiscal_year_to=2012&type=global"),
        ("fiscal_year_from=2012〜&type=global", "fiscal_year_from=2012&type=global"),
        ("q=bio&sort=-numbr", "q=bio&sort=-number"),
    ):
        (error,) = site.get(f"/v1/regions?{asked}").json()["errors"]
        for shown in (page, plain):
            shown.goto(f"/?lang={language}&{asked}")
            name = {"ja": "もしかして：", "en": "Did you mean "}[language] + error["suggestion"]
            shown.locator("#hints").get_by_text(name, exact=True).click()
            expect(shown.get_by_text(name, exact=True)).to_have_count(0)
            found = site.get(f"/v1/regions?{meant}").json()["total"]
            expect(shown.locator("#status")).to_contain_text(f"{found}")
            if shown is page:
                wanted = {name: {*value.split(",")} for name, value in httpx.QueryParams(meant).items()}
                assert {name: {*value.split(",")} for name, value in query(page).items()} == wanted | {
                    "lang": {language}
                }


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_refusal_shows_a_backtick_or_a_placeholder(page: Page, plain: Page, language: str) -> None:
    for asked in ("q=-x", "q_in=name", "sort=foo", "q=a OR b", "number=1.5"):
        for shown in (page, plain):
            shown.goto(f"/?lang={language}&{asked}")
            expect(shown.locator("#status")).to_be_visible()
            if shown is page:
                browser.ready(page)
            words = shown.locator("body").inner_text() + shown.title()
            assert "`" not in words
            assert "{" not in words

"""The page under hands that cannot see where they are: focus, the input method, the clipboard."""

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support import browser
from tests.support.browser import status

pytestmark = pytest.mark.needs("chromium")

COMPOSE = """async (steps) => {
    const box = document.querySelector("#q");
    box.focus();
    for (const [kind, value, isComposing] of steps) {
        box.value = value;
        const Kind = kind === "input" ? InputEvent : CompositionEvent;
        box.dispatchEvent(new Kind(kind, { isComposing }));
        await new Promise((done) => setTimeout(done, 50));
    }
}"""


def test_focus_goes_to_the_next_chip_and_to_the_results_after_the_last(page: Page) -> None:
    page.goto("/?type=global&prefecture=01,40&fiscal_year=2009")
    status(page, "29 地域中 4 地域")
    page.get_by_role("button", name="種別: グローバル型").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="都道府県: 北海道")).to_be_focused()
    page.get_by_role("button", name="年度: 平成21年度").focus()
    page.keyboard.press("Enter")
    status(page, "29 地域中 6 地域")
    page.get_by_role("button", name="都道府県: 福岡県").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="都道府県: 北海道")).to_be_focused()
    page.keyboard.press("Enter")
    status(page, "全 29 地域")
    expect(page.locator("#status")).to_be_focused()


@pytest.mark.parametrize(
    ("fragment", "button", "found"),
    [
        ("?type=global&fiscal_year=2009", "条件をすべて外す", "全 29 地域"),
        ("?q=医療&fiscal_year=2007&type=city-area", "「年度」を外す", "29 地域中 1 地域"),
        ("#type=foo", "条件をすべて外す", "全 29 地域"),
    ],
)
def test_focus_goes_to_the_results_where_the_button_is_gone(page: Page, fragment: str, button: str, found: str) -> None:
    page.goto(f"/{fragment}")
    page.get_by_role("button", name=button).focus()
    page.keyboard.press("Enter")
    status(page, found)
    expect(page.locator("#status")).to_be_focused()


def test_focus_stays_in_the_dialog_at_the_first_and_the_last_region(page: Page) -> None:
    page.goto("/?region=28")
    page.get_by_role("button", name="次の地域").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="米子・境港エリア")).to_be_visible()
    expect(page.get_by_role("button", name="前の地域")).to_be_focused()
    page.goto("/?region=2")
    expect(page.get_by_role("dialog", name="広域仙台地域")).to_be_visible()
    page.get_by_role("button", name="前の地域").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="札幌周辺")).to_be_visible()
    expect(page.get_by_role("button", name="次の地域")).to_be_focused()


def test_focus_is_not_lost_with_the_row_that_had_it(page: Page) -> None:
    page.goto("/?view=table")
    status(page, "全 29 地域")
    page.get_by_role("button", name="一覧表").focus()
    page.evaluate("location.hash = 'q=ロケット'")
    status(page, "29 地域中 0 地域")
    page.go_back()
    status(page, "全 29 地域")
    page.get_by_role("link", name="米子・境港エリア").focus()
    page.evaluate("location.hash = 'q=ロケット'")
    expect(page.locator("#status")).to_be_focused()


def test_a_click_is_not_lost_where_an_answer_comes_in_between(page: Page) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    held: list[Route] = []
    page.route("**/v1/regions?*", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/v1/regions?*"):
        page.get_by_role("searchbox").fill("医療")
    page.get_by_role("checkbox", name="平成24年度").hover()
    page.mouse.down()
    with page.expect_request_finished():
        held[0].continue_()
    page.wait_for_timeout(100)  # in which it would be drawn
    expect(page.locator("#status")).to_have_text("全 29 地域")
    page.mouse.up()
    status(page, "29 地域中 4 地域")
    expect(page.get_by_role("checkbox", name="平成24年度")).to_be_checked()


def test_a_letter_before_a_composition_is_not_sent_with_half_of_it(page: Page) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/v1/regions" in request.url else None)
    page.evaluate(COMPOSE, [["input", "a", False], ["compositionstart", "a", True], ["input", "aい", True]])
    page.evaluate(COMPOSE, [["input", "aいり", True]] * 6)
    assert asked == []
    page.evaluate(COMPOSE, [["compositionend", "医療", False]])
    status(page, "29 地域中 6 地域")
    assert len(asked) == 1


@pytest.mark.parametrize("language", ["ja", "en"])
def test_without_https_copying_works_too(chromium: Browser, site: httpx.Client, language: str) -> None:
    base = str(site.base_url).replace("127.0.0.1", browser.INSECURE_HOST)
    with browser.opened(chromium, base) as page:
        page.goto(f"/?lang={language}&q=医療")
        expect(page.locator(".chip")).to_be_visible()
        assert page.evaluate("navigator.clipboard === undefined")
        page.locator(".take summary").click()
        for button, copied in (('[data-copy="#sample"]', "#sample"), ('[data-copy="#citation"]', "#citation")):
            page.locator(button).click()
            expect(page.get_by_role("alert")).to_have_text({"ja": "コピーしました。", "en": "Copied."}[language])
            text = page.locator(copied).inner_text()
            page.get_by_role("searchbox").fill("")
            page.keyboard.press("Control+V")
            expect(page.get_by_role("searchbox")).to_have_value(text[:100].replace("\n", " "))
            page.get_by_role("searchbox").fill("医療")
        page.locator(".take [data-share]").click()
        expect(page.locator("#link")).to_have_text(page.url)


def test_a_refused_clipboard_leaves_the_text_selected_and_says_so(page: Page) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    page.evaluate("""() => {
        navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
        document.execCommand = () => false;
    }""")
    page.locator('[data-copy="#citation"]').click()
    expect(page.get_by_role("alert")).to_have_text("選択しました。コピーの操作をしてください。")
    assert page.evaluate("getSelection().toString()") == page.locator("#citation").inner_text()

"""The page for people where things are hard: no mouse, little room, paper, a server that goes away."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from app.settings import Settings
from tests.support import browser
from tests.support.browser import status
from tests.support.service import serving
from tools.postgres import free_port

pytestmark = pytest.mark.needs("chromium")

SAID_BEFORE = "(one) => getComputedStyle(one, '::before').content"
"""Returns what the style sheet writes into an empty element."""


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('region')"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="札幌周辺を核とする道央地域")).to_be_focused()


@pytest.mark.parametrize("view", ["", "view=table&", "region=9&", "q=ロケット&"])
@pytest.mark.parametrize("size", [browser.PHONE, {"width": 320, "height": 600}, {"width": 640, "height": 450}])
def test_nothing_sticks_out_on_a_phone_and_at_200_percent(
    chromium: Browser, site: httpx.Client, view: str, size: dict[str, int]
) -> None:
    for language in ("ja", "en"):
        with browser.opened(chromium, site.base_url, viewport=size) as page:
            page.goto(f"/?{view}lang={language}")
            browser.ready(page)
            page.locator("#filters").evaluate("filters => filters.toggleAttribute('data-open', true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            assert page.evaluate("document.querySelector('#detail').scrollWidth") <= size["width"]


@contextmanager
def left(chromium: Browser, settings: Settings) -> Iterator[tuple[Page, int]]:
    """Yield the loaded page of a service that has gone, and the port at which it was."""
    port = free_port()
    with browser.opened(chromium, f"http://127.0.0.1:{port}") as page:
        with serving(settings, port):
            page.goto("/")
            status(page, "全 29 地域")
        yield page, port


def test_a_server_that_goes_away_is_noticed_and_its_return_too(chromium: Browser, sqlite_settings: Settings) -> None:
    with left(chromium, sqlite_settings) as (page, port):
        page.get_by_role("searchbox").fill("医療")
        expect(page.get_by_role("alert")).to_contain_text("サーバーに接続できません")
        status(page, "全 29 地域")
        with serving(sqlite_settings, port):
            status(page, "29 地域中 6 地域")
            expect(page.get_by_role("alert")).to_contain_text("再接続しました")


def test_a_server_that_goes_away_is_noticed_over_a_region_too(chromium: Browser, sqlite_settings: Settings) -> None:
    with left(chromium, sqlite_settings) as (page, port):
        page.get_by_role("link", name="富山・石川地域").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("サーバーに接続できません")
        assert page.get_by_role("alert").evaluate(
            """line => {
                const { left, top } = line.getBoundingClientRect();
                return document.elementFromPoint(left + 9, top + 9) === line;
            }"""
        )
        page.keyboard.press("Escape")
        expect(page.locator("body > #notice")).to_be_attached()
        page.get_by_role("link", name="富山・石川地域").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("サーバーに接続できません")
        with serving(sqlite_settings, port):
            expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("再接続しました")
            expect(page.get_by_role("dialog").locator("article section").first).to_be_visible()


def test_closing_a_region_that_never_came_does_not_say_that_the_server_is_back(
    chromium: Browser, sqlite_settings: Settings
) -> None:
    with left(chromium, sqlite_settings) as (page, _):
        page.get_by_role("link", name="富山・石川地域").click()
        expect(page.get_by_role("alert")).to_contain_text("サーバーに接続できません")
        assert page.locator("dialog article").evaluate(SAID_BEFORE) == '"…"'
        page.keyboard.press("Escape")
        expect(page.locator("#notice")).not_to_contain_text("サーバーに接続できません")
        assert page.locator("#notice").inner_text() == ""
        page.get_by_role("button", name="誤植の疑い").click()
        assert page.locator("#misprint-list").evaluate(SAID_BEFORE) == '"…"'


def test_the_page_prints_what_is_found_and_no_controls(page: Page) -> None:
    page.goto("/?type=global")
    status(page, "29 地域中 17 地域")
    page.emulate_media(media="print")
    expect(page.get_by_role("searchbox")).to_be_hidden()
    expect(page.locator("#timeline")).to_be_visible()
    assert not re.search(r"^\s*·\s*$", page.locator("#about").inner_text(), re.MULTILINE)
    assert page.pdf().startswith(b"%PDF")

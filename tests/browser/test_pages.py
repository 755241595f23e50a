"""The pages to read in a browser: narrow and wide, dark, in forced colours, on paper, without JavaScript."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.support import browser

pytestmark = pytest.mark.needs("chromium")

PATHS = [
    *("/guide/ja", "/guide/en", "/terms/ja", "/terms/en", "/corrections/ja", "/corrections/en", "/changes/ja"),
    *("/changes/en", "/changelog", "/problems/invalid-parameter", "/regions/7", "/regions/12/en", "/regions/29"),
    *("/livez?nope=1", "/a/b/c"),
]
WIDTHS = (1280, 820, 360)

WIDER = """() => [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest("pre"))
    .map((one) => one.outerHTML.slice(0, 200))"""
CUT = """() => [...document.querySelectorAll("body *")]
    .filter((one) => getComputedStyle(one).overflow !== "visible" && one.scrollWidth > one.clientWidth + 1)
    .filter((one) => !one.matches("pre, .visually-hidden"))
    .map((one) => one.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_wider_than_the_window_or_cut(chromium: Browser, site: httpx.Client, path: str) -> None:
    with browser.opened(chromium, site.base_url) as page:
        page.goto(path)
        page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(WIDER) == []
            assert page.evaluate(CUT) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    "options", [{"java_script_enabled": False}, {"forced_colors": "active"}, {"color_scheme": "dark"}]
)
def test_a_page_is_readable_under_other_conditions(
    chromium: Browser, site: httpx.Client, options: dict[str, Any]
) -> None:
    with browser.opened(chromium, site.base_url, **options) as page:
        page.goto("/regions/7")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("ほくろく健康創造クラスター", exact=True).first).to_be_visible()
        page.get_by_role("link", name="8 東海広域").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("東海広域")
        page.get_by_role("link", name="English").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Greater Tokai Region")
        page.goto("/guide/ja")
        said = page.locator("pre").first.inner_text()
        scripts = options.get("java_script_enabled", True)
        assert (str(site.base_url) in said) == scripts
        assert page.locator("noscript p").is_visible() != scripts


def test_a_page_on_paper_is_its_text(chromium: Browser, site: httpx.Client) -> None:
    with browser.opened(chromium, site.base_url, color_scheme="dark") as page:
        page.goto("/regions/7")
        page.emulate_media(media="print")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("ほくりく健康創造クラスター").first).to_be_visible()
        for control in ("header nav", ".related", ".files"):
            expect(page.locator(control).first).to_be_attached()
            expect(page.locator(control).first).to_be_hidden()
        for url in site.get("/v1/regions/7").json()["annotations"]["evidence"]:
            expect(page.get_by_text(url).first).to_be_visible()
        ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number)")
        assert min(ground[:3]) > 240


FIELDS = """(section) => [...section.querySelectorAll("dl > div")]
    .map((one) => [...one.children].map((part) => part.innerText.replace(/\\s+/g, " ").trim()))"""


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("number", [7, 8, 12, 20])
def test_the_dialog_of_the_explorer_shows_the_fields_of_the_page(
    chromium: Browser, site: httpx.Client, number: int, language: str
) -> None:
    with browser.opened(chromium, site.base_url) as page:
        page.goto(f"/?lang={language}&region={number}")
        expect(page.get_by_role("dialog")).to_be_visible()
        dialog = [
            page.locator(f"dialog {section}").evaluate(FIELDS) for section in ('[aria-labelledby="printed"]', ".ours")
        ]
        page.get_by_role("dialog").get_by_role(
            "link", name={"ja": "この地域のページ", "en": "The page of this region"}[language]
        ).click()
        expect(page.locator("dialog")).to_have_count(0)
        own = [page.locator(f"main {section}").evaluate(FIELDS) for section in ('[aria-labelledby="printed"]', ".ours")]
        assert dialog == own
        assert all(len(part) > 4 for part in own)

"""The explorers of the API in a real browser, behind a path prefix: nothing from elsewhere, the policy on."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect

from app.settings import Settings
from tests.support import browser
from tests.support.service import serving

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(scope="module")
def root(sqlite_settings: Settings) -> Iterator[str]:
    """The address of the explorer, with its slash."""
    with serving(sqlite_settings, prefix="/clusters") as client:
        yield str(client.base_url).rstrip("/") + "/"


@pytest.fixture
def tab(chromium: Browser, root: str) -> Iterator[Page]:
    with browser.opened(chromium, root) as page:
        yield page


def test_docs_render_and_try_it_out_works(tab: Page, root: str) -> None:
    tab.goto(f"{root}docs")
    expect(tab.get_by_role("heading", name="Cluster regions 継続地域一覧")).to_be_visible()
    operation = tab.locator("#operations-vocabularies-list-prefectures")
    operation.locator("button.opblock-summary-control").click()
    with tab.expect_response(lambda response: "/v1/prefectures" in response.url) as answer:
        operation.locator(".execute").click()
    assert answer.value.status == 200
    assert answer.value.url.startswith(f"{root}v1/prefectures")
    expect(operation.locator(".live-responses-table .response-col_status").nth(1)).to_contain_text("200")


@pytest.mark.parametrize(
    ("language", "example", "default"), [("en", "Example: ", "Default: "), ("ja", "例: ", "省略時: ")]
)
def test_the_first_try_sends_no_parameter_that_nobody_wrote(
    tab: Page, root: str, language: str, example: str, default: str
) -> None:
    tab.goto(f"{root}docs?lang={language}")
    operation = tab.locator("#operations-regions-list-regions")
    operation.locator("button.opblock-summary-control").click()
    row = operation.locator("tr[data-param-name=prefecture]")
    expect(row).to_contain_text(f"{example}石川")
    expect(operation.locator("tr[data-param-name=limit]")).to_contain_text(f"{default}100")
    expect(operation.locator('tr[data-param-name="If-None-Match"]')).to_contain_text(example)
    with tab.expect_response(lambda response: "/v1/regions" in response.url) as answer:
        operation.locator(".execute").click()
    assert answer.value.url == f"{root}v1/regions"
    assert {"if-none-match", "if-modified-since"}.isdisjoint(answer.value.request.headers)
    assert answer.value.json()["total"] == 29


@pytest.mark.parametrize(("path", "part"), [("docs", ".opblock"), ("redoc", "[data-section-id]")])
def test_nothing_moves_when_the_description_is_there(tab: Page, root: str, path: str, part: str) -> None:
    for width in (360, 1280):
        tab.set_viewport_size({"width": width, "height": 740})
        tab.goto(f"{root}{path}")
        expect(tab.locator(part).first).to_be_visible()
        assert tab.evaluate(browser.LAYOUT_SHIFT) <= browser.MAX_LAYOUT_SHIFT


@pytest.mark.parametrize("path", ["docs", "redoc"])
def test_an_explorer_of_the_api_is_dark_in_the_dark_and_leads_home(chromium: Browser, root: str, path: str) -> None:
    with browser.opened(chromium, root, color_scheme="dark") as page:
        page.goto(f"{root}{path}")
        text = page.get_by_text("一覧の文章は原文のまま公開します").first
        expect(text).to_be_visible()
        brightness = "(text) => getComputedStyle(text).color.match(/\\d+/g).slice(0, 3).map(Number)"
        assert min(text.evaluate(brightness)) > 150
        ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number)")
        assert max(ground[:3]) < 50
        page.get_by_role("link", name="継続地域一覧", exact=True).click()
        expect(page.locator("#status")).to_have_text("全 29 地域")


@pytest.mark.parametrize(
    ("language", "title", "operation", "wanted"),
    [
        ("en", "Cluster regions", "List the prefectures", "prefectures"),
        ("ja", "Cluster regions 継続地域一覧", "都道府県の一覧", "都道府県"),
    ],
)
def test_redoc_renders_what_it_asks_the_service_for(
    tab: Page, root: str, language: str, title: str, operation: str, wanted: str
) -> None:
    with tab.expect_response(f"{root}openapi.json?lang={language}") as answer:
        tab.goto(f"{root}redoc?lang={language}")
    assert answer.value.status == 200
    expect(tab.get_by_role("heading", name=title)).to_be_visible()
    expect(tab.get_by_role("heading", name=operation).first).to_be_attached()
    tab.get_by_role("textbox").first.press_sequentially(wanted, delay=20)
    expect(tab.locator('[data-role="search:results"]')).to_contain_text(operation)


def test_the_explorer_works_there_too(tab: Page, root: str) -> None:
    tab.goto(f"{root}#q=医療&lang=ja")
    expect(tab.locator("#status")).to_have_text("29 地域中 6 地域")
    tab.get_by_role("link", name="使い方").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("使い方")
    tab.get_by_role("link", name="English").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Guide")
    tab.get_by_role("link", name="Continuing Cluster Regions").click()
    expect(tab.locator("#status")).to_have_text("6 of 29 regions")


def test_the_javascript_of_the_guide_runs(tab: Page, root: str) -> None:
    tab.goto(f"{root}guide/ja")
    code = tab.locator('[data-run="javascript"]').inner_text()
    assert f"{root}v1/regions" in code  # the address of this page
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.evaluate(f"async () => {{ {code} }}")
    assert [line.split()[:2] for line in said] == [["18", "石川県央・北部エリア"], ["7", "富山・石川地域"]]


class Elsewhere(BaseHTTPRequestHandler):
    """A page of another origin, without a policy of its own."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>elsewhere</title>")

    def log_message(self, *_: object) -> None:
        pass


def test_a_page_of_another_origin_reads_the_api_and_its_headers(chromium: Browser, root: str) -> None:
    read = """async (url) => {
        const first = await fetch(url);
        const tag = first.headers.get("ETag");
        const again = await fetch(url, {headers: {"If-None-Match": tag}, cache: "no-store"});
        const described = first.headers.get("Link").includes("service-desc");
        return [(await first.json()).total, tag.length, described, again.status];
    }"""
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as elsewhere:
        threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
        context = chromium.new_context()
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{elsewhere.server_port}/")
        assert page.evaluate(read, f"{root}v1/regions") == [29, 26, True, 304]
        context.close()
        elsewhere.shutdown()

"""axe-core looks at every view, wide and on a phone, and at its colours in the dark."""

from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.support import browser

pytestmark = pytest.mark.needs("chromium")

VIEWS = {
    "timeline": "/?",
    "table": "/?view=table&q=医療",
    "filtered": "/?type=global&prefecture=01,40&fiscal_year=2009",
    "detail": "/?region=7",
    "nothing": "/?q=ロケット",
    "guide": "/guide/ja",
    "guide in English": "/guide/en",
    "terms": "/terms/en",
    "problem": "/problems/invalid-parameter",
    "changelog": "/changelog",
    "region": "/regions/7",
    "region in English": "/regions/23/en",
    "misprints": "/corrections/en",
    "changes": "/changes/ja",
    "failure": "/livez?nope=1",
}
RULES = {"light": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"], "dark": ["color-contrast"]}
"""What is looked at in each scheme; they differ in nothing but colours."""


@pytest.mark.parametrize("path", VIEWS.values(), ids=VIEWS.keys())
def test_axe_finds_no_violation(chromium: Browser, site: httpx.Client, path: str) -> None:
    for size, language in ((browser.WIDE, "ja"), (browser.PHONE, "en")):
        options: dict[str, Any] = {"viewport": size}
        # The policy of the page forbids the scripts that a test brings along; `test_pages` holds the policy itself.
        with browser.opened(chromium, site.base_url, bypass_csp=True, **options) as page:
            page.goto(f"{path}&lang={language}" if path.startswith("/?") else path)
            if path.startswith("/?"):
                browser.ready(page)
                page.locator("#filters").evaluate("filters => filters.toggleAttribute('data-open', true)")
                page.locator(".take details").evaluate("request => (request.open = true)")
            # of more than a thousand changes, which differ in their texts only
            page.locator("table.changes tr:nth-child(n + 6)").evaluate_all(
                "rows => rows.forEach((row) => row.remove())"
            )
            if "?region" in path:
                expect(page.get_by_role("dialog")).to_be_visible()
            for scheme, rules in RULES.items():
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                found = Axe().run(page, options={"runOnly": rules})
                assert found.response["passes"]
                assert found.violations_count == 0, found.generate_report()

"""The second in which the page promises its first view, measured while no other test runs."""

import pytest
from playwright.sync_api import Page

from tests.support.browser import status

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.alone]


def test_the_first_view_shows_all_regions_within_a_second(page: Page) -> None:
    page.goto("/")
    status(page, "全 29 地域")
    assert page.evaluate("performance.now()") < 1000
    assert page.locator("#timeline .bar").count() == 29
    assert page.locator("#map .tile").count() == 47

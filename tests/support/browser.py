"""The operating system's Chromium, which may talk to the service under test and to nobody else.

Its headless shell has the same engine without the windows around it, and takes a third of the time.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.support.waiting import WAIT_SECONDS

expect.set_options(timeout=WAIT_SECONDS * 1000)

EXECUTABLE = shutil.which("chromium-headless-shell") or shutil.which("chromium")

INSECURE_HOST = "clusters.test"
"""A name of this machine for the browser only. What it serves over HTTP is no secure context, as 127.0.0.1 is."""

ARGUMENTS = [
    f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


@contextmanager
def launched() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, base: str | httpx.URL, **options: Any) -> Iterator[Page]:
    """A page of its own; requests to another host, errors of scripts and breaches of the policy fail the test."""
    url = httpx.URL(str(base))
    origin = f"{url.scheme}://{url.netloc.decode()}"
    wrong: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if "Content Security" in message.text:
            wrong.append(message.text)

    options = {"viewport": WIDE, "locale": "ja-JP", "reduced_motion": "reduce"} | options
    context = browser.new_context(base_url=str(base), **options)
    page = context.new_page()
    page.set_default_timeout(WAIT_SECONDS * 1000)
    page.on("request", lambda request: _check(request.url, origin, wrong))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", console)
    yield page
    context.close()
    assert wrong == []


def ready(page: Page) -> None:
    """Wait until the scripts of the explorer show what its address asks for."""
    expect(page.locator("body:not([data-loading]) #map button")).to_have_count(47)


def status(page: Page, text: str) -> None:
    """Wait until the scripts of the explorer say how many regions they show."""
    ready(page)
    expect(page.locator("#status")).to_have_text(text)


def _check(url: str, origin: str, wrong: list[str]) -> None:
    if not url.startswith((f"{origin}/", f"blob:{origin}/", "data:")):
        wrong.append(url)


MAX_LAYOUT_SHIFT = 0.02
LAYOUT_SHIFT = """() => new Promise((done) => {
    let sum = 0;
    const add = (list) => list.getEntries().forEach((one) => (sum += one.value));
    new PerformanceObserver(add).observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 1000);
})"""
"""Returns the cumulative layout shift of a load."""

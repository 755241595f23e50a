"""`make screenshots`: the main views in both languages, wide and on a phone, for the documents; a picture for links."""

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from app.settings import Settings
from tests.conftest import fill
from tests.support import browser
from tests.support.service import serving

TARGET = Path(__file__).parents[2] / "docs" / "screenshots"

DRAWING = Path(__file__).parent / "preview.svg"
PREVIEW = Path(__file__).parents[2] / "app" / "pages" / "explorer" / "preview.png"
"""What a shared link shows of the site; the drawing has the size that such pictures have everywhere."""

VIEWS: dict[str, tuple[str, dict[str, Any]]] = {
    "timeline-ja": ("?lang=ja", {"viewport": {"width": 1280, "height": 1000}}),
    "table-en": ("?lang=en&view=table&q=バイオ", {}),
    "detail-ja": ("?lang=ja&region=7", {"viewport": {"width": 1280, "height": 800}}),
    "dark-en": ("?lang=en&type=global&prefecture=01,40", {"color_scheme": "dark"}),
    "phone-ja": ("?lang=ja", {"viewport": browser.PHONE}),
    "phone-en": ("?lang=en&view=table&q=bio", {"viewport": browser.PHONE}),
}


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(database_url=f"sqlite:///{directory}/regions.sqlite")
        fill(settings.database_url)
        with serving(settings) as site, browser.launched() as chromium:
            for name, (view, options) in VIEWS.items():
                with browser.opened(chromium, site.base_url, **options) as page:
                    page.goto(f"/{view}")
                    browser.ready(page)
                    if "region" in view:
                        expect(page.get_by_role("dialog").locator("article section").first).to_be_visible()
                    page.screenshot(path=TARGET / f"{name}.png")
            page = chromium.new_page(viewport={"width": 1200, "height": 630})
            page.goto(DRAWING.as_uri())
            page.screenshot(path=PREVIEW)


if __name__ == "__main__":
    main()

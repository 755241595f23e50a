"""A setting on which responses depend is part of their ETag, of the description and of the export."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field

from app.settings import CHANGES_ANSWERS, Settings
from tests.support import asgi
from tools.static_site.tree import write

OTHERS = {
    *("database_url", "host", "port", "access_log", "workers", "database_pool_size", "database_prepare"),
    *("cache_bytes", "read_timeout", "drain_seconds", "otel_exporter_otlp_endpoint"),
}
"""Settings on which no response of the data depends."""


class MoreSettings(Settings):
    page_bound: Annotated[int, Field(description="Records of a page", json_schema_extra=CHANGES_ANSWERS)] = 100
    other: int = 1


def asked(settings: Settings, target: str) -> tuple[str, bytes]:
    """Return the ETag and the body."""

    async def run() -> tuple[str, bytes]:
        async with asgi.started(settings) as app:
            answer = await asgi.ask(app, "GET", target.encode())
            assert answer.status == 200, answer.body
            return dict(answer.headers)["etag"], answer.body

    with ThreadPoolExecutor(1) as thread:  # playwright keeps an event loop in the thread of the tests
        return thread.submit(lambda: asyncio.run(run())).result()


def test_of_every_setting_it_is_said_whether_responses_depend_on_it() -> None:
    marked = {name for name, field in Settings.model_fields.items() if field.json_schema_extra == CHANGES_ANSWERS}
    assert marked | OTHERS == Settings.model_fields.keys(), "mark it with CHANGES_ANSWERS, or add it to OTHERS here"
    assert not marked & OTHERS


def test_a_marked_setting_changes_the_tag_and_another_does_not(database_url: str) -> None:
    plain: dict[str, Any] = {"database_url": database_url}
    for target in ("/v1/regions", "/v1/regions/7", "/v1/regions.csv", "/v1/dataset"):
        tags = [
            asked(settings, target)[0]
            for settings in (
                Settings(**plain),
                MoreSettings(**plain),
                MoreSettings(**plain, other=2),
                MoreSettings(**plain, page_bound=50),
                MoreSettings(**plain, page_bound=51),
            )
        ]
        assert tags[0] == tags[1] == tags[2]
        assert len(set(tags[2:])) == 3


@pytest.mark.slow
def test_a_marked_setting_is_in_the_description_and_in_the_export(sqlite_settings: Settings, tmp_path: Path) -> None:
    assert "x-settings" not in json.loads(asked(sqlite_settings, "/openapi.json")[1])
    settings = MoreSettings(database_url=sqlite_settings.database_url, page_bound=50)
    assert json.loads(asked(settings, "/openapi.json")[1])["x-settings"] == {"page_bound": 50}
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(write(settings, tmp_path))).result()
    assert json.loads((tmp_path / "openapi.json").read_bytes())["x-settings"] == {"page_bound": 50}

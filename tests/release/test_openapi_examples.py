"""The examples of the description are answers of the service, each to the request that it names.

That they fit their schemas is what the linters of `test_typescript.py` look at.
"""

import asyncio
import re
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.http.openapi_examples import REQUEST_ID
from app.middleware.entry import Entry
from app.middleware.errors import Errors
from app.settings import Settings
from tests.support import asgi
from tests.support.service import serving

WITHOUT = {
    ("/metrics", "text/plain; version=0.0.4; charset=utf-8"): "other numbers each time",
    ("/problems/{problem_type}", "text/html"): "a page for people",
    ("/problems/{problem_type}", "application/problem+json"): "a page ignores what it does not know: no request is 422",
    **{
        ("/v1/dataset/files/{version}/{name}", kind): "whole files, of which the shortest is there as an example"
        for kind in ("application/json", "application/x-ndjson", "application/geo+json", "application/vnd.sqlite3")
    },
}
"""What has no example, with the reason."""

UNPROVOKED = {"410", "500", "503"}
"""What a request alone does not provoke."""

REQUEST = re.compile("GET (?P<target>[^ ]+)(, Accept: (?P<accept>.+))?")


def described(client: httpx.Client, language: str = "en") -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json", params={"lang": language}).json()
    return document


def examples(document: dict[str, Any]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return the examples by path, status and media type."""
    return {
        (path, status, media_type): content.get("examples", {}).get("example", {})
        for path, item in document["paths"].items()
        for status, response in item["get"]["responses"].items()
        for media_type, content in response.get("content", {}).items()
    }


def test_every_answer_and_every_problem_has_an_example(client: httpx.Client) -> None:
    missing = {(path, kind) for (path, _, kind), example in examples(described(client)).items() if not example}
    assert missing == WITHOUT.keys()


@pytest.mark.parametrize("base_url", ["", "https://example.jp/clusters"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_an_example_is_the_answer_to_the_request_that_it_names(
    sqlite_settings: Settings, language: str, base_url: str
) -> None:
    with serving(sqlite_settings.model_copy(update={"public_base_url": base_url})) as client:
        for (_, status, media_type), example in examples(described(client, language)).items():
            if not example or status in UNPROVOKED:
                continue
            request = REQUEST.fullmatch(example["summary"])
            target, accept = request.group("target", "accept") if request else ("/v1/regions?q=" + 9_000 * "a", None)
            asked_in = "en" if status == "200" else language
            given = {"Accept": accept or "*/*", "Accept-Language": asked_in, "Request-Id": REQUEST_ID}
            answer = client.get(target, headers=given)
            assert str(answer.status_code) == status, target
            assert answer.headers["Content-Type"].partition(";")[0] == media_type
            if isinstance(example["value"], str):
                assert answer.text == example["value"], target
            else:
                assert without_hashes(answer.json()) == without_hashes(example["value"]), f"{target}: `make openapi`"


def without_hashes(value: Any) -> Any:
    """Return an answer without what depends on the SQLite library: bytes and hashes of files."""
    if isinstance(value, list):
        return [without_hashes(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: without_hashes(inner) for key, inner in value.items() if key not in HASHES}


HASHES = {"bytes", "sha256", "dcat:byteSize", "spdx:checksum", "schema:contentSize", "schema:sha256"}


def unprovoked(client: httpx.Client, status: str) -> dict[str, Any]:
    return next(example["value"] for (_, each, _), example in examples(described(client)).items() if each == status)


def test_the_example_of_what_is_gone_is_the_answer_for_a_withdrawn_record(
    client: httpx.Client, sqlite_settings: Settings, tmp_path: Path
) -> None:
    copy = shutil.copy(sqlite_settings.database_url.removeprefix("sqlite:///"), tmp_path)
    with sqlite3.connect(copy) as database:
        database.execute("UPDATE changes SET action = 'withdrawn', record_id = '30' WHERE collection = 'regions'")
    database.close()
    with serving(Settings(database_url=f"sqlite:///{copy}")) as other:
        answer = other.get("/v1/regions/30", headers={"Request-Id": REQUEST_ID})
    assert answer.json() == unprovoked(client, "410")


def test_the_example_of_an_outage_is_the_answer_without_a_database(client: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "broken.sqlite").write_bytes(b"no database" * 100)
    with serving(Settings(database_url=f"sqlite:///{tmp_path / 'broken.sqlite'}")) as other:
        answer = other.get("/v1/regions", headers={"Request-Id": REQUEST_ID})
    assert answer.json() == unprovoked(client, "503")


def test_the_example_of_a_fault_is_the_answer_to_an_unknown_exception(client: httpx.Client) -> None:
    async def faulty(*_: object) -> None:
        raise ValueError

    given = [(b"request-id", REQUEST_ID.encode())]
    with ThreadPoolExecutor(1) as thread:  # playwright keeps an event loop in the thread of the tests
        ask = asgi.ask(Entry(Errors(faulty, "")), "GET", b"/v1", given)
        assert thread.submit(lambda: asyncio.run(ask)).result().json() == unprovoked(client, "500")

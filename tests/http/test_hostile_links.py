"""Follow the links of generated lists: pages, relaxations, facets, the export of everything."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import settings as hypothesis_settings
from starlette.types import ASGIApp

from app.settings import Settings
from tests.support import asgi
from tests.support.generated import Generator, lists_of
from tests.support.judge import judge

COUNT = 20 * hypothesis_settings.default.max_examples  # type: ignore[union-attr]  # there is a default profile
FOLLOWED_VALUES = 5
"""Values of a facet whose links are followed."""


class Links:
    """Follows the links of a list and counts them by kind."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self.app, self.base_url = app, base_url
        self.followed: Counter[str] = Counter()

    async def content(self, url: str, kind: str) -> bytes:
        self.followed[kind] += 1
        assert url.startswith(f"{self.base_url}/v1/"), url
        answer = judge(await asgi.ask(self.app, "GET", url.removeprefix(self.base_url).encode(), []))
        assert answer.status == 200, (kind, url, answer.body[:300])
        return answer.content

    async def get(self, url: str, kind: str) -> dict[str, Any]:
        document: dict[str, Any] = orjson.loads(await self.content(url, kind))
        return document

    async def follow(self, document: dict[str, Any]) -> None:
        links = document["links"]
        same = await self.get(links["self"], "self")
        assert same == document
        await self._walk(document)
        for relaxation in document.get("relax", ()):
            relaxed = await self.get(relaxation["url"], "relax")
            assert relaxed["total"] == relaxation["total"] > 0
            assert relaxed["items"], "an offset or a sort was kept that hides what was found"
            assert relaxation["parameter"] not in relaxed["query"] or not relaxed["query"][relaxation["parameter"]]
        for name, values in document.get("facets", {}).items():
            for value in values[:FOLLOWED_VALUES]:
                chosen = await self.get(value["url"], "facet")
                assert chosen["total"] == value["count"], (name, value)
                assert bool(chosen["items"]) == bool(value["count"])

    async def _walk(self, document: dict[str, Any]) -> None:
        """Walk to the end and back: each page begins where the one before ended, and all are what `all` exports."""
        links, limit, total = document["links"], document["limit"], document["total"]
        lines = (await self.content(links["all"], "all")).splitlines()
        everything = [orjson.loads(line) for line in lines]
        assert len(everything) == total
        page, walked = document, [*document["items"]]
        while following := page["links"]["next"]:
            before, page = page, await self.get(following, "next")
            assert page["offset"] == before["offset"] + limit
            assert (await self.get(page["links"]["prev"], "prev"))["items"] == before["items"]
            walked += page["items"]
        if not document["query"]["fields"]:
            assert walked == everything[document["offset"] :]
        if total:
            last = await self.get(links["last"], "last")
            assert last["links"]["next"] is None
            assert last["items"] == page["items"] or document["offset"] >= total
            assert last["items"]
        first = await self.get(links["first"], "first")
        assert (first["offset"], first["links"]["prev"]) == (0, None)


@pytest.mark.slow
@pytest.mark.parametrize("base_url", ["", "https://example.org"])
def test_what_the_links_of_generated_lists_promise_is_true(
    base_url: str, sqlite_settings: Settings, site: httpx.Client
) -> None:
    generator = Generator(9, lists_of(site))
    settings = sqlite_settings.model_copy(update={"public_base_url": base_url})

    async def run() -> Counter[str]:
        async with asgi.started(settings) as app:
            links = Links(app, base_url)
            for index in range(COUNT):
                case = generator.case()
                if case.method != "GET" or case.format != "json" or case.wrong or case.missing:
                    continue
                answer = await asgi.ask(app, "GET", case.target, [])
                if answer.status != 200:
                    continue
                try:
                    await links.follow(answer.json())
                except Exception as error:
                    error.add_note(f"request {index}: {case.target!r}")
                    raise
            return links.followed

    with ThreadPoolExecutor(1) as pool:  # in the suite's own thread the browser's loop may be running
        followed = pool.submit(lambda: asyncio.run(run())).result()
    assert min(followed[kind] for kind in ("self", "next", "prev", "first", "relax", "facet")) > 5, followed

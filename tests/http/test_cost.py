"""Test what one small request may cost, as work that is done and bytes that are kept; times belong to the benchmark."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from app.db.database import Database
from app.http import assets, field_selection, negotiation, problems, query_pairs, request_context, suggestions
from app.middleware import cache as caching
from app.middleware.access_log import AccessLog
from app.middleware.cache import Cache
from app.middleware.entry import Entry
from app.pages.bundle import BUNDLE
from app.routers import dataset_files
from app.routers.regions import hints
from app.routers.regions.parameters import RegionQuery
from app.schemas.records import Region
from app.settings import Settings
from tests.support import loops
from tests.support.asgi import ask, started
from tests.support.judge import Answer

Headers = Iterable[tuple[bytes, bytes]]

LISTS = [name for name, field in RegionQuery.model_fields.items() if isinstance(field.default, tuple)]
VARYING = (b"accept-language", b"accept-encoding", b"accept")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def word(chance: random.Random, length: int) -> str:
    return "".join(chance.choice(LETTERS) for _ in range(length))


def shuffled(chance: random.Random, known: str) -> str:
    return "".join(chance.sample(known, len(known)))


def wrong_requests() -> dict[str, str]:
    """Queries of up to 8 KB that are as wrong as can be."""
    chance = random.Random(12)
    paths = list(field_selection.leaf_paths(Region))
    each = 7_500 // (9 * len(LISTS))  # words of nine bytes
    return {
        "unknown names": "&".join(word(chance, 2) for _ in range(2_700)),
        "unknown names and values": "&".join(f"{word(chance, 8)}={word(chance, 8)}" for _ in range(450)),
        "one name": "&".join(["x"] * 4_000),
        "nothing": "&" * 8_000,
        "escapes": "&".join(["%zz"] * 2_000),
        "given again": "&".join(["limit=1"] * 1_000),
        "wrong prefectures": "prefecture=" + ",".join(word(chance, 72) for _ in range(100)),
        "wrong prefectures, short": "prefecture=" + ",".join(word(chance, 9) for _ in range(100)),
        "fields, letters shuffled": "fields=" + ",".join(shuffled(chance, chance.choice(paths)) for _ in range(100)),
        "every list": "&".join(f"{name}=" + ",".join(word(chance, 8) for _ in range(each)) for name in LISTS),
    }


class Counted:
    """A function that counts how often it is called."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, *arguments: Any, **more: Any) -> Any:
        self.calls.append(arguments)
        return self.function(*arguments, **more)


def counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> Counted:
    function = Counted(getattr(module, name))
    monkeypatch.setattr(module, name, function)
    return function


@asynccontextmanager
async def service(settings: Settings) -> AsyncIterator[tuple[ASGIApp, Cache]]:
    """The service in this process, and its cache."""
    async with started(settings) as app:
        assert isinstance(app, AccessLog)
        assert isinstance(app.app, Entry)
        assert isinstance(app.app.app, Cache)
        yield app, app.app.app


@pytest.mark.parametrize("kind", wrong_requests())
def test_of_a_wrong_request_little_is_read_and_five_suggestions_are_looked_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    looked_for = counted(monkeypatch, suggestions, "_like")
    decoded = counted(monkeypatch, query_pairs, "decode")
    made = counted(monkeypatch, problems, "Flaw")

    async def run() -> Answer:
        async with service(settings) as (app, _):
            return await ask(app, "GET", f"/v1/regions?{wrong_requests()[kind]}".encode())

    answer = loops.run(run())
    assert answer.status == 422
    errors = answer.json()["errors"]
    assert len(errors) <= problems.MAX_FLAWS == 20
    assert sum("suggestion" in error for error in errors) <= problems.MAX_SUGGESTIONS == 5
    assert len(looked_for.calls) <= 5
    assert len(decoded.calls) <= 2 * (problems.MAX_FLAWS + len(RegionQuery.model_fields))  # name and value
    assert len(made.calls) <= problems.MAX_FLAWS + len(RegionQuery.model_fields)


def test_of_ten_terms_each_run_is_looked_up_at_most_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = counted(monkeypatch, hints, "_values")

    async def run() -> list[Answer]:
        async with service(settings) as (app, _):
            return [await ask(app, "GET", b"/v1/regions?q=" + b"+".join(words)) for words in (LONG, YEARS)]

    hints.interpret.cache_clear()
    assert [len(answer.json()["hints"]) for answer in loops.run(run())] == [0, 10]
    assert len(looked_up.calls) == 55 + 55


LONG = [bytes([letter]) * 9 for letter in b"abcdefghij"]
YEARS = [b"H%d" % year for year in range(15, 25)]


def test_a_request_with_more_errors_than_are_told_says_so(settings: Settings) -> None:
    async def run() -> list[Answer]:
        async with service(settings) as (app, _):
            return [await ask(app, "GET", b"/v1/regions?" + b"&".join([b"x"] * n)) for n in (20, 21, 2_000)]

    few, more, many = loops.run(run())
    assert "more than" not in few.json()["detail"]
    assert "more than 20 errors" in more.json()["detail"]
    assert more.json()["errors"] == many.json()["errors"]


@pytest.mark.parametrize("written", ["", "fiscal\0year", "fiscal_year\n", "\u202efields", "fiscal_year" * 4])
def test_no_suggestion_is_made_for_what_nobody_types(written: str) -> None:
    assert suggestions.nearest(written, tuple(RegionQuery.model_fields)) is None


def test_whatever_could_be_suggested_could_be_typed() -> None:
    known = (*field_selection.leaf_paths(Region), *RegionQuery.model_fields)
    assert max(map(len, known)) <= suggestions.TYPED_CHARACTERS


def spellings(chance: random.Random, values: list[str]) -> str:
    """A header that means the same as many others."""
    unknown = [f"{word(chance, 4)};q=0.{chance.randrange(10, 100)}" for _ in range(chance.randrange(4))]
    weighted = [f"{value}{chance.choice(['', ';q=0.9', '; q=0.5', ';q=0'])}" for value in values]
    parts = chance.sample([*unknown, *weighted], chance.randrange(1, len(unknown) + len(weighted) + 1))
    return chance.choice([",", ", ", " ,  "]).join(parts)


def random_headers(chance: random.Random) -> list[tuple[bytes, bytes]]:
    types = ["application/json", "text/csv", "application/x-ndjson", "application/ld+json", "text/html", "*/*"]
    return [
        (b"accept", spellings(chance, types).encode()),
        (b"accept-language", spellings(chance, ["ja", "en", "ja-JP", "fr", "*"]).encode()),
        (b"accept-encoding", spellings(chance, ["gzip", "br", "zstd", "identity", "*"]).encode()),
        (b"request-id", b"the-same"),
    ]


ASSETS = [BUNDLE.hashed(name) for name in ("main.js", "swagger-ui.js", "swagger-ui.css", "redoc.js")]

PATHS = [
    *(b"/v1/regions?limit=2", b"/v1/regions?limit=2&lang=ja", b"/v1/regions.csv?limit=2", b"/v1", b"/v1/dataset"),
    *(b"/problems/gone", b"/guide", b"/guide/ja", b"/", b"/openapi.json", f"/explorer/{ASSETS[0]}".encode()),
]


@pytest.mark.slow
def test_thousands_of_spellings_are_answered_from_a_few_entries_with_the_bytes_of_each(settings: Settings) -> None:
    """Compare with a service without a cache, in random order, so that any entry may be the first of its path."""

    async def run() -> tuple[float, int]:
        chance = random.Random(6)
        known: dict[tuple[bytes, int, str | None], bytes] = {}
        plain = settings.model_copy(update={"cache_bytes": 0})
        async with service(settings) as (app, cache), service(plain) as (uncached, _):
            for _ in range(1_500):
                path, headers = chance.choice(PATHS), random_headers(chance)
                answer = await ask(app, "GET", path, headers)
                expected = await ask(uncached, "GET", path, headers)
                assert answer == expected
                if tag := answer.header("etag"):
                    assert known.setdefault((path, answer.status, tag), answer.body) == answer.body
            return cache.numbers()["cache_misses_total"], sum(len(each.responses) for each in cache._kept.values())

    misses, kept = loops.run(run())
    codings, languages, formats = 4, 2, 3
    assert kept <= len(PATHS) * codings * languages * formats
    assert misses < 1_000


def test_invented_codings_do_not_empty_the_cache_and_an_asset_is_encoded_once_for_each(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded = counted(monkeypatch, assets, "encode_once")

    async def run() -> tuple[Counter[int], list[Answer], list[float]]:
        chance = random.Random(6)
        async with service(settings.model_copy(update={"cache_bytes": 2_000_000})) as (app, cache):
            for number in range(1, 30):
                await ask(app, "GET", b"/v1/regions/%d" % number)
            sizes = [cache.numbers()["cache_bytes"]]
            asked = [
                (f"/explorer/{name}".encode(), [(b"accept-encoding", f"{coding}, {word(chance, 9)}".encode())])
                for name in ASSETS
                for coding in ("br", "gzip", "zstd", "x")
                for _ in range(16)
            ]
            chance.shuffle(asked)
            answers = await asyncio.gather(*(ask(app, "HEAD", path, headers) for path, headers in asked))
            sizes.append(cache.numbers()["cache_bytes"])
            again = [await ask(app, "GET", b"/v1/regions/%d" % number) for number in range(1, 30)]
            sizes.append(cache.numbers()["cache_hits_total"])
            return Counter(answer.status for answer in answers), again, sizes

    statuses, again, (before, after, hits) = loops.run(run())
    assert statuses == {200: len(ASSETS) * 64}
    assert before == after
    assert hits == len(again) == 29
    assert len(encoded.calls) == len(ASSETS) * 3


def test_what_is_refused_is_not_kept_and_spellings_are_remembered_within_a_bound(settings: Settings) -> None:
    async def run() -> list[float]:
        chance = random.Random(3)
        async with service(settings) as (app, cache):
            await ask(app, "GET", b"/v1/regions/7")
            sizes = [cache.numbers()["cache_bytes"]]
            for index in range(2_000):
                await ask(app, "GET", b"/v1/regions?x=%d&x=%d" % (index, index))
                header = word(chance, 20) * 200
                await ask(app, "GET", b"/v1/regions/7", [(name, header.encode()) for name in VARYING])
            return [*sizes, cache.numbers()["cache_bytes"]]

    before, after = loops.run(run())
    assert before == after
    memos = (
        caching._choice,
        request_context._sorted,
        negotiation.media_type,
        negotiation.language,
        negotiation.encoding,
    )
    kept = [memo.cache_info().currsize * len(VARYING) * negotiation.HEADER_BYTES for memo in memos]
    assert sum(kept) < 6_000_000


def test_what_pages_ignore_is_not_in_the_key_of_the_cache(settings: Settings) -> None:
    async def run() -> tuple[set[bytes], dict[str, float]]:
        async with service(settings) as (app, cache):
            added = [b"", b"?lang=fr", *(b"?utm_source=%d&fbclid=%d" % (index, index) for index in range(50))]
            answers = [await ask(app, "GET", b"/guide" + query) for query in added]
            return {answer.body for answer in answers}, cache.numbers()

    bodies, numbers = loops.run(run())
    assert len(bodies) == 1
    assert (numbers["cache_misses_total"], numbers["cache_hits_total"]) == (1, 51)


def test_lines_of_a_header_are_read_up_to_a_bound(settings: Settings) -> None:
    async def run() -> Answer:
        async with service(settings) as (app, cache):
            given: list[request_context.RequestContext] = []
            inner = cache.app

            async def watched(scope: Scope, receive: Receive, send: Send) -> None:
                given.append(scope[request_context.KEY])
                await inner(scope, receive, send)

            cache.app = watched
            names = (*VARYING, b"if-none-match")
            answer = await ask(app, "GET", b"/v1", [(name, b'"x"' * 100) for name in names for _ in range(3_000)])
            assert (
                max(len(getattr(given[0], name.decode().replace("-", "_"))) for name in VARYING)
                <= negotiation.HEADER_BYTES
            )
            assert len(given[0].if_none_match) <= request_context.TAGS_BYTES
            return answer

    assert loops.run(run()).status == 406


@pytest.mark.parametrize(
    ("vary", "offered", "kept"),
    [
        (b"Accept-Encoding", (), True),
        (b"Accept-Language, Accept-Encoding", (), True),
        (b"Accept, Accept-Encoding", ("text/plain", "text/html"), True),
        (b"Accept, Accept-Encoding", (), False),
        (b"Cookie, Accept-Encoding", (), False),
    ],
)
def test_an_answer_that_varies_by_what_the_cache_does_not_know_is_not_kept(
    settings: Settings, vary: bytes, offered: tuple[str, ...], kept: bool
) -> None:
    async def app(scope: Scope, _: Receive, send: Send) -> None:
        if offered:
            request_context.of(scope).outcome["offered"] = offered
        headers = [(b"etag", b'"x"'), (b"vary", vary)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"x"})

    async def run() -> float:
        cache = Cache(app, Database(settings), 10_000)
        await ask(Entry(cache), "GET", b"/")
        return cache.numbers()["cache_bytes"]

    assert (loops.run(run()) > 0) == kept


def test_files_are_built_once_whoever_waits_and_kept_in_each_coding_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = counted(monkeypatch, dataset_files, "build")

    async def run() -> list[Answer]:
        async with service(settings) as (app, _):
            described = await asyncio.gather(*(ask(app, "GET", b"/v1/dataset") for _ in range(8)))
            urls = [file["url"].encode() for file in described[0].json()["files"]]
            asked = itertools.product(urls, ("gzip", "br", "zstd", "identity", "x"), range(3))
            downloads = [
                await ask(app, "GET", url, [(b"accept-encoding", f"{coding}, x{index}".encode())])
                for url, coding, index in asked
            ]
            metrics = (await ask(app, "GET", b"/metrics")).body.decode()
            (told,) = [line for line in metrics.splitlines() if line.startswith("files_bytes ")]
            distinct = {(answer.target, answer.header("content-encoding")): len(answer.body) for answer in downloads}
            assert float(told.split()[1]) == sum(distinct.values())
            return [*described, *downloads]

    assert {answer.status for answer in loops.run(run())} == {200}
    assert len(built.calls) == 1

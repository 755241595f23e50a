"""Ten thousand requests from one seed, valid and nasty mixed, on both databases, each held against an oracle."""

import asyncio
import csv
import io
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
import pytest

from app.routers.regions.filters import FILTERS
from app.settings import Settings
from tests.api.test_formats import flattened
from tests.conftest import fill
from tests.support import asgi
from tests.support.generated import Case, Generator, lists_of
from tests.support.judge import Answer, judge
from tests.support.oracle import Oracle, at, folded, terms_of

COUNT = int(os.environ.get("HOSTILE_REQUESTS", "10000"))
SEED = int(os.environ.get("HOSTILE_SEED", "6"))


KINDS = {
    "json": "application/json",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "geojson": "application/geo+json",
}


class Verdict:
    """Judge whether an answer is the right one."""

    def __init__(self, lists: dict[str, list[dict[str, Any]]]) -> None:
        self.lists = lists
        self.oracle = Oracle(lists["/v1/regions"])

    def check(self, case: Case, answer: Answer) -> None:
        judge(answer)
        if case.method not in ("GET", "HEAD"):
            return
        if case.missing:
            assert answer.status in ((404, 422) if case.wrong else (404,)), answer.body[:300]
        elif case.wrong or case.consequent:
            self._refused(case, answer)
        elif case.format is None:
            assert answer.status == 406
        elif answer.status == 406:
            assert case.format == "?"
        elif case.not_modified:
            assert answer.status == 304
        else:
            assert answer.status == 200, answer.body[:500]
            if case.method == "GET":
                self._answered(case, answer)

    def _refused(self, case: Case, answer: Answer) -> None:
        if len(case.target) > 8192:
            assert answer.status == 414
        elif case.format in (None, "?") and answer.status == 406:
            return
        elif case.format == "?" and not case.wrong and answer.status in (200, 304):
            assert case.consequent <= {"facets", "bom"}
        else:
            assert answer.status == 422, answer.body[:500]
            if case.method == "GET":
                named = answer.wrong()
                assert case.wrong - {"?"} <= named
                assert "?" in case.wrong or named <= case.wrong | case.consequent | {"q_in", "sort"}

    def _answered(self, case: Case, answer: Answer) -> None:
        path = case.path.rpartition(".")[0] if "." in case.path else case.path
        if case.format == "record":
            (number,) = case.meaning["number"]
            assert self._picked(answer.json(), case) == self._picked(self.oracle.regions[number], case)
            return
        if path == "/v1/regions":
            records = [self.oracle.regions[number] for number in self.oracle.numbers(case.meaning)]
        else:
            records = self.lists[path]
        kind = (answer.header("content-type") or "").partition(";")[0]
        assert case.format == "?" or KINDS[case.format or ""] == kind
        offset = case.meaning.get("offset", 0)
        whole = 100 if kind == "application/json" else len(records)
        page = records[offset : offset + case.meaning.get("limit", whole)]
        expected = [self._picked(record, case) for record in page]
        match kind:
            case "application/json":
                document = answer.json()
                assert document["total"] == len(records)
                assert [self._without_matches(item, case) for item in document["items"]] == expected
                self._facets(case, document)
                self._hints(case, document)
            case "text/csv":
                assert answer.content.startswith(b"\xef\xbb\xbf") == case.meaning.get("bom", True)
                self._table(case, answer, expected)
            case "application/geo+json":
                features = answer.json()["features"]
                found = [feature["properties"] for feature in features]
                assert [self._without_matches(item, case) for item in found] == expected
                points = [self.oracle.regions[feature["id"]]["annotations"]["point"] for feature in features]
                places = [[point["longitude"], point["latitude"]] for point in points]
                assert [feature["geometry"]["coordinates"] for feature in features] == places
            case _:
                found = [orjson.loads(line) for line in answer.content.splitlines()]
                assert [self._without_matches(item, case) for item in found] == expected

    def _table(self, case: Case, answer: Answer, expected: list[dict[str, Any]]) -> None:
        """Every cell; of what a list without items is made, the record does not say."""
        text = io.StringIO(answer.content.decode("utf-8-sig"), newline="")
        for row, record in zip(csv.DictReader(text, strict=True), expected, strict=True):
            cells = flattened({name.replace(".", "_"): value for name, value in record.items()})
            assert {name: row[name] for name in cells} == cells
            of_matches = {name for name in row if name.startswith("matches") and "q" in case.meaning}
            assert {row[name] for name in row.keys() - cells.keys() - of_matches} <= {"", "|"}

    def _picked(self, record: dict[str, Any], case: Case) -> dict[str, Any]:
        """The record, or what `fields` wants of it, flat by dotted path."""
        names = case.meaning.get("fields")
        return {name: at(record, name.split(".")) for name in names} if names else record

    def _without_matches(self, item: dict[str, Any], case: Case) -> dict[str, Any]:
        """The item as the list has it, once its matches were seen to be true."""
        if names := case.meaning.get("fields"):
            return {name: at(item, name.split(".")) for name in names}
        terms = set(case.meaning.get("q", ()))
        if "q" in case.meaning:
            assert {folded(match["term"]) for match in item["matches"]} == terms
            for match in item["matches"]:
                text = at(item, match["field"].split(".")) if not any(map(str.isdigit, match["field"])) else None
                if text is not None:
                    piece = folded(text[match["start"] : match["end"]])
                    assert folded(match["term"]) in piece
            return item | {"matches": []}
        return item

    def _facets(self, case: Case, document: dict[str, Any]) -> None:
        for name in case.meaning.get("facets", ()):
            for value in document["facets"][name]:
                meaning = value["value"] if name != "fiscal_year" else int(value["value"])
                asked = {**case.meaning, name: [meaning], "sort": ()}
                assert value["count"] == len(self.oracle.numbers(asked)), (name, value)

    def _hints(self, case: Case, document: dict[str, Any]) -> None:
        for hint in document.get("hints", ()):
            asked = {**case.meaning, "sort": ()}
            if hint["parameter"] != "q":
                value = int(hint["value"]) if hint["parameter"] == "fiscal_year" else hint["value"]
                asked[hint["parameter"]] = [value]
            (q,) = parse_qs(urlsplit(hint["url"]).query).get("q", [""])
            asked["q"] = [*(terms_of(q) or ())]
            assert hint["total"] == len(self.oracle.numbers(asked)), hint


@pytest.fixture(scope="module")
def lists(site: httpx.Client) -> dict[str, list[dict[str, Any]]]:
    return lists_of(site)


@pytest.mark.parametrize("name", FILTERS)
def test_what_is_generated_for_a_filter_is_answered_rightly(
    sqlite_settings: Settings, lists: dict[str, list[dict[str, Any]]], name: str
) -> None:
    generator, verdict = Generator(SEED, lists), Verdict(lists)

    async def run() -> Counter[int]:
        seen: Counter[int] = Counter()
        async with asgi.started(sqlite_settings) as app:
            for case in (generator.filtered(name) for _ in range(150)):
                answer = await asgi.ask(app, case.method, case.target, case.headers)
                verdict.check(case, answer)
                seen[answer.status] += 1
        return seen

    with ThreadPoolExecutor(1) as pool:  # in the suite's own thread the browser's loop may be running
        assert pool.submit(lambda: asyncio.run(run())).result().keys() == {200, 422}


def test_ten_thousand_generated_requests_are_answered_rightly_and_alike_on_both_databases(
    sqlite_settings: Settings, postgres_url: str, lists: dict[str, list[dict[str, Any]]]
) -> None:
    """SQLite with the cache and PostgreSQL without: that must not be seen either."""
    fill(postgres_url)
    on_postgresql = Settings(database_url=postgres_url, cache_bytes=0)
    generator = Generator(SEED, lists)
    verdict = Verdict(lists)

    async def run() -> Counter[int]:
        seen: Counter[int] = Counter()
        async with asgi.started(sqlite_settings) as cached, asgi.started(on_postgresql) as uncached:
            for index in range(COUNT):
                case = generator.case()
                answers = [await asgi.ask(app, case.method, case.target, case.headers) for app in (cached, uncached)]
                try:
                    for answer in answers:
                        verdict.check(case, answer)
                    assert answers[0].comparable() == answers[1].comparable()
                except Exception as error:
                    error.add_note(f"HOSTILE_SEED={SEED}, request {index}: {case.target!r} {case}")
                    raise
                seen[answers[0].status] += 1
        return seen

    with ThreadPoolExecutor(1) as pool:  # in the suite's own thread the browser's loop may be running
        seen = pool.submit(lambda: asyncio.run(run())).result()
    assert seen.keys() - {414} == {200, 204, 304, 404, 405, 406, 422}  # a target that is too long is seldom made
    assert seen[200] > COUNT // 4
    assert seen[422] > COUNT // 5

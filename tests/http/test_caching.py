"""Test what is kept, for how long, and what happens when the data change."""

import json
import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from app.db.thresholds import WATCH_SECONDS
from app.settings import Settings
from tests.conftest import fill
from tests.support.service import serving
from tests.support.waiting import WAIT_SECONDS, until

SOON = 10
"""Seconds within which a new edition is seen, however busy the machine is. The watch looks each 0.3 seconds."""

SEED = Path(__file__).parents[2] / "seed"


@pytest.fixture(params=["sqlite", "postgresql"])
def own_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that the test may change."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'own.sqlite'}"
        return
    server = request.getfixturevalue("postgres_url")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE own")
        yield server.rpartition("/")[0] + "/own"
        connection.execute("DROP DATABASE own WITH (FORCE)")


@pytest.fixture
def other_list(tmp_path: Path) -> tuple[str, ...]:
    """The arguments of a seed with one name changed."""
    changed = (SEED / "source_list.txt").read_text().replace("広域仙台地域", "広域仙台改地域")
    (tmp_path / "list.txt").write_text(changed)
    return ("--list", str(tmp_path / "list.txt"))


def cache_bytes(client: httpx.Client) -> float:
    """Return how many bytes the metrics say that the cache holds."""
    (told,) = re.findall(r"^cache_bytes (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return float(told)


def test_an_answer_is_made_once_and_another_edition_empties_the_cache(
    own_database: str, other_list: tuple[str, ...]
) -> None:
    fill(own_database)
    with serving(Settings(database_url=own_database)) as client:
        first = client.get("/v1/regions")
        again = client.get("/v1/regions")
        assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
        client.get("/v1")
        before = cache_bytes(client)
        fill(own_database, *other_list)
        until(lambda: client.get("/v1").json()["dataset_version"] != first.json()["dataset_version"])
        changed = client.get("/v1/regions", headers={"If-None-Match": first.headers["ETag"]})
        assert changed.status_code == 200
        assert changed.json()["items"][1]["name"] == "広域仙台改地域"
        assert cache_bytes(client) == pytest.approx(before, rel=0.1)  # of the same two paths
        assert changed.json()["dataset_version"] != first.json()["dataset_version"]
        assert changed.headers["ETag"] != first.headers["ETag"]


def test_files_are_those_of_one_edition_and_what_names_them_is_asked_about(
    own_database: str, other_list: tuple[str, ...]
) -> None:
    fill(own_database)
    with serving(Settings(database_url=own_database)) as client:
        first = client.get("/v1/dataset")
        urls = [file["url"] for file in first.json()["files"]]
        assert {client.get(url).status_code for url in urls} == {200}
        kept = files_bytes(client)
        fill(own_database, *other_list)
        time.sleep(1)
        second = client.get("/v1/dataset", headers={"If-None-Match": first.headers["ETag"]})
        assert (second.status_code, second.headers["Cache-Control"]) == (200, "no-cache")
        assert {client.get(file["url"]).status_code for file in second.json()["files"]} == {200}
        assert {client.get(url).status_code for url in urls} == {404}
        assert 0 < files_bytes(client) < 1.5 * kept


def files_bytes(client: httpx.Client) -> float:
    lines = client.get("/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("files_bytes "))


@pytest.mark.slow
def test_a_change_under_32_readers_is_never_an_error_nor_a_mixture(
    own_database: str, other_list: tuple[str, ...]
) -> None:
    fill(own_database)
    seen: list[tuple[float, float, int, str, bool]] = []
    """When it was asked and answered, the status, the version, and whether the changed name was in it."""
    stop = threading.Event()
    with serving(Settings(database_url=own_database)) as client:
        base = str(client.base_url)

        def read(reader: int) -> None:
            with httpx.Client(base_url=base, timeout=WAIT_SECONDS) as own:
                while not stop.is_set():
                    time.sleep(0.05)
                    asked = time.monotonic()
                    query = {"limit": 29 + reader % 2, "q": "域" if reader % 3 else "a"}
                    answer = own.get("/v1/regions", params=query)
                    body = answer.json()
                    names = ["改" in json.dumps(region, ensure_ascii=False) for region in body.get("items", [])]
                    version = body.get("dataset_version", "")
                    seen.append((asked, time.monotonic(), answer.status_code, version, any(names)))

        readers = [threading.Thread(target=read, args=(reader,)) for reader in range(32)]
        for reader in readers:
            reader.start()
        until(lambda: len(seen) > 100)
        fill(own_database, *other_list)
        written = time.monotonic()
        until(lambda: seen[-1][3] != seen[0][3])
        time.sleep(0.5)
        stop.set()
        for reader in readers:
            reader.join()
    assert {status for _, _, status, _, _ in seen} == {200}
    old, new = seen[0][3], seen[-1][3]
    assert {version for _, _, _, version, _ in seen} == {old, new}
    changed = min(answered for _, answered, _, version, _ in seen if version == new)
    assert changed < written + SOON
    assert {version for asked, _, _, version, _ in seen if asked > changed} == {new}
    assert {changed for _, _, _, version, changed in seen if version == old} == {False}


def test_the_cache_keeps_to_its_bound_and_the_answers_stay_right(settings: Settings) -> None:
    small = settings.model_copy(update={"cache_bytes": 50_000})
    with serving(small) as client:
        for _ in range(3):
            for number in range(1, 30):
                assert client.get(f"/v1/regions/{number}").json()["number"] == number


@pytest.mark.parametrize("path", ["/v1/regions", "/v1/regions/7", "/v1/regions.csv", "/v1", "/docs"])
def test_with_and_without_the_cache_the_bytes_are_the_same(
    client: httpx.Client, uncached: httpx.Client, path: str
) -> None:
    def seen(answer: httpx.Response) -> tuple[Any, ...]:
        return answer.content, {k: v for k, v in answer.headers.items() if k not in ("date", "request-id")}

    assert seen(client.get(path)) == seen(client.get(path)) == seen(uncached.get(path))


@pytest.mark.parametrize("path", ["/v1/regions", "/v1/regions/7", "/v1/regions.csv", "/v1", "/docs"])
def test_a_client_that_only_asks_whether_it_has_the_newest_is_answered_from_the_cache_too(
    client: httpx.Client, uncached: httpx.Client, settings: Settings, path: str
) -> None:
    known = {"If-None-Match": client.get(path).headers["ETag"]}
    with serving(settings) as other:
        for each in (other, other, uncached, uncached):
            answer = each.get(path, headers=known)
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["ETag"] == known["If-None-Match"]
        assert "\ncache_hits_total 1.0" in other.get("/metrics").text


def test_a_file_that_is_deleted_while_it_is_served_can_still_be_read(tmp_path: Path) -> None:
    file = tmp_path / "own.sqlite"
    fill(f"sqlite:///{file}")
    with serving(Settings(database_url=f"sqlite:///{file}", cache_bytes=0)) as client:
        client.get("/v1")
        shutil.move(file, tmp_path / "elsewhere.sqlite")
        time.sleep(3 * WATCH_SECONDS)
        assert client.get("/v1/regions").status_code == 200
        assert client.get("/readyz").status_code == 200

"""The microcache of `deploy/nginx.conf`: one request for many, a new edition soon, stale while the service is away."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from app.main import create_app
from app.server.protocol import Protocol
from app.settings import Settings
from tests.support import nginx
from tests.support.databases import fill
from tests.support.service import running
from tests.support.waiting import until
from tools.postgres import free_port

pytestmark = pytest.mark.needs("nginx")

SEED = Path(__file__).parents[2] / "seed"

SEEN_SECONDS = 10
"""Within which a new edition is seen: two seconds, and what a busy machine needs besides."""


EXPIRED_SECONDS = 2.1
"""After which a response of the cache is old: nginx counts whole seconds, so one is one to two."""


class Counted:
    """The service, with what reached it: path and headers of each request. It can be taken away."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.asked: list[tuple[str, dict[bytes, bytes]]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.asked.append((scope["path"], dict(scope["headers"])))
        await self.app(scope, receive, send)


class Proxied:
    """A service that can be stopped, a client of the proxy before it."""

    def __init__(self, service: Counted, stack: ExitStack, work: Path) -> None:
        self.service = service
        self._running = stack.enter_context(ExitStack())
        port = free_port()
        self._running.enter_context(running(service, port, Protocol))
        self.client = stack.enter_context(nginx.in_front_of(port, work))

    def stop(self) -> None:
        self._running.close()


@pytest.fixture
def proxied(sqlite_settings: Settings, tmp_path: Path) -> Iterator[Proxied]:
    with ExitStack() as stack:
        yield Proxied(Counted(create_app(sqlite_settings)), stack, tmp_path)


def asked_together(client: httpx.Client, path: str, count: int) -> list[httpx.Response]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: client.get(path), range(count)))


def test_of_many_who_ask_the_same_few_reach_the_service(proxied: Proxied) -> None:
    begun = time.monotonic()
    answers = [answer for _ in range(10) for answer in asked_together(proxied.client, "/v1/regions", 20)]
    seconds = time.monotonic() - begun
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    reached = [path for path, _ in proxied.service.asked if path == "/v1/regions"]
    assert len(reached) <= 2 + seconds  # one a second at most, and the first


def test_each_response_has_the_id_of_its_request(proxied: Proxied) -> None:
    for own in ("one", "two"):
        assert proxied.client.get("/v1/regions/7", headers={"Request-Id": own}).headers.get_list("Request-Id") == [own]
    made = [proxied.client.get("/v1/regions/7").headers["Request-Id"] for _ in range(3)]
    assert len(set(made)) == 3
    missing = proxied.client.get("/v1/regions/99", headers={"Request-Id": "three"})
    assert missing.headers.get_list("Request-Id") == [missing.json()["instance"]] == ["three"]


def test_variants_and_queries_are_kept_apart(proxied: Proxied) -> None:
    def ask(path: str, **headers: str) -> httpx.Response:
        return proxied.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    for _ in range(2):  # made, then kept
        assert ask("/v1/regions", accept="text/csv").headers["Content-Type"].startswith("text/csv")
        assert ask("/v1/regions").headers["Content-Type"] == "application/json"
        assert ask("/v1/regions", accept_encoding="gzip").headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in ask("/v1/regions", accept_encoding="identity").headers
        labels = [ask("/v1/regions?facets=fiscal_year", accept_language=each).text for each in ("ja", "en")]
        assert "平成" in labels[0]
        assert "平成" not in labels[1].partition('"facets"')[2]
        assert ask("/v1/regions?number=7").json()["total"] == ask("/v1/regions?number=8").json()["total"] == 1
        assert proxied.client.head("/v1/regions").content == b""


def test_conditional_requests_are_answered_from_the_cache(proxied: Proxied) -> None:
    first = proxied.client.get("/v1/regions/7")
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    for condition in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"x", W/{tag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": date},
        {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    ):
        again = proxied.client.get("/v1/regions/7", headers=condition)
        assert (again.status_code, again.headers["ETag"], again.content) == (304, tag, b"")
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert proxied.client.get("/v1/regions/7", headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize("name", ["If-Match", "If-Unmodified-Since"])
def test_preconditions_of_writers_are_ignored_as_the_service_does(proxied: Proxied, name: str) -> None:
    for value in ('"x"', "Thu, 01 Jan 1970 00:00:00 GMT"):
        for _ in range(2):
            assert proxied.client.get("/v1/regions/7", headers={name: value}).status_code == 200


def test_the_cache_asks_by_tag_once_it_is_old(proxied: Proxied) -> None:
    tag = proxied.client.get("/v1/regions/7").headers["ETag"].encode()
    time.sleep(EXPIRED_SECONDS)
    assert proxied.client.get("/v1/regions/7").status_code == 200
    asked = [headers.get(b"if-none-match") for path, headers in proxied.service.asked if path == "/v1/regions/7"]
    assert asked == [None, tag]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/v1/regions/99", "/v1/regions?x=1", "/v1/regions.csv"])
def test_health_failures_and_exports_are_not_kept(proxied: Proxied, path: str) -> None:
    for _ in range(3):
        proxied.client.get(path)
    assert len([each for each, _ in proxied.service.asked if each == path.partition("?")[0]]) == 3


def test_a_new_edition_is_seen_within_two_seconds(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/regions.sqlite")
    fill(settings.database_url)
    with ExitStack() as stack:
        proxied = Proxied(Counted(create_app(settings)), stack, tmp_path)
        before = proxied.client.get("/v1/regions?limit=1").json()["dataset_version"]
        changed = (SEED / "source_list.txt").read_text().replace("広域仙台地域", "広域仙台改地域")
        (tmp_path / "list.txt").write_text(changed)
        fill(settings.database_url, "--list", str(tmp_path / "list.txt"))
        until(lambda: proxied.client.get("/v1/regions?limit=1").json()["dataset_version"] != before, SEEN_SECONDS)


def test_what_was_asked_before_is_answered_while_the_service_is_away(proxied: Proxied) -> None:
    known = proxied.client.get("/v1/regions?prefecture=01")
    proxied.stop()
    time.sleep(EXPIRED_SECONDS)
    for _ in range(3):
        again = proxied.client.get("/v1/regions?prefecture=01")
        assert (again.status_code, again.content) == (200, known.content)
        assert again.headers["Request-Id"] != known.headers["Request-Id"]
    assert proxied.client.get("/v1/regions?prefecture=02").status_code == 503

"""Behind nginx, configured as `deploy/nginx.conf` says: at the root of a host, and below a path of it."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from app.settings import Settings
from tests.support import judge, nginx
from tests.support.raw import Connection, request
from tests.support.service import serving
from tools.postgres import free_port

pytestmark = pytest.mark.needs("nginx")

BELOW = "https://example.jp/clusters"
KEPT = re.findall(r"# (location /clusters/ .+)", nginx.PROXY)[0]
STRIPPED = KEPT.replace("cluster_regions;", "cluster_regions/;")


@pytest.fixture(scope="module", params=["root", "prefix kept", "prefix stripped"])
def proxied(
    request: pytest.FixtureRequest, sqlite_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    base, location = {
        "root": ("https://example.jp", ""),
        "prefix kept": (BELOW, KEPT),
        "prefix stripped": (BELOW, STRIPPED),
    }[request.param]
    settings = sqlite_settings.model_copy(update={"public_base_url": base})
    with (
        serving(settings) as service,
        nginx.in_front_of(service.base_url.port or 0, tmp_path_factory.mktemp("proxy"), location) as client,
        httpx.Client(base_url=f"http://127.0.0.1:{client.base_url.port}{urlsplit(base).path}", timeout=30) as outside,
    ):
        outside.headers["X-Public"] = base  # for the tests to know
        yield outside


def local(client: httpx.Client, link: str) -> str:
    """Return where a link of the service leads, through the proxy."""
    public = client.headers["X-Public"]
    assert link.startswith(f"{public}/"), link
    return link.removeprefix(public)


def test_every_link_leads_through_the_proxy(proxied: httpx.Client) -> None:
    index = proxied.get("/v1").json()
    for link in index["links"].values():
        assert proxied.get(local(proxied, link)).status_code == 200, link
    path, numbers = "/v1/regions?limit=10&q=バイオ", []
    while path:
        answer = proxied.get(path)
        numbers += [item["number"] for item in answer.json()["items"]]
        following = answer.json()["links"]["next"]
        assert (following is None) == ('rel="next"' not in answer.headers["Link"])
        assert following is None or f'<{following}>; rel="next"' in answer.headers["Link"]
        path = local(proxied, following) if following else ""
    assert len(numbers) == len(set(numbers)) > 0


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd"])
def test_entity_tags_pass_and_are_known_again(proxied: httpx.Client, coding: str) -> None:
    asked = {"Accept-Encoding": coding}
    first = proxied.get("/v1/regions", headers=asked)
    assert first.headers["ETag"].startswith('"')
    assert first.headers.get("Content-Encoding", "identity") == coding
    assert proxied.get("/v1/regions", headers=asked | {"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert proxied.head("/v1/regions", headers=asked).headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/v1/regions?fiscal_years=1", 422, "invalid-parameter"),
        ("GET", "/v1/nothing", 404, "not-found"),
        ("GET", "/v1/", 404, "not-found"),
        ("POST", "/v1", 405, "method-not-allowed"),
        ("GET", "/v1/regions?q=" + "a" * 9_000, 414, "uri-too-long"),
    ],
)
def test_problems_pass_as_they_are(proxied: httpx.Client, method: str, path: str, status: int, kind: str) -> None:
    answer = proxied.request(method, path)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == f"{proxied.headers['X-Public']}/problems/{kind}"
    assert answer.json()["instance"] == answer.headers["Request-Id"]
    assert proxied.get(local(proxied, answer.json()["type"])).status_code == 200


def of_nginx(answer: httpx.Response, status: int, title: str) -> None:
    """A problem document with all that a failure of the service has."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {name: answer.headers[name] for name in judge.EVERYWHERE} == judge.EVERYWHERE
    assert answer.headers["Content-Security-Policy"] == judge.POLICY
    assert answer.headers["Content-Language"] == "en"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.get("Retry-After") == {429: "1", 503: "2"}.get(status)
    assert answer.headers.get("Allow") == ("GET, HEAD, OPTIONS" if status == 405 else None)
    problem = answer.json()
    assert problem.keys() == {"type", "title", "status", "detail", "instance"}
    assert (problem["type"], problem["status"], problem["title"]) == ("about:blank", status, title)
    assert problem["instance"] == answer.headers["Request-Id"]


def received(connection: Connection) -> httpx.Response:
    answer = connection.receive(b"")
    return httpx.Response(answer.status, headers=answer.headers, content=answer.body)


def test_what_only_nginx_sees_has_the_same_form(proxied: httpx.Client) -> None:
    of_nginx(proxied.get("/v1/regions?q=" + "a" * 20_000), 414, "URI Too Long")
    of_nginx(proxied.get("/metrics"), 404, "Not Found")
    of_nginx(proxied.get("/v1", headers={"X-Large": "a" * 70_000}), 431, "Request Header Fields Too Large")
    of_nginx(proxied.post("/v1", content=b"a" * 10_000), 413, "Content Too Large")
    of_nginx(proxied.get("/v1", headers={"Host": "a b"}), 400, "Bad Request")
    of_nginx(proxied.request("TRACE", "/v1"), 405, "Method Not Allowed")


@pytest.mark.parametrize(
    ("content", "status", "title"),
    [
        (b"nonsense\r\n\r\n", 400, "Bad Request"),
        (b"GET /v1 HTTP/1.1\r\n\r\n", 400, "Bad Request"),
        (b"GET /v1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "Not Implemented"),
        (b"GET /v1 HTTP/2.0\r\nHost: x\r\n\r\n", 505, "HTTP Version Not Supported"),
        (b"GET /v1 HTTP/9.9\r\nHost: x\r\n\r\n", 505, "HTTP Version Not Supported"),
    ],
)
def test_what_nginx_cannot_read_is_a_problem_too(
    proxied: httpx.Client, content: bytes, status: int, title: str
) -> None:
    with closing(Connection(proxied.base_url.port or 0)) as connection:
        connection.send(content)
        of_nginx(received(connection), status, title)


def test_a_request_of_http_1_0_needs_no_host(proxied: httpx.Client) -> None:
    target = f"{proxied.base_url.path.rstrip('/')}/v1/regions/7".encode()
    with closing(Connection(proxied.base_url.port or 0)) as connection:
        connection.send(b"GET %b HTTP/1.0\r\n\r\n" % target)
        assert connection.receive(target).json()["number"] == 7


def test_the_limit_of_requests_can_be_uncommented_and_is_a_problem(
    sqlite_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Allow one a minute, so that none comes free while the test runs."""
    limited = re.sub(r"# (geo|map|limit_\w+) ", r"\1 ", nginx.PROXY)
    assert limited.count("rate=20r/s") == limited.count("limit_req ") == limited.count("limit_conn ") == 1
    burst, at_once = map(int, re.findall(r"burst=(\d+) delay=(\d+)", limited)[0])
    limited = limited.replace("rate=20r/s", "rate=1r/m")
    everybody = limited.replace("192.0.2.0/24", "127.0.0.0/8")
    with serving(sqlite_settings) as service, ExitStack() as stack:
        port = service.base_url.port or 0
        monkeypatch.setattr(nginx, "PROXY", limited)
        with nginx.in_front_of(port, tmp_path) as client:
            assert [client.get("/livez").status_code for _ in range(at_once)] == [200] * at_once
            for _ in range(burst - at_once + 20):
                waiting = stack.enter_context(closing(Connection(client.base_url.port or 0)))
                waiting.send(request(b"/livez"))
            of_nginx(received(waiting), 429, "Too Many Requests")
        monkeypatch.setattr(nginx, "PROXY", everybody)
        with nginx.in_front_of(port, tmp_path) as client:
            assert [client.get("/livez").status_code for _ in range(burst + 2)] == [200] * (burst + 2)


def test_the_limit_of_connections_can_be_uncommented_and_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stand in front of a service that never answers."""
    limited = re.sub(r"# (geo|map|limit_conn\w*) ", r"\1 ", nginx.PROXY)
    (most,) = map(int, re.findall(r"limit_conn \w+ (\d+);", limited))
    monkeypatch.setattr(nginx, "PROXY", limited)
    with socket.create_server(("127.0.0.1", 0), backlog=2 * most) as silent, ExitStack() as stack:
        client = stack.enter_context(nginx.in_front_of(silent.getsockname()[1], tmp_path))
        for _ in range(most + 10):
            waiting = stack.enter_context(closing(Connection(client.base_url.port or 0)))
            waiting.send(request(b"/livez"))
        of_nginx(received(waiting), 429, "Too Many Requests")


def test_a_malformed_request_id_is_replaced_by_nginx_as_well(proxied: httpx.Client) -> None:
    forged = '","status":200,"x":"'
    answer = proxied.get("/metrics", headers={"Request-Id": forged})
    of_nginx(answer, 404, "Not Found")
    assert len(answer.headers["Request-Id"]) == 32


def test_a_request_id_is_passed_on_or_made(proxied: httpx.Client) -> None:
    assert proxied.get("/livez", headers={"Request-Id": "mine"}).headers["Request-Id"] == "mine"
    assert len(proxied.get("/livez").headers["Request-Id"]) == 32


def test_forged_addresses_change_nothing(proxied: httpx.Client) -> None:
    honest = proxied.get("/v1/regions?limit=1")
    for name in ("Host", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded", "X-Original-URL"):
        forged = proxied.get("/v1/regions?limit=1", headers={name: "host=evil.example;proto=evil, evil.example"})
        assert forged.status_code in (200, 400)  # nginx itself refuses such a Host
        if forged.status_code == 200:
            assert forged.content == honest.content
            assert forged.headers["ETag"] == honest.headers["ETag"]
    assert b"evil" not in proxied.get("/v1/nothing", headers={"Host": "evil.example"}).content


def test_raw_utf_8_and_escapes_reach_the_service(proxied: httpx.Client) -> None:
    """Write bytes on a socket, since a client would encode them."""
    base = urlsplit(str(proxied.base_url))
    for target in ("/v1/regions?q=医療&limit=1", "/v1/regions?q=%E5%8C%BB%E7%99%82&limit=1"):
        with socket.create_connection((str(base.hostname), base.port or 0), timeout=10) as connection:
            line = f"GET {base.path.rstrip('/')}{target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            connection.sendall(line.encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200")
        assert '"医療"'.encode() in answer


def test_while_the_service_is_away_nginx_says_when_to_come_back(tmp_path: Path) -> None:
    with nginx.in_front_of(free_port(), tmp_path) as client:
        of_nginx(client.get("/v1"), 503, "Service Unavailable")


def test_slow_headers_are_given_up_by_nginx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = "client_header_timeout 10s;"
    assert waiting in nginx.PROXY
    monkeypatch.setattr(nginx, "PROXY", nginx.PROXY.replace(waiting, waiting.replace("10s", "2s")))
    with nginx.in_front_of(free_port(), tmp_path) as client, ExitStack() as stack:
        address = "127.0.0.1", client.base_url.port or 0
        slow = [stack.enter_context(socket.create_connection(address, timeout=30)) for _ in range(100)]
        began = time.monotonic()
        for connection in slow:
            connection.sendall(b"GET /v1 HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert client.get("/v1").status_code == 503  # by nginx, at once
        for connection in slow:
            assert b" 200 " not in connection.recv(65536)
        assert 1 < time.monotonic() - began < 20

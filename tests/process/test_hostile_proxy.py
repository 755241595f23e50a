"""Hostile requests through nginx, whose connections to the service are shared by all clients."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from tests.support import nginx
from tests.support.generated import lists_of
from tests.support.hostile_requests import INNER, chunked, corpus
from tests.support.pipelines import COUNT, SEED, Fuzzer, send_with_pauses
from tests.support.raw import Connection, request
from tests.support.segments import Bystanders
from tests.support.service import serving

BODIES_PASS = (
    nginx.PROXY.replace("client_max_body_size 8k;", "client_max_body_size 1m;")
    .replace("proxy_pass_request_body off;", "")
    .replace('proxy_set_header Content-Length "";', "")
)
"""Another operator's proxy, which passes bodies on as nginx does by default."""


@pytest.fixture(scope="module")
def service(sqlite_settings: Settings) -> Iterator[httpx.Client]:
    with serving(sqlite_settings) as client:
        yield client


@pytest.fixture
def proxied(service: httpx.Client, tmp_path: Path) -> Iterator[httpx.Client]:
    with nginx.in_front_of(service.base_url.port or 0, tmp_path) as client:
        yield client


def test_every_answer_is_its_requests_through_the_proxy_too(proxied: httpx.Client, site: httpx.Client) -> None:
    samples = corpus(lists_of(site), SEED)
    with Bystanders(proxied.base_url):
        fuzzer = Fuzzer(proxied.base_url.port or 0, samples, SEED, send_with_pauses)
        fuzzer.run(COUNT)
    assert fuzzer.asked >= COUNT


def body_of_lines(number: int) -> bytes:
    """Return 900 KB of what looks like raw request lines wherever it is cut, then empty lines, then requests.

    Were such lines percent-encoded, the body would grow and the requests would fall out of its end.
    """
    lines = (b"A /" * 300 + b"\xff" * 300 + b"\r\n") * 750
    targets = (b"/v1/regions?limit=%d&q=e&facets=type,prefecture" % (number + each) for each in range(1, 6))
    return lines + b"\r\n" * 9_000 + b"".join(map(request, targets))


@pytest.mark.parametrize("configuration", [nginx.PROXY, BODIES_PASS], ids=["as shipped", "bodies pass"])
def test_bodies_change_nobody_elses_answers(
    service: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, configuration: str
) -> None:
    monkeypatch.setattr(nginx, "PROXY", configuration)
    expected = 413 if "client_max_body_size 8k" in configuration else 405
    with nginx.in_front_of(service.base_url.port or 0, tmp_path) as client:
        with Bystanders(client.base_url, clients=12, pause=0):
            for number in range(40):
                body = body_of_lines(number)
                with closing(Connection(client.base_url.port or 0)) as connection:
                    send_with_pauses(
                        connection, [request(b"/v1", [(b"content-length", b"%d" % len(body))], b"POST"), body]
                    )
                    assert connection.receive(b"/v1", "POST").status == expected
        assert client.get("/v1/regions/7").json()["number"] == 7


def test_no_body_reaches_the_service(tmp_path: Path) -> None:
    """Expect a request without a body, then that of the next client on the same connection."""
    received: list[bytes] = []

    def answer(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            while piece := connection.recv(65536):
                received.append(piece)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        with nginx.in_front_of(listener.getsockname()[1], tmp_path) as client:
            for content in (
                request(b"/v1", [(b"content-length", b"%d" % len(INNER))], b"POST", INNER),
                request(b"/v1", [(b"transfer-encoding", b"chunked")], b"POST", chunked(INNER)),
                request(b"/v1", [(b"content-length", b"%d" % len(INNER))], b"GET", INNER),
            ):
                with closing(Connection(client.base_url.port or 0)) as connection:
                    connection.send(content)
                    assert connection.receive(b"/v1").status == 200
        thread.join()
    for head in received:
        assert head.endswith(b"\r\n\r\n")
        assert head.count(b"\r\n\r\n") == 1
        assert b"content-length" not in head.lower()
        assert b"transfer-encoding" not in head.lower()
    assert [head.partition(b" ")[0] for head in received] == [b"POST", b"POST", b"GET"]

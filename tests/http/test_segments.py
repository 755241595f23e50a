"""Test where a request begins and ends, however its bytes are cut into segments."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from app.server.protocol import Protocol
from app.settings import Settings
from tests.support.hostile_requests import INNER, UPGRADES, chunked, line_that_grows
from tests.support.judge import judge
from tests.support.raw import Connection, Headers, Wire, request
from tests.support.segments import Bystanders, Watched, cut, send_apart
from tests.support.service import serving

WORDS = ["医療", "バイオ"]
RAW = [request(f"/v1/regions?q={word}&limit=1".encode()) for word in WORDS]
BODIES = {
    "a request": INNER,
    "a line that grows": line_that_grows(INNER),
    "a request behind empty lines": b"\r\n\r\n" + INNER,
    "a raw request line": RAW[0],
}


WITH_BODY = [
    request(target, [(b"content-length", b"%d" % len(body))], method, body)
    for body in BODIES.values()
    for method, target in ((b"POST", b"/v1"), (b"GET", b"/v1/regions/1"))
] + [
    request(b"/v1", [(b"transfer-encoding", b"chunked")], b"POST", chunked(body))
    for body in (BODIES["a line that grows"], INNER)
]


LAST = [
    b"GET /v1/regions/1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    b"GET /v1/regions/1 HTTP/1.0\r\n\r\n",
]
"""Requests after which a connection is closed."""


@pytest.fixture(scope="module")
def watched(sqlite_settings: Settings) -> Iterator[httpx.Client]:
    with serving(sqlite_settings, protocol=Watched) as client:
        yield client


@pytest.fixture(scope="module")
def apart(watched: httpx.Client) -> Wire:
    """A server to which `send_apart` sends segments."""
    return Wire(watched.base_url.port or 0)


def finds(connection: Connection, word: str) -> None:
    answer = judge(connection.receive(b"a raw request"), {200})
    assert answer.json()["query"]["q"] == word


@contextmanager
def sees_one_request(connection: Connection) -> Iterator[None]:
    """Check that of all that is sent the server's parser takes one piece for a request."""
    before = Watched.requests_seen[connection.port]
    yield
    assert Watched.requests_seen[connection.port] == before + 1


@pytest.mark.parametrize("raw", RAW, ids=WORDS)
def test_a_raw_request_may_be_cut_at_every_byte(apart: Wire, raw: bytes) -> None:
    word = WORDS[RAW.index(raw)]
    with apart.connected() as connection:
        for place in range(1, len(raw)):
            send_apart(connection, cut(raw, place))
            finds(connection, word)
        send_apart(connection, [bytes([byte]) for byte in raw])
        finds(connection, word)


def test_two_raw_requests_in_one_segment_are_both_answered(apart: Wire) -> None:
    with apart.connected() as connection:
        for _ in range(10):
            connection.send(b"".join(RAW))
            for word in WORDS:
                finds(connection, word)


def test_two_raw_requests_may_be_cut_at_every_byte(apart: Wire) -> None:
    both = b"".join(RAW)
    with apart.connected() as connection:
        for place in range(1, len(both)):
            send_apart(connection, cut(both, place))
            for word in WORDS:
                finds(connection, word)


@pytest.mark.parametrize("content", WITH_BODY, ids=range(len(WITH_BODY)))
def test_no_byte_of_a_body_is_a_request_wherever_it_is_cut(apart: Wire, watched: httpx.Client, content: bytes) -> None:
    allowed = {405} if content.startswith(b"POST") else {200}
    head_end = content.index(b"\r\n\r\n") + 4
    with Bystanders(watched.base_url):
        for place in range(len(content)):
            with apart.connected() as connection, sees_one_request(connection):
                send_apart(connection, cut(content, place, head_end) if place else [content])
                answer = judge(connection.receive(b"/v1", content[:4].strip().decode()), allowed)
                assert answer.header("connection") == "close"
                assert connection.is_ended()


def test_empty_lines_before_a_request_are_ignored(apart: Wire) -> None:
    with apart.connected() as connection:
        send_apart(connection, [b"\r\n\r", b"\n" + RAW[0], b"\r", b"\n", b"\r\n" + RAW[1]])
        for word in WORDS:
            finds(connection, word)


@pytest.mark.parametrize("length", [b"0", b"00", b"0 ", b"\t0"])
def test_an_empty_body_closes_nothing(apart: Wire, length: bytes) -> None:
    with apart.connected() as connection:
        connection.send(request(b"/v1", [(b"content-length", length)], b"POST") + request(b"/v1/regions/1"))
        assert judge(connection.receive(b"/v1", "POST"), {405}).header("connection") is None
        assert judge(connection.receive(b"/v1/regions/1"), {200}).json()["number"] == 1


def test_a_client_that_asks_before_it_sends_a_body_is_answered_at_once(apart: Wire) -> None:
    with apart.connected() as connection:
        connection.send(request(b"/v1", [(b"expect", b"100-continue"), (b"content-length", b"1000")], b"POST"))
        answer = judge(connection.receive(b"/v1", "POST"), {405})
        assert answer.header("connection") == "close"
        assert connection.rest() == b""


@pytest.mark.parametrize("fields", UPGRADES, ids=["h2c", "websocket", "TLS"])
@pytest.mark.parametrize("apart_at", [None, -1, 0])
def test_a_request_behind_an_upgrade_is_answered(apart: Wire, fields: Headers, apart_at: int | None) -> None:
    first = request(b"/v1/regions/1", fields)
    content = first + request(b"/v1/regions/2", fields) + request(b"/v1/regions/3")
    with apart.connected() as connection:
        send_apart(connection, [content] if apart_at is None else cut(content, len(first) + apart_at))
        for number in (1, 2, 3):
            assert judge(connection.receive(b"/v1/regions"), {200}).json()["number"] == number


@pytest.mark.parametrize("method", [b"GET", b"CONNECT"])
def test_what_follows_an_upgrade_with_a_body_is_its_body(apart: Wire, method: bytes) -> None:
    content = request(b"/v1/regions/1", [*UPGRADES[0], (b"content-length", b"%d" % len(INNER))], method, INNER)
    with apart.connected() as connection, sees_one_request(connection):
        send_apart(connection, cut(content, content.index(b"\r\n\r\n") + 4))
        judge(connection.receive(b"/v1/regions/1", method.decode()), {405} if method == b"CONNECT" else {200})
        assert connection.rest() == b""


def test_nothing_that_follows_connect_is_a_request(apart: Wire) -> None:
    with apart.connected() as connection, sees_one_request(connection):
        send_apart(connection, [request(b"/v1", method=b"CONNECT"), request(b"/v1/regions/2")])
        judge(connection.receive(b"/v1", "CONNECT"), {405})
        assert connection.is_ended()


@pytest.mark.parametrize("last", LAST)
@pytest.mark.parametrize("at_once", [True, False])
def test_the_last_request_of_a_connection_is_answered_and_no_other(apart: Wire, last: bytes, at_once: bool) -> None:
    pieces = [last, request(b"/v1/regions/2"), request(b"/v1/regions/3")]
    with apart.connected() as connection, sees_one_request(connection):
        send_apart(connection, [b"".join(pieces)] if at_once else pieces)
        assert judge(connection.receive(b"/v1/regions/1"), {200}).json()["number"] == 1
        assert connection.is_ended()


@pytest.mark.parametrize("last", [*LAST, b"nonsense\r\n\r\n", WITH_BODY[0]])
def test_whoever_goes_on_sending_sees_the_answer_and_then_the_end(apart: Wire, last: bytes) -> None:
    with apart.connected() as connection:
        connection.send(last)
        for _ in range(60):
            connection.send(b"a" * 10_000)
        judge(connection.receive(last, last[:4].strip().decode()), {200, 400, 405})
        assert connection.is_closed_while(b"a" * 10_000)


class Lenient(Watched):
    """Its parser takes a line feed alone for the end of a line, as some do."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True, lenient_optional_lf_after_cr=True)


@pytest.mark.parametrize(
    "content",
    [
        b"GET /v1/regions/1 HTTP/1.1\r\nhost: x\n\n" + request(b"/v1/regions/2"),
        b"GET /v1/regions/1 HTTP/1.1\r\nhost: x\n\r\n" + request(b"/v1/regions/2"),
    ],
)
def test_where_the_parser_sees_two_requests_in_one_head_none_is_answered(
    sqlite_settings: Settings, content: bytes
) -> None:
    with serving(sqlite_settings, protocol=Lenient) as client:
        Wire(client.base_url.port or 0).exchange(content, allowed={400})


class Counted(Protocol):
    """Counts the calls of functions that reading takes."""

    calls = 0

    def data_received(self, data: bytes) -> None:
        sys.setprofile(self.count)
        super().data_received(data)
        sys.setprofile(None)

    @staticmethod
    def count(*_: object) -> None:
        Counted.calls += 1


@pytest.mark.parametrize("size", [1_000, 20_000, 60_000])
def test_raw_bytes_in_a_line_are_encoded_in_a_fixed_number_of_steps(sqlite_settings: Settings, size: int) -> None:
    with serving(sqlite_settings, protocol=Counted) as client:
        wire = Wire(client.base_url.port or 0)
        Counted.calls = 0
        with wire.connected() as connection:
            connection.send(request(b"/v1/regions?q=" + bytes(range(128, 256)) * (size // 128)))
            judge(connection.receive(b"raw bytes"), {414, 422})
    assert 0 < Counted.calls < 1_000

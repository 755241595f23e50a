"""Test requests that are malformed, in pieces or without end: each is refused, and the next connection works."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.hostile_requests import BROKEN, LINE
from tests.support.judge import judge
from tests.support.raw import Wire, request

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what reads requests knows no database


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_not_http_is_a_bad_request_and_the_next_connection_works(wire: Wire, content: bytes) -> None:
    wire.exchange(content, allowed={400})


@pytest.mark.parametrize("content", [b"\r\n\r\n\r\nX", b" ", b"\x16\x03\x01", b"SSH-2", b"GETT", b"GE\0", b"G" * 30])
def test_what_cannot_become_a_request_is_refused_before_its_end(wire: Wire, content: bytes) -> None:
    wire.exchange(content, allowed={400})


@pytest.mark.parametrize(
    "content",
    [
        LINE.replace(b"1.1", b"1.0") + b"\r\n",
        LINE + b"host: \r\n\r\n",
        LINE + b"host: evil.example:99999\r\n\r\n",
        b"GET http://evil.example/v1/regions/7 HTTP/1.1\r\nhost: evil.example\r\n\r\n",
        b"\r\n\r\n" + LINE + b"host: x\r\n\r\n",
        LINE + b"host: x\r\nexpect: 100-continue\r\n\r\n",
        LINE + b"host: x\r\nconnection: upgrade\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n",
        LINE + b"host: x\r\nconnection: close, keep-alive, x\r\n\r\n",
    ],
)
def test_what_is_odd_but_http_is_answered_or_refused_and_never_believed(wire: Wire, content: bytes) -> None:
    answer = wire.exchange(content, allowed={200, 400})
    assert answer.status == 400 or answer.json()["number"] == 7


def test_requests_sent_without_waiting_are_answered_in_their_order(wire: Wire) -> None:
    targets = [b"/v1/regions/1", b"/nope", b"/v1/regions?limit=0", b"/v1/regions/2"]
    with wire.connected() as connection:
        connection.send(b"".join(map(request, targets)))
        answers = [judge(connection.receive(target)) for target in targets]
    assert [answer.status for answer in answers] == [200, 404, 422, 200]
    assert [answers[0].json()["number"], answers[3].json()["number"]] == [1, 2]


def test_a_request_that_comes_byte_by_byte_is_the_same_request(wire: Wire) -> None:
    target = b"/v1/regions?q=%E5%8C%BB%E7%99%82&limit=1"
    with wire.connected() as connection:
        for byte in request(target):
            connection.send(bytes([byte]))
        assert judge(connection.receive(target), {200}).json() == wire.ask(target).json()


@given(content=st.binary(min_size=1, max_size=200))
def test_any_bytes_are_refused_or_waited_for_and_the_next_connection_works(wire: Wire, content: bytes) -> None:
    """An end of the line follows, so that there is something to refuse."""
    with wire.connected() as connection:
        connection.send(content + b"\r\n\r\n")
        connection.finish()
        if received := connection.rest():
            assert received.startswith(b"HTTP/1.1 400 ")
    wire.ask(b"/v1/regions/7", allowed={200})


@pytest.mark.parametrize("pause", [0, 0.001, 0.05])
@pytest.mark.parametrize("ahead", [[b"/v1/regions/7"], [b"/v1/regions.csv", b"/nope"]], ids=len)
@pytest.mark.parametrize("bad", [b"nonsense\r\n\r\n", request(b"/v1/regions?q=a b"), request(b"/" + b"a" * 70_000)])
def test_what_is_refused_waits_for_the_answers_before_it(
    wire: Wire, ahead: list[bytes], bad: bytes, pause: float
) -> None:
    with wire.connected() as connection:
        connection.send(b"".join(map(request, ahead)))
        time.sleep(pause)
        connection.send(bad)
        for target in ahead:
            judge(connection.receive(target), {200, 404})
        judge(connection.receive(bad), {400, 414})
        assert connection.rest() == b""


@pytest.mark.parametrize("size", [9_000, 70_000, 300_000])
def test_a_long_target_is_too_long_however_it_is_cut(wire: Wire, size: int) -> None:
    content = request(b"/v1/regions?q=" + b"a" * size)
    for cut in (20, 8_000, size - 100, size + 20):
        with wire.connected() as connection:
            connection.send(content[:cut])
            time.sleep(0.02)  # so that the server reads twice
            connection.send(content[cut:])
            judge(connection.receive(content), {414})


@pytest.mark.parametrize("size", [64_000, 65_536, 70_000, 200_000])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_head_over_64_kb_is_too_large_however_it_is_cut(wire: Wire, size: int, at_once: bool) -> None:
    content = request(b"/v1/regions/7", [(b"x-long", b"a" * size)])
    with wire.connected() as connection:
        for piece in [content] if at_once else [content[:60_000], content[60_000:]]:
            connection.send(piece)
            time.sleep(0.02)  # so that the server reads twice
        judge(connection.receive(content), {200} if size == 64_000 else {431})


@pytest.mark.parametrize(
    ("begun", "status"),
    [
        (b"GET /v1/regions?q=", 414),
        (b"GET /v1 HTTP/1.1\r\n", 431),
        (b"GET /v1 HTTP/1.1\r\nhost: x\r\nx-long: ", 431),
    ],
)
@pytest.mark.parametrize("ahead", [[], [b"/v1/regions/7"]], ids=len)
def test_a_head_without_end_is_refused_before_it_fills_the_memory(
    wire: Wire, ahead: list[bytes], begun: bytes, status: int
) -> None:
    with wire.connected() as connection:
        for target in ahead:
            connection.send(request(target))
            judge(connection.receive(target), {200})
        connection.send(begun)
        for _ in range(100):
            connection.send(b"a" * 8_000)
            if connection.is_answered():
                break
        judge(connection.receive(begun), {status})


@pytest.mark.parametrize("piece", [b"a: b\r\n", b"a", b"1;"], ids=["fields", "a field", "an extension"])
def test_what_follows_a_body_without_end_is_not_kept(wire: Wire, piece: bytes) -> None:
    last = b"1;" if piece == b"1;" else b"0\r\n"
    with wire.connected() as connection:
        connection.send(request(b"/v1/regions/7", [(b"transfer-encoding", b"chunked")], body=last))
        judge(connection.receive(b"/v1/regions/7"), {200})
        assert connection.is_closed_while(piece * (8_000 // len(piece)))

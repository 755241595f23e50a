"""Clients that are slow, idle or deaf: others are still served, and these go away. Real sockets."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import ClassVar

import httpx
import pytest

from app.settings import Settings
from app.wire import Protocol
from tests.service import serving

PATIENCE = 1.0
REQUEST = b"GET /v1/regions HTTP/1.1\r\nHost: x\r\n\r\n"


class Impatient(Protocol):
    patience_seconds = PATIENCE
    max_connections = 50
    opened: ClassVar[list["Impatient"]] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in its base
        super().connection_made(transport)
        self.opened.append(self)


@pytest.fixture(scope="module")
def served(sqlite_settings: Settings) -> Iterator[httpx.Client]:
    with serving(sqlite_settings, protocol=Impatient) as client:
        client.get("/v1/regions")
        yield client


def connect(client: httpx.Client) -> socket.socket:
    return socket.create_connection(("127.0.0.1", client.base_url.port or 0), timeout=20)


def rest(connection: socket.socket) -> bytes:
    """Everything until the server closes; nothing if it broke the connection off."""
    try:
        return b"".join(iter(lambda: connection.recv(65536), b""))
    except ConnectionResetError:
        return b""


def drip(connection: socket.socket, content: bytes) -> float:
    """A byte now and then until the server has enough; how long it took."""
    began = time.monotonic()
    for byte in content * 100:
        try:
            connection.send(bytes([byte]))
        except OSError:
            break
        connection.settimeout(0.1)
        try:
            if not connection.recv(1, socket.MSG_PEEK):
                break
        except TimeoutError:
            continue
        except OSError:
            break
        else:
            break
    connection.settimeout(20)
    return time.monotonic() - began


@pytest.mark.parametrize(
    "slow",
    [
        pytest.param(b"GET /v1/regions HTTP/1.1\r\nHost: x\r\nX-Slow: ", id="headers"),
        pytest.param(b"GET /v1/regions?q=", id="the-target"),
        pytest.param(b"P", id="the-method"),
    ],
)
def test_a_request_that_does_not_come_to_its_end_is_a_408(served: httpx.Client, slow: bytes) -> None:
    with connect(served) as connection:
        connection.sendall(slow)
        lasted = drip(connection, b"a" if slow != b"P" else b"")
        answer = rest(connection)
    assert lasted < PATIENCE * 6
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert b"connection: close" in answer


def test_the_second_request_on_a_connection_has_no_more_time(served: httpx.Client) -> None:
    with connect(served) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in connection.recv(65536)
        connection.sendall(b"GET /livez HTTP/1.1\r\nHos")
        began = time.monotonic()
        assert b" 408 " in rest(connection)
        assert time.monotonic() - began < PATIENCE * 6


def test_a_body_that_does_not_come_to_its_end_keeps_no_connection(served: httpx.Client) -> None:
    with connect(served) as connection:
        connection.sendall(b"POST /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        assert b" 405 " in connection.recv(65536)
        assert drip(connection, b"a" * 200) < PATIENCE * 6


def test_a_connection_on_which_nothing_is_asked_is_closed_without_a_word(served: httpx.Client) -> None:
    with connect(served) as connection:
        began = time.monotonic()
        assert rest(connection) == b""
        assert time.monotonic() - began < PATIENCE * 6


def test_two_hundred_idle_connections_leave_room_for_others(served: httpx.Client) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(connect(served)) for _ in range(200)]
        slow = [stack.enter_context(connect(served)) for _ in range(100)]
        for connection in slow:
            connection.sendall(b"GET / HT")
        with httpx.Client(base_url=served.base_url, timeout=5) as other:
            for _ in range(20):
                assert other.get("/v1/regions/7").status_code == 200
        for connection in (*idle, *slow):
            rest(connection)


def test_a_client_that_works_keeps_its_connection_while_idle_ones_are_given_up(served: httpx.Client) -> None:
    with connect(served) as working, ExitStack() as stack:
        for _ in range(80):
            working.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            received = b""
            while not received.endswith(b'{"status":"ok"}'):
                piece = working.recv(65536)
                assert piece
                received += piece
            stack.enter_context(connect(served))


def test_clients_that_never_read_are_given_up_and_others_are_served(
    served: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with ExitStack() as stack:
        deaf = [stack.enter_context(socket.socket()) for _ in range(30)]
        for connection in deaf:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", served.base_url.port or 0))
            connection.settimeout(0.2)
            threading.Thread(target=flood, args=(connection,)).start()
        time.sleep(0.5)
        began = time.monotonic()
        assert served.get("/v1/regions/7").status_code == 200
        assert time.monotonic() - began < 2
        deadline = time.monotonic() + PATIENCE * 10
        while len(Impatient.opened[-1].connections) > 1:  # the other
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert [record for record in caplog.records if record.exc_info] == []


def flood(connection: socket.socket) -> None:
    """Asks again and again until it is no longer heard."""
    with suppress(OSError):
        for _ in range(500):
            connection.sendall(REQUEST)


def test_a_slow_reader_that_goes_on_reading_gets_everything(served: httpx.Client) -> None:
    with connect(served) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(REQUEST[:-2] + b"Connection: close\r\n\r\n")
        received = b""
        while piece := connection.recv(2000):
            received += piece
            time.sleep(0.1)
        head, _, body = received.partition(b"\r\n\r\n")
        assert f"content-length: {len(body)}".encode() in head

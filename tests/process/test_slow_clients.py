"""Clients that are slow, idle or deaf: others are still served, and these go away. Real sockets."""

import asyncio
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import ClassVar

import httpx
import pytest

from app.server.protocol import MAX_PIPELINED_REQUESTS, Protocol
from app.settings import Settings
from tests.support.judge import judge
from tests.support.raw import Connection
from tests.support.service import process, serving
from tests.support.waiting import WAIT_SECONDS, until

PATIENCE = 2.0
SOON = PATIENCE * 4
"""Sooner than with the patience of the product, also on a busy machine."""
DESCRIPTORS = 1024
REQUEST = b"GET /v1/regions HTTP/1.1\r\nHost: x\r\n\r\n"


class Impatient(Protocol):
    timeout_seconds = PATIENCE
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


def port(client: httpx.Client) -> int:
    return client.base_url.port or 0


@contextmanager
def connected(client: httpx.Client) -> Iterator[Connection]:
    with closing(Connection(port(client))) as connection:
        yield connection


def drip(connection: Connection, content: bytes) -> float:
    """A byte now and then until the server has enough; how long it took."""
    began = time.monotonic()
    for byte in content * 100:
        try:
            connection.send(bytes([byte]))
        except OSError:
            break
        if connection.is_answered(0.1):
            break
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
    with connected(served) as connection:
        began = time.monotonic()
        connection.send(slow)
        drip(connection, b"a" if slow != b"P" else b"")
        judge(connection.receive(slow), {408})
        assert connection.closed
        assert connection.rest() == b""
        assert time.monotonic() - began < SOON


def test_the_second_request_on_a_connection_has_no_more_time(served: httpx.Client) -> None:
    with connected(served) as connection:
        connection.send(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        judge(connection.receive(b"/livez"), {200})
        connection.send(b"GET /livez HTTP/1.1\r\nHos")
        began = time.monotonic()
        judge(connection.receive(b"/livez"), {408})
        assert time.monotonic() - began < SOON


def test_a_body_that_does_not_come_to_its_end_keeps_no_connection(served: httpx.Client) -> None:
    with connected(served) as connection:
        connection.send(b"POST /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        judge(connection.receive(b"/v1", "POST"), {405})
        assert drip(connection, b"a" * 200) < SOON


def test_a_connection_on_which_nothing_is_asked_is_closed_without_a_word(served: httpx.Client) -> None:
    with connected(served) as connection:
        began = time.monotonic()
        assert connection.rest() == b""
        assert time.monotonic() - began < SOON


def test_a_connection_that_is_idle_after_a_response_is_kept_for_a_while_and_then_closed(served: httpx.Client) -> None:
    with connected(served) as connection:
        for _ in range(2):
            connection.send(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            judge(connection.receive(b"/livez"), {200})
            began = time.monotonic()
        assert connection.rest() == b""
        assert PATIENCE / 2 < time.monotonic() - began < SOON


def test_who_was_refused_sees_the_end_at_once_and_need_not_close_first(site: httpx.Client) -> None:
    with connected(site) as connection:
        began = time.monotonic()
        connection.send(b"NOT HTTP\r\n\r\n")
        judge(connection.receive(b"NOT HTTP"), {400})
        assert connection.rest() == b""
        assert time.monotonic() - began < Protocol.timeout_seconds / 2


def test_two_hundred_idle_connections_leave_room_for_others(served: httpx.Client) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(connected(served)) for _ in range(200)]
        slow = [stack.enter_context(connected(served)) for _ in range(100)]
        for connection in slow:
            connection.send(b"GET / HT")
        with httpx.Client(base_url=served.base_url, timeout=WAIT_SECONDS) as other:
            for _ in range(20):
                assert other.get("/v1/regions/7").status_code == 200
            assert len(Impatient.opened[-1].connections) <= Impatient.max_connections
        for connection in (*idle, *slow):
            connection.rest()


def test_with_as_many_descriptors_as_a_process_usually_has_more_idle_clients_do_not_fill_it(
    sqlite_settings: Settings,
) -> None:
    """The product with its own bounds."""
    with process(DATABASE_URL=sqlite_settings.database_url) as running, ExitStack() as stack:
        resource.prlimit(running.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        own, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(own, DESCRIPTORS * 2), most))
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (own, most))
        for _ in range(DESCRIPTORS + 76):
            stack.enter_context(closing(Connection(running.port)))
        slow = stack.enter_context(closing(Connection(running.port)))
        slow.send(b"GET / HT")
        for _ in range(3):
            assert running.answers("/livez")
        judge(slow.receive(b"/"), {408})


def test_a_client_that_works_keeps_its_connection_while_idle_ones_are_given_up(served: httpx.Client) -> None:
    with connected(served) as working, ExitStack() as stack:
        for _ in range(80):
            working.send(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            assert judge(working.receive(b"/livez"), {200}).json() == {"status": "ok"}
            stack.enter_context(connected(served))


def test_clients_that_never_read_are_given_up_and_others_are_served(
    served: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with ExitStack() as stack:
        deaf = [stack.enter_context(socket.socket()) for _ in range(30)]
        for connection in deaf:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", port(served)))
            connection.settimeout(0.2)
            threading.Thread(target=flood, args=(connection,)).start()
        time.sleep(0.5)
        began = time.monotonic()
        assert served.get("/v1/regions/7").status_code == 200
        assert time.monotonic() - began < SOON
        until(lambda: len(Impatient.opened[-1].connections) <= 1)  # the other
    assert [record for record in caplog.records if record.exc_info] == []


def flood(connection: socket.socket) -> None:
    """Ask as often as may be without reading."""
    with suppress(OSError):
        for _ in range(MAX_PIPELINED_REQUESTS):
            connection.sendall(REQUEST)


def test_a_slow_reader_that_goes_on_reading_gets_everything(served: httpx.Client) -> None:
    with socket.create_connection(("127.0.0.1", port(served)), timeout=WAIT_SECONDS) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(REQUEST[:-2] + b"Connection: close\r\n\r\n")
        received = b""
        while piece := connection.recv(2000):
            received += piece
            time.sleep(0.1)
        head, _, body = received.partition(b"\r\n\r\n")
        assert f"content-length: {len(body)}".encode() in head

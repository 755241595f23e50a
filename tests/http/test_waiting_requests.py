"""Test requests that come before an answer: how many wait, and what becomes of the rest."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import closing

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from app.server.protocol import MAX_DISCARDED_BYTES, MAX_PIPELINED_BYTES, MAX_PIPELINED_REQUESTS, Protocol
from app.settings import Settings
from tests.support.judge import judge
from tests.support.raw import Connection, Wire, request
from tests.support.service import running, serving
from tools.postgres import free_port

LATE_SECONDS = 0.3


async def late(_: Scope, receive: Receive, send: Send) -> None:
    """Answer with the length of the body, some time after the request has been read."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    await asyncio.sleep(LATE_SECONDS)
    content = b"%d" % len(body)
    fields = [(b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": 200, "headers": fields})
    await send({"type": "http.response.body", "body": content})


class Impatient(Protocol):
    timeout_seconds = LATE_SECONDS * 2


@pytest.fixture(scope="module")
def answered_late() -> Iterator[int]:
    """The port of a server whose connections may be idle for less time than a few answers take."""
    port = free_port()
    with running(late, port, Impatient, lifespan="off"):
        yield port


def test_a_body_that_comes_before_its_answer_is_discarded_and_the_answer_is_seen(answered_late: int) -> None:
    length = MAX_DISCARDED_BYTES * 3
    fields = [(b"expect", b"100-continue"), (b"content-length", b"%d" % length)]
    with closing(Connection(answered_late)) as connection:
        connection.send(request(b"/", fields, b"POST", b"a" * length))
        answer = connection.next_line()
        assert answer == b"HTTP/1.1 200 OK\r\n", "no 100 comes before it"
        assert connection.rest().endswith(b"\r\n\r\n0")


def test_a_connection_is_not_idle_while_requests_wait(answered_late: int) -> None:
    with closing(Connection(answered_late)) as connection:
        connection.send(request(b"/") * 6)
        for _ in range(6):
            assert connection.receive(b"/").body == b"0"


@pytest.mark.parametrize("count", [1, MAX_PIPELINED_REQUESTS])
def test_a_few_requests_may_wait(wire: Wire, count: int) -> None:
    with wire.connected() as connection:
        connection.send(b"".join(request(b"/v1/regions/%d" % number) for number in range(1, count + 2)))
        for number in range(1, count + 2):
            assert judge(connection.receive(b"/v1/regions"), {200}).json()["number"] == number


def test_when_one_more_waits_the_connection_is_closed(wire: Wire) -> None:
    with wire.connected() as connection:
        connection.send(request(b"/livez") * (MAX_PIPELINED_REQUESTS + 2))
        assert connection.rest().count(b"HTTP/1.1 200") < MAX_PIPELINED_REQUESTS + 2


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("rest", [b"", b"GET /v1 HTTP/1.1\r\n"], ids=["nothing", "a part"])
def test_a_client_that_ends_its_sending_gets_every_answer(wire: Wire, count: int, rest: bytes) -> None:
    """Ask for what is not in the cache, so that the end comes before the answers."""
    targets = [b"/v1/regions?limit=%d&offset=%d" % (number, count + len(rest)) for number in range(1, count + 1)]
    with wire.connected() as connection:
        connection.send(b"".join(map(request, targets)) + rest)
        connection.finish()
        for number, target in enumerate(targets, 1):
            assert judge(connection.receive(target), {200}).json()["limit"] == number
        assert connection.is_ended()


class Kept(Protocol):
    """Notes the most that was kept of what waits on any connection."""

    most_bytes = most_requests = 0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        Kept.most_bytes = max(Kept.most_bytes, 0 if self.transport.is_closing() else len(self._received))
        if len(data) > 10_000:
            found = sum(isinstance(each, RequestResponseCycle) for each in gc.get_objects())
            Kept.most_requests = max(Kept.most_requests, found)


@pytest.mark.parametrize(
    "piece",
    [
        b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /v1 HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 60_000 + b"\r\n\r\n",
    ],
    ids=["many", "large"],
)
@pytest.mark.slow
def test_a_connection_with_more_requests_than_may_wait_is_closed(sqlite_settings: Settings, piece: bytes) -> None:
    Kept.most_bytes = Kept.most_requests = 0
    gc.collect()
    with serving(sqlite_settings, protocol=Kept) as client:
        before = sum(isinstance(each, RequestResponseCycle) for each in gc.get_objects())
        with closing(Connection(client.base_url.port or 0)) as connection:
            connection.send(request(b"/v1/regions.csv") * 2)  # read by nobody
            assert connection.is_closed_while(piece * (100_000 // len(piece)), times=180)
        assert client.get("/livez").status_code == 200
    assert Kept.most_bytes <= MAX_PIPELINED_BYTES
    assert Kept.most_requests - before <= 5

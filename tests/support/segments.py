"""A server that says what it has read, so that a test decides how a request is cut into segments."""

import threading
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from itertools import count, pairwise
from types import TracebackType
from typing import ClassVar, Self

import httpx

from app.server.protocol import Protocol
from tests.support.raw import Connection

READ_SECONDS = 2.0
"""How long a piece may stay unread: a server that has closed, or waits for its client to read, reads no more."""


class Watched(Protocol):
    """The product's protocol. It counts by the client's port the bytes read, and the requests that the parser saw."""

    bytes_read: ClassVar[Counter[int]] = Counter()
    requests_seen: ClassVar[Counter[int]] = Counter()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.bytes_read[self.client[1] if self.client else 0] += len(data)

    def on_message_begin(self) -> None:
        self.requests_seen[self.client[1] if self.client else 0] += 1
        super().on_message_begin()


def send_apart(connection: Connection, pieces: Iterable[bytes]) -> None:
    """Send each piece once a `Watched` server has read those before it. A server that closes ends the sending."""
    start = Watched.bytes_read[connection.port]
    sent = 0
    with suppress(ConnectionError):
        for piece in pieces:
            deadline = time.monotonic() + READ_SECONDS
            while Watched.bytes_read[connection.port] - start < sent and time.monotonic() < deadline:
                time.sleep(0.00005)
            connection.send(piece)
            sent += len(piece)


def cut(content: bytes, *places: int) -> list[bytes]:
    """Return the parts of `content` between these places, without empty ones."""
    bounds = [0, *sorted(places), len(content)]
    return [content[start:end] for start, end in pairwise(bounds) if start < end]


class Bystanders:
    """Clients in threads of their own, which ask for one region after the other and check every answer.

    The `with` block begins when one was answered, and fails at its end if any answer was wrong.
    """

    def __init__(self, base_url: httpx.URL, clients: int = 2, pause: float = 0.002) -> None:
        self._base_url = base_url
        self._pause = pause
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(index,)) for index in range(clients)]
        self.wrong: list[str] = []
        self.right = 0

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        deadline = time.monotonic() + 10
        while not self.right and not self.wrong:
            assert time.monotonic() < deadline, "the bystanders got no answer"
            time.sleep(0.001)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if not error:
            assert self.wrong == []

    def _ask(self, index: int) -> None:
        with httpx.Client(base_url=self._base_url, timeout=30) as client:
            for turn in count():
                if self._stop.is_set():
                    return
                number, request_id = turn % 29 + 1, f"bystander-{index}-{turn}"
                try:
                    answer = client.get(f"/v1/regions/{number}?fields=number", headers={"Request-Id": request_id})
                except httpx.TransportError as error:
                    self.wrong.append(f"{request_id}: {error!r}")
                    return
                if (answer.text, answer.headers["Request-Id"]) != (f'{{"number":{number}}}', request_id):
                    self.wrong.append(f"{request_id}: {answer.status_code} {answer.text[:100]!r}")
                self.right += 1
                time.sleep(self._pause)

"""A client without manners: sends the bytes it is given, so that no library mends them on the way."""

import select
import socket
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse
from typing import Any, BinaryIO, cast

from tests.support.judge import Answer, judge
from tests.support.waiting import WAIT_SECONDS

CANARY = b"/v1/regions/7"

Headers = Iterable[tuple[bytes, bytes]]


def request(target: bytes, headers: Headers = (), method: bytes = b"GET", body: bytes = b"") -> bytes:
    lines = [b"%b %b HTTP/1.1" % (method, target), b"host: localhost", *(b"%b: %b" % pair for pair in headers)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


class Connection:
    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")
        self.port: int = self._socket.getsockname()[1]
        self.closed = False

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def send(self, content: bytes) -> None:
        self._socket.sendall(content)

    def is_answered(self, seconds: float = 0.02) -> bool:
        return bool(select.select([self._socket], [], [], seconds)[0])

    def is_closed_while(self, sent: bytes, times: int = 200) -> bool:
        """Return whether the server has enough before this was sent so often."""
        for _ in range(times):
            try:
                self.send(sent)
            except ConnectionError:
                return True
            time.sleep(0.001)
        return False

    def finish(self) -> None:
        """Says that nothing more will come."""
        self._socket.shutdown(socket.SHUT_WR)

    def next_line(self) -> bytes:
        return self._file.readline()

    def rest(self) -> bytes:
        """Return everything until the server closes, in order or by a reset."""
        received = b""
        with suppress(ConnectionResetError):
            while piece := self._file.read1(65536):
                received += piece
        return received

    def is_ended(self) -> bool:
        """Return whether the server says that nothing more will come, and does not reset the connection."""
        try:
            return self._file.read1(1) == b""
        except ConnectionResetError:
            return False

    def receive(self, target: bytes, method: str = "GET") -> Answer:
        """The next answer; its `target` and `method` are those of the request."""
        response = HTTPResponse(cast(socket.socket, self), method=method)
        response.begin()
        headers = [(name.lower(), value) for name, value in response.getheaders()]
        answer = Answer(method, target, response.status, headers, response.read())
        self.closed = response.will_close
        return answer

    def makefile(self, *_: str) -> BinaryIO:
        """One file for all answers: what was read ahead of an answer belongs to the next. Closing it closes nothing."""
        return cast(BinaryIO, _Unclosed(self._file))


class _Unclosed:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def close(self) -> None:
        pass


class Wire:
    """A server, asked badly. Every answer is judged, and after every one the next request must work."""

    def __init__(self, port: int) -> None:
        self.port = port
        with self.connected() as connection:
            self._canary = self._plain(connection)

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        connection = Connection(self.port)
        try:
            yield connection
        finally:
            connection.close()

    def ask(
        self,
        target: bytes,
        headers: Headers = (),
        method: str = "GET",
        body: bytes = b"",
        allowed: Collection[int] | None = None,
    ) -> Answer:
        return self.exchange(request(target, headers, method.encode(), body), target, method, allowed)

    def exchange(
        self, content: bytes, target: bytes = b"", method: str = "GET", allowed: Collection[int] | None = None
    ) -> Answer:
        """The judged answer to these very bytes; then the canary on the same connection, if that is still open."""
        with self.connected() as connection:
            connection.send(content)
            answer = judge(connection.receive(target or content, method), allowed)
            if connection.closed:
                with self.connected() as other:
                    assert self._plain(other) == self._canary
            else:
                assert self._plain(connection) == self._canary
        return answer

    @staticmethod
    def _plain(connection: Connection) -> bytes:
        connection.send(request(CANARY))
        answer = judge(connection.receive(CANARY), {200})
        assert answer.json()["number"] == 7
        return answer.body

"""A client that sends any bytes, and the facts that it learns before it attacks."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException, HTTPResponse

from tools.bench.cost.row import Facts, request
from tools.bench.scenarios import Request
from tools.bench.servers import HOST, Server

PLAIN = request("/v1/regions")

_SCRIPT = re.compile(r'(?:src|href)="/?([^"]+\.(?:js|css))"')


SECONDS_TO_ANSWER = 60


class Client:
    """Sends one request after another, each when the last one is answered; connects anew if the server has closed."""

    def __init__(self, port: int) -> None:
        self._address = HOST, port
        self._socket: socket.socket | None = None

    def ask(self, content: bytes, piece: int = 0) -> int:
        """Send a request, `piece` bytes at a time (0: at once); return the status of the response, 0 if none came."""
        connection = self._socket = self._socket or self._connect()
        with suppress(ConnectionError):  # the server may refuse the request before it has read all of it
            for begin in range(0, len(content), piece or len(content)):
                connection.sendall(content[begin : begin + piece] if piece else content)
        try:
            response = HTTPResponse(connection, method=content.partition(b" ")[0].decode())
            response.begin()
            response.read()
        except (OSError, HTTPException):
            self.close()
            return 0
        if response.will_close:
            self.close()
        return response.status

    def close(self) -> None:
        if self._socket:
            self._socket.close()
            self._socket = None

    def _connect(self) -> socket.socket:
        connection = socket.create_connection(self._address, timeout=SECONDS_TO_ANSWER)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


def learn(server: Server) -> Facts:
    """Read from the service what an attacker would read."""

    def text(path: str) -> str:
        return server.fetch(Request(path)).body.decode()

    regions = json.loads(text("/v1/regions"))["items"]
    pages = "".join(map(text, ("/docs", "/redoc", "/")))
    scripts = {f"/{path}" for path in _SCRIPT.findall(pages)}
    files = {each["url"] for each in json.loads(text("/v1/dataset"))["files"]}

    def largest_first(paths: set[str]) -> list[str]:
        return sorted(paths, key=lambda path: (-len(server.fetch(Request(path)).body), path))

    return Facts(
        regions,
        sorted({key for region in regions for key in _keys(region)}),
        [each["code"] for each in json.loads(text("/v1/prefectures"))["items"]],
        largest_first(scripts),
        largest_first(files),
    )


def _keys(record: object, prefix: str = "") -> Iterator[str]:
    """Yield every key of a record, dotted where nested."""
    if isinstance(record, list):
        for each in record:
            yield from _keys(each, prefix)
    elif isinstance(record, dict):
        for key, value in record.items():
            yield prefix + key
            yield from _keys(value, f"{prefix}{key}.")

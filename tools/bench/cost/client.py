"""A client that sends any bytes, and what it asks before it attacks."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException

from tests.support.raw import Connection
from tools.bench.cost.row import Facts, request
from tools.bench.scenarios import Request
from tools.bench.servers import Server

PLAIN = request("/v1/regions")

_SCRIPT = re.compile(r'(?:src|href)="/?([^"]+\.(?:js|css))"')


class Client:
    """Asks one request after another, on a new connection where the server has closed the last one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: Connection | None = None

    def ask(self, content: bytes, piece: int = 0) -> int:
        """Send a request, `piece` bytes at a time, and return the status of its answer; 0 if there is none."""
        connection = self._connection = self._connection or Connection(self._port)
        with suppress(ConnectionError):  # it may be refused before it was read to its end
            for begin in range(0, len(content), piece or len(content)):
                connection.send(content[begin : begin + piece] if piece else content)
        try:
            answer = connection.receive(b"", content.partition(b" ")[0].decode())
        except (OSError, HTTPException):
            self.close()
            return 0
        if connection.closed:
            self.close()
        return answer.status

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None


def learn(server: Server) -> Facts:
    """Ask the service what an attacker would."""

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

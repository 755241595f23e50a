"""`python -m tools.bench.asyncio_load URL SECONDS CLIENTS METHOD BODY [HEADER: VALUE …]`: the load without wrk.

Slower than the fastest servers, so it flatters the slow ones; the report says that it was used.
"""

import asyncio
import json
import sys
import time
from typing import cast
from urllib.parse import urlsplit

import httptools
import uvloop


class Tally:
    requests = 0
    errors = 0
    seconds = 0.0
    over = False


class Client(asyncio.Protocol):
    """Asks again as soon as it has its answer."""

    def __init__(self, request: bytes, tally: Tally) -> None:
        self.request = request
        self.tally = tally

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.parser = httptools.HttpResponseParser(self)
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        if self.tally.over:
            return
        if self.parser.get_status_code() < 400:
            self.tally.requests += 1
        else:
            self.tally.errors += 1
        self.transport.write(self.request)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # the protocol's signature
        if not self.tally.over:
            self.tally.errors += 1


async def load(url: str, seconds: float, clients: int, method: str, body: str, headers: list[str]) -> Tally:
    parts = urlsplit(url)
    content = body.encode()
    target = parts.path + ("?" + parts.query if parts.query else "")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}", *headers]
    if content:
        lines.append(f"Content-Length: {len(content)}")
    request = "\r\n".join([*lines, "", ""]).encode() + content
    tally = Tally()
    host, port = parts.netloc.split(":")
    loop = asyncio.get_running_loop()
    made = [loop.create_connection(lambda: Client(request, tally), host, int(port)) for _ in range(clients)]
    begin = time.perf_counter()
    connections = await asyncio.gather(*made, return_exceptions=True)
    await asyncio.sleep(seconds)
    tally.over = True
    tally.seconds = time.perf_counter() - begin
    for connection in connections:
        if isinstance(connection, BaseException):
            tally.errors += 1
        else:
            connection[0].close()
    return tally


def main() -> None:
    url, seconds, clients, method, body, *headers = sys.argv[1:]
    tally = uvloop.run(load(url, float(seconds), int(clients), method, body, headers))
    print(json.dumps({"requests": tally.requests, "seconds": tally.seconds, "errors": tally.errors}))


if __name__ == "__main__":
    main()

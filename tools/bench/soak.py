"""`python -m tools.bench.soak [--requests N] [--database URL]`: send mixed requests; report what the process keeps.

Exit code 1 if an answer was wrong, or if memory, descriptors or threads grew. In the middle of more load it is told to
stop, which must break no answer.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast
from urllib.parse import quote

import httptools
import uvloop

from tools.bench.servers import HOST, ROOT, free_port

CLIENTS = 32
CACHE_BYTES = 2 * 2**20
"""So small that it is full after the first thousands of requests: what is kept belongs to the warm-up."""
STOP_SECONDS = 2
GROWN_MEGABYTES, GROWN_MEGABYTES_LATER = 4, 8
"""What an allocator may keep besides, at once and in each 100 000 requests. A leak of 200 bytes in each of so many is
more, and so is one of 1 500 bytes in each of 5 000."""
GROWN_DESCRIPTORS, GROWN_THREADS = 4, 4


@dataclass(frozen=True)
class Weight:
    megabytes: float
    descriptors: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> "Weight":
        process = Path(f"/proc/{pid}")
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        descriptors = len(list((process / "fd").iterdir()))
        return cls(int(status["VmRSS"].split()[0]) / 1024, descriptors, int(status["Threads"]))

    def __str__(self) -> str:
        return f"{self.megabytes:.1f} MB, {self.descriptors} descriptors, {self.threads} threads"


def mixed(number: int) -> tuple[str, int]:
    """A target and the status that it must have; most are asked again and again, some never before."""
    region, page = number % 29 + 1, number // 7 % 900
    return [
        ("/v1/regions", 200),
        (f"/v1/regions/{region}", 200),
        (f"/v1/regions?q={quote('医療')}&limit={page % 100 + 1}&offset={page % 13}", 200),
        (f"/v1/regions?fiscal_year={2004 + number % 9}&limit={page % 100 + 1}&facets=type", 200),
        ("/v1/regions.csv" if number % 3 else f"/v1/regions.ndjson?number={region}", 200),
        ("/v1/regions", 304),
        (f"/v1/regions/{number}9999", 404),
        (f"/v1/regions?limit={number}000", 422),
        (f"/v1/regions?q={quote('大学')}{number}", 200),
        ("/v1/prefectures", 200),
        ("/readyz", 200),
        ("/openapi.json", 200),
    ][number % 12]


@dataclass
class Tally:
    """Count what was asked and what came back."""

    total: int
    tag: bytes
    begun: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Client(asyncio.Protocol):
    """Asks again as soon as it has its answer, until all is asked or the server says that it closes."""

    def __init__(self, tally: Tally, done: asyncio.Future[None]) -> None:
        self.tally, self.done = tally, done
        self.waits = False
        self.closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.parser = httptools.HttpResponseParser(self)
        self._ask()

    def _ask(self) -> None:
        if self.tally.begun >= self.tally.total:
            self.transport.close()
            return
        self.target, self.status = mixed(self.tally.begun)
        self.tally.begun += 1
        self.waits = True
        lines = [f"GET {self.target} HTTP/1.1".encode(), b"Host: soak"]
        if self.status == 304:
            lines.append(b"If-None-Match: " + self.tally.tag)
        self.transport.write(b"\r\n".join([*lines, b"", b""]))

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.closing |= name.lower() == b"connection" and value.lower() == b"close"

    def on_message_complete(self) -> None:
        self.waits = False
        status = self.parser.get_status_code()
        self.tally.answers[status] += 1
        if status != self.status and not (self.closing and self.target == "/readyz"):
            self.tally.wrong.append(f"{status} for {self.target}")
        if not self.closing:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.waits:
            self.tally.wrong.append(f"no answer for {self.target}: {exc}")
        self.done.set_result(None)


async def ask(port: int, tally: Tally) -> Tally:
    """Ask by all clients at once; return when all is answered, or every connection was closed."""
    loop = asyncio.get_running_loop()
    finished: list[asyncio.Future[None]] = [loop.create_future() for _ in range(CLIENTS)]
    for done in finished:
        await loop.create_connection(partial(Client, tally, done), HOST, port)
    await asyncio.gather(*finished)
    return tally


async def stop_under_load(port: int, pid: int, tag: bytes) -> Tally:
    asking = asyncio.create_task(ask(port, tally := Tally(sys.maxsize, tag)))
    await asyncio.sleep(STOP_SECONDS / 2)
    os.kill(pid, signal.SIGTERM)
    await asking
    return tally


@contextmanager
def service(database_url: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    settings = {"DATABASE_URL": database_url, "PORT": str(port), "ACCESS_LOG": "0", "CACHE_BYTES": str(CACHE_BYTES)}
    settings["DRAIN_SECONDS"] = str(STOP_SECONDS)
    process = subprocess.Popen([sys.executable, "-m", "app"], cwd=ROOT, env=os.environ | settings)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def first_tag(port: int) -> bytes:
    """Return the tag of the list, when the service is there."""
    deadline = time.monotonic() + 30
    while True:
        try:
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(b"GET /v1/regions HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n")
            head = (await reader.read()).partition(b"\r\n\r\n")[0]
            writer.close()
            return next(line[6:] for line in head.split(b"\r\n") if line.lower().startswith(b"etag: "))
        except (OSError, StopIteration):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)


def settled(pid: int) -> Weight:
    """Once the connections of the load are closed, which takes the server a moment."""
    weight = Weight.of(pid)
    for look in range(20):
        time.sleep(0.1)
        before, weight = weight, Weight.of(pid)
        if weight.descriptors >= before.descriptors and look > 5:
            break
    return weight


def soak(database_url: str, requests: int) -> list[str]:
    """Return what is not as it should be."""
    port = free_port()
    with service(database_url, port) as process:
        tag = uvloop.run(first_tag(port))
        warm = uvloop.run(ask(port, Tally(requests // 4, tag)))
        before = settled(process.pid)
        began = time.monotonic()
        tally = uvloop.run(ask(port, Tally(requests, tag)))
        seconds = time.monotonic() - began
        after = settled(process.pid)
        stopped = uvloop.run(stop_under_load(port, process.pid, tag))
        process.wait(20)
    print(f"{requests} requests of {CLIENTS} clients after {warm.begun} to warm up, {requests / seconds:.0f}/s")
    print(f"answers: {dict(sorted(tally.answers.items()))}; while stopping: {dict(sorted(stopped.answers.items()))}")
    print(f"before: {before}\nafter:  {after}")
    faults = [*warm.wrong, *tally.wrong, *stopped.wrong]
    grown = after.megabytes - before.megabytes
    if grown > GROWN_MEGABYTES + GROWN_MEGABYTES_LATER * requests / 100_000:
        faults.append(f"memory grew by {grown:.1f} MB")
    if after.descriptors > before.descriptors + GROWN_DESCRIPTORS:
        faults.append(f"descriptors grew by {after.descriptors - before.descriptors}")
    if after.threads > before.threads + GROWN_THREADS:
        faults.append(f"threads grew by {after.threads - before.threads}")
    return faults


def main(*arguments: str) -> int:
    parser = argparse.ArgumentParser("python -m tools.bench.soak", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--database", help="a URL of a database with the data; an SQLite file of its own if left out")
    options = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="soak-") as folder:
        url = options.database or f"sqlite:///{folder}/regions.sqlite"
        subprocess.run([sys.executable, "-m", "seed"], cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, check=True)
        faults = soak(url, options.requests)
    for fault in faults[:20]:
        print(fault, file=sys.stderr)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

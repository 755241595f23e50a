"""Count requests and expose the counts to Prometheus.

Counting is done with plain numbers, since it happens with every request; `prometheus_client` writes them down when
somebody asks. Of several workers each puts its numbers into a shared folder, once a second, and whichever is asked adds
them up.
"""

import fcntl
import logging
import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import orjson
from anyio import sleep

from app import __version__
from app.http import headers

if TYPE_CHECKING:
    from prometheus_client import Metric

SHARE_SECONDS = 1.0
BOUNDS = (0.00025, 0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0)
"""Of the durations, in seconds; an answer from the cache stays below the first."""

LOCK = ".lock"
"""Suffix of the file that a worker keeps locked beside its numbers."""

log = logging.getLogger("app.metrics")

NUMBERS = {
    "cache_hits_total": "Requests answered from the cache",
    "cache_misses_total": "Requests that the application was asked for",
    "cache_bytes": "Bytes of the answers that are kept",
    "cache_limit_bytes": "Bytes that may be kept (CACHE_BYTES)",
    "files_bytes": "Bytes of the files of the data set that are kept, with their encoded forms",
    "database_reads": "Reads in threads that go on, each with a connection; short ones of SQLite need no thread",
    "database_reads_limit": "Reads that may go on at the same time (DATABASE_POOL_SIZE quick and half as many slow)",
    "database_reads_waiting": "Reads that wait for others to end",
    "log_lines_dropped_total": "Lines of the log that nobody took in time, or that could not be written",
    "workers": "Processes that serve, and that these numbers are of",
    "workers_resident_memory_bytes": "Memory of these processes",
}
"""What sources may tell of; what ends in `_total` only grows."""

_MEMORY = Path("/proc/self/statm")

_METHODS = set(headers.ALLOW.decode().split(", "))

_BYTES, _SECONDS = -2, -1
"""Places in a cell, behind the counts of the buckets."""

Source = Callable[[], Mapping[str, float]]
"""A function that returns some of `NUMBERS`."""

Cells = dict[tuple[str, str, int], list[float]]
"""By route, method and status."""


class Metrics:
    """The counts of this worker, one of so many. Each source tells some of `NUMBERS`; `version` is that of the data."""

    def __init__(self, shared: Path | None = None, workers: int = 1) -> None:
        self.sources: list[Source] = [_of_this_process]
        self.version: Callable[[], str | None] = lambda: None
        self._cells: Cells = {}
        self._shared = shared
        self._workers = workers
        self._own = token_hex(8)
        self._lock: int | None = None
        """Descriptor of a file that this process keeps locked while it lives."""

    def count(self, route: str, method: str, status: int, sent: int, seconds: float) -> None:
        """Count a request. `route` is a template, empty where none was found; `status` is 0 if no response began."""
        try:
            cell = self._cells[route, method, status]
        except KeyError:
            key = (route, method if method in _METHODS else "other", status)
            cell = self._cells.setdefault(key, [0] * (len(BOUNDS) + 3))
        cell[bisect_left(BOUNDS, seconds)] += 1
        cell[_BYTES] += sent
        cell[_SECONDS] += seconds

    def exposition(self) -> bytes:
        """Return the sums of all workers in the text format of Prometheus."""
        import prometheus_client as prometheus  # only here: it takes a tenth of the time of a start

        registry = prometheus.CollectorRegistry()
        registry.register(self)
        if not self._shared:
            prometheus.ProcessCollector(registry=registry)
        return prometheus.generate_latest(registry)

    def collect(self) -> Iterator["Metric"]:
        from prometheus_client import core

        cells, numbers = self._all()
        requests = core.CounterMetricFamily("http_requests", "Requests", labels=("route", "method", "status"))
        sent = core.CounterMetricFamily("http_response_body_bytes", "Bytes of answers", labels=("route",))
        durations = core.HistogramMetricFamily(
            "http_request_duration_seconds", "From the request's head to the answer's last byte", labels=("route",)
        )
        routes: dict[str, list[float]] = {}
        for (route, method, status), cell in sorted(cells.items()):
            requests.add_metric((route, method, str(status)), sum(cell[:_BYTES]))
            routes[route] = [a + b for a, b in zip(routes.get(route, [0] * len(cell)), cell, strict=True)]
        for route, cell in routes.items():
            sent.add_metric((route,), cell[_BYTES])
            durations.add_metric((route,), _cumulative(cell), cell[_SECONDS])
        yield from (requests, sent, durations)
        for name, value in numbers.items():
            family = core.CounterMetricFamily if name.endswith("_total") else core.GaugeMetricFamily
            yield family(name, NUMBERS[name], value)
        yield core.GaugeMetricFamily("workers_limit", "Processes that should serve (WORKERS)", self._workers)
        yield core.InfoMetricFamily("service", "The release", {"version": __version__})
        yield core.InfoMetricFamily("dataset", "The data set that is served", {"version": self.version() or ""})

    async def share(self) -> None:
        """Write the counts for the other workers, once a second; return at once if there are none."""
        while self._shared:
            self._write(self._shared)
            await sleep(SHARE_SECONDS)

    def _numbers(self) -> dict[str, float]:
        return {name: value for source in self.sources for name, value in source().items()}

    def _all(self) -> tuple[Cells, Mapping[str, float]]:
        """Return the sums of all workers. From dead workers keep counters and drop gauges."""
        if not self._shared:
            return self._cells, self._numbers()
        self._write(self._shared)
        cells: Cells = {}
        numbers: Counter[str] = Counter()
        for file in self._shared.glob("*.json"):
            with suppress(FileNotFoundError):  # the folder is removed when the supervisor is gone
                _add(file, cells, numbers)
        return cells, numbers

    def _write(self, folder: Path) -> None:
        """Write the numbers of this worker; by renaming, so that nobody reads half of them."""
        cells = [[*key, cell] for key, cell in self._cells.items()]
        written = folder / f"{self._own}.new"
        try:
            if self._lock is None:  # before there are numbers by which others find it
                self._lock = os.open(folder / f"{self._own}{LOCK}", os.O_CREAT | os.O_WRONLY, 0o600)
                fcntl.flock(self._lock, fcntl.LOCK_EX)
            written.write_bytes(orjson.dumps({"cells": cells, "numbers": self._numbers()}))
            written.rename(folder / f"{self._own}.json")
        except OSError as error:
            log.warning("the counts cannot be shared: %s", error.strerror)


def _add(file: Path, cells: Cells, numbers: Counter[str]) -> None:
    """Add what a worker wrote to the sums."""
    told: dict[str, Any] = orjson.loads(file.read_bytes())
    alive = _is_locked(file.with_suffix(LOCK))
    for *key, cell in told["cells"]:
        route, method, status = key
        sums = cells.get((route, method, status), [0] * len(cell))
        cells[route, method, status] = [a + b for a, b in zip(sums, cell, strict=True)]
    numbers.update({name: value for name, value in told["numbers"].items() if alive or name.endswith("_total")})


def _is_locked(file: Path) -> bool:
    """Return whether a process keeps the file locked; the kernel unlocks it when the process ends in any way."""
    with file.open() as opened:
        try:
            # shared: two workers that test the file of a dead one at once must not take each other for its owner
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _of_this_process() -> dict[str, float]:
    numbers: dict[str, float] = {"workers": 1}
    if _MEMORY.exists():  # on Linux
        numbers["workers_resident_memory_bytes"] = int(_MEMORY.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return numbers


def _cumulative(cell: list[float]) -> list[tuple[str, float]]:
    """Return the counts of the buckets, each with all below it."""
    total = 0.0
    buckets = []
    for bound, count in zip((*BOUNDS, "+Inf"), cell[:_BYTES], strict=True):
        total += count
        buckets.append((str(bound), total))
    return buckets

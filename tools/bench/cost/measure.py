"""The three measurements: CPU of a request, a cached answer beside attackers, memory after random requests."""

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from random import Random
from statistics import median

from tools.bench.cost import rows_filters, rows_requests, rows_text
from tools.bench.cost.client import PLAIN, Client
from tools.bench.cost.row import Facts, Row
from tools.bench.cost.server import Service

ROWS = {**rows_filters.ROWS, **rows_text.ROWS, **rows_requests.ROWS}

LEAST_REQUESTS, MOST_REQUESTS = 3, 400
PLAIN_REQUESTS = 40

ATTACKERS = 4
PAUSE_SECONDS = 0.002
"""Between two questions of the client that asks for a cached answer."""

GROWTH_REQUESTS = 10_000
GROWTH_LIMIT_MEGABYTES = 1_000
"""Where it stops: a machine has an end."""


@dataclass(frozen=True)
class Cost:
    """Cost of a row on one database."""

    bytes_sent: int
    """Of a whole request, the median."""
    statuses: str
    seconds: float
    """CPU time of a request, the mean."""
    plain_seconds: float = 0.0
    """CPU time of a plain uncached list in the same run, at its quietest moments."""

    @property
    def ratio(self) -> float:
        return self.seconds / self.plain_seconds


def plain_cost(uncached: Service) -> float:
    """Return the CPU seconds of a plain list that is not cached."""
    client = Client(uncached.server.port)
    for _ in range(2):
        client.ask(PLAIN)
    begun = uncached.cpu_seconds()
    for _ in range(PLAIN_REQUESTS):
        client.ask(PLAIN)
    spent = uncached.cpu_seconds() - begun
    client.close()
    return spent / PLAIN_REQUESTS


def cost(service: Service, row: Row, facts: Facts, seconds: float) -> Cost:
    """Return the cost of a row; it is asked for so long, but a few times at least."""
    client = Client(service.server.port)
    requests = make_all(row, facts, f"cost {time.monotonic_ns()}")  # nothing that was asked before
    client.ask(next(requests), row.piece)  # what is made once is not what an attacker can make again
    statuses: Counter[int] = Counter()
    sizes: list[int] = []
    begun, end = service.cpu_seconds(), time.monotonic() + seconds
    while len(sizes) < LEAST_REQUESTS or (len(sizes) < MOST_REQUESTS and time.monotonic() < end):
        content = next(requests)
        sizes.append(len(content))
        statuses[client.ask(content, row.piece)] += 1
    spent = service.cpu_seconds() - begun
    client.close()
    service.megabytes()  # `Missing` if this has ended it
    answered = ", ".join(str(status or "none") for status, _ in statuses.most_common(3))
    return Cost(int(median(sizes)), answered, spent / len(sizes))


def p99_of_cached(port: int, seconds: float) -> float:
    """Return the p99, in milliseconds, of what a client waits that asks for a cached answer at any time."""
    client = Client(port)
    client.ask(PLAIN)
    waits: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.perf_counter()
        client.ask(PLAIN)
        wait = time.perf_counter() - begun
        while wait > 0:  # whoever had come a little later would have waited a little less
            waits.append(wait)
            wait -= PAUSE_SECONDS
        time.sleep(PAUSE_SECONDS)
    client.close()
    return sorted(waits)[int(len(waits) * 0.99)] * 1000


@contextmanager
def attacked(port: int, row: Row, facts: Facts) -> Iterator[None]:
    """Several clients send a row, each as soon as it has its answer."""
    context = multiprocessing.get_context("fork")
    attackers = [
        context.Process(target=_attack, args=(port, row, facts, f"{time.monotonic_ns()} {number}"), daemon=True)
        for number in range(ATTACKERS)
    ]
    for attacker in attackers:
        attacker.start()
    try:
        time.sleep(0.1)
        yield
    finally:
        for attacker in attackers:
            attacker.kill()
            attacker.join()


def _attack(port: int, row: Row, facts: Facts, seed: str) -> None:
    os.nice(10)  # what makes and reads requests must not delay the client that is measured
    client = Client(port)
    for content in make_all(row, facts, seed):
        client.ask(content, row.piece)


@dataclass(frozen=True)
class Growth:
    requests: int
    megabytes: float


def growth(service: Service, facts: Facts, seconds: float) -> Growth:
    """Return how much a fresh process has grown after random requests of random rows, or when the time is over."""
    client = Client(service.server.port)
    client.ask(PLAIN)
    before, end = service.megabytes(), time.monotonic() + seconds
    asked = 0
    for content in islice(anything(facts, "growth"), GROWTH_REQUESTS):
        client.ask(content)
        asked += 1
        if asked % 20 == 0 and (time.monotonic() > end or service.megabytes() - before > GROWTH_LIMIT_MEGABYTES):
            break
    client.close()
    return Growth(asked, service.megabytes() - before)


def make_all(row: Row, facts: Facts, seed: str) -> Iterator[bytes]:
    """Yield requests of a row for ever; equal seeds, equal requests."""
    choose = Random(f"{row.name} {seed}")
    while True:
        yield row.make(choose, facts)


def anything(facts: Facts, seed: str) -> Iterator[bytes]:
    """Yield random requests of random rows for ever."""
    choose = Random(seed)
    makers = list(ROWS.values())
    while True:
        yield choose.choice(makers).make(choose, facts)

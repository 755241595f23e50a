"""Requests in pieces and behind one another, each with the answer that it gets alone."""

import os
import random
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.support.hostile_requests import Sample
from tests.support.judge import Answer
from tests.support.raw import Connection
from tests.support.segments import cut

COUNT = int(os.environ.get("SEGMENTED_REQUESTS", "1500"))
"""Requests that a test sends; `make fuzz` sends 100,000."""
SEED = int(os.environ.get("HOSTILE_SEED", "6"))

Send = Callable[[Connection, Iterable[bytes]], None]

MOST_CUTS = 400
"""Places at which one sample is cut; of a longer one they are drawn."""

MOST_TOGETHER = 12
"""Samples in one pipeline, fewer than the server lets wait."""


def send_with_pauses(connection: Connection, pieces: Iterable[bytes]) -> None:
    """Send each piece after a moment, so that a proxy probably reads it apart."""
    with suppress(ConnectionError):
        for piece in pieces:
            connection.send(piece)
            time.sleep(0.0003)


@dataclass
class Expected:
    """The answer to a sample that was sent alone and in one piece."""

    comparable: tuple[Any, ...]
    closes: bool
    is_named: bool
    """Whether it carries the request's id."""


@dataclass
class Fuzzer:
    port: int
    samples: Sequence[Sample]
    seed: int
    send: Send
    asked: int = 0
    _expected: dict[Sample, Expected] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.choose = random.Random(self.seed)
        for each in self.samples:
            with closing(Connection(self.port)) as connection:
                request_id = self._id()
                connection.send(each.named(request_id))
                answer = connection.receive(b"", each.method)
                is_named = (answer.header("request-id") or "").encode() == request_id
                self._expected[each] = Expected(answer.comparable(), connection.closed, is_named)

    def run(self, count: int) -> None:
        """Send about `count` samples: four of five one by one, each cut once, and the others in pipelines."""
        end = self.asked + count
        cuts = [(each, place) for each in self.samples for place in self._places(each)]
        self.choose.shuffle(cuts)
        self._run_cuts(cuts[: count * 4 // 5])
        while self.asked < end:
            self._run_pipeline()

    def _places(self, each: Sample) -> list[int]:
        places = range(1, len(each.content))
        return self.choose.sample(places, min(len(places), MOST_CUTS))

    def _run_cuts(self, cuts: Iterable[tuple[Sample, int]]) -> None:
        connection = Connection(self.port)
        try:
            for each, place in cuts:
                self._exchange(connection, [each], [place])
                if self._expected[each].closes:
                    connection.close()
                    connection = Connection(self.port)
        finally:
            connection.close()

    def _run_pipeline(self) -> None:
        samples = self.choose.choices(self.samples, k=self.choose.randint(2, MOST_TOGETHER))
        length = sum(len(each.content) for each in samples)
        cuts = self.choose.choice([0, 0, 1, 2, 5, 20])
        with closing(Connection(self.port)) as connection:
            self._exchange(connection, samples, [self.choose.randrange(length) for _ in range(cuts)])

    def _exchange(self, connection: Connection, samples: Sequence[Sample], places: Sequence[int]) -> None:
        named = [(each, self._id()) for each in samples]
        content = b"".join(each.named(request_id) for each, request_id in named)
        try:
            self.send(connection, cut(content, *places))
            for each, request_id in named:
                expected = self._expected[each]
                self._check(connection.receive(each.content, each.method), expected, request_id)
                if expected.closes:
                    assert connection.rest() == b"", "nothing follows the last answer"
                    break
        except Exception as error:
            error.add_note(f"HOSTILE_SEED={self.seed}, request {self.asked}, cut at {places}: {content!r}")
            raise

    def _check(self, answer: Answer, expected: Expected, request_id: bytes) -> None:
        assert answer.comparable() == expected.comparable, answer.body[:300]
        assert expected.is_named == ((answer.header("request-id") or "").encode() == request_id)

    def _id(self) -> bytes:
        self.asked += 1
        return b"request-%014d" % self.asked

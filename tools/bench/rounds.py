"""Fires the shots that are to be compared one right after the other, round by round."""

import sys
from dataclasses import dataclass, field
from statistics import median

from tools.bench.load import Load, Shot, fire

WARM_UP_SECONDS = 1


@dataclass(frozen=True)
class Spread:
    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        return cls(median(values), min(values), max(values))


@dataclass
class Group:
    """Shots that are compared with the first of them, in the same round."""

    title: str
    shots: list[Shot]
    loads: dict[str, list[Load]] = field(default_factory=dict)

    def ratio(self, name: str) -> Spread:
        return Spread.of([one.rate / base.rate for one, base in zip(self.loads[name], self._base(), strict=True)])

    def rate(self, name: str) -> Spread:
        return Spread.of([load.rate for load in self.loads[name]])

    def errors(self, name: str) -> int:
        return sum(load.errors for load in self.loads[name])

    def _base(self) -> list[Load]:
        return self.loads[self.shots[0].name]


def run(groups: list[Group], rounds: int, seconds: int) -> None:
    for group in groups:
        for shot in group.shots:
            fire(shot, WARM_UP_SECONDS)
    for number in range(rounds):
        print(f"round {number + 1} of {rounds} …", file=sys.stderr)
        for group in groups:
            # another shot begins each time, so that none always follows the same
            turn = number % len(group.shots)
            for shot in group.shots[turn:] + group.shots[:turn]:
                group.loads.setdefault(shot.name, []).append(fire(shot, seconds))

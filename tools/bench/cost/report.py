"""The report of `python -m tools.bench.cost`, and its section in `docs/benchmarks.md`."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tools.bench.cost.measure import ATTACKERS, GROWTH_REQUESTS, Cost, Growth
from tools.bench.servers import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- made by `make bench-cost`: begin -->", "<!-- made by `make bench-cost`: end -->"

MOST, MOST_OF_SHORT, SHORT_BYTES = 40, 20, 1_024
"""Goals: the ratio of any request, and of one of up to 1 KB."""
MOST_MILLISECONDS = 25
"""Goal: the 99th percentile of a cached answer beside any attack."""
GROWN_MEGABYTES = 64 + 30
"""Goal: `CACHE_BYTES` and 30 MB."""

Ratios = Mapping[str, float]
"""By row, the highest on any database."""


@dataclass
class Results:
    """Measured costs by row and database, `None` where the process ended."""

    databases: list[str]
    plain: dict[str, float] = field(default_factory=dict)
    """CPU seconds of a plain uncached list, by database."""
    costs: dict[str, dict[str, Cost | None]] = field(default_factory=dict)
    beside: dict[str, dict[str, list[tuple[float, float]]]] = field(default_factory=dict)
    """Milliseconds alone and attacked, of each round, by row and database."""
    growth: dict[str, Growth] = field(default_factory=dict)

    def ratio(self, row: str) -> float:
        """Return the highest on any database; endless where the process ended."""
        return max(cost.ratio if cost else float("inf") for cost in self.costs[row].values())

    def ratios(self) -> dict[str, float]:
        return {row: round(self.ratio(row), 1) for row in self.costs}

    def worst_first(self) -> list[str]:
        return sorted(self.costs, key=self.ratio, reverse=True)

    def is_over(self, row: str) -> bool:
        sizes = [cost.bytes_sent for cost in self.costs[row].values() if cost]
        return self.ratio(row) > (MOST_OF_SHORT if max(sizes, default=0) <= SHORT_BYTES else MOST)


def render(results: Results, before: Ratios) -> str:
    """Return the report in Markdown; `before` are ratios of another release."""
    return "\n".join([*_costs(results, before), "", *_beside(results), "", *_growth(results)]) + "\n"


def write(text: str) -> None:
    """Put the report into its section of the page; the rest of the page stays as it is."""
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n\n{text}\n{END}{tail}", encoding="utf-8")


def _costs(results: Results, before: Ratios) -> list[str]:
    plain = ", ".join(f"{seconds * 1e6:.0f} µs on {name}" for name, seconds in results.plain.items())
    over = [row for row in results.costs if results.is_over(row)]
    names = [f"{name}, ratio" for name in results.databases]
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}; Python {platform.python_version()}; {os.cpu_count()} CPUs; the 29 regions; "
        "default settings. Every request differs from those before it. The ratio is the CPU time, user and system, of "
        f"the process (on PostgreSQL: and of its backends) to that of a plain uncached list: {plain}. "
        f"Goal: at most {MOST}, and {MOST_OF_SHORT} where up to 1 KB is sent. "
        f"Over it (bold): {len(over)} of {len(results.costs)}.",
        "",
        _line(["request", "bytes sent", "answer", *names, *(["before"] if before else [])]),
        _line(["---", *["--:"] * (len(names) + 2 + bool(before))]),
    ]
    for row in results.worst_first():
        first = next((cost for cost in results.costs[row].values() if cost), None)
        cells = [f"{first.bytes_sent:,}", first.statuses] if first else ["", ""]
        cells += [f"{cost.ratio:,.1f}" if cost else "the process ended" for cost in results.costs[row].values()]
        name = f"**{row}**" if results.is_over(row) else row
        known = [f"{before[row]:,.1f}" if row in before else ""] if before else []
        lines.append(_line([name, *cells, *known]))
    return lines


def _beside(results: Results) -> list[str]:
    lines = [
        f"99th percentile, in ms, of what a client waits for the cached list, alone and beside {ATTACKERS} clients "
        f"that send a row; interleaved, median of the rounds. Goal: at most {MOST_MILLISECONDS} ms.",
        "",
        _line(["beside", *(f"{name}, {state}" for name in results.databases for state in ("alone", "attacked"))]),
        _line(["---", *["--:"] * (2 * len(results.databases))]),
    ]
    for row, databases in results.beside.items():
        lines.append(
            _line([row, *(_median(each) for rounds in databases.values() for each in zip(*rounds, strict=True))])
        )
    return lines


def _median(values: tuple[float, ...]) -> str:
    return f"{sorted(values)[len(values) // 2]:.3g}" if values else "–"


def _growth(results: Results) -> list[str]:
    grown = ", ".join(
        f"{growth.megabytes:.0f} MB after {growth.requests:,} on {name}" for name, growth in results.growth.items()
    )
    return [
        f"Resident memory of a fresh process after up to {GROWTH_REQUESTS:,} random requests of random rows: {grown}. "
        f"Goal: less than {GROWN_MEGABYTES} MB (`CACHE_BYTES` and 30 MB) after {GROWTH_REQUESTS:,}."
    ]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"

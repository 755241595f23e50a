"""The results as Markdown: for the terminal and for a file."""

import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tools.bench.load import CLIENTS, MANY_CLIENTS
from tools.bench.rounds import Group
from tools.bench.scenarios import READS, Scenario
from tools.bench.servers import CORES, ROOT, STARTS, Candidate

NONE = "–"
PAGE = ROOT / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Results:
    wrk: str
    rounds: int
    seconds: int
    candidates: list[Candidate]
    scenarios: Mapping[Scenario, Group]
    costs: Group
    many: Group
    starts: Mapping[str, float]
    megabytes: Mapping[str, float]
    missing: list[str]


def render(results: Results) -> str:
    names = [candidate.name for candidate in results.candidates]
    loaded = list(dict.fromkeys(shot.name for group in results.scenarios.values() for shot in group.shots))
    ratios = (_scenario_row(name, results.scenarios, _ratio) for name in loaded)
    rates = (_scenario_row(name, results.scenarios, _rate) for name in loaded)
    scenario_head = ["", *(str(scenario) for scenario in results.scenarios)]
    parts = [
        "# Benchmark",
        _conditions(results),
        f"## Requests, {CLIENTS} clients: ratio to a bare ASGI application",
        "The bare application sends the same bytes and the same header fields as this service. "
        "Ratios of the same round: median (least–most).",
        _table(scenario_head, ratios),
        *([] if Scenario.NOT_MODIFIED in results.scenarios else ["304 was left out: this service sent no `ETag`."]),
        "## What request id, counts and log cost",
        "The list; ratio to the bare application with a fresh `Request-Id` in each response.",
        _table(["", "ratio"], ([shot.name, _ratio(results.costs, shot.name)] for shot in results.costs.shots)),
        f"## {MANY_CLIENTS} clients",
        "The list; ratio to the bare application with as many clients.",
        _table(
            ["", "ratio", "errors"],
            (
                [shot.name, _ratio(results.many, shot.name), str(results.many.errors(shot.name))]
                for shot in results.many.shots
            ),
        ),
        "## Start and memory",
        f"From the start of the process to the first answer (median of {STARTS}, bytecode cached); "
        "resident memory after the load.",
        _table(
            ["", "start, s", "memory, MB"],
            ([name, f"{results.starts[name]:.2f}", f"{results.megabytes[name]:.0f}"] for name in names),
        ),
        "## Peers",
        "Each answered every request with 200 and the very regions that were expected, whole, before it was measured.",
        _table(
            ["", "version", *map(str, READS), "note"],
            (_peer_row(candidate) for candidate in results.candidates if candidate.version),
            align="---",
        ),
        *(f"**Missing:** {reason}." for reason in results.missing),
        *_errors(results),
        "## Requests per second (they do not travel)",
        "Of this machine on this day; only the ratios above mean something elsewhere.",
        _table(scenario_head, rates),
    ]
    return "\n\n".join(parts) + "\n"


def quote(text: str) -> None:
    """Put the tables of the report but its peers and rates, and how they were made, into docs/benchmarks.md."""
    parts = text.split("\n\n")
    tables = [part for part in parts if part.startswith("| ")][:4]
    quoted = "\n\n".join([*tables, f"Median (least–most) of the rounds. {parts[1]}"])
    begin, end = "<!-- quoted from tools/bench/RESULTS.md -->\n", "<!-- end -->"
    before, _, rest = PAGE.read_text().partition(begin)
    PAGE.write_text(f"{before}{begin}{quoted}\n{end}{rest.partition(end)[2]}")


def _conditions(results: Results) -> str:
    pinned = "server on one core, load on another" if len(CORES) > 1 else "server and load share one core"
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; Python {platform.python_version()}; {len(CORES)} CPUs, {pinned}; "
        f"load by wrk {results.wrk}; {results.rounds} interleaved rounds of {results.seconds} s; one worker, "
        "no compression. This service is `python -m app` with its defaults, its log goes to a pipe that is read; the "
        "bare application and the Python peers run without an access log. Made by `make bench`."
    )


def _scenario_row(name: str, scenarios: Mapping[Scenario, Group], cell: Callable[[Group, str], str]) -> list[str]:
    return [name, *(cell(group, name) for group in scenarios.values())]


def _ratio(group: Group, name: str) -> str:
    if name not in group.loads:
        return NONE
    spread = group.ratio(name)
    middle, least, most = (_short(ratio) for ratio in (spread.middle, spread.least, spread.most))
    return middle if least == most else f"{middle} ({least}–{most})"


def _rate(group: Group, name: str) -> str:
    return f"{group.rate(name).middle:,.0f}" if name in group.loads else NONE


def _short(ratio: float) -> str:
    return f"{ratio:.3f}" if ratio < 0.1 else f"{ratio:.2f}"


def _peer_row(candidate: Candidate) -> list[str]:
    return [
        candidate.name,
        candidate.version,
        *(f"`{candidate.requests[scenario]}`" for scenario in READS),
        candidate.note,
    ]


def _errors(results: Results) -> Iterable[str]:
    for group in (*results.scenarios.values(), results.costs):
        for name in group.loads:
            if count := group.errors(name):
                yield f"**Errors: {name}** – {count} in {group.title}."


def _table(head: list[str], rows: Iterable[list[str]], align: str = "--:") -> str:
    rule = ["---", *(align for _ in head[1:])]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *rows))

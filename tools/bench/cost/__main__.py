"""`python -m tools.bench.cost`: measure what hostile requests cost; write it into `docs/benchmarks.md`."""

import argparse
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from tools.bench.cost import measure, report
from tools.bench.cost.client import learn
from tools.bench.cost.measure import ROWS
from tools.bench.cost.row import Facts
from tools.bench.cost.server import Service, databases
from tools.bench.servers import ROOT, Missing, leave_server_core

BEFORE = Path(__file__).with_name("before.json")
"""Ratios of the release that the page compares with, by row."""

SECONDS_IN_ALL, LEAST_SECONDS_OF_GROWTH = 170, 5
"""What comes last, growth, has the time that is left; a busy machine may need more all the same."""

SECONDS_ALONE, SECONDS_ATTACKED = 0.3, 0.8


def main() -> int:
    parser = argparse.ArgumentParser("python -m tools.bench.cost", description=__doc__)
    parser.add_argument("--checkout", type=Path, default=ROOT, help="measure the service of another checkout")
    parser.add_argument("--seconds", type=float, default=0.3, help="for each row on each database")
    parser.add_argument("--rows", default="", help="only rows whose name contains this")
    parser.add_argument("--attacks", type=int, default=6, help="how many of the worst rows to send beside others")
    parser.add_argument("--rounds", type=int, default=3, help="of these attacks")
    parser.add_argument("--growth", type=float, default=30, help="seconds of random requests; 0 for none")
    parser.add_argument("--before", type=Path, default=BEFORE, help="ratios to compare with")
    parser.add_argument("--save", type=Path, help="write the ratios there instead of the report into the page")
    options = parser.parse_args()
    try:
        results = run(options)
    except Missing as error:
        print(f"nothing was measured: {error}", file=sys.stderr)
        return 1
    before = {} if options.save or not options.before.exists() else json.loads(options.before.read_text())
    text = report.render(results, before)
    print(text)
    if options.save:
        options.save.write_text(json.dumps(results.ratios(), ensure_ascii=False, indent=1) + "\n")
    elif options.checkout == ROOT and not options.rows:
        report.write(text)
    return 0


def run(options: argparse.Namespace) -> report.Results:
    end = time.monotonic() + SECONDS_IN_ALL
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="cost-")))
        found = stack.enter_context(databases(folder, options.checkout))
        leave_server_core()
        results = report.Results([database.name for database in found])
        services = {database.name: Service(database, options.checkout) for database in found}
        uncached = {database.name: Service(database, options.checkout, cache_bytes="0") for database in found}
        for service in (*services.values(), *uncached.values()):
            stack.callback(service.stop)
        facts = learn(next(iter(services.values())).server)
        for name in services:
            measure_costs(results, name, services[name], uncached[name], facts, options)
            uncached[name].stop()
        rows = results.worst_first()[: options.attacks]
        for _ in range(options.rounds):
            for row in rows:
                for name, service in services.items():
                    pair = beside(service, row, facts)
                    results.beside.setdefault(row, {}).setdefault(name, []).append(pair)
        if options.growth:
            for service in services.values():
                service.stop()
            seconds = max(LEAST_SECONDS_OF_GROWTH, min(options.growth, end - time.monotonic()))
            with ThreadPoolExecutor() as pool:
                grown = pool.map(lambda service: measure.growth(service, facts, seconds), services.values())
                results.growth = dict(zip(services, grown, strict=True))
    return results


def measure_costs(
    results: report.Results, name: str, service: Service, uncached: Service, facts: Facts, options: argparse.Namespace
) -> None:
    """Add the cost of every row on one database.

    Other work of the machine makes caches cold, which costs short requests more than long ones. So of the plain list,
    measured before each row, the lowest decile counts, and of a row the lower of two measurements far apart.
    """
    plain: list[float] = []
    for row in [row for row in ROWS.values() if options.rows in row.name] * 2:
        print(f"{name}: {row.name} …", file=sys.stderr)
        plain.append(measure.plain_cost(uncached))
        known = results.costs.setdefault(row.name, {})
        try:
            found = measure.cost(service, row, facts, options.seconds / 2)
            before = known.get(name, found)
            known[name] = before and min(before, found, key=lambda cost: cost.seconds)
        except Missing:
            service.stop()
            known[name] = None
    results.plain[name] = quantiles(plain, n=10)[0]
    for costs in results.costs.values():
        if cost := costs[name]:
            costs[name] = replace(cost, plain_seconds=results.plain[name])


def beside(service: Service, row: str, facts: Facts) -> tuple[float, float]:
    """Return the p99 of a cached answer alone and beside the attack, in milliseconds."""
    port = service.server.port
    alone = measure.p99_of_cached(port, SECONDS_ALONE)
    with measure.attacked(port, ROWS[row], facts):
        return alone, measure.p99_of_cached(port, SECONDS_ATTACKED)


if __name__ == "__main__":
    sys.exit(main())

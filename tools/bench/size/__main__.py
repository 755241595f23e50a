"""`python -m tools.bench.size [--publish] [COUNT …]`: measure lists of so many regions in both databases.

The report goes to `.bench`; with `--publish` to SIZE.md, which docs/benchmarks.md quotes.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tools import postgres
from tools.bench.servers import CACHE
from tools.bench.size.generate import SEED, Generated, generate
from tools.bench.size.measure import figure
from tools.postgres import new_postgresql

COUNTS = (29, 10_000, 100_000, 1_000_000)
REPORT = Path(__file__).with_name("SIZE.md")
PAGE = Path(__file__).parents[3] / "docs" / "benchmarks.md"
SHARED_BUFFERS = "shared_buffers=4GB"
"""What `docs/postgresql.md` asks for, so that a million regions stay in memory."""

DATABASES = ("sqlite", "postgresql")

Row = tuple[str, str]
Results = dict[str, dict[tuple[str, int], str]]


def seed(url: str, files: Generated) -> list[Row]:
    """Seed by the ordinary command; return how long it took and the most memory that it had."""
    began = time.perf_counter()
    arguments = [sys.executable, "-m", "seed", "--list", str(files.list), "--annotations", str(files.annotations)]
    process = subprocess.Popen(arguments, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"seeding failed: {url}")
    seconds, memory = time.perf_counter() - began, usage.ru_maxrss / 1024
    return [("seeding", f"{seconds:.3g} s, {memory:.0f} MB")]


def measured(url: str, files: Generated) -> Iterator[Row]:
    yield from seed(url, files)
    command = [sys.executable, "-m", "tools.bench.size.measure", url]  # alone, to measure its memory
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            name, value = json.loads(line)
            yield name, value
    if process.returncode:
        raise SystemExit(f"measuring failed: {url}")


def main(counts: list[int], written: Path) -> None:
    results: Results = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="size-")))
        server = stack.enter_context(postgres.server(SHARED_BUFFERS))
        for count in counts:
            printed = Generated(SEED / "source_list.txt", SEED / "annotations.json")
            files = printed if count == 29 else generate(folder, count)
            urls = {
                "sqlite": f"sqlite:///{folder / f'{count}.sqlite'}",
                "postgresql": stack.enter_context(new_postgresql(server)),
            }
            for database, url in urls.items():
                for name, value in measured(url, files):
                    name = name.partition(" (")[0]
                    print(f"{count:>9} {database:<11} {name}: {value}", flush=True)
                    results.setdefault(name, {})[database, count] = value
    written.parent.mkdir(exist_ok=True)
    written.write_text(report(results, counts), encoding="utf-8")
    print(report(results, counts))
    if written == REPORT:
        quote(written.read_text(encoding="utf-8"))


def report(results: Results, counts: list[int]) -> str:
    lines = [
        "# From 29 regions to a million",
        "",
        f"Made by `make bench-size` on {os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}: in process, one client, "
        "warm, the median of seven. Totals are exact; a page has 100 regions, and no total where none is named.",
    ]
    for database in DATABASES:
        heads = [*(f"{count:,}" for count in counts), "growth"]
        lines += ["", f"| {database} | " + " | ".join(heads) + " |", "|---|" + "--:|" * len(heads)]
        for name, values in results.items():
            row = [values[database, count] for count in counts if (database, count) in values]
            lines.append(f"| {name} | " + " | ".join((*row, growth(row))) + " |")
    return "\n".join(lines) + "\n"


def quote(text: str) -> None:
    """Put the rows of the report in the place of those that docs/benchmarks.md quotes of the one before."""
    before, mark, rest = PAGE.read_text(encoding="utf-8").partition("<!-- quoted from tools/bench/size/SIZE.md -->\n")
    quoted, end, after = rest.partition("<!-- end -->")
    rows = {(table, name): line for table, name, line in _rows(text)}
    lines = [rows[table, name] for table, name, _ in _rows(quoted)]
    PAGE.write_text(before + mark + "\n".join(lines) + end + after, encoding="utf-8")


def _rows(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each line with the database of the table in which it stands, and with what its first cell says."""
    table = ""
    for line in text.split("\n"):
        name = line.partition(" |")[0]
        table = next((each for each in DATABASES if name == f"| {each}"), table)
        yield table, name, line


def growth(row: list[str]) -> str:
    """Return how often the first goes into the last."""
    first, last = (float(each.split()[0].replace(",", "")) for each in (row[0], row[-1]))
    return f"× {figure(last / first)}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m tools.bench.size")
    parser.add_argument("--publish", action="store_true", help="write the report to SIZE.md")
    parser.add_argument("counts", nargs="*", type=int, default=COUNTS)
    options = parser.parse_args()
    main([*options.counts], REPORT if options.publish else CACHE / REPORT.name)

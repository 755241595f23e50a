"""`python -m bench.size [COUNT …]`: lists of so many regions in both databases, measured; writes SIZE.md."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.size import measure
from bench.size.generate import SEED, Generated, generate
from tests import postgres
from tests.test_migrations import new_postgresql

COUNTS = (29, 10_000, 100_000, 1_000_000)
REPORT = Path(__file__).with_name("SIZE.md")
SHARED_BUFFERS = "shared_buffers=4GB"
"""What `docs/postgresql.md` asks for, so that a million regions stay in memory."""

DATABASES = ("sqlite", "postgresql")

Results = dict[str, dict[tuple[str, int], str]]


def seed(url: str, files: Generated) -> list[measure.Row]:
    """By the ordinary command; how long it took and what memory it needed at the most."""
    began = time.perf_counter()
    arguments = [sys.executable, "-m", "seed", "--list", str(files.list), "--annotations", str(files.annotations)]
    process = subprocess.Popen(arguments, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"seeding failed: {url}")
    seconds, memory = time.perf_counter() - began, usage.ru_maxrss / 1024
    return [("seeding", f"{seconds:.3g} s, {memory:.0f} MB")]


def measured(url: str, files: Generated) -> Iterator[measure.Row]:
    yield from seed(url, files)
    with measure.opened(url) as read:
        yield from measure.table(read)
    yield measure.beside_heavy_ones(url)


def main(counts: list[int]) -> None:
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
            REPORT.write_text(report(results, counts), encoding="utf-8")


def report(results: Results, counts: list[int]) -> str:
    columns = [(database, count) for database in DATABASES for count in counts]
    lines = [
        "# From 29 regions to a million",
        "",
        "Made by `make bench-size`: in process, one client, warm, median of seven; counts are exact, pages have 100.",
        "",
        "| | " + " | ".join(f"{database}, {count:,}" for database, count in columns) + " |",
        "|---|" + "--:|" * len(columns),
    ]
    for name, values in results.items():
        lines.append(f"| {name} | " + " | ".join(values.get(column, "–") for column in columns) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main([int(each.replace("_", "")) for each in sys.argv[1:]] or list(COUNTS))

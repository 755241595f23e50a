"""`python -m tools.mutants`: plant random faults in `app` and `seed` and print those that no test finds."""

import argparse
import importlib
import json
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tools.mutants import sites
from tools.mutants.trial import ROOT, Trial

LIBRARIES = ("fastapi", "sqlmodel", "hypothesis", "httpx", "uvicorn", "alembic", "pytest", "playwright.sync_api")


def chosen(paths: list[str], number: int, seed: str) -> list[tuple[str, sites.Mutant]]:
    """Return so many faults in the modules below these paths: one of each module, a second of each, and so on."""
    random = Random(seed)
    turns: list[list[tuple[str, int]]] = []
    for module in sorted(str(file.relative_to(ROOT)) for path in paths for file in _modules(ROOT / path)):
        places = sites.count((ROOT / module).read_text())
        for turn, place in enumerate(random.sample(range(places), places)):
            if turn == len(turns):
                turns.append([])
            turns[turn].append((module, place))
    for each in turns:
        random.shuffle(each)
    places_of_all = [each for turn in turns for each in turn][:number]
    return [(module, sites.mutant((ROOT / module).read_text(), place)) for module, place in places_of_all]


def _modules(path: Path) -> list[Path]:
    return [path] if path.is_file() else [*path.rglob("*.py")]


def main() -> int:
    parser = argparse.ArgumentParser("python -m tools.mutants", description=__doc__)
    parser.add_argument("paths", nargs="*", default=["app", "seed"], help="modules or folders")
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--seed", default="1", help="equal seeds, equal faults")
    parser.add_argument("--begin", type=int, default=0, help="how many of them to pass over")
    parser.add_argument("--report", type=Path, help="write a line of JSON about each fault to this file")
    options = parser.parse_args()
    for name in LIBRARIES:
        importlib.import_module(name)
    survivors = 0
    with TemporaryDirectory(prefix="mutants-") as folder:
        trial = Trial(Path(folder))
        if failed := trial.failure(["tests/unit"]):
            print(f"without a fault this fails: {failed}", file=sys.stderr)
            return 1
        faults = chosen(options.paths, options.number, options.seed)
        for turn, (module, mutant) in enumerate(faults[options.begin :], options.begin + 1):
            killer = trial.killer(module, mutant.source)
            survivors += killer is None
            where = f"{module}:{mutant.line}"
            print(f"{turn} {trial.seconds:.0f} s {where} {mutant.change}: {killer or 'NOT FOUND'}", flush=True)
            if options.report:
                line = {"where": where, "change": mutant.change, "killer": killer}
                with options.report.open("a") as report:
                    report.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(f"{survivors} of {len(faults) - options.begin} were not found")
    return 0


if __name__ == "__main__":
    sys.exit(main())

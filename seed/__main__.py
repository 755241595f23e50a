"""`python -m seed`: check the list and the annotations, then replace the whole data set at once."""

import argparse
import sys
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from app import settings
from app.db.engines import first_line
from seed import records, store
from seed.source import SourceError

HERE = Path(__file__).parent
OWN = records.Files(HERE / "source_list.txt", HERE / "annotations.json", HERE / "changes.json")

PROGRESS_EVERY = 50_000
"""Regions between two lines of progress."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m seed", description=__doc__)
    parser.add_argument("--list", type=Path, help="the list as printed")
    parser.add_argument("--annotations", type=Path, help="what is added to it")
    parser.add_argument("--changes", type=Path, help="what each edition changed; of another list there may be none")
    parser.add_argument("--check", action="store_true", help="only check; write nothing")
    options = parser.parse_args(arguments)
    files = records.Files(options.list or OWN.list, options.annotations or OWN.annotations, options.changes)
    if not (options.list or options.annotations or options.changes):
        files = OWN
    try:
        database_url = settings.Settings.from_environment().database_url
        edition = store.check(files, _report)
        summary = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in edition.counts.items())
        print(f"checked: {summary}; version {edition.dataset['version']}")
        if options.check:
            return 0
        replaced = store.replace(database_url, edition, _report)
        print("replaced the whole data set" if replaced else "nothing to do: this version is stored already")
    except (SourceError, settings.Invalid, OSError) as error:
        print(f"nothing was written: {error}", file=sys.stderr)
        return 1
    except CommandError as error:  # a database of a newer release
        print(f"nothing was written: the tables cannot be brought up to date: {error}", file=sys.stderr)
        return 1
    except DBAPIError as error:
        print(f"nothing was written: the database refused: {first_line(error.orig or error)}", file=sys.stderr)
        return 1
    return 0


def _report(done: str, regions: int) -> None:
    if regions and regions % PROGRESS_EVERY == 0:
        print(f"{done} {regions} regions", flush=True)


if __name__ == "__main__":
    sys.exit(main())

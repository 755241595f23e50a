"""`python -m seed.changes [OLD] NEW`: compare two editions and write NEW/changes.json and NEW/published.json.

An edition is a folder with source_list.txt and annotations.json. Of the old one, what it published is read:
changes.json, whose entries the new one repeats, and published.json, for its sources may have another form. Without OLD
every record is new.
"""

import argparse
import sys
from pathlib import Path

import orjson

from seed import annotations, changelog, records
from seed.changelog import Change, Content, Edition
from seed.source import SourceError

PUBLISHED = "published.json"
"""The records of an edition as they are published, for the comparison with the next one."""


def compare(old: Content, new: Content) -> list[Change]:
    """Return the changes from the old to the new edition, ordered by collection and id."""
    changes = []
    for key in sorted(old.records.keys() | new.records.keys(), key=_by_number):
        collection, id_ = key
        before, after = old.leaves(key), new.leaves(key)
        if before is None:
            changes.append(Change(action="added", collection=collection, id=id_))
        elif after is None:
            changes.append(Change(action="withdrawn", collection=collection, id=id_))
        else:
            changes += [
                Change(
                    action="corrected",
                    collection=collection,
                    id=id_,
                    field=field,
                    old=before.get(field),
                    new=after.get(field),
                )
                for field in dict.fromkeys((*before, *after))
                if before.get(field) != after.get(field)
            ]
    return changes


def _by_number(key: changelog.Key) -> tuple[str, int, str]:
    collection, id_ = key
    return collection, int(id_) if id_.isdecimal() else 0, id_


def history(old: Path | None, new: Path) -> tuple[list[Edition], Content]:
    """Return all editions up to the new one, and what that publishes; `SourceError` if it uses a withdrawn id again."""
    earlier = changelog.load(old / "changes.json") if old else []
    before = Content(orjson.loads((old / PUBLISHED).read_bytes())) if old else Content()
    after = Content()
    for record in records.read(records.Files(new / "source_list.txt", new / "annotations.json")):
        after.take(record)
    changes = compare(before, after)
    if not changes:
        return earlier, after
    with annotations.opened(new / "annotations.json") as (added, _):
        modified = added.modified
    edition = Edition(edition=len(earlier) + 1, date=modified, content=after.digest, changes=changes)
    editions = [*earlier, edition]
    changelog.check(new / "changes.json", editions, after)
    return editions, after


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m seed.changes", description=__doc__)
    parser.add_argument("old", type=Path, nargs="?", help="folder of the edition before; none for the first one")
    parser.add_argument("new", type=Path, help="folder of the new edition")
    options = parser.parse_args(arguments)
    try:
        editions, content = history(options.old, options.new)
    except (SourceError, OSError) as error:
        print(f"nothing was written: {error}", file=sys.stderr)
        return 1
    (options.new / "changes.json").write_text(changelog.text(editions), encoding="utf-8")
    (options.new / PUBLISHED).write_text(content.text, encoding="utf-8")
    last = editions[-1]
    print(f"edition {last.edition} of {last.date}: {len(last.changes)} changes")
    return 0


if __name__ == "__main__":
    sys.exit(main())

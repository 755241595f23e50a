"""Read `changes.json`, written by `python -m seed.changes`: what each edition added, corrected and withdrew.

The seed stores it beside the data and refuses data that do not agree with it: every edition has an entry, every record
that came or went is named, and no withdrawn id is used again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from sqlmodel import SQLModel

from app.db import tables
from app.http.csv_columns import SEPARATOR
from app.schemas.records import ChangeAction, Scalar
from seed import records
from seed.facts import Text
from seed.records import Record
from seed.source import SourceError

Key = tuple[str, str]
"""The collection and the id of a record."""

Leaves = Mapping[str, Scalar]

_LEFT_OUT = {"matches", "links", "id", "modified"}
"""Keys of a record that are not its content, and the date, which changes with every edition."""


class Change(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    action: ChangeAction
    collection: Text
    id: Text
    field: Text | None = None
    old: Text | int | None = None
    new: Text | int | None = None


class Edition(BaseModel):
    """An entry of `changes.json`; `content` is the digest of the edition's data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    edition: int
    date: date
    content: str
    changes: list[Change]


def load(path: Path) -> list[Edition]:
    try:
        return TypeAdapter(list[Edition]).validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        raise SourceError(f"{path.name} → {first['loc']}", str(first["input"]), message) from None


def text(editions: Iterable[Edition]) -> str:
    """Return the text of the file, with one line for each change, so that a diff shows changes."""
    blocks = []
    for each in editions:
        head = json.dumps(each.model_dump(mode="json", exclude={"changes"}), ensure_ascii=False)[:-1]
        lines = [
            json.dumps(change.model_dump(exclude_defaults=True), ensure_ascii=False, sort_keys=True)
            for change in each.changes
        ]
        blocks.append(f'{head}, "changes": [\n' + ",\n".join(lines) + "\n]}")
    return "[\n" + ",\n".join(blocks) + "\n]\n"


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Scalar]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list) and all(isinstance(inner, str) for inner in value):
        yield path, SEPARATOR.join(value) or None  # one value: an item that comes in moves all that stand after it
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(f"{path}.{index}", inner)
    else:
        yield path, str(value) if isinstance(value, float) else value


class Content:
    """The published records of an edition by collection and id, and their digest."""

    def __init__(self, records: Iterable[tuple[str, str, dict[str, Any]]] = ()) -> None:
        self.records: dict[Key, dict[str, Any]] = {(collection, id_): record for collection, id_, record in records}

    def take(self, record: Record) -> None:
        """Add what is published of a row. The data set's own row comes in parts."""
        if record.published is None:
            return
        (key,) = SQLModel.metadata.tables[str(record.table.__tablename__)].primary_key
        id_ = "dataset" if record.table is tables.DatasetRow else record.values[key.name]
        kept = {name: value for name, value in record.published.items() if name not in _LEFT_OUT}
        self.records.setdefault((str(record.table.__tablename__), str(id_)), {}).update(kept)

    def leaves(self, key: Key) -> Leaves | None:
        """Return the values of a record by dotted path; `None` if there is no such record."""
        return dict(_leaves("", self.records[key])) if key in self.records else None

    @property
    def digest(self) -> str:
        return hashlib.sha256(orjson.dumps([(key, self.leaves(key)) for key in sorted(self.records)])).hexdigest()

    @property
    def text(self) -> str:
        """Return the text of `published.json`, a record a line."""
        rows = (json.dumps([*key, record], ensure_ascii=False) for key, record in sorted(self.records.items()))
        return "[\n" + ",\n".join(rows) + "\n]\n"


def withdrawn(editions: Iterable[Edition]) -> set[Key]:
    changes = (change for edition in editions for change in edition.changes)
    return {(change.collection, change.id) for change in changes if change.action == "withdrawn"}


def check(path: Path, editions: list[Edition], content: Content) -> None:
    """Raise `SourceError` if the changelog does not agree with the data."""
    for collection, id_ in sorted(withdrawn(editions) & content.records.keys()):
        raise SourceError(f"{path.name} → {collection} → {id_}", "a withdrawn id in use", "an id that never was")
    if not editions or editions[-1].content != content.digest:
        raise SourceError(
            path.name, "no edition with these data", "its entry; `python -m seed.changes OLD NEW` writes it"
        )


def read(files: records.Files) -> Iterator[Record]:
    """Yield every row of the edition, then, if there is a changelog, check it and yield its rows."""
    if files.changes is None:
        yield from records.read(files)
        return
    editions, content = load(files.changes), Content()
    for record in records.read(files):
        content.take(record)
        yield record
    check(files.changes, editions, content)
    position = 0
    for edition in editions:
        for change in edition.changes:
            position += 1
            values = change.model_dump(exclude={"id"})
            place = {"position": position, "edition": edition.edition, "date": edition.date, "record_id": change.id}
            yield Record(tables.ChangeRow, place | values)

"""Write the data set as files that need no server; equal data and releases give equal bytes.

Nested keys and lists become columns as in the CSV of the API. Links are left out: they lead into the API.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic import BaseModel

from app import __version__
from app.http import csv_columns, field_selection, formats
from app.routers.catalogue import MAIN

MEDIA_TYPES = (
    *("text/csv", "application/json", "application/x-ndjson"),
    *(formats.GEOJSON.media_type, "application/vnd.sqlite3"),
)
"""Media types of the files. The first is what generated clients read all of them as: text, and not JSON."""

_LEFT_OUT = {"links", "matches"}

_SQLITE_VERSION = slice(96, 100)
"""The bytes of an SQLite file that name the library which wrote it: they differ between machines."""


@dataclass(frozen=True)
class Table:
    """A list with all its records; `key` names the columns that identify one, if columns do."""

    name: str
    key: tuple[str, ...]
    model: type[BaseModel]
    records: Sequence[bytes]
    references: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Columns that name a record of another table, with that table and its column."""

    @property
    def keys(self) -> list[str]:
        return [key for key in self.model.model_fields if key not in _LEFT_OUT]

    @property
    def columns(self) -> dict[str, field_selection.Path]:
        return {"_".join(leaf): leaf for leaf in csv_columns.leaves(self.model, self.keys)}

    def rows(self) -> Iterator[list[str | int | float | None]]:
        leaves = list(self.columns.values())
        return (list(csv_columns.values(orjson.loads(record), leaves)) for record in self.records)


@dataclass(frozen=True)
class File:
    name: str
    media_type: str
    content: bytes
    sha256: str


def url_version(version: str) -> str:
    """Return the version in the URLs of files: their bytes depend on the release and on the data, on no setting."""
    return f"{__version__}-{version}"


def build(version: str, about: dict[str, Any], tables: Sequence[Table]) -> tuple[File, ...]:
    """Return every file of an edition; `about` is the head of the data package."""
    main = next(table for table in tables if table.name == MAIN)
    geojson = formats.Export(formats.GEOJSON, (), main.model)
    csvs = [_file(f"{table.name}.csv", "text/csv", _csv(table)) for table in tables]
    package = about | {"version": url_version(version), "resources": list(map(_resource, tables, csvs))}
    return (
        _file(f"{MAIN}.json", "application/json", b"[%b]\n" % b",\n".join(main.records)),
        _file(f"{MAIN}.ndjson", "application/x-ndjson", formats.lines(main.records, ())),
        _file(f"{MAIN}.geojson", formats.GEOJSON.media_type, geojson.begin + geojson.part(main.records) + geojson.end),
        *csvs,
        _file("datapackage.json", "application/json", orjson.dumps(package, option=orjson.OPT_INDENT_2)),
        _file(f"{MAIN}.sqlite", "application/vnd.sqlite3", _sqlite(tables)),
    )


def _file(name: str, media_type: str, content: bytes) -> File:
    return File(name, media_type, content, hashlib.sha256(content).hexdigest())


def _csv(table: Table) -> bytes:
    """Return a CSV with a byte order mark, without which Excel does not read the Japanese."""
    head = formats.head(table.keys, table.model, bom=True)
    return head + formats.rows(table.records, table.keys, table.model)


def _resource(table: Table, csv: File) -> dict[str, Any]:
    """Return the entry of a table in the data package (Data Package v1, Table Schema v1)."""
    schema: dict[str, Any] = {"fields": [_field(table, name) for name in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = table.key
    if references := [_reference(table, column) for column in table.columns if column in table.references]:
        schema["foreignKeys"] = references
    return {
        "name": table.name,
        "path": csv.name,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": csv.media_type,
        "encoding": "utf-8",
        "bytes": len(csv.content),
        "hash": f"sha256:{csv.sha256}",
        "dialect": {"lineTerminator": "\r\n"},
        "schema": schema,
    }


def _reference(table: Table, column: str) -> dict[str, Any]:
    other, its_column = table.references[column]
    return {"fields": column, "reference": {"resource": other, "fields": its_column}}


def _field(table: Table, name: str) -> dict[str, Any]:
    leaf = csv_columns.leaf(table.model, table.columns[name])
    described = {"name": name, "type": leaf.type}
    if leaf.description:
        described["description"] = leaf.description
    return described | ({"constraints": {"required": True}} if leaf.required else {})


def _sqlite(tables: Sequence[Table]) -> bytes:
    """Return an SQLite file with a table for each list."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for table in tables:
            _fill(connection, table)
        connection.commit()
        content = bytearray(connection.serialize())
    content[_SQLITE_VERSION] = bytes(4)
    return bytes(content)


def _fill(connection: sqlite3.Connection, table: Table) -> None:
    """Create a table and fill it. The names in the SQL come from the models, never from a request."""
    columns = []
    for name, leaf in table.columns.items():
        described = csv_columns.leaf(table.model, leaf)
        kind = {"integer": "INTEGER", "number": "REAL"}.get(described.type, "TEXT")
        needed = " NOT NULL" if described.required else ""
        other = table.references.get(name)
        columns.append(f'"{name}" {kind}{needed}' + (f' REFERENCES "{other[0]}" ("{other[1]}")' if other else ""))
    if table.key:
        columns.append(f"PRIMARY KEY ({', '.join(table.key)})")
    marks = ", ".join("?" * len(table.columns))
    connection.execute(f'CREATE TABLE "{table.name}" ({", ".join(columns)})')
    connection.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', table.rows())  # noqa: S608  # its models name it

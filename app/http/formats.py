"""The media types of the API and how records are written in each."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from pydantic import BaseModel

from app.http import csv_columns, field_selection
from app.japanese.folding import fold
from app.schemas import geojson

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}".encode()


@dataclass(frozen=True)
class Format:
    """Name a format; one that `exports` has everything at once, streamed, instead of a page."""

    suffix: str
    media_type: str
    content_type: str
    exports: bool


JSON = Format(".json", "application/json", "application/json", exports=False)
CSV = Format(".csv", "text/csv", "text/csv; charset=utf-8; header=present", exports=True)
NDJSON = Format(".ndjson", "application/x-ndjson", "application/x-ndjson", exports=True)
GEOJSON = Format(".geojson", "application/geo+json", "application/geo+json", exports=True)
JSON_LD = Format(".jsonld", "application/ld+json", "application/ld+json", exports=False)

OF_LISTS = (JSON, CSV, NDJSON)
"""The formats of every list, the default first."""

OF_RECORDS = (JSON,)

SUFFIXES = tuple(each.suffix for each in (*OF_LISTS, GEOJSON, JSON_LD))
"""The ends of a path of the API that name a format instead of `Accept`."""

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
"""Content type of the metrics."""


def chosen(records: Sequence[bytes], names: Sequence[str]) -> Sequence[bytes]:
    """Return the records with the named keys only; as they are where none is named."""
    if not names:
        return records
    pick = _picker(names)
    return [orjson.dumps(pick(orjson.loads(record))) for record in records]


def _picker(names: Sequence[str]) -> Callable[[dict[str, Any]], Any]:
    """Return a function that keeps the named keys of a record, or all if none is named."""
    if not names:
        return lambda record: record
    selected = field_selection.selection(names)

    def pick(record: dict[str, Any]) -> Any:
        told = {"matches_truncated": None} if "matches" in selected and "matches_truncated" in record else {}
        return field_selection.pick(record, {**selected, **told})

    return pick


def page(records: Sequence[bytes], names: Sequence[str], envelope: dict[str, Any]) -> bytes:
    """Return the JSON of a page: `items`, then the rest of the envelope."""
    return b'{"items":[%b],%b' % (b",".join(chosen(records, names)), orjson.dumps(envelope)[1:])


def lines(records: Sequence[bytes], names: Sequence[str]) -> bytes:
    """NDJSON: a record a line."""
    return b"".join(record + b"\n" for record in chosen(records, names))


def features(records: Sequence[bytes], names: Sequence[str]) -> list[bytes]:
    """Return regions as features of GeoJSON."""
    pick = _picker(names)
    return [orjson.dumps(geojson.feature(region, pick(region))) for region in map(orjson.loads, records)]


def rows(records: Sequence[bytes], names: Sequence[str], model: type[BaseModel]) -> bytes:
    """Return CSV (RFC 4180): nested keys joined by `_`, lists by `|`, lines ended by CRLF.

    Terms of `matches` are written as they are compared, in letters, numbers and marks only: as typed they could be
    formulas, which spreadsheets run. What else a cell can hold was checked by the seed.
    """
    leaves, folded = csv_columns.leaves(model, names), lru_cache(fold)

    def plain(record: bytes) -> Any:
        loaded = orjson.loads(record)
        for match in loaded.get("matches", ()):
            match["term"] = folded(match["term"])
        return loaded

    return _written(csv_columns.cells(plain(record), leaves) for record in records)


def head(names: Sequence[str], model: type[BaseModel], *, bom: bool) -> bytes:
    """Return the header row of a CSV; with a byte order mark Excel reads the Japanese."""
    header = _written([["_".join(leaf) for leaf in csv_columns.leaves(model, names)]])
    return BYTE_ORDER_MARK + header if bom else header


@dataclass(frozen=True)
class Export:
    """Write records in a format that exports: in parts, between a beginning and an end."""

    form: Format
    names: Sequence[str]
    model: type[BaseModel]
    bom: bool = True

    def part(self, records: Sequence[bytes]) -> bytes:
        if self.form is CSV:
            return rows(records, self.names, self.model)
        return b",\n".join(features(records, self.names)) if self.form is GEOJSON else lines(records, self.names)

    @property
    def begin(self) -> bytes:
        if self.form is CSV:
            return head(self.names, self.model, bom=self.bom)
        return b'{"type":"FeatureCollection","features":[\n' if self.form is GEOJSON else b""

    @property
    def separator(self) -> bytes:
        """Return the bytes between two parts that are not empty."""
        return b",\n" if self.form is GEOJSON else b""

    @property
    def end(self) -> bytes:
        return b"\n]}\n" if self.form is GEOJSON else b""


def _written(table: Any) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(table)
    return text.getvalue().encode()

"""Writes the search index of `app.search`: on SQLite an FTS5 table, on PostgreSQL pieces of regions and of blocks."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import Connection

from app import grams, search

HASH_BYTES = 64 * 2**20
"""What FTS5 gathers before it writes a part of its index."""


class SearchIndex(Protocol):
    def add(self, texts: dict[str, Any], filters: list[str]) -> None:
        """The folded texts of a region with its `number`, and the tokens of the filters that keep it."""


@contextmanager
def open_index(connection: Connection, batch: int) -> Iterator[SearchIndex]:
    """An empty index; it is whole when the context ends."""
    index = _Fts5(connection, batch) if connection.dialect.name == "sqlite" else _Gin(connection, batch)
    yield index
    index.end()


class _Fts5:
    def __init__(self, connection: Connection, batch: int) -> None:
        self._connection, self._batch = connection, batch
        self._rows: list[tuple[Any, ...]] = []
        self._command("delete-all")
        self._command("hashsize", HASH_BYTES)

    def _command(self, name: str, value: int | None = None) -> None:
        statement = "INSERT INTO region_grams (region_grams, rank) VALUES (?, ?)"
        self._connection.exec_driver_sql(statement, (name, value))

    def add(self, texts: dict[str, Any], filters: list[str]) -> None:
        pieces = (grams.pieces(texts[field]) for field in search.FIELDS)
        self._rows.append((texts["number"], *pieces, " ".join(filters)))
        if len(self._rows) == self._batch:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            statement = (
                "INSERT INTO region_grams (rowid, name, title, theme, annotations, filters) VALUES (?, ?, ?, ?, ?, ?)"
            )
            self._connection.exec_driver_sql(statement, self._rows)
            self._rows = []

    def end(self) -> None:
        self._flush()
        self._command("optimize")


class _Gin:
    """A block is written when a region of another one comes; if one comes back later, it has several rows."""

    def __init__(self, connection: Connection, batch: int) -> None:
        self._connection, self._batch = connection, batch
        self._rows: list[tuple[int, str]] = []
        self._blocks: list[tuple[int, str]] = []
        self._block = -1
        self._found: set[str] = set()
        for table in ("region_grams", "region_blocks"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608  # names of ours

    def add(self, texts: dict[str, Any], filters: list[str]) -> None:
        number = texts["number"]
        if (block := number // grams.BLOCK) != self._block:
            self._end_block()
            self._block = block
        found = grams.distinct(texts[field] for field in search.FIELDS)
        found.update(filters)
        self._found |= found
        self._rows.append((number, _array((*found, grams.of_block(number)))))
        if len(self._rows) == self._batch:
            self._flush()

    def _end_block(self) -> None:
        if self._found:
            self._blocks.append((self._block, _array(sorted(self._found))))
            self._found = set()

    def _flush(self) -> None:
        for table, rows in (
            ("region_grams (rowid, grams)", self._rows),
            ("region_blocks (block, grams)", self._blocks),
        ):
            driver: Any = self._connection.connection.driver_connection
            with driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            rows.clear()

    def end(self) -> None:
        self._end_block()
        self._flush()


def _array(tokens: Iterable[str]) -> str:
    """As PostgreSQL reads it; no token has a quote or a backslash."""
    return '{"' + '","'.join(tokens) + '"}'

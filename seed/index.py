"""Write the search index of `app.search`: an FTS5 table on SQLite, arrays of bigrams on PostgreSQL."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import Connection

from app.db import thresholds
from app.search import bigrams, conditions


class SearchIndex(Protocol):
    def add(self, texts: dict[str, Any], filters: list[str]) -> None:
        """Add a region: its folded texts with its `number`, and the filter tokens that it has."""


@contextmanager
def open_index(connection: Connection, batch: int) -> Iterator[SearchIndex]:
    """Open the empty index for writing; it is complete when the context ends."""
    index = _Fts5(connection, batch) if connection.dialect.name == "sqlite" else _Gin(connection, batch)
    yield index
    index.end()


class _Fts5:
    def __init__(self, connection: Connection, batch: int) -> None:
        self._connection, self._batch = connection, batch
        self._rows: list[tuple[Any, ...]] = []
        self._command("hashsize", thresholds.FTS5_HASH_BYTES)

    def _command(self, name: str, value: int | None = None) -> None:
        statement = "INSERT INTO region_grams (region_grams, rank) VALUES (?, ?)"
        self._connection.exec_driver_sql(statement, (name, value))

    def add(self, texts: dict[str, Any], filters: list[str]) -> None:
        columns = (bigrams.in_order(texts[field]) for field in conditions.FIELDS)
        self._rows.append((texts["number"], *columns, " ".join(filters)))
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
    def __init__(self, connection: Connection, batch: int) -> None:
        self._connection, self._batch = connection, batch
        self._rows: list[tuple[int, str]] = []
        connection.exec_driver_sql("DELETE FROM region_grams")

    def add(self, texts: dict[str, Any], filters: list[str]) -> None:
        found = bigrams.distinct(texts[field] for field in conditions.FIELDS)
        self._rows.append((texts["number"], _array((*found, *filters))))
        if len(self._rows) == self._batch:
            self.end()

    def end(self) -> None:
        driver: Any = self._connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy("COPY region_grams (rowid, grams) FROM STDIN") as copy:
            for row in self._rows:
                copy.write_row(row)
        self._rows.clear()


def _array(entries: Iterable[str]) -> str:
    """Return the literal of an array (PostgreSQL, section 8.15.2). No entry has a quote or a backslash."""
    return '{"' + '","'.join(entries) + '"}'

"""Read one edition from one snapshot.

A file of SQLite never changes in place, so an open one is a snapshot. On PostgreSQL the transaction that
`engines` begins is.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from app.db.edition import Edition
from app.db.errors import EditionChanged
from app.db.statement import Statement
from app.db.tables import DatasetRow

_VERSION = Statement(select(col(DatasetRow.version)))


@dataclass(frozen=True)
class Read:
    """A view of one edition."""

    edition: Edition
    _connection: Connection

    def rows(self, statement: Statement, values: dict[str, Any] | None = None) -> list[Any]:
        """Return named tuples; `values` by the names of the statement's parameters."""
        return statement.rows(self._connection, values or {})

    def row(self, statement: Statement, values: dict[str, Any] | None = None) -> Any:
        """Return the only row, or `None`."""
        return next(iter(self.rows(statement, values)), None)

    def require_edition(self) -> None:
        """Raise `EditionChanged` if the snapshot holds another edition, or none."""
        row = self.row(_VERSION)
        if row is None or row.version != self.edition.version:
            raise EditionChanged

    @property
    def finds_in_order(self) -> bool:
        """Return whether the search index of this database returns regions one by one, ordered by number."""
        return self._connection.dialect.name == "sqlite"

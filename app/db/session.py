"""How an edition is read: every row brings the version of its edition along."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from app.db.edition import Edition
from app.db.statement import Statement


class EditionChanged(Exception):
    """A statement saw another edition than the one the read began with."""


NOTHING = Statement(select())


@dataclass(frozen=True)
class Read:
    """A view of one edition."""

    edition: Edition
    _connection: Connection

    def rows(self, statement: Statement, values: dict[str, Any] | None = None) -> list[Any]:
        """Named tuples. SQLAlchemy compiles the statement; the driver runs it, which takes half the time."""
        prepared = statement.prepared(self._connection.dialect)
        driver: Any = self._connection.connection.driver_connection
        cursor = driver.execute(prepared.sql, prepared.parameters(values or {}))
        rows = prepared.rows(cursor.fetchall())
        if not rows:
            self.rows(NOTHING)  # which has a row, to see the edition by
        elif rows[0].edition != self.edition.version:
            raise EditionChanged
        return rows

    @property
    def finds_in_order(self) -> bool:
        """Whether the search index of this database finds regions one by one, in the order of their numbers."""
        return self._connection.dialect.name == "sqlite"

    def row(self, statement: Statement, values: dict[str, Any] | None = None) -> Any:
        """The only one, or `None`."""
        return next(iter(self.rows(statement, values)), None)

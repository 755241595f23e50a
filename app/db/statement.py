"""Statements as a driver takes them: declared at import, compiled once per kind of database, ahead of any request.

A statement does not depend on a request: what varies is the values of its parameters, lists among them. So there are as
many statements as the modules declare, whatever clients send.
"""

from collections import namedtuple
from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect

from app.db.edition import VERSION
from app.db.sql import AnySelect


class Statement:
    """A SELECT with the edition's version beside every row."""

    def __init__(self, select: AnySelect) -> None:
        self._select = select.add_columns(VERSION)
        self._prepared: dict[str, Prepared] = {}
        DECLARED.append(self)

    def prepared(self, dialect: Dialect) -> "Prepared":
        """The statement for this kind of database; compiled by the first call."""
        found = self._prepared.get(dialect.name)
        if found is None:
            found = self._prepared[dialect.name] = Prepared(self._select, dialect)
        return found


DECLARED: list[Statement] = []
"""Every statement that the modules declare."""


def prepare(dialect: Dialect) -> None:
    """Compile every declared statement: milliseconds each, so not while a client waits or in the event loop."""
    for statement in DECLARED:
        statement.prepared(dialect)


class Prepared:
    """SQL, the values that are always the same, and how parameters and rows are converted."""

    def __init__(self, select: AnySelect, dialect: Dialect) -> None:
        compiled = select.compile(dialect=dialect)
        self.sql = str(compiled)
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        writers = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()
        }
        self._writers = [(name, write) for name, write in writers.items() if write]
        columns = list(select.selected_columns)
        row: Any = namedtuple("Row", [str(column.key) for column in columns])  # type: ignore[misc]  # known at run time only
        self._make: Callable[[Any], Any] = row._make
        readers = [column.type.result_processor(dialect, None) for column in columns]
        self._readers = readers if any(readers) else None

    def parameters(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values as the driver takes them, by the names of the parameters."""
        given = self._constants | values
        for name, write in self._writers:
            if (value := given[name]) is not None:
                given[name] = write(value)
        return given

    def rows(self, fetched: list[Any]) -> list[Any]:
        """Named tuples of what the driver fetched."""
        if self._readers:
            fetched = [
                [read(cell) if read else cell for read, cell in zip(self._readers, cells, strict=True)]
                for cells in fetched
            ]
        return list(map(self._make, fetched))

"""Declare statements at import, and compile them for each kind of database ahead of any request.

SQLAlchemy writes the SQL, the driver runs it, see `docs/decisions/0032-statements-are-compiled-ahead.md`. A statement
does not depend on a request, only the values of its parameters do, lists among them: so there are as many statements as
the modules declare, whatever clients send.
"""

from collections import namedtuple
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect

from app.db.sql import AnySelect


class Statement:
    """A SELECT and its compiled form for each kind of database."""

    def __init__(self, select: AnySelect) -> None:
        self._select = select
        self._compiled: dict[str, _Compiled] = {}
        DECLARED.append(self)

    def compile(self, dialect: Dialect) -> "_Compiled":
        """Return the statement for this kind of database, compiled by the first call."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._select, dialect)
        return compiled

    def rows(self, connection: Connection, values: dict[str, Any]) -> list[Any]:
        """Return named tuples; `values` by the names of the parameters, of which it may hold others as well."""
        compiled = self.compile(connection.dialect)
        driver: Any = connection.connection.driver_connection
        return compiled.rows(driver.execute(compiled.sql, compiled.parameters(values)).fetchall())


DECLARED: list[Statement] = []
"""Every statement that the modules declare."""


def compile_declared(dialect: Dialect) -> None:
    """Compile every declared statement: 2 to 30 ms each, so not while a client waits or in the event loop."""
    for statement in DECLARED:
        statement.compile(dialect)


class _Compiled:
    """SQL, and how SQLAlchemy's types convert parameters and columns for the driver."""

    def __init__(self, select: AnySelect, dialect: Dialect) -> None:
        compiled = select.compile(dialect=dialect)
        self.sql = str(compiled)
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        writers = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()
        }
        self._writers = [(name, write) for name, write in writers.items() if write]
        columns = list(select.selected_columns)
        self._row = _row_class(tuple(str(column.key) for column in columns))
        readers = [column.type.result_processor(dialect, None) for column in columns]
        self._readers = readers if any(readers) else None

    def parameters(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values as the driver takes them."""
        given = self._constants | values
        for name, write in self._writers:
            if (value := given[name]) is not None:
                given[name] = write(value)
        return given

    def rows(self, fetched: list[Any]) -> list[Any]:
        """Return what the driver fetched as named tuples."""
        if self._readers:
            fetched = [
                [read(cell) if read else cell for read, cell in zip(self._readers, cells, strict=True)]
                for cells in fetched
            ]
        return list(map(self._row._make, fetched))


@cache
def _row_class(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names)

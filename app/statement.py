"""Statements as a driver takes them, compiled once for their database, with the edition's version beside every row."""

from collections import namedtuple
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Select

from app.edition import VERSION

AnySelect = Select[*tuple[Any, ...]]

KEPT = 1024
"""How many statements are kept; each resource has a few, `/v1/regions` some for each shape of a query."""


class Prepared:
    """SQL, the values that are always the same, and how the columns of a row are named and read."""

    def __init__(self, statement: AnySelect, dialect: Dialect) -> None:
        stamped = statement.add_columns(VERSION)
        compiled = stamped.compile(dialect=dialect)
        self.sql = str(compiled)
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        self._names: list[str] | None = compiled.positiontup
        self._parameters = list(compiled.params)
        columns = list(stamped.selected_columns)
        self._row = namedtuple("Row", [str(column.key) for column in columns])  # type: ignore[misc]  # known at run time only
        processors = [column.type.result_processor(dialect, None) for column in columns]
        self._processors = processors if any(processors) else None

    def parameters(self, values: dict[str, Any]) -> Any:
        """Those of the statement, in the form that the driver takes."""
        given = self._constants | values
        if self._names is None:
            return {name: given[name] for name in self._parameters}
        return [given[name] for name in self._names]

    def row(self, cells: Any) -> Any:
        if self._processors:
            pairs = zip(self._processors, cells, strict=True)
            cells = [process(cell) if process else cell for process, cell in pairs]
        return self._row(*cells)


@lru_cache(maxsize=KEPT)
def prepare(statement: AnySelect, dialect: Dialect) -> Prepared:
    """By the identity of the statement: whoever makes one keeps it."""
    return Prepared(statement, dialect)

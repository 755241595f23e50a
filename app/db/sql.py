"""Write what SQLite and PostgreSQL write differently: lists as parameters, texts within texts, texts as bytes."""

from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Dialect,
    LargeBinary,
    Select,
    Text,
    TypeDecorator,
    any_,
    cast,
    column,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

AnySelect = Select[*tuple[Any, ...]]


class ListOf(TypeDecorator[Any]):
    """A list of values as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return orjson.dumps(value).decode()


class ByDialect(FunctionElement[Any]):
    """An expression that each kind of database writes in its own way.

    It has no type: to a boolean SQLAlchemy adds `= 1` on SQLite, behind which no index is looked at.
    """

    inherit_cache = True

    def __init__(self, *, sqlite: ColumnElement[Any], postgresql: ColumnElement[Any]) -> None:
        super().__init__(sqlite, postgresql)


@compiles(ByDialect)
def _compile(element: ByDialect, compiler: SQLCompiler, **kw: Any) -> str:
    sqlite, postgresql = element.clauses
    return compiler.process(sqlite if compiler.dialect.name == "sqlite" else postgresql, **kw)


def utf8(written: ColumnElement[str]) -> ColumnElement[bytes]:
    """Return the bytes of a text, of which answers are made, without the way through a string."""
    converted = func.convert_to(written, literal_column("'UTF8'"))
    return ByDialect(sqlite=cast(written, LargeBinary), postgresql=converted)


def contains(written: ColumnElement[str], part: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether a text contains another one. LIKE would differ in case between databases."""
    zero: ColumnElement[int] = literal_column("0")
    return ByDialect(sqlite=func.instr(written, part) > zero, postgresql=func.strpos(written, part) > zero)


def joined(texts: ColumnElement[str]) -> ColumnElement[str]:
    """Return the texts of all rows in their order, with commas between them."""
    comma: ColumnElement[str] = literal_column("','")
    return ByDialect(sqlite=func.group_concat(texts, comma), postgresql=func.string_agg(texts, comma))


def each(values: ColumnElement[Any]) -> Any:
    """Return the values of a `ListOf` as a table with the column `value`."""
    kind: Any = values.type
    rows = ByDialect(sqlite=func.json_each(values), postgresql=func.unnest(values))
    # PostgreSQL names the column after the alias
    return rows.table_valued(column("value", kind.item), name="value")


def one_of(found: ColumnElement[Any], values: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return whether what was found is one of the values of a `ListOf`."""
    return ByDialect(sqlite=found.in_(select(each(values).c.value)), postgresql=found == any_(values))


def any_between(first: ColumnElement[int], last: ColumnElement[int], values: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return whether any of the values of a `ListOf` lies between two columns, both included."""
    found = exists().where(each(values).c.value.between(first, last))
    years = func.int4range(first, last, literal_column("'[]'"))
    return ByDialect(sqlite=found, postgresql=years.op("@>")(any_(values)))

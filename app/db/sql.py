"""What SQLite and PostgreSQL write differently: lists as parameters, texts within texts, texts as bytes."""

from typing import Any

import orjson
from sqlalchemy import Boolean, ColumnElement, Dialect, LargeBinary, Select, Text, TypeDecorator, column
from sqlalchemy.dialects.postgresql import ARRAY
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


class _Function(FunctionElement[Any]):
    """A function, cast or operator that each database writes in a way of its own."""

    inherit_cache = True
    forms: dict[str, str]


@compiles(_Function)
def _compile(element: _Function, compiler: SQLCompiler, **kw: Any) -> str:
    return element.forms[compiler.dialect.name].format(*(compiler.process(each, **kw) for each in element.clauses))


class Utf8(_Function):
    """A text as the bytes that an answer is made of, without the way through a string."""

    inherit_cache = True
    type = LargeBinary()
    forms = {"sqlite": "CAST({} AS BLOB)", "postgresql": "convert_to({}, 'UTF8')"}  # noqa: RUF012  # a constant


class Holds(_Function):
    """Whether a text holds another one. LIKE would differ in case between databases."""

    inherit_cache = True
    type = Boolean()
    forms = {"sqlite": "instr({}, {}) > 0", "postgresql": "strpos({}, {}) > 0"}  # noqa: RUF012


class OneOf(_Function):
    """Whether what was found is one of the values of a `ListOf`."""

    inherit_cache = True
    type = Boolean()
    forms = {  # noqa: RUF012
        "sqlite": "{} IN (SELECT value FROM json_each({}))",
        "postgresql": "{} = ANY ({})",
    }


class AnyBetween(_Function):
    """Whether any of the values of a `ListOf`, the third argument, lies between the first two, both included."""

    inherit_cache = True
    type = Boolean()
    forms = {  # noqa: RUF012
        "sqlite": "EXISTS (SELECT 1 FROM json_each({2}) WHERE value BETWEEN {0} AND {1})",
        "postgresql": "int4range({0}, {1}, '[]') @> ANY ({2})",
    }


class Joined(_Function):
    """Texts of all rows in their order, with commas between them."""

    inherit_cache = True
    type = Text()
    forms = {"sqlite": "group_concat({}, ',')", "postgresql": "string_agg({}, ',')"}  # noqa: RUF012


class _Each(_Function):
    inherit_cache = True
    forms = {"sqlite": "json_each({})", "postgresql": "unnest({})"}  # noqa: RUF012


def each(values: ColumnElement[Any]) -> Any:
    """The values of a `ListOf` as a table with the column `value`."""
    assert isinstance(values.type, ListOf)  # noqa: S101  # for mypy
    # PostgreSQL names the column after the alias
    return _Each(values).table_valued(column("value", values.type.item), name="value")

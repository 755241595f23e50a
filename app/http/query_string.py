"""The query string, read strictly: nothing is ignored, everything wrong is named.

A resource declares its parameters as a `QueryModel`. A field that is a tuple takes several values; any other, one.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Annotated, Any, ClassVar, Literal, TypeVar, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo

from app.http import field_selection, json_schema, parameter_errors, problems, query_pairs, suggestions
from app.http.formats import OF_RECORDS, Format
from app.http.parameter_errors import Refused as Refused
from app.http.parameter_errors import shown as shown
from app.japanese.folding import narrow

MAX_VALUES = 100
"""Values of one parameter at the most: more than there are fiscal years or prefectures."""

Q = TypeVar("Q", bound="QueryModel")


@dataclass(frozen=True)
class Basis:
    """Hold what parameters are checked against; `path` is that of the resource, without a suffix."""

    edition: Any = None
    record: type[BaseModel] = BaseModel
    exports: bool = False
    path: str = ""
    formats: tuple[Format, ...] = ()
    tabular: bool = False


class QueryModel(BaseModel):
    """Base of the parameters of a resource; as it is, for one that takes none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    elsewhere: ClassVar[Mapping[str, str]] = {}
    """Parameters of other formats, with the code of the error that says so."""

    @cached_property
    def canonical(self) -> dict[str, str]:
        """Return the given parameters as text, in the order of their names: equal requests, equal texts."""
        return {name: _written(getattr(self, name)) for name in sorted(self.model_fields_set)}

    @classmethod
    def known(cls, raw: bytes) -> bytes:
        """Return the part of a query string that is read: all of it, unless the model is of a page for people."""
        return raw

    def echo(self) -> dict[str, Any]:
        """Return every parameter with its value, for a page to say how it understood the request."""
        return self.model_dump()


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _integer(text: str) -> int:
    digits = narrow(text)
    if not re.fullmatch("0|-?[1-9][0-9]*", digits):
        raise Refused("not-an-integer", value=shown(text))
    return int(digits[:20])


INTEGER = BeforeValidator(_integer)
"""Decimal digits, half or full width, without leading zeros, an optional minus and nothing else."""


def one_of(
    *allowed: str, suggest: Callable[[str, tuple[str, ...]], str | None] = suggestions.nearest
) -> Callable[[str], str]:
    """Return a check for one of these words, literally; `suggest` finds the one that was likely meant."""

    def check(written: str) -> str:
        if written not in allowed:
            raise Refused("not-allowed", allowed, partial(suggest, written, allowed), value=shown(written))
        return written

    return check


_true_or_false = one_of("true", "false")
BOOLEAN = BeforeValidator(lambda text: _true_or_false(text) == "true")


ONCE = AfterValidator(lambda values: tuple(dict.fromkeys(values)))
"""Drop repeated values: in a filter they change nothing."""


def distinct(of: Callable[[str], str] = str) -> AfterValidator:
    """Refuse repeated values; `of` returns the part of a value that must not be repeated."""

    def check(values: tuple[str, ...]) -> tuple[str, ...]:
        parts = [*map(of, values)]
        if len(set(parts)) < len(parts):
            raise Refused("repeated", value=shown(next(part for part in parts if parts.count(part) > 1)))
        return values

    return AfterValidator(check)


def _field(written: str, info: ValidationInfo[Basis]) -> str:
    known = field_selection.leaf_paths(info.context.record)
    if written not in known:
        allowed = field_selection.names(info.context.record, tabular=info.context.tabular)
        raise Refused("not-allowed", allowed, partial(suggestions.key, written, allowed), value=shown(written))
    if known[written] or not info.context.tabular:
        return written
    raise Refused("not-in-tables", value=shown(written))


LanguageParameter = Annotated[
    Literal["ja", "en"] | None,
    BeforeValidator(one_of("ja", "en"), json_schema_input_type=Literal["ja", "en"]),
    Field(description="Language of labels and messages; wins over Accept-Language.", examples=["en"]),
]


class RecordQuery(QueryModel):
    """The parameters that every resource takes."""

    elsewhere: ClassVar[Mapping[str, str]] = {"bom": "csv-only"}
    formats: ClassVar[tuple[Format, ...]] = OF_RECORDS
    """The formats of the resource, the default first."""

    fields: Annotated[
        tuple[Annotated[str, AfterValidator(_field)], ...],
        distinct(),
        Field(
            description="Only these keys, dotted where nested, in this order; by default all. "
            "A schema describes the whole record."
        ),
    ] = ()
    lang: LanguageParameter = None

    def columns(self, record: type[BaseModel]) -> tuple[str, ...]:
        """Return the keys of a record that are columns of a table: those chosen by `fields`, else all."""
        return self.fields or tuple(record.model_fields)


def parse(raw: bytes, model: type[Q], basis: Basis | None = None) -> Q:
    """Return the query string as that model; `problems.InvalidParameters` with every error at once.

    After `problems.MAX_FLAWS` errors the rest is not looked at.
    """
    raw = model.known(raw)
    flaws: list[problems.Flaw] = []
    basis = basis or Basis()
    values = _collect(raw, model, basis, flaws)
    if len(flaws) > problems.MAX_FLAWS:
        raise problems.InvalidParameters(*flaws)
    with parameter_errors.count_refused() as count:
        few = {name: value if isinstance(value, str) else _until_enough(value, count) for name, value in values.items()}
        try:
            query = model.model_validate(few, context=basis)
        except ValidationError as error:
            flaws.extend(_flaws(error, model, values))
    if flaws:
        raise problems.InvalidParameters(*flaws)
    return query


def _until_enough(values: list[str], count: parameter_errors.RefusedCount) -> Iterator[str]:
    """Yield the values, which pydantic takes one by one, until enough of the query string is wrong."""
    for value in values:
        if count.refused > problems.MAX_FLAWS:
            return
        yield value


def _collect(
    raw: bytes, model: type[QueryModel], basis: Basis, flaws: list[problems.Flaw]
) -> dict[str, str | list[str]]:
    """Return the values by name. Errors in the writing go to `flaws`, and their values are left out."""
    values: dict[str, str | list[str]] = {}
    lists: dict[str, list[str]] = {}
    broken: set[str] = set()
    for name, text, code in query_pairs.read(raw):
        if len(flaws) > problems.MAX_FLAWS:
            break
        field = model.model_fields.get(name)
        if code:
            flaws.append(problems.Flaw(shown(name), code))
            broken.add(name)
        elif field is None:
            flaws.append(_unknown(name, text, raw, model, basis))
        elif get_origin(field.annotation) is tuple:
            values[name] = lists.setdefault(name, [])
            lists[name] += text.split(",")
        elif name in values:
            flaws.append(problems.Flaw(name, "duplicate"))
        else:
            values[name] = text
    for name, value in list(values.items()):
        if "" in value if isinstance(value, list) else not value:
            flaws.append(problems.Flaw(name, "empty"))
            broken.add(name)
        elif isinstance(value, list) and len(value) > MAX_VALUES:
            flaws.append(problems.Flaw(name, "too-many", {"limit": MAX_VALUES}))
            broken.add(name)
    return {name: value for name, value in values.items() if name not in broken}


def _unknown(name: str, value: str, raw: bytes, model: type[QueryModel], basis: Basis) -> problems.Flaw:
    if name in model.elsewhere:
        return problems.Flaw(name, model.elsewhere[name])
    names = tuple(model.model_fields)
    suggest = partial(suggestions.parameter, name, value, raw, names, basis.path, basis.formats)
    return problems.Flaw(shown(name), "unknown", allowed=names, suggest=suggest)


def _flaws(
    error: ValidationError, model: type[QueryModel], values: Mapping[str, str | list[str]]
) -> Iterator[problems.Flaw]:
    for each in error.errors(include_url=False, include_input=False):
        path, raised = each["loc"], each.get("ctx", {}).get("error")
        name = str(path[0]) if path else ""
        if isinstance(raised, Refused):
            found = raised.flaw._replace(parameter=raised.flaw.parameter or name)
            yield (
                found._replace(allowed=(json_schema.bounds(model, name),)) if found.code == "not-an-integer" else found
            )
        else:  # the bounds that a field declares
            value = values[name][int(path[1])] if len(path) > 1 else values[name]
            yield problems.Flaw(name, "out-of-range", {"value": shown(str(value))}, (json_schema.bounds(model, name),))

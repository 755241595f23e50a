"""`fields`: which keys of a record are wanted, in JSON and as the columns of a table."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import NoneType
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from app.schemas.annotations import JsonOnly
from app.schemas.records import IS_DATE

SEPARATOR = "|"
"""Between the items of a list in a cell of a table; the seed refuses items that contain it."""

Path = tuple[str, ...]


@lru_cache
def paths(model: type[BaseModel]) -> dict[str, tuple[Path, ...]]:
    """Return every key of a record, dotted where nested, with the paths of its leaves, in their order.

    What only JSON has stands for none: a table has no columns of it.
    """
    found: dict[str, tuple[Path, ...]] = {}
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if any(isinstance(each, JsonOnly) for each in field.metadata):
            found |= dict.fromkeys([name, *(f"{name}.{key}" for key in (paths(inner) if inner else ()))], ())
            continue
        if inner is None:
            found[name] = ((name,),)
            continue
        below = paths(inner)
        leaves = dict.fromkeys((name, *leaf) for each in below.values() for leaf in each)
        found[name] = tuple(leaves)
        found |= {f"{name}.{key}": tuple((name, *leaf) for leaf in each) for key, each in below.items()}
    return found


def names(model: type[BaseModel], *, tabular: bool) -> tuple[str, ...]:
    """Return what `fields` may name: every key of a record, of a table those that make columns."""
    return tuple(name for name, leaves in paths(model).items() if leaves or not tabular)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the record that an annotation is, or is a list of; `None` if it is none."""
    if get_origin(annotation) is dict:  # whose keys are no fields of a record: it is chosen whole
        return None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for each in get_args(annotation) if (model := _model_in(each))), None)


def leaves(model: type[BaseModel], names: Sequence[str]) -> list[Path]:
    """Return the leaves of the named keys, each once; of all keys if none is named."""
    known = paths(model)
    return list(dict.fromkeys(leaf for name in names or model.model_fields for leaf in known[name]))


Selection = dict[str, "Selection | None"]
"""The keys that are wanted, in their order, each with what is wanted below it; `None`: everything."""


def selection(names: Sequence[str]) -> Selection:
    """Return the named keys as a tree, made once for all records of an answer."""
    selected: Selection = {}
    for name in names:
        place: Selection | None = selected
        *outer, last = name.split(".")
        for key in outer:
            if place is not None:  # else what is around it is wanted whole
                place = place.setdefault(key, {})
        if place is not None:
            place[last] = None
    return selected


def pick(record: Any, selected: Selection) -> Any:
    """Return the record with the selected keys only; of a list, every item so."""
    if isinstance(record, list):
        return [pick(item, selected) for item in record]
    if record is None:
        return None
    return {key: record[key] if below is None else pick(record[key], below) for key, below in selected.items()}


def cells(record: Any, leaves: Sequence[Path]) -> Iterator[str]:
    """Yield the values at the leaves as text; a gap is empty."""
    return ("" if value is None else str(value) for value in values(record, leaves))


def values(record: Any, leaves: Sequence[Path]) -> Iterator[str | int | float | None]:
    """Yield the values at the leaves; those of a list joined by `SEPARATOR`."""
    for leaf in leaves:
        value = _at(record, leaf)
        yield _text(value) if isinstance(value, list) else value


class Leaf(NamedTuple):
    """Describe a column; `type` is one of Table Schema."""

    type: Literal["integer", "number", "date", "string"]
    description: str | None
    required: bool


def leaf(model: type[BaseModel], path: Path, *, within: bool = True) -> Leaf:
    """`within`: every record has what is around the leaf, once. Where it may have several, they are joined text."""
    field = model.model_fields[path[0]]
    kinds = {field.annotation, *get_args(field.annotation)}
    single = list not in {get_origin(field.annotation), *map(get_origin, kinds)}
    within = within and single and NoneType not in kinds
    if path[1:]:
        inner = _model_in(field.annotation)
        assert inner  # noqa: S101  # for mypy: `paths` goes through models only
        below = leaf(inner, path[1:], within=within)
        return below if single else below._replace(type="string")
    if single and kinds & {int, float} and str not in kinds:
        return Leaf("integer" if int in kinds else "number", field.description, within)
    is_date = single and field.json_schema_extra == IS_DATE
    return Leaf("date" if is_date else "string", field.description, within)


def _at(value: Any, path: Path) -> Any:
    if isinstance(value, list):
        return [_at(item, path) for item in value]
    return _at(value[path[0]], path[1:]) if path and value is not None else value


def _text(value: Any) -> str:
    if isinstance(value, list):
        return SEPARATOR.join(map(_text, value))
    return "" if value is None else str(value)

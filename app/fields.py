"""`fields`: which keys of a record are wanted, in JSON and as the columns of a table."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import NoneType
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from app.models import IS_DATE

Path = tuple[str, ...]


@lru_cache
def paths(model: type[BaseModel]) -> dict[str, tuple[Path, ...]]:
    """Every key of a record, dotted where nested, with the paths of the leaves it stands for, in their order."""
    found: dict[str, tuple[Path, ...]] = {}
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is None:
            found[name] = ((name,),)
            continue
        below = paths(inner)
        leaves = dict.fromkeys((name, *leaf) for each in below.values() for leaf in each)
        found[name] = tuple(leaves)
        found |= {f"{name}.{key}": tuple((name, *leaf) for leaf in each) for key, each in below.items()}
    return found


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The record that an annotation is, or is a list of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for each in get_args(annotation) if (model := _model_in(each))), None)


def leaves(model: type[BaseModel], names: Sequence[str]) -> list[Path]:
    """The leaves that the named keys stand for, each once; of all keys if none is named."""
    known = paths(model)
    return list(dict.fromkeys(leaf for name in names or model.model_fields for leaf in known[name]))


def pick(record: Any, names: Sequence[str]) -> Any:
    """The record with these keys only, in their order; of a list, every item so."""
    if isinstance(record, list):
        return [pick(item, names) for item in record]
    if record is None:
        return None
    picked: dict[str, Any] = {}
    for key in dict.fromkeys(name.partition(".")[0] for name in names):
        below = [rest for name in names for head, dot, rest in [name.partition(".")] if head == key and dot]
        whole = key in names or not below
        picked[key] = record[key] if whole else pick(record[key], below)
    return picked


def cells(record: Any, leaves: Sequence[Path]) -> Iterator[str]:
    """The values at the leaves as text; a gap is empty."""
    return ("" if value is None else str(value) for value in values(record, leaves))


def values(record: Any, leaves: Sequence[Path]) -> Iterator[str | int | None]:
    """The values at the leaves; those of a list joined by `|`."""
    for leaf in leaves:
        value = _at(record, leaf)
        yield _text(value) if isinstance(value, list) else value


class Leaf(NamedTuple):
    """What a column holds; `type` as Table Schema has it."""

    type: Literal["integer", "date", "string"]
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
    if single and kinds - {NoneType, field.annotation} <= {int} and int in kinds:
        return Leaf("integer", field.description, within)
    is_date = single and field.json_schema_extra == IS_DATE
    return Leaf("date" if is_date else "string", field.description, within)


def _at(value: Any, path: Path) -> Any:
    if isinstance(value, list):
        return [_at(item, path) for item in value]
    return _at(value[path[0]], path[1:]) if path and value is not None else value


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(map(_text, value))
    return "" if value is None else str(value)

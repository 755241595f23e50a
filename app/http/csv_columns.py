"""The columns of a table, as CSV has them: one for each leaf of a record."""

from collections.abc import Iterator, Sequence
from types import NoneType
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from app.http.field_selection import Path, leaf_paths, model_in
from app.schemas.records import IS_DATE

SEPARATOR = "|"
"""The sign between the items of a list in a cell; the seed refuses items that contain it."""


def leaves(model: type[BaseModel], names: Sequence[str]) -> list[Path]:
    """Return the leaves of the named keys, each once; of all keys if none is named."""
    known = leaf_paths(model)
    return list(dict.fromkeys(leaf for name in names or model.model_fields for leaf in known[name]))


def cells(record: Any, leaves: Sequence[Path]) -> Iterator[str]:
    """Yield the values at the leaves as text; a gap is empty."""
    return map(_text, values(record, leaves))


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
    """Return the column at a path; it is required only if nothing on the path is null or a list, and `within` holds.

    `within`: whether every record has what is around the model. Below a list a column is text, its values joined.
    """
    field = model.model_fields[path[0]]
    kinds = {field.annotation, *get_args(field.annotation)}
    single = list not in {get_origin(field.annotation), *map(get_origin, kinds)}
    within = within and single and NoneType not in kinds
    if path[1:] and (inner := model_in(field.annotation)):
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

"""`fields`: which keys of a record are wanted, in JSON and as the columns of a table."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from app.schemas.annotations import JsonOnly

Path = tuple[str, ...]


@lru_cache
def leaf_paths(model: type[BaseModel]) -> dict[str, tuple[Path, ...]]:
    """Return every key of a record, dotted where nested, with the paths of its leaves, in their order.

    What only JSON has stands for none: a table has no columns of it.
    """
    found: dict[str, tuple[Path, ...]] = {}
    for name, field in model.model_fields.items():
        own: dict[str, tuple[Path, ...]] = {name: ((name,),)}
        if inner := model_in(field.annotation):
            below = {key: tuple((name, *leaf) for leaf in each) for key, each in leaf_paths(inner).items()}
            own = {name: tuple(dict.fromkeys(leaf for each in below.values() for leaf in each))}
            own |= {f"{name}.{key}": leaves for key, leaves in below.items()}
        found |= dict.fromkeys(own, ()) if any(isinstance(each, JsonOnly) for each in field.metadata) else own
    return found


def names(model: type[BaseModel], *, tabular: bool) -> tuple[str, ...]:
    """Return what `fields` may name: every key of a record, of a table those that make columns."""
    return tuple(name for name, leaves in leaf_paths(model).items() if leaves or not tabular)


def model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the record that an annotation is, or is a list of; `None` if it is none."""
    if get_origin(annotation) is dict:  # whose keys are no fields of a record: it is chosen whole
        return None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for each in get_args(annotation) if (model := model_in(each))), None)


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

"""`fields`: which keys of a record are wanted, in JSON and as the columns of a table."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel

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
    """The values at the leaves as text; those of a list joined by `|`, a gap is empty."""
    for leaf in leaves:
        yield _text(_at(record, leaf))


def _at(value: Any, path: Path) -> Any:
    if isinstance(value, list):
        return [_at(item, path) for item in value]
    return _at(value[path[0]], path[1:]) if path and value is not None else value


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(map(_text, value))
    return "" if value is None else str(value)

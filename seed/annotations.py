"""Reads `annotations.json`: what this edition adds to the list, each fact with its status and its evidence."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.http.field_selection import SEPARATOR
from app.schemas.records import Certainty
from seed import json_stream
from seed.source import SourceError, find_fault

T = TypeVar("T")

Id = Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
Url = Annotated[str, Field(pattern=r"^https?://[^\s|]+$")]


def _as_printed_texts(text: str) -> str:
    if fault := find_fault(text):
        found, expected = fault
        raise ValueError(f"{expected}, but there is {found!r}")
    return text


def _without_separator(text: str) -> str:
    if SEPARATOR in text:
        raise ValueError(f"no {SEPARATOR} in what becomes an item of a list, where it stands between items")
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(_as_printed_texts)]
Item = Annotated[Text, AfterValidator(_without_separator)]
"""A text that is published in a list, whose items a CSV joins."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fact(_Strict, Generic[T]):
    """Confirmed: seen on the pages of `evidence`. Editorial: our own reading or translation."""

    value: T
    status: Literal["confirmed", "editorial"]
    evidence: list[Url] = Field(default_factory=list)

    @model_validator(mode="after")
    def _confirmed_by_something(self) -> Self:
        if self.status == "confirmed" and not self.evidence:
            raise ValueError("a confirmed fact needs evidence")
        return self


class Program(_Strict):
    id: Id
    name: Item
    name_en: Text


class Subcategory(_Strict):
    id: Id
    label: Item
    label_en: Text


class Region(_Strict):
    """`title` says where the printed text parts into title and theme; `null` where there is a theme only."""

    number: Annotated[int, Field(ge=1)]
    title: Text | None
    name_kana: Fact[Text] | None
    name_romaji: Fact[Text] | None
    name_en: Fact[Text] | None
    title_kana: Fact[Text] | None
    title_en: Fact[Text] | None
    prefectures: Fact[Annotated[list[Item], Field(min_length=1)]]
    local_governments: Fact[Text] | None
    research_fields: Fact[list[Item]] | None

    def facts(self) -> dict[str, Fact[Text] | Fact[list[Item]]]:
        return {name: value for name, value in self if isinstance(value, Fact)}

    @model_validator(mode="after")
    def _nothing_about_no_title(self) -> Self:
        if self.title is None and (self.title_kana or self.title_en):
            raise ValueError("a reading or a translation needs a title")
        return self


class Correction(_Strict):
    id: Id
    field: Literal["name", "title", "subcategory", "subcategory label"]
    printed: Item
    likely: Item
    corrected: Item
    certainty: Certainty
    subcategory: Id | None
    regions: Annotated[list[int], Field(min_length=1)]
    note: Text | None
    evidence: Annotated[list[Url], Field(min_length=1)]

    @model_validator(mode="after")
    def _label_of_a_subcategory(self) -> Self:
        if (self.field == "subcategory label") != (self.subcategory is not None):
            raise ValueError("a correction names a subcategory if its label is wrong, and only then")
        return self


class Head(_Strict):
    """Everything in the file but the regions."""

    modified: date
    publisher: Text
    programs: list[Program]
    subcategories: list[Subcategory]
    corrections: list[Correction]


class _Whole(Head):
    regions: list[Region]


@contextmanager
def opened(path: Path) -> Iterator[tuple[Head, Iterator[Region]]]:
    """Open the file: what stands before the regions, and the regions one by one. Raises `SourceError`.

    The regions come last in the file, since reading them needs the rest.
    """
    with path.open(encoding="utf-8") as file:
        try:
            members, values = json_stream.read_object(file, path.name, last="regions")
            head = Head.model_validate(members)
        except (json_stream.NotReadable, ValidationError):
            raise _explain(path) from None
        yield head, _read_regions(path, values)


def _read_regions(path: Path, values: Iterator[Any]) -> Iterator[Region]:
    count = 0
    try:
        for value in values:
            yield Region.model_validate(value)
            count += 1
    except ValidationError as error:
        raise _source_error(path, error, "regions", count) from None
    except json_stream.NotReadable:
        raise _explain(path) from None


def _explain(path: Path) -> SourceError:
    """Return the error of a file that cannot be read in chunks: parsing it whole gives the better message."""
    try:
        _Whole.model_validate_json(path.read_bytes())
    except ValidationError as error:
        return _source_error(path, error)
    return SourceError(path.name, "more behind “regions”", "“regions” as the last member")


def _source_error(path: Path, error: ValidationError, *before: str | int) -> SourceError:
    first = error.errors()[0]
    # an index is spelt out, for a bare number after “regions” is the number of a region
    steps = (f"entry {step + 1}" if isinstance(step, int) else step for step in (*before, *first["loc"]))
    return SourceError(" → ".join((path.name, *steps)), str(first["input"]), first["msg"].removeprefix("Value error, "))

"""Read `annotations.json`: what this edition adds to the list, each fact with its status and its evidence."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from app.schemas.annotations import Certainty
from seed import json_stream
from seed.facts import Fact, Id, Item, Place, Point, Strict, Text, Translation, Url
from seed.source import SourceError


class Program(Strict):
    id: Id
    name: Item
    name_en: Translation
    purpose_en: Translation | None = None


class Subcategory(Strict):
    id: Id
    label: Item
    label_en: Translation


class Region(Strict):
    """`title` says where the printed text parts into title and theme; `null` where there is a theme only."""

    number: Annotated[int, Field(ge=1)]
    title: Text | None
    theme_en: Fact[Text] | None = None
    name_kana: Fact[Text] | None
    name_romaji: Fact[Text] | None
    name_en: Fact[Text] | None
    title_kana: Fact[Text] | None
    title_en: Fact[Text] | None
    prefectures: Fact[Annotated[list[Item], Field(min_length=1)]]
    municipalities: Fact[list[Place]] | None = None
    local_government_codes: Fact[list[Place]] | None = None
    point: Fact[Point] | None = None
    local_governments: Fact[Text] | None
    research_fields: Fact[list[Item]] | None

    @model_validator(mode="after")
    def _nothing_about_no_title(self) -> Self:
        if self.title is None and (self.title_kana or self.title_en):
            raise ValueError("a reading or a translation needs a title")
        return self


class Correction(Strict):
    id: Id
    field: Literal["name", "title", "subcategory", "subcategory.label"]
    printed: Item
    likely: Item
    corrected: Item
    certainty: Certainty
    subcategory: Id | None
    regions: Annotated[list[int], Field(min_length=1)]
    note: Text | None
    note_en: Text | None = None
    evidence: Annotated[list[Url], Field(min_length=1)]

    @model_validator(mode="after")
    def _label_of_a_subcategory(self) -> Self:
        if (self.field == "subcategory.label") != (self.subcategory is not None):
            raise ValueError("a correction names a subcategory if its label is wrong, and only then")
        return self


class Bilingual(Strict):
    en: Text
    ja: Text


class PointRule(Bilingual):
    rule: Text


class Credit(Strict):
    """A data set of others; `id` is what `source` of a fact names, the rest is published."""

    id: Id
    name: Text
    url: Url
    license: Text
    license_url: Url | None
    use: Bilingual


class Head(Strict):
    """Hold everything in the file but the regions."""

    modified: date
    publisher: Text
    publisher_en: Translation | None = None
    title_en: Translation | None = None
    note_en: Translation | None = None
    point_rules: list[PointRule] = Field(default_factory=list)
    credits: list[Credit] = Field(default_factory=list)
    research_fields_en: dict[Item, Fact[Item]] = Field(default_factory=dict)
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

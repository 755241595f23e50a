"""What we add to the list: `annotations.json`, kept apart, each fact with its status and its evidence."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.models import Certainty
from seed import pieces
from seed.source import Misfit, flaw_of

T = TypeVar("T")

Id = Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
Url = Annotated[str, Field(pattern=r"^https?://\S+$")]


def _as_printed_texts(text: str) -> str:
    if flaw := flaw_of(text):
        raise ValueError(f"{flaw[1]}, but there is {flaw[0]!r}")
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(_as_printed_texts)]


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
    name: Text
    name_en: Text


class Subcategory(_Strict):
    id: Id
    label: Text
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
    prefectures: Fact[Annotated[list[Text], Field(min_length=1)]]
    local_governments: Fact[Text] | None
    research_fields: Fact[list[Text]] | None

    def facts(self) -> dict[str, Fact[Text] | Fact[list[Text]]]:
        return {name: value for name, value in self if isinstance(value, Fact)}

    @model_validator(mode="after")
    def _nothing_about_no_title(self) -> Self:
        if self.title is None and (self.title_kana or self.title_en):
            raise ValueError("a reading or a translation needs a title")
        return self


class Correction(_Strict):
    id: Id
    field: Literal["name", "title", "subcategory", "subcategory label"]
    printed: Text
    likely: Text
    corrected: Text
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
    """All but the regions."""

    modified: date
    publisher: Text
    programs: list[Program]
    subcategories: list[Subcategory]
    corrections: list[Correction]


class _Whole(Head):
    regions: list[Region]


def read(path: Path) -> tuple[Head, Iterator[Region]]:
    """The file piece by piece: a million regions need no more memory than one. `Misfit` if it is not as it has to be.

    The regions are read again when they are asked for, since corrections may stand behind them.
    """
    try:
        members = dict(pieces.members(path, skip="regions"))
        if "regions" in members:
            del members["regions"]
            return Head.model_validate(members), _regions(path)
    except (pieces.Irregular, ValidationError):
        pass
    try:  # as a whole, for the better message
        _Whole.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise _misfit(path, error) from None
    raise Misfit(path.name, "a file that changes", "one that does not")


def _regions(path: Path) -> Iterator[Region]:
    for index, value in enumerate(pieces.items(path, "regions")):
        try:
            yield Region.model_validate(value)
        except ValidationError as error:
            raise _misfit(path, error, "regions", index) from None


def _misfit(path: Path, error: ValidationError, *before: str | int) -> Misfit:
    first = error.errors()[0]
    # an index is spelt out, for a bare number after “regions” is the number of a region
    steps = (f"entry {step + 1}" if isinstance(step, int) else step for step in (*before, *first["loc"]))
    return Misfit(" → ".join((path.name, *steps)), str(first["input"]), first["msg"].removeprefix("Value error, "))

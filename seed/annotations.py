"""What we add to the list: `annotations.json`, kept apart, each fact with its status and its evidence."""

from datetime import date
from pathlib import Path
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.models import Certainty
from seed.source import Misfit

T = TypeVar("T")

Id = Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
Url = Annotated[str, Field(pattern=r"^https?://\S+$")]
Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fact(_Strict, Generic[T]):
    """Confirmed: seen on the pages of `evidence`. Editorial: our own reading or translation."""

    value: T
    status: Literal["confirmed", "editorial"]
    evidence: list[Url] = []

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
    prefectures: Fact[list[Text]]
    local_governments: Fact[Text] | None
    research_fields: Fact[list[Text]] | None

    def facts(self) -> dict[str, Fact[Text] | Fact[list[Text]]]:
        return {name: value for name, value in self if isinstance(value, Fact)}


class Correction(_Strict):
    id: Id
    field: Literal["name", "title", "subcategory", "subcategory label"]
    printed: Text
    likely: Text
    corrected: Text
    certainty: Certainty
    subcategory: Id | None
    regions: Annotated[list[int], Field(min_length=1)]
    note: str | None
    evidence: Annotated[list[Url], Field(min_length=1)]


class Annotations(_Strict):
    modified: date
    publisher: Text
    programs: list[Program]
    subcategories: list[Subcategory]
    regions: list[Region]
    corrections: list[Correction]


def read(path: Path) -> Annotations:
    try:
        return Annotations.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = " → ".join(map(str, (path.name, *first["loc"])))
        raise Misfit(where, str(first["input"]), first["msg"]) from None

"""A fact of `annotations.json`: its value, its status, the pages that confirm it, the data set that it is from."""

from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.http.csv_columns import SEPARATOR
from app.schemas.annotations import Status
from seed.source import find_fault

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


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fact(Strict, Generic[T]):
    """Confirmed: seen on the pages of `evidence`. Editorial: our own reading or translation.

    `source`: the id of the data set that it was taken from, see `credits`.
    """

    value: T
    status: Status
    evidence: list[Url] = Field(default_factory=list)
    source: Id | None = None

    @model_validator(mode="after")
    def _confirmed_by_something(self) -> Self:
        if self.status == "confirmed" and not self.evidence:
            raise ValueError("a confirmed fact needs evidence")
        return self


def _ours(value: Any) -> Any:
    return {"value": value, "status": "editorial"} if isinstance(value, str) else value


Translation = Annotated[Fact[Text], BeforeValidator(_ours)]
"""A fact; a plain text is a translation of our own."""


class Place(Strict):
    code: Annotated[str, Field(pattern="^[0-9]{5}$")]
    name: Item


class Point(Strict):
    longitude: Annotated[float, Field(ge=-180, le=180)]
    latitude: Annotated[float, Field(ge=-90, le=90)]
    of: Place
    rule: Text

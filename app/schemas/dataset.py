"""Schemas of what is published about the data set as a whole and about the service."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model

from app.schemas.records import Count, Date, Path, Period, SelfLink


class SourceFile(BaseModel):
    sha256: Annotated[str, Field(description="SHA-256 of the source file, hexadecimal")]
    bytes: Annotated[int, Field(ge=1, description="Size of the source file in bytes")]


class Bilingual(BaseModel):
    en: str
    ja: str


class Distribution(BaseModel):
    name: Annotated[str, Field(examples=["regions.csv"])]
    media_type: Annotated[str, Field(examples=["application/json"])]
    bytes: Annotated[int, Field(ge=1, description="Size of the file in bytes")]
    sha256: Annotated[str, Field(description="SHA-256 of the file, hexadecimal")]
    url: Annotated[Path, Field(description="Where it is; of another version it is another address")]


class PointRule(Bilingual):
    rule: Annotated[str, Field(description="As `annotations.point.rule` names it", examples=["R1"])]


class Credit(BaseModel):
    """A data set of others from which annotations were taken."""

    name: Annotated[str, Field(examples=["GeoNames"])]
    url: str
    license: Annotated[str, Field(description="Its licence", examples=["CC BY 4.0"])]
    license_url: Annotated[str | None, Field(description="`null`: none is needed")]
    use: Bilingual


class Dataset(BaseModel):
    title: Annotated[str, Field(description="Heading as printed")]
    title_en: Annotated[str | None, Field(description="Our translation of the title, unofficial")]
    description: Bilingual
    note: Annotated[str | None, Field(description="Note paragraph as printed; it belongs to the whole list")]
    note_en: Annotated[str | None, Field(description="Our translation of the note, unofficial")]
    publisher: Annotated[str, Field(description="Publisher of the source", examples=["文部科学省"])]
    publisher_en: Annotated[str | None, Field(description="English name of the publisher")]
    edition_publisher: Annotated[str, Field(description="Publisher of this edition, who is not the ministry")]
    derivation: Annotated[Bilingual, Field(description="That this is an edited derivative")]
    citation: Annotated[Bilingual, Field(description="How to cite it")]
    temporal: Annotated[Period, Field(description="From the first to the last day of the fiscal years in it")]
    spatial: Annotated[list[str], Field(description="Its prefectures with regions, as Wikidata URIs")]
    point_rules: Annotated[list[PointRule], Field(description="How `annotations.point` of a region was chosen")]
    credits: Annotated[list[Credit], Field(description="Data sets of others in the annotations")]
    languages: Annotated[list[str], Field(description="BCP 47", examples=[["ja", "en"]])]
    version: Annotated[str, Field(description="Derived from the content: the same version always means the same data")]
    issued: Annotated[Date, Field(description="Date of the first edition, ISO 8601", examples=["2026-11-24"])]
    modified: Annotated[Date, Field(description="Date of the data, ISO 8601", examples=["2026-11-24"])]
    source: SourceFile
    counts: BaseModel
    """A number for each list that is counted, see `counting`."""
    counted: Annotated[dict[str, Bilingual], Field(description="What each of the counts counts")]
    license: Annotated[str | None, Field(description="Licence of the source; `null`: not known")]
    license_note: str
    files: Annotated[
        list[Distribution], Field(description="Whole and unchanging; none where the list is too long for that")
    ]
    links: SelfLink


def counting(lists: Mapping[str, str]) -> type[Dataset]:
    """Return the schema of the data set; `lists`: what is counted, by name, with a description."""
    counts: Any = {name: (Annotated[Count, Field(description=text)], ...) for name, text in lists.items()}
    return create_model("Dataset", __base__=Dataset, counts=(create_model("Counts", **counts), ...))


class Index(BaseModel):
    title: Annotated[str, Field(description="Heading of the list, as printed")]
    description: str
    api_version: str
    dataset_version: str
    license_note: str


def linking(names: Iterable[str]) -> type[Index]:
    """Return the schema of the index with a link for each name."""
    links: Any = dict.fromkeys(names, (Path, ...))
    return create_model("Index", __base__=Index, links=(create_model("IndexLinks", **links), ...))


class ProblemType(BaseModel):
    type: Path
    status: Annotated[int, Field(ge=400, le=599, description="HTTP status that comes with it")]
    title: Bilingual
    explanation: Bilingual


class Health(BaseModel):
    status: Literal["ok"]


class Readiness(Health):
    schema_revision: Annotated[str, Field(description="Of the tables")]
    dataset_version: Annotated[str, Field(description="A digest of all data", examples=["3d8688daf5804fb5"])]

"""Schemas of the records of the API. Every key is always present; what is not known is `null`."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.annotations import Annotations, AreaRef, Code, RegionCorrection

MAX_MATCHES = 1_000
"""Matches of a region at the most. No region of the ministry's list reaches it."""

ChangeAction = Literal["added", "corrected", "withdrawn"]
Scalar = str | int | None

IS_DATE = {"format": "date"}
"""The JSON schema of a day, ISO 8601."""

Date = Annotated[str, Field(json_schema_extra=dict(IS_DATE))]

Path = Annotated[str, Field(description="URL, relative unless a public base URL is configured")]
ProgramId = Annotated[str, Field(description="Programme id", examples=["global"])]
FiscalYear = Annotated[int, Field(description="Fiscal year, named after its April", examples=[2008])]
Count = Annotated[int, Field(ge=0)]


class SelfLink(BaseModel):
    self: Path


class RegionsLink(BaseModel):
    regions: Annotated[Path, Field(description="The filtered list of regions")]


class RecordLinks(SelfLink, RegionsLink):
    pass


class ProgramRef(BaseModel):
    id: ProgramId
    name: Annotated[str, Field(description="Name as printed", examples=["グローバル型"])]


class SubcategoryRef(BaseModel):
    id: Annotated[str, Field(description="Subcategory id", examples=["global-phase-1"])]
    name: Annotated[str, Field(description="The label's part in brackets", examples=["第Ⅰ期"])]
    label: Annotated[str, Field(description="Label as printed", examples=["グローバル型 (第Ⅰ期)"])]


class Period(BaseModel):
    start: Annotated[Date, Field(description="First day, ISO 8601", examples=["2008-04-01"])]
    end: Annotated[Date, Field(description="Last day, ISO 8601", examples=["2013-03-31"])]


class Source(BaseModel):
    page: Annotated[int, Field(ge=1, description="Page of the brochure", examples=[14])]
    page_label: Annotated[str, Field(description="The page as printed", examples=["P14"])]
    row: Annotated[int, Field(ge=1, description="Row of the list, counted from 1", examples=[7])]


class Match(BaseModel):
    """One occurrence of a search term."""

    field: Annotated[str, Field(description="Dotted path of the text", examples=["theme"])]
    start: Annotated[int, Field(ge=0, description="First code point of the occurrence")]
    end: Annotated[int, Field(ge=1, description="Code point after the occurrence")]
    term: Annotated[str, Field(description="The term of `q`, as typed", examples=["医療"])]


def _describe_truncation(schema: dict[str, Any]) -> None:
    """Add `matches_truncated`, the only key that is not always present: `publish` writes it after `matches`."""
    description = f"Only there where a region has more than {MAX_MATCHES:,} matches: those are the first of them"
    schema["properties"]["matches_truncated"] = {"const": True, "type": "boolean", "description": description}


class Region(BaseModel):
    model_config = ConfigDict(json_schema_extra=_describe_truncation)

    number: Annotated[int, Field(ge=1, description="Number in the list", examples=[7])]
    name: Annotated[str, Field(description="Name as printed", examples=["富山・石川地域"])]
    program: ProgramRef
    subcategory: SubcategoryRef
    fiscal_year_start: FiscalYear
    fiscal_year_end: Annotated[FiscalYear, Field(examples=[2012])]
    fiscal_years_label: Annotated[str, Field(description="The span as printed", examples=["H20-H24"])]
    period: Period
    title: Annotated[str | None, Field(description="Cluster title; `null` for 都市エリア型")]
    theme: Annotated[str, Field(description="Theme as printed")]
    source: Source
    annotations: Annotations
    matches: Annotated[
        list[Match], Field(description=f"Every occurrence of `q`, at most {MAX_MATCHES:,}; empty without `q`")
    ]
    links: SelfLink


class SubcategoryCount(SubcategoryRef):
    region_count: Count


class ProgramCount(ProgramRef):
    region_count: Count


class Program(ProgramRef):
    name_en: Annotated[str, Field(description="English name", examples=["Global Type"])]
    purpose: Annotated[str, Field(description="Purpose as printed")]
    purpose_en: Annotated[str | None, Field(description="Our translation of the purpose, unofficial")]
    region_count: Count
    subcategories: list[SubcategoryCount]
    links: RecordLinks


class Subcategory(BaseModel):
    id: Annotated[str, Field(examples=["global-phase-1"])]
    name: Annotated[str, Field(description="The label's part in brackets", examples=["第Ⅰ期"])]
    label: Annotated[str, Field(description="Label as printed", examples=["グローバル型 (第Ⅰ期)"])]
    label_en: Annotated[str, Field(description="Our translation, unofficial", examples=["Global Type (First Stage)"])]
    program: ProgramRef
    region_count: Count
    corrections: Annotated[list[RegionCorrection], Field(description="Suspected misprints of the label, never applied")]
    links: RecordLinks


class Prefecture(BaseModel):
    code: Code
    name: Annotated[str, Field(examples=["石川県"])]
    name_en: Annotated[str, Field(examples=["Ishikawa"])]
    name_kana: Annotated[str, Field(examples=["いしかわけん"])]
    area: Annotated[AreaRef, Field(description="The 地方 that it belongs to; the filter `prefecture` takes its names")]
    iso_3166_2: Annotated[str, Field(description="ISO 3166-2 code", examples=["JP-17"])]
    wikidata: Annotated[str, Field(description="Wikidata item", examples=["Q131281"])]
    region_count: Count
    area_region_count: Annotated[Count, Field(description="Regions of the whole area, each counted once")]
    links: RegionsLink


class FiscalYearRecord(BaseModel):
    year: FiscalYear
    label: Annotated[str, Field(description="Short era notation", examples=["H20"])]
    era: Annotated[str, Field(description="Long era notation", examples=["平成20年度"])]
    start: Annotated[Date, Field(description="First day, ISO 8601", examples=["2008-04-01"])]
    end: Annotated[Date, Field(description="Last day, ISO 8601", examples=["2009-03-31"])]
    region_count: Annotated[Count, Field(description="Regions active in that year")]
    programs: Annotated[list[ProgramCount], Field(description="The same per programme")]
    links: RegionsLink


class AppliesTo(BaseModel):
    subcategory: Annotated[str | None, Field(description="Subcategory id, where its label is concerned")]
    regions: Annotated[list[int], Field(description="Numbers of the regions concerned")]


class Correction(RegionCorrection):
    applies_to: AppliesTo
    note: Annotated[str | None, Field(description="Why it is doubted, in Japanese")]
    note_en: Annotated[str | None, Field(description="The same in English")]
    evidence: Annotated[list[str], Field(description="Pages that show it")]


class Change(BaseModel):
    edition: Annotated[int, Field(ge=1, description="Number of the edition", examples=[1])]
    date: Annotated[Date, Field(description="Date of the edition, ISO 8601", examples=["2026-11-24"])]
    action: ChangeAction
    collection: Annotated[str, Field(description="The list that the record is in", examples=["regions"])]
    id: Annotated[str, Field(description="Id of the record in its list", examples=["7"])]
    field: Annotated[
        str | None, Field(description="Dotted path of what was corrected; `null`: the whole record", examples=["title"])
    ]
    old: Annotated[
        Scalar,
        Field(description="What stood there before; `null`: nothing. A number with decimals is written as a text"),
    ]
    new: Annotated[Scalar, Field(description="What stands there since, likewise")]

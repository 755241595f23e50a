"""Schemas of what this edition adds to the list. Nothing in here replaces a printed field."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

Certainty = Literal["confirmed", "likely"]
Status = Literal["confirmed", "editorial"]

Code = Annotated[str, Field(description="JIS X 0401 code, two digits", examples=["17"])]


class JsonOnly:
    """Mark a field that a table leaves out: it explains others, and its lists within lists make no columns."""


class AreaRef(BaseModel):
    """One of the eight 地方, as school books and statistics count them."""

    id: Annotated[str, Field(description="Id of the area", examples=["chubu"])]
    name: Annotated[str, Field(examples=["中部"])]
    name_en: Annotated[str, Field(examples=["Chubu"])]


class PrefectureRef(BaseModel):
    code: Code
    name: Annotated[str, Field(examples=["石川県"])]
    name_en: Annotated[str, Field(examples=["Ishikawa"])]
    area: Annotated[AreaRef, Field(description="The 地方 that it belongs to")]


class PlaceRef(BaseModel):
    """A municipality or a prefecture."""

    code: Annotated[str, Field(description="JIS X 0402 code, five digits; 000 at the end: a prefecture")]
    name: str


class Point(BaseModel):
    """A place on a small map: neither a boundary nor a centre."""

    longitude: Annotated[float, Field(ge=-180, le=180, description="WGS 84, degrees", examples=[137.2167])]
    latitude: Annotated[float, Field(ge=-90, le=90, description="WGS 84, degrees", examples=[36.7])]
    of: Annotated[PlaceRef, Field(description="The municipality whose populated place this is")]
    rule: Annotated[str, Field(description="How it was chosen, see `point_rules` of the data set", examples=["R3"])]


class RegionCorrection(BaseModel):
    id: Annotated[str, Field(examples=["region-7-title", "global-phase-1-label"])]
    field: Annotated[
        str,
        Field(description="Dotted path of the printed field that it is about", examples=["title", "subcategory.label"]),
    ]
    printed: Annotated[str, Field(description="What stands in the list", examples=["ほくろく", "第Ⅰ期"])]
    likely: Annotated[str, Field(description="What was likely meant", examples=["ほくりく", "第Ⅱ期"])]
    corrected: Annotated[str, Field(description="The whole field, corrected")]
    certainty: Certainty


class Provenance(BaseModel):
    """What is known of some annotations: those that share status, evidence and source stand together."""

    fields: Annotated[list[str], Field(description="Keys of `annotations`", examples=[["name_en", "title_en"]])]
    status: Annotated[
        Status, Field(description="`confirmed` by the pages of `evidence`; `editorial`: our own reading or translation")
    ]
    evidence: Annotated[list[str], Field(description="Pages that show it")]
    source: Annotated[
        str | None, Field(description="A data set that it was taken from", examples=["GeoNames, CC BY 4.0"])
    ]


class Annotations(BaseModel):
    """What the list does not print."""

    theme_en: Annotated[str | None, Field(description="English translation of the theme")]
    research_fields_en: Annotated[list[str] | None, Field(description="`research_fields` in English, in their order")]
    name_kana: Annotated[str | None, Field(description="Reading of the name")]
    name_romaji: Annotated[str | None, Field(description="Hepburn romanisation of the name")]
    name_en: Annotated[str | None, Field(description="English name")]
    title_kana: Annotated[str | None, Field(description="Reading of the title")]
    title_en: Annotated[str | None, Field(description="English title")]
    prefectures: Annotated[
        list[PrefectureRef],
        Field(
            description="Prefectures of the local governments in charge, by code; what the name speaks of may reach "
            "into others"
        ),
    ]
    municipalities: Annotated[
        list[PlaceRef] | None,
        Field(description="Municipalities that the name itself names, in its order; `[]`: it names none"),
    ]
    local_government_codes: Annotated[
        list[PlaceRef] | None, Field(description="`local_governments`, one by one, with their codes")
    ]
    point: Annotated[
        Point | None,
        Field(description="One representative place for a map; not a boundary, and several regions may share it"),
    ]
    local_governments: Annotated[str | None, Field(description="Local governments in charge, separated by 、")]
    research_fields: Annotated[list[str] | None, Field(description="The ministry's 特定領域, where a page names them")]
    editorial: Annotated[
        list[str],
        Field(description="Which of these are our own reading or translation, unofficial"),
    ]
    evidence: Annotated[list[str], Field(description="Pages that confirm the others")]
    corrections: Annotated[
        list[RegionCorrection],
        Field(description="Suspected misprints of the region and of its subcategory's label, never applied"),
    ]
    provenance: Annotated[
        list[Provenance], JsonOnly(), Field(description="What confirms each of these that is not `null`")
    ]

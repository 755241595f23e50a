"""The tables that join regions with places: a record for each pair, for those who cannot read a list in a cell."""

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, Field

from app.routers.dataset_files import Table
from app.schemas.annotations import Code

_Number = Annotated[int, Field(description="Number of the region")]


class RegionPrefecture(BaseModel):
    region_number: _Number
    prefecture_code: Code


class RegionMunicipality(BaseModel):
    """A municipality that the name of a region names."""

    region_number: _Number
    municipality_code: Annotated[str, Field(description="JIS X 0402 code, five digits")]
    municipality_name: str
    prefecture_code: Code


def _prefectures(region: dict[str, Any]) -> Iterator[BaseModel]:
    for place in region["annotations"]["prefectures"]:
        yield RegionPrefecture(region_number=region["number"], prefecture_code=place["code"])


def _municipalities(region: dict[str, Any]) -> Iterator[BaseModel]:
    for place in region["annotations"]["municipalities"] or ():
        yield RegionMunicipality(
            region_number=region["number"],
            municipality_code=place["code"],
            municipality_name=place["name"],
            prefecture_code=place["code"][:2],
        )


_REFERENCES = {"region_number": ("regions", "number"), "prefecture_code": ("prefectures", "code")}


def join(regions: Sequence[bytes]) -> list[Table]:
    """Return the tables for these regions."""
    records = [orjson.loads(region) for region in regions]

    def table(
        name: str, model: type[BaseModel], key: str, pairs: Callable[[dict[str, Any]], Iterator[BaseModel]]
    ) -> Table:
        found = [pair.model_dump_json().encode() for region in records for pair in pairs(region)]
        return Table(name, ("region_number", key), model, found, _REFERENCES)

    return [
        table("region_prefectures", RegionPrefecture, "prefecture_code", _prefectures),
        table("region_municipalities", RegionMunicipality, "municipality_code", _municipalities),
    ]

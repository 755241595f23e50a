"""Regions as features of GeoJSON (RFC 7946), for maps."""

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

R = TypeVar("R")


class Geometry(BaseModel):
    type: Literal["Point"]
    coordinates: Annotated[
        list[float],
        Field(min_length=2, max_length=2, description="Longitude and latitude (WGS 84)", examples=[[137.2167, 36.7]]),
    ]


class Feature(BaseModel, Generic[R]):
    """A record with its point, which is one representative place and no boundary."""

    type: Literal["Feature"]
    id: Annotated[int, Field(ge=1, description="Number in the list", examples=[7])]
    geometry: Annotated[Geometry | None, Field(description="`annotations.point`; `null` where there is none")]
    properties: Annotated[R, Field(description="The record; with `fields` only those keys")]


class FeatureCollection(BaseModel, Generic[R]):
    type: Literal["FeatureCollection"]
    features: list[Feature[R]]


def feature(region: dict[str, Any], properties: Any) -> dict[str, Any]:
    """Return the feature of a published region with these properties."""
    point = region["annotations"]["point"]
    geometry = point and {"type": "Point", "coordinates": [point["longitude"], point["latitude"]]}
    return {"type": "Feature", "id": region["number"], "geometry": geometry, "properties": properties}

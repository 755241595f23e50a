"""Describe a region as JSON-LD (schema.org): a research project, and the record that tells of it."""

from typing import Any

from app.pages.fields import Record
from app.routers.regions import endpoints

MINISTRY = {
    "@type": "GovernmentOrganization",
    "name": "文部科学省",
    "alternateName": "Ministry of Education, Culture, Sports, Science and Technology (MEXT)",
}


def describe(region: Record, dataset: Record, absolute: str) -> dict[str, Any]:
    """Return the node; `absolute` leads to the address of the explorer."""
    annotations, number = region["annotations"], region["number"]
    names = [region["name"], region["title"], annotations["name_en"], annotations["title_en"]]
    name, *others = dict.fromkeys(filter(None, (region["title"], *names)))
    node: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ResearchProject",
        "@id": f"{absolute}regions/{number}#project",
        "url": f"{absolute}regions/{number}",
        "name": name,
        "alternateName": others,
        "description": region["theme"],
        "identifier": str(number),
        "areaServed": [
            {
                "@type": "AdministrativeArea",
                "name": each["name"],
                "alternateName": each["name_en"],
                "identifier": f"JP-{each['code']}",
            }
            for each in annotations["prefectures"]
        ],
        "location": _place(annotations["point"]),
        "funder": MINISTRY,
        "subjectOf": {
            "@type": "Dataset",
            "@id": f"{absolute}v1/regions/{number}",
            "name": f"{dataset['title']} {region['name']}",
            "description": dataset["derivation"]["ja"],
            "temporalCoverage": f"{region['period']['start']}/{region['period']['end']}",
            "isPartOf": {
                "@type": "Dataset",
                "@id": f"{absolute}v1/dataset",
                "name": dataset["title"],
                "description": dataset["description"]["ja"],
            },
            "isAccessibleForFree": True,
            "creator": MINISTRY,
            "distribution": [
                {
                    "@type": "DataDownload",
                    "encodingFormat": each.media_type,
                    "contentUrl": f"{absolute}v1/regions/{number}{each.suffix}",
                }
                for each in endpoints.RegionRecordQuery.formats
            ],
        },
    }
    return {name: value for name, value in node.items() if value not in (None, [])}


def _place(point: Record | None) -> dict[str, Any] | None:
    """Return the representative point, which is in a municipality and no boundary."""
    if point is None:
        return None
    geo = {"@type": "GeoCoordinates", "latitude": point["latitude"], "longitude": point["longitude"]}
    return {"@type": "Place", "name": point["of"]["name"], "geo": geo}

"""Read `prefectures.csv`, the 47 prefectures (JIS X 0401), and `areas.csv`, the areas of Japan that they belong to."""

import csv
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("prefectures.csv")
AREAS = Path(__file__).with_name("areas.csv")


def read() -> dict[str, dict[str, Any]]:
    """Return the prefectures by code, as they are published, each with its area."""
    areas = {area["id"]: {key: area[key] for key in ("id", "name", "name_en")} for area in read_areas()}
    return {row["code"]: row | {"area": areas[row.pop("area_id")]} for row in _rows(FILE)}


def read_areas() -> list[dict[str, Any]]:
    """Return the areas with every name that people give them."""
    return [row | {"other_names": row["other_names"].split("|") if row["other_names"] else []} for row in _rows(AREAS)]


def _rows(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))

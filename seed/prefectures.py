"""Reads `prefectures.csv`: the 47 prefectures (JIS X 0401)."""

import csv
from pathlib import Path

FILE = Path(__file__).with_name("prefectures.csv")


def read() -> dict[str, dict[str, str]]:
    """Return the prefectures by code."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}

"""Tell how many records each list has, and read all of them."""

from typing import Any

import httpx

LISTS = {
    "/v1/programs": 2,
    "/v1/subcategories": 4,
    "/v1/regions": 29,
    "/v1/prefectures": 47,
    "/v1/fiscal-years": 7,
    "/v1/corrections": 4,
    "/v1/changes": 1_252,
}
"""The number is written by hand; the paths come from the catalogue."""


def walked(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    """Return every record of a list, page by page, as the links lead."""
    records: list[dict[str, Any]] = []
    following: str | None = path
    while following:
        page = client.get(following).json()
        records += page["items"]
        following = page["links"]["next"]
    return records

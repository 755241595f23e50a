"""An MCP server for the API: `python server.py --base-url URL`, over stdio, or over HTTP with `--http PORT`.

Each tool answers one kind of question of a language model, in a bounded text; none writes anything. The server holds no
data: it asks the API at the base URL.
"""

import argparse
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from api import Api
from arguments import (
    MOST_REGIONS,
    Facet,
    FiscalYear,
    PlainErrors,
    Prefecture,
    Since,
    Subcategory,
    Text,
    Type,
    Until,
    Vocabulary,
)
from fastmcp import FastMCP
from fastmcp.exceptions import ToolError
from pydantic import Field

BASE_URL = "http://127.0.0.1:8000"

INSTRUCTIONS = """\
A list of Japan's science ministry (MEXT): the regional clusters that were continued, with programme, fiscal years,
cluster title, research theme and page in the brochure. Printed texts are Japanese and verbatim; English names, titles
and themes stand beside them (`*_en`), and `editorial` names those that are not the ministry's own.
A Japanese fiscal year begins in April: FY2009 = 平成21年度 = H21 = 2009-04-01 to 2010-03-31.
Search is by substring, in Japanese, kana or English; it does not translate and knows no synonyms: where "medical" is
meant, try "medicine", "health" and 医療 as well. Start with `search_regions`; count with `count_regions`.
"""

_READ_ONLY = {"readOnlyHint": True, "idempotentHint": True, "openWorldHint": False}


def _short(region: Mapping[str, Any]) -> dict[str, Any]:
    """Return what tells a region from others, in both languages."""
    annotations = region["annotations"]
    return {
        "number": region["number"],
        "name": region["name"],
        "name_en": annotations["name_en"],
        "program": region["program"]["id"],
        "subcategory": region["subcategory"]["id"],
        "fiscal_years": f"{region['fiscal_year_start']}-{region['fiscal_year_end']}",
        "title": region["title"],
        "title_en": annotations["title_en"],
        "theme": region["theme"],
        "theme_en": annotations.get("theme_en"),
        "prefectures": [each["name_en"] for each in annotations["prefectures"]],
        "has_suspected_misprint": bool(annotations["corrections"]),
        "found_in": sorted({match["field"] for match in region["matches"]}),
    }


def _filters(*values: Any) -> dict[str, Any]:
    """Return the filters as parameters of the API, from their values in this order."""
    names = ("q", "type", "subcategory", "prefecture", "fiscal_year", "fiscal_year_from", "fiscal_year_to")
    return dict(zip(names, values, strict=True))


class Tools:
    """The tools, by method; the descriptions are written for a model."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def search_regions(
        self,
        q: Text = None,
        type: Type = None,  # noqa: A002  # the parameter of the API
        subcategory: Subcategory = None,
        prefecture: Prefecture = None,
        fiscal_year: FiscalYear = None,
        fiscal_year_from: Since = None,
        fiscal_year_to: Until = None,
        limit: Annotated[int, Field(ge=1, le=MOST_REGIONS)] = 10,
        offset: Annotated[int, Field(ge=0)] = 0,
    ) -> dict[str, Any]:
        """Find regions (clusters). Conditions of different kinds must all hold; without any, all regions are listed.

        `total` counts all that match. `try_instead` has arguments of this tool that find something, where nothing was
        found or a word of `q` is better a filter.
        """
        request = {
            **_filters(q, type, subcategory, prefecture, fiscal_year, fiscal_year_from, fiscal_year_to),
            "limit": limit,
            "offset": offset,
        }
        page = await self._api.get("/v1/regions", request)
        following = offset + limit
        return {
            "total": page["total"],
            "regions": [_short(region) for region in page["items"]],
            "next_offset": following if following < page["total"] else None,
            "try_instead": [
                {"arguments": dict(parse_qsl(urlsplit(each["url"]).query)) | {"limit": limit}, "finds": each["total"]}
                for each in [*page.get("hints", ()), *page["relax"]]
                if each["total"]
            ],
        }

    async def get_region(self, number: Annotated[int, Field(ge=1, description="Number in the list")]) -> dict[str, Any]:
        """Get everything about one region: texts as printed, annotations with evidence, suspected misprints."""
        page = await self._api.get("/v1/regions", {"number": number})
        regions: list[dict[str, Any]] = page["items"]
        if not regions:
            raise ToolError(f"There is no region {number} in the list. search_regions finds those that are.")
        return regions[0]

    async def count_regions(
        self,
        by: Annotated[Facet, Field(description="What to count by")],
        q: Text = None,
        type: Type = None,  # noqa: A002  # the parameter of the API
        subcategory: Subcategory = None,
        prefecture: Prefecture = None,
        fiscal_year: FiscalYear = None,
        fiscal_year_from: Since = None,
        fiscal_year_to: Until = None,
    ) -> dict[str, Any]:
        """Count regions for each programme, subcategory, prefecture or fiscal year, among those that match.

        The filter that `by` names is ignored. Values with no region are left out.
        """
        request = {
            **_filters(q, type, subcategory, prefecture, fiscal_year, fiscal_year_from, fiscal_year_to),
            "facets": by,
            "limit": 1,
            "fields": "number",
        }
        page = await self._api.get("/v1/regions", request | {by: None})
        counts = page["facets"][by]
        return {
            "total": page["total"],
            "counts": [{key: each[key] for key in ("value", "label", "count")} for each in counts if each["count"]],
        }

    async def list_values(self, of: Annotated[Vocabulary, Field(description="Which list")]) -> list[dict[str, Any]]:
        """List what filters may name: programmes and their purposes, subcategories, prefectures, fiscal years."""
        page = await self._api.get(f"/v1/{of}")
        return [{key: value for key, value in item.items() if key != "links"} for item in page["items"]]

    async def list_corrections(self) -> list[dict[str, Any]]:
        """List the suspected misprints of the ministry's list: printed, likely, certainty and evidence."""
        page = await self._api.get("/v1/corrections")
        items: list[dict[str, Any]] = page["items"]
        return items

    async def describe_dataset(self) -> dict[str, Any]:
        """Describe the data set: title, publisher, source, version, licence note, and how to cite it."""
        document = await self._api.get("/v1/dataset")
        return {key: value for key, value in document.items() if key not in ("files", "links")}


def create_server(base_url: str) -> FastMCP:
    """Return the server, which asks the API at this address."""
    api = Api(base_url)
    tools = Tools(api)
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    server = FastMCP(
        "cluster-regions",
        INSTRUCTIONS,
        version=project["version"],
        middleware=[PlainErrors()],
        mask_error_details=True,
    )
    for tool in (
        tools.search_regions,
        tools.get_region,
        tools.count_regions,
        tools.list_values,
        tools.list_corrections,
        tools.describe_dataset,
    ):
        server.tool(tool, annotations=_READ_ONLY)

    @server.resource("clusters://llms.txt", mime_type="text/plain")
    async def read_summary() -> str:
        """Read what the HTTP API behind the tools offers, its ids and its traps, on one page."""
        return await api.text("/llms.txt")

    @server.resource("clusters://guide", mime_type="text/markdown")
    async def read_guide() -> str:
        """Read llms.txt, questions with their requests, samples of code, every operation and record. Long."""
        return await api.text("/llms-full.txt")

    return server


def _is_address(text: str) -> bool:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return False
    return url.scheme in ("http", "https") and bool(url.host) and not url.query and not url.fragment


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CLUSTER_REGIONS_URL", BASE_URL)
    parser.add_argument("--base-url", default=default, help="of the API (CLUSTER_REGIONS_URL)")
    parser.add_argument("--http", type=int, metavar="PORT", help="serve over streamable HTTP on /mcp, not over stdio")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on, with --http")
    options = parser.parse_args()
    if not _is_address(options.base_url):
        parser.exit(2, f"--base-url “{options.base_url}” is no address of an API; write it like {BASE_URL}\n")
    server = create_server(options.base_url)
    if options.http is not None:
        server.run("http", show_banner=False, host=options.host, port=options.http)
    else:
        server.run("stdio", show_banner=False)


if __name__ == "__main__":
    main()

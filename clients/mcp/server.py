"""An MCP server for the API: `python server.py --base-url URL`, over stdio, or over HTTP with `--http PORT`.

Each tool answers one kind of question of a language model, in a bounded text; none writes anything. The server holds no
data: it asks the API at the base URL.
"""

import argparse
import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import httpx
from fastmcp import FastMCP
from fastmcp.exceptions import ResourceError, ToolError
from pydantic import Field

BASE_URL = "http://127.0.0.1:8000"
MOST_REGIONS = 29
"""In one answer of a search."""

Vocabulary = Literal["programs", "subcategories", "prefectures", "fiscal-years"]
Facet = Literal["type", "subcategory", "prefecture", "fiscal_year"]

INSTRUCTIONS = """\
A list of Japan's science ministry (MEXT): the regional clusters that were continued, with programme, fiscal years,
cluster title, research theme and page in the brochure. Printed texts are Japanese and verbatim; English names, titles
and themes stand beside them (`*_en`), and `editorial` names those that are not the ministry's own.
A Japanese fiscal year begins in April: FY2009 = 平成21年度 = H21 = 2009-04-01 to 2010-03-31.
Search is by substring, in Japanese, kana or English; it does not translate and knows no synonyms: where "medical" is
meant, try "medicine", "health" and 医療 as well. Start with `search_regions`; count with `count_regions`.
"""

_READ_ONLY = {"readOnlyHint": True, "idempotentHint": True, "openWorldHint": False}

Text = Annotated[
    str | None,
    Field(description="Words that must all occur, Japanese, kana or English, such as 医療, ばいお, food; quotes join."),
]
Type = Annotated[list[str] | None, Field(description="Programmes, any of them: global, city-area")]
Prefecture = Annotated[
    list[str] | None,
    Field(description="Prefectures or areas, any of them: Hokkaido, 石川, 01, Kyushu, 九州"),
]
FiscalYear = Annotated[list[str] | None, Field(description="Active in any of these: 2009, H21, 平成21年度")]
Since = Annotated[str | None, Field(description="Active in this fiscal year or later")]
Until = Annotated[str | None, Field(description="Active in this fiscal year or earlier")]


class Api:
    """Asks the API and turns its problem documents into errors that a model can act on."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx.AsyncClient(base_url=base_url.rstrip("/"), timeout=30, follow_redirects=False)

    async def get(self, path: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the JSON of a path; `ToolError` with what was wrong, what is allowed and what to try."""
        given = {name: _written(value) for name, value in (parameters or {}).items() if value is not None}
        answer = await self._ask(path, given, "application/json")
        document: dict[str, Any] = answer.json()
        if answer.is_success:
            return document
        raise ToolError(_explanation(document))

    async def text(self, path: str) -> str:
        """Return the text of a page; `ResourceError` if there is none."""
        answer = await self._ask(path, {}, "text/plain, text/markdown, */*;q=0.1")
        if not answer.is_success:
            raise ResourceError(f"{path} is answered with status {answer.status_code}")
        return answer.text

    async def _ask(self, path: str, parameters: Mapping[str, str], accept: str) -> httpx.Response:
        try:
            return await self._client.get(path, params=parameters, headers={"Accept": accept, "Accept-Language": "en"})
        except httpx.TransportError as error:
            raise ToolError(f"The API does not answer ({type(error).__name__}). Try again later.") from None


def _written(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _explanation(problem: Mapping[str, Any]) -> str:
    """Return a problem document (RFC 9457) as sentences."""
    lines = [problem.get("detail") or problem.get("title") or "The request was refused."]
    for error in problem.get("errors", ()):
        line = f"- {error['parameter']}: {error['detail']}"
        if suggestion := error.get("suggestion"):
            line += f" Try: {suggestion}."
        elif allowed := error.get("allowed"):
            line += f" Allowed: {', '.join(map(str, allowed[:50]))}."
        lines.append(line)
    return "\n".join(lines)


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


class Tools:
    """The tools, by method; the descriptions are written for a model."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def search_regions(
        self,
        q: Text = None,
        type: Type = None,  # noqa: A002  # the parameter of the API
        prefecture: Prefecture = None,
        fiscal_year: FiscalYear = None,
        fiscal_year_from: Since = None,
        fiscal_year_to: Until = None,
        limit: Annotated[int, Field(ge=1, le=MOST_REGIONS)] = 10,
        offset: Annotated[int, Field(ge=0)] = 0,
    ) -> dict[str, Any]:
        """Find regions (clusters). Conditions of different kinds must all hold; without any, all regions are listed.

        `total` counts all that match. Where nothing is found, `try_instead` names requests that find something.
        """
        conditions = {
            "q": q,
            "type": type,
            "prefecture": prefecture,
            "fiscal_year": fiscal_year,
            "fiscal_year_from": fiscal_year_from,
            "fiscal_year_to": fiscal_year_to,
        }
        page = await self._api.get("/v1/regions", {**conditions, "limit": limit, "offset": offset})
        following = offset + limit
        return {
            "total": page["total"],
            "regions": [_short(region) for region in page["items"]],
            "next_offset": following if following < page["total"] else None,
            "try_instead": [
                *({"without": each["parameter"], "finds": each["total"]} for each in page["relax"]),
                *({each["parameter"]: each["value"], "finds": each["total"]} for each in page.get("hints", ())),
            ],
        }

    async def get_region(self, number: Annotated[int, Field(ge=1, description="Number in the list")]) -> dict[str, Any]:
        """Get everything about one region: texts as printed, annotations with evidence, suspected misprints."""
        return await self._api.get(f"/v1/regions/{number}")

    async def count_regions(
        self,
        by: Annotated[Facet, Field(description="What to count by")],
        q: Text = None,
        type: Type = None,  # noqa: A002  # the parameter of the API
        prefecture: Prefecture = None,
        fiscal_year: FiscalYear = None,
    ) -> dict[str, Any]:
        """Count regions for each programme, subcategory, prefecture or fiscal year, among those that match.

        A condition on what is counted by is ignored. Values with no region are left out.
        """
        conditions = {"q": q, "type": type, "prefecture": prefecture, "fiscal_year": fiscal_year, by: None}
        page = await self._api.get("/v1/regions", {**conditions, "facets": by, "limit": 1, "fields": "number"})
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
    server = FastMCP("cluster-regions", INSTRUCTIONS, mask_error_details=True)
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
        """Read what the API offers, its ids and its traps, on one page."""
        return await api.text("/llms.txt")

    @server.resource("clusters://guide", mime_type="text/markdown")
    async def read_guide() -> str:
        """Read the guide and the description of the API."""
        return await api.text("/llms-full.txt")

    return server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CLUSTER_REGIONS_URL", BASE_URL)
    parser.add_argument("--base-url", default=default, help="of the API (CLUSTER_REGIONS_URL)")
    parser.add_argument("--http", type=int, metavar="PORT", help="serve over streamable HTTP on /mcp, not over stdio")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on, with --http")
    options = parser.parse_args()
    server = create_server(options.base_url)
    if options.http:
        server.run("http", show_banner=False, host=options.host, port=options.http)
    else:
        server.run("stdio", show_banner=False)


if __name__ == "__main__":
    main()

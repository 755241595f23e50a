"""The MCP server, asked by a real client of the protocol, over both of its transports."""

import asyncio
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from fastmcp.exceptions import ToolError
from mcp import MCPError

from app import __version__
from app.routers.regions.filters import FILTERS
from tests.support.lists import LISTS
from tests.support.waiting import until
from tools.postgres import free_port

SERVER = Path(__file__).parents[2] / "clients" / "mcp" / "server.py"
MOST_CHARACTERS = 40_000
"""In one answer of a tool."""


@asynccontextmanager
async def over_stdio(base_url: str) -> AsyncIterator[Client[Any]]:
    async with Client(StdioTransport(sys.executable, [str(SERVER), "--base-url", base_url])) as client:
        yield client


@pytest.fixture(scope="module")
def mcp_address(site: httpx.Client) -> Iterator[str]:
    """The address of a server over HTTP; its start costs seconds."""
    port = free_port()
    command = [sys.executable, str(SERVER), "--base-url", str(site.base_url), "--http", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        until(lambda: _answers(port), message="the MCP server did not start")
        yield f"http://127.0.0.1:{port}/mcp"
        server.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


Ask = Callable[[Callable[[Client[Any]], Awaitable[Any]]], Any]


@pytest.fixture
def ask(mcp_address: str) -> Ask:
    """Run a conversation over HTTP."""

    async def converse(talk: Callable[[Client[Any]], Awaitable[Any]]) -> Any:
        async with Client(StreamableHttpTransport(mcp_address)) as server:
            return await talk(server)

    return lambda talk: asyncio.run(converse(talk))


@pytest.fixture(params=["stdio", "http"])
def ask_either(request: pytest.FixtureRequest, site: httpx.Client) -> Ask:
    """Run a conversation over one of the transports, which take the same tools."""
    if request.param == "http":
        over_http: Ask = request.getfixturevalue("ask")
        return over_http

    async def converse(talk: Callable[[Client[Any]], Awaitable[Any]]) -> Any:
        async with over_stdio(str(site.base_url)) as server:
            return await talk(server)

    return lambda talk: asyncio.run(converse(talk))


def test_a_model_finds_what_it_asks_for(ask_either: Ask, site: httpx.Client) -> None:
    region, corrections, dataset = (site.get(f"/v1/{path}").json() for path in ("regions/7", "corrections", "dataset"))
    in_hokkaido, medical = (_total(site, **given) for given in ({"prefecture": "01"}, {"q": "医療"}))

    async def talk(server: Client[Any]) -> None:
        assert server.server_info
        assert server.server_info.version == __version__
        tools = {tool.name: tool for tool in await server.list_tools()}
        assert 4 <= len(tools) <= 6
        for tool in tools.values():
            assert tool.description
            assert tool.annotations
            assert tool.annotations.read_only_hint

        async def call(name: str, **arguments: Any) -> Any:
            result = await server.call_tool(name, arguments)
            assert sum(len(part.model_dump_json()) for part in result.content) < MOST_CHARACTERS
            return result.structured_content

        found = await call("search_regions", q="ほくりく健康")
        assert [region["number"] for region in found["regions"]] == [7]
        everything = await call("search_regions", limit=50)
        assert everything["total"] == len(everything["regions"]) == LISTS["/v1/regions"]
        pages = await call("search_regions", fiscal_year=["H24"], limit=5, offset=5)
        assert pages["next_offset"] == 10
        nothing = await call("search_regions", q="医療", fiscal_year=["2050"])
        assert nothing["total"] == 0
        assert nothing["try_instead"] == [{"arguments": {"q": "医療", "limit": 10}, "finds": medical}]
        assert (await call("get_region", number=7)) == region
        counts = await call("count_regions", by="type", prefecture=["北海道"])
        assert sum(each["count"] for each in counts["counts"]) == counts["total"] == in_hokkaido
        values = (await call("list_values", of="programs"))["result"]
        assert [each["id"] for each in values] == ["global", "city-area"]
        assert (await call("list_corrections"))["result"] == corrections["items"]
        assert (await call("describe_dataset"))["citation"] == dataset["citation"]

    ask_either(talk)


def test_every_filter_but_the_number_is_an_argument(ask: Ask) -> None:
    async def talk(server: Client[Any]) -> None:
        tools = {tool.name: tool.input_schema["properties"].keys() for tool in await server.list_tools()}
        assert tools["search_regions"] == {*FILTERS, "q", "limit", "offset"} - {"number"}
        assert {*FILTERS, "q", "by"} - {"number"} == tools["count_regions"]

    ask(talk)


def _total(site: httpx.Client, **parameters: str) -> int:
    total: int = site.get("/v1/regions", params=parameters).json()["total"]
    return total


def test_a_mistake_is_told_so_that_a_model_can_mend_it(ask: Ask) -> None:
    async def talk(server: Client[Any]) -> None:
        with pytest.raises(ToolError, match=re.escape("prefecture")) as refused:
            await server.call_tool("search_regions", {"prefecture": ["Hokaido"]})
        assert "Try: " in str(refused.value)
        with pytest.raises(ToolError, match="2009年"):
            await server.call_tool("search_regions", {"fiscal_year": ["2009年"]})

    ask(talk)


ASKED: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"prefecture": "Kyushu"}, {"prefecture": "九州"}),
    ({"prefecture": "Hokkaido、石川"}, {"prefecture": "01,17"}),
    ({"prefecture": ["Hokkaido", 17]}, {"prefecture": "01,17"}),
    ({"type": "global"}, {"type": "global"}),
    ({"type": ["global", "city-area"]}, {}),
    ({"subcategory": "city-area-general"}, {"subcategory": "city-area-general"}),
    ({"subcategory": ["global-phase-1", "city-area-advanced"]}, {"subcategory": "global-phase-1,city-area-advanced"}),
    ({"fiscal_year": 2009}, {"fiscal_year": "2009"}),
    ({"fiscal_year": [2009, "H24"]}, {"fiscal_year": "2009,2012"}),
    ({"fiscal_year": "2009, H24"}, {"fiscal_year": "2009,2012"}),
    ({"fiscal_year_from": 2012}, {"fiscal_year_from": "2012"}),
    ({"fiscal_year_from": "H21", "fiscal_year_to": 2009}, {"fiscal_year": "2009"}),
    (
        {"q": "food", "type": "city-area", "fiscal_year_to": "平成21年度"},
        {"q": "food", "type": "city-area", "fiscal_year_to": "2009"},
    ),
]
"""Arguments as models write them, and the parameters of the API that mean the same."""


def test_arguments_are_taken_as_models_write_them(ask: Ask, site: httpx.Client) -> None:
    expected = [_total(site, **parameters) for _, parameters in ASKED]

    async def talk(server: Client[Any]) -> None:
        for (arguments, _), total in zip(ASKED, expected, strict=True):
            by = "type" if "type" not in arguments else "prefecture"
            for name, more in (("search_regions", {}), ("count_regions", {"by": by})):
                result = await server.call_tool(name, arguments | more)
                assert result.structured_content
                assert result.structured_content["total"] == total > 0, (name, arguments)

    ask(talk)


SUGGESTED: list[tuple[dict[str, Any], list[dict[str, str]]]] = [
    ({"q": "東北 food"}, [{"prefecture": "02,03,04,05,06,07", "q": "food"}, {}]),
    ({"q": "food Kyushu"}, [{}]),
    (
        {"q": "H24 food", "type": "city-area"},
        [{"fiscal_year": "2012", "q": "food", "type": "city-area"}, {"type": "city-area"}],
    ),
    (
        {"q": "食品、food", "subcategory": "city-area-general"},
        [{"q": "食品 food", "subcategory": "city-area-general"}, {"subcategory": "city-area-general"}],
    ),
    ({"q": "九州", "limit": 3}, [{"prefecture": "40,41,42,43,44,45,46,47"}]),
    ({"q": "food", "prefecture": ["Tokyo", "01"], "fiscal_year": 2030}, [{"q": "food", "prefecture": "13,01"}]),
    ({"q": "food"}, []),
]
"""What is searched for, and what is told to try instead."""


def test_what_to_try_instead_can_be_copied_and_finds_as_many_as_it_says(ask: Ask) -> None:
    async def talk(server: Client[Any]) -> None:
        for arguments, suggested in SUGGESTED:
            found = await _search(server, arguments)
            limit = {"limit": arguments.get("limit", 10)}
            assert [each["arguments"] for each in found["try_instead"]] == [each | limit for each in suggested]
            for each in found["try_instead"]:
                assert (await _search(server, each["arguments"]))["total"] == each["finds"] > 0

    ask(talk)


async def _search(server: Client[Any], arguments: dict[str, Any]) -> dict[str, Any]:
    result = await server.call_tool("search_regions", arguments)
    assert result.structured_content
    return result.structured_content


SEARCH = (
    "search_regions takes q, type, subcategory, prefecture, fiscal_year, fiscal_year_from, fiscal_year_to, limit, "
    "offset."
)

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("search_regions", {"query": "food"}, f"- query: There is no such argument.\n{SEARCH}"),
    ("search_regions", {"limit": 51}, f"- limit: Input should be less than or equal to 50.\n{SEARCH}"),
    (
        "search_regions",
        {"fiscal_year": {"from": 2009}, "offset": "x"},
        "- fiscal_year: Input should be a valid string. Input should be a valid integer. Input should be a valid list."
        f"\n- offset: Input should be a valid integer, unable to parse string as an integer.\n{SEARCH}",
    ),
    ("describe_dataset", {"of": "all"}, "- of: There is no such argument.\ndescribe_dataset takes no arguments."),
    (
        "search_regions",
        {"type": "globl", "prefecture": 1},
        "Nothing was looked up; correct these arguments:\n"
        "- type: “globl” is not a known value. Give an id or a name, Japanese or English. Try: global.\n"
        "- prefecture: “1” is not a known value. Give the code or the name of a prefecture, or the name of an area "
        "(地方), Japanese or English. Try: 01.",
    ),
    ("get_region", {"number": 30}, "There is no region 30 in the list. search_regions finds those that are."),
    (
        "search_regions",
        {"q": "é" * 5_000},
        "The API answered with status 414 Request-URI Too Long. "
        "The arguments are too long: give fewer or shorter ones.",
    ),
]
"""What each wrong call is told."""


def test_errors_speak_of_the_tool_and_not_of_what_is_behind_it(ask: Ask) -> None:
    async def talk(server: Client[Any]) -> None:
        for name, arguments, text in REFUSED:
            with pytest.raises(ToolError) as refused:
                await server.call_tool(name, arguments)
            assert str(refused.value) == text

    ask(talk)


def test_the_documents_are_resources(ask: Ask, site: httpx.Client) -> None:
    paths = {"clusters://llms.txt": "/llms.txt", "clusters://guide": "/llms-full.txt"}
    served = {uri: site.get(path).text for uri, path in paths.items()}

    async def talk(server: Client[Any]) -> None:
        resources = {str(resource.uri): resource for resource in await server.list_resources()}
        assert resources.keys() == served.keys()
        for uri, text in served.items():
            (document,) = await server.read_resource(uri)
            assert document.model_dump()["text"] == text

    ask(talk)


def test_an_api_that_is_away_is_told() -> None:
    async def talk() -> None:
        async with over_stdio(f"http://127.0.0.1:{free_port()}") as server:
            with pytest.raises(ToolError, match="does not answer"):
                await server.call_tool("describe_dataset", {})

    asyncio.run(talk())


HTML = {"Content-Type": "text/html; charset=utf-8"}

BROKEN: list[tuple[int, dict[str, str], bytes, str]] = [
    (
        200,
        HTML,
        b"<p>Sign in",
        "status 200 OK and text/html, which is not what this API answers. Tell the user to check",
    ),
    (200, {"Content-Type": "application/json"}, b'{"items": [', "status 200 OK and application/json, which is not"),
    (200, {"Content-Type": "application/json"}, b"[]", "status 200 OK and application/json, which is not"),
    (200, {}, b"", "status 200 OK and no media type, which is not"),
    (
        301,
        HTML | {"Location": "https://example.org/v1/"},
        b"",
        "301 Moved Permanently and sends to https://example.org/v1/",
    ),
    (404, HTML, b"<p>Not found", "status 404 Not Found and text/html, which is not"),
    (
        422,
        {"Content-Type": "application/json"},
        b'{"detail": []}',
        "status 422 Unprocessable Entity and application/json",
    ),
    (429, HTML, b"", "status 429 Too Many Requests. Try again later"),
    (502, HTML, b"<p>Bad gateway", "status 502 Bad Gateway. Try again later"),
    (503, {"Content-Type": "application/problem+json", "Retry-After": "5"}, b"{}", "Try again in 5 seconds"),
]
"""Answers of something in front of the API, or in its place, and what is told of each."""


@contextmanager
def answering(answers: list[tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    """Serve the last of these answers at every path."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answers[-1]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_answer_that_is_not_the_api_is_told_with_its_status_and_what_to_try() -> None:
    answers: list[tuple[int, dict[str, str], bytes]] = []

    async def talk(base_url: str) -> None:
        async with over_stdio(base_url) as server:
            for status, headers, body, text in BROKEN:
                answers.append((status, headers, body))
                with pytest.raises(ToolError, match=re.escape(text)):
                    await server.call_tool("search_regions", {})
                with pytest.raises(MCPError, match=re.escape(text)):
                    await server.read_resource("clusters://guide")

    with answering(answers) as base_url:
        asyncio.run(talk(base_url))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1:8801",
        "localhost:8801",
        "example.org",
        "http://",
        "ftp://example.org",
        "http://example.org:x",
        "http://a/?b",
        "",
    ],
)
def test_a_base_url_that_is_no_address_ends_the_start_with_a_line(address: str) -> None:
    ended = subprocess.run(
        [sys.executable, str(SERVER), "--base-url", address], check=False, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert address in line
    assert "http://127.0.0.1:8000" in line

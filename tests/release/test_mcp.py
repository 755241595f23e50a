"""The MCP server, asked by a real client of the protocol, over both of its transports."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from fastmcp.exceptions import ToolError

from tests.support.waiting import until
from tools.postgres import free_port

SERVER = Path(__file__).parents[2] / "clients" / "mcp" / "server.py"
MOST_CHARACTERS = 40_000
"""In one answer of a tool."""


@asynccontextmanager
async def over_stdio(base_url: str) -> AsyncIterator[Client[Any]]:
    async with Client(StdioTransport(sys.executable, [str(SERVER), "--base-url", base_url])) as client:
        yield client


@asynccontextmanager
async def over_http(base_url: str) -> AsyncIterator[Client[Any]]:
    port = free_port()
    command = [sys.executable, str(SERVER), "--base-url", base_url, "--http", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: ASYNC220  # returns at once
    try:
        await asyncio.to_thread(until, lambda: _answers(port), message="the MCP server did not start")
        async with Client(StreamableHttpTransport(f"http://127.0.0.1:{port}/mcp")) as client:
            yield client
    finally:
        server.terminate()
        server.wait(20)


def _answers(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/mcp")
    except httpx.TransportError:
        return False
    return True


Ask = Callable[[Callable[[Client[Any]], Awaitable[Any]]], Any]


@pytest.fixture(params=[over_stdio, over_http], ids=["stdio", "http"])
def ask(request: pytest.FixtureRequest, client: httpx.Client) -> Ask:
    """Run a conversation with a server of its own."""

    async def converse(talk: Callable[[Client[Any]], Awaitable[Any]]) -> Any:
        async with request.param(str(client.base_url)) as server:
            return await talk(server)

    return lambda talk: asyncio.run(converse(talk))


def test_a_model_finds_what_it_asks_for(ask: Ask, client: httpx.Client) -> None:
    region, corrections, dataset = (
        client.get(f"/v1/{path}").json() for path in ("regions/7", "corrections", "dataset")
    )
    in_hokkaido, medical = (_total(client, **given) for given in ({"prefecture": "01"}, {"q": "医療"}))

    async def talk(server: Client[Any]) -> None:
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
        everything = await call("search_regions", limit=29)
        assert everything["total"] == len(everything["regions"]) == 29
        pages = await call("search_regions", fiscal_year=["H24"], limit=5, offset=5)
        assert pages["next_offset"] == 10
        nothing = await call("search_regions", q="医療", fiscal_year=["2050"])
        assert nothing["total"] == 0
        assert {"without": "fiscal_year", "finds": medical} in nothing["try_instead"]
        assert (await call("get_region", number=7)) == region
        counts = await call("count_regions", by="type", prefecture=["北海道"])
        assert sum(each["count"] for each in counts["counts"]) == counts["total"] == in_hokkaido
        values = (await call("list_values", of="programs"))["result"]
        assert [each["id"] for each in values] == ["global", "city-area"]
        assert (await call("list_corrections"))["result"] == corrections["items"]
        assert (await call("describe_dataset"))["citation"] == dataset["citation"]

    ask(talk)


def _total(client: httpx.Client, **parameters: str) -> int:
    total: int = client.get("/v1/regions", params=parameters).json()["total"]
    return total


def test_a_mistake_is_told_so_that_a_model_can_mend_it(ask: Ask) -> None:
    async def talk(server: Client[Any]) -> None:
        with pytest.raises(ToolError, match=re.escape("prefecture")) as refused:
            await server.call_tool("search_regions", {"prefecture": ["Hokaido"]})
        assert "Try: " in str(refused.value)
        with pytest.raises(ToolError, match="2009年"):
            await server.call_tool("search_regions", {"fiscal_year": ["2009年"]})
        with pytest.raises(ToolError):
            await server.call_tool("get_region", {"number": 30})

    ask(talk)


def test_the_documents_are_resources(ask: Ask, client: httpx.Client) -> None:
    paths = {"clusters://llms.txt": "/llms.txt", "clusters://guide": "/llms-full.txt"}
    served = {uri: client.get(path).text for uri, path in paths.items()}

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

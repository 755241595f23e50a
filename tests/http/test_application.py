"""The FastAPI application alone, without the middleware around it, as a developer may use it."""

from collections.abc import Callable
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Query, Request
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response

from app.db.database import Database
from app.http import problems, request_context
from app.http.query_string import RecordQuery
from app.http.request_context import Context
from app.http.routes import Route
from app.main import create_api
from app.pages.bundle import BUNDLE
from app.routers import catalogue, dataset
from app.settings import Settings
from tests.support import loops

BY_NAME = {
    "region_number": "7",
    "number": "7",
    "program_id": "global",
    "subcategory_id": "global-phase-1",
    "problem_type": "gone",
    "language": "ja",
}
"""A value for each parameter of a path that is named alike everywhere."""


def asked(settings: Settings, *requests: tuple[str, str], change: Callable[[FastAPI], Any] | None = None) -> Any:
    """Return the responses of the application alone to methods and targets."""

    async def run() -> list[httpx.Response]:
        database = Database(settings)
        api = create_api(settings, database)
        if change:
            change(api)
        transport = httpx.ASGITransport(api, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            answers = [await client.request(method, target) for method, target in requests]
        await database.close()
        return answers

    return loops.run(run())


def targets(client: httpx.Client) -> list[str]:
    """Return a target for each route."""
    settings = Settings()
    first = client.get("/v1/dataset").json()["files"][0]["url"]
    found = []
    for route in create_api(settings, Database(settings)).routes:
        if not isinstance(route, Route):
            continue
        if route.endpoint is dataset.get_file:
            found.append(first)
        elif route.path == "/explorer/{name}":
            found.append(route.path.format(name=BUNDLE.hashed("main.js")))
        else:
            found.append(route.path.format_map(BY_NAME))
    return found


@pytest.mark.slow
def test_every_route_answers_without_the_middleware_as_with_it(settings: Settings, client: httpx.Client) -> None:
    paths = targets(client)
    assert len(paths) > 20
    for path, alone in zip(paths, asked(settings, *(("GET", path) for path in paths)), strict=True):
        whole = client.get(path, headers={"accept-encoding": "identity"})
        assert (path, alone.status_code, alone.headers["content-type"]) == (
            path,
            whole.status_code,
            whole.headers["content-type"],
        )
        assert alone.headers.get("etag") == whole.headers.get("etag"), path
        if path != "/metrics":
            assert alone.content == whole.content, path


def test_parameters_and_accept_mean_the_same_without_the_middleware(settings: Settings, client: httpx.Client) -> None:
    for target in ("/v1/regions?type=global&limit=2&lang=ja&facets=type", "/v1/regions?q=医療&sort=-page"):
        (alone,) = asked(settings, ("GET", target))
        assert alone.content == client.get(target).content


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/v1/regions?x=1", 422),
        ("GET", "/v1/regions/999", 404),
        ("GET", "/nowhere", 404),
        ("GET", "/v1/regions/", 404),
        ("POST", "/v1/regions", 405),
    ],
)
def test_failures_are_problems_without_the_middleware(
    settings: Settings, client: httpx.Client, method: str, target: str, status: int
) -> None:
    (alone,) = asked(settings, (method, target))
    whole = client.request(method, target)
    assert alone.status_code == whole.status_code == status
    assert alone.headers["content-type"] == problems.MEDIA_TYPE
    assert alone.json() | {"instance": ""} == whole.json() | {"instance": ""}


def test_middleware_that_is_added_works(settings: Settings) -> None:
    def change(api: FastAPI) -> None:
        api.add_middleware(GZipMiddleware)

    (alone,) = asked(settings, ("GET", "/v1/regions"), change=change)
    assert alone.headers["content-encoding"] == "gzip"
    assert alone.json()["total"] == 29


def test_an_exception_handler_that_is_added_works(settings: Settings) -> None:
    def change(api: FastAPI) -> None:
        @api.exception_handler(problems.NotFound)
        async def handle(request: Request, error: problems.NotFound) -> Response:
            return JSONResponse({"own": error.sentence, "path": request.url.path}, 404)

    (alone,) = asked(settings, ("GET", "/v1/regions/999"), change=change)
    assert alone.json() == {"own": "record", "path": "/v1/regions/999"}


def test_an_endpoint_of_fastapi_that_is_added_can_take_the_context(settings: Settings) -> None:
    def change(api: FastAPI) -> None:
        @api.get("/own")
        async def own(context: Context, limit: int) -> dict[str, Any]:
            return {"path": context.path, "limit": limit, "url": context.state.settings.public_base_url}

    (alone,) = asked(settings, ("GET", "/own?limit=3"), change=change)
    assert alone.json() == {"path": "/own", "limit": 3, "url": ""}


def test_overridden_dependencies_are_refused_with_a_sentence(settings: Settings) -> None:
    async def run() -> None:
        api = create_api(settings, Database(settings))
        api.dependency_overrides[request_context.of_request] = lambda: None
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://api") as client:
            await client.get("/v1/regions")

    with pytest.raises(RuntimeError, match=r"^dependency_overrides are not read: pass other settings"):
        loops.run(run())


def test_an_endpoint_with_an_argument_that_nobody_fills_is_refused() -> None:
    async def endpoint(context: Context, query: Annotated[RecordQuery, Query()], other: str) -> Response:
        raise NotImplementedError

    with pytest.raises(TypeError, match=r"^/v1/own: an endpoint takes `context`, `query` .* not \{'other'\}$"):
        Route("/v1/own", endpoint, response_model=None)


def test_every_list_is_a_route(settings: Settings) -> None:
    lists = {
        route.path
        for route in create_api(settings, Database(settings)).routes
        if isinstance(route, Route) and route.formats and len(route.formats) > 2
    }
    assert lists == {each.path for each in catalogue.RESOURCES}

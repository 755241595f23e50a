"""Call an endpoint with the arguments that its signature declares."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from inspect import signature
from typing import Any, cast, get_args

from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from app.db.errors import EditionChanged
from app.http import pagination, problems, query_string, request_context
from app.http.formats import CSV, JSON, Format
from app.http.page_parameters import PageParameters
from app.http.query_string import QueryModel, RecordQuery
from app.http.request_context import RequestContext

_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]*$")
"""The end of a path that looks like a format suffix; no id of a record ends so."""

ATTEMPTS = 3
"""Calls of an endpoint, at the most, if the data change under it."""


class Route(APIRoute):
    """A route of FastAPI that describes its endpoint as FastAPI does and calls it directly.

    An endpoint may take `context: Context`, the parameters in its path and, if it reads the query string, `query`, a
    `QueryModel`, which `http.query_string` checks: FastAPI reads `1_0` as ten and takes the last of two values. Its own
    way to the endpoint costs 30 to 70 µs, more than the read.
    """

    undeclared: type[QueryModel] = QueryModel
    """The model of the query string if the endpoint takes no `query`."""

    def __init__(self, path: str, *args: Any, **more: Any) -> None:
        super().__init__(path, *args, **more)
        parameters = signature(self.endpoint, eval_str=True).parameters
        if unknown := parameters.keys() - {"context", "query", *self.param_convertors}:
            raise TypeError(f"{path}: an endpoint takes `context`, `query` and what is in its path, not {unknown}")
        self.query = self.undeclared
        self.record: type[BaseModel] = BaseModel
        """The record of the response or, if that is a page, of its items."""
        self.formats: tuple[Format, ...] = ()
        """The formats among which `Accept` chooses, the first by default; none if the endpoint does it itself."""
        self._takes = {"context", "query"} & parameters.keys()
        if "query" in parameters:
            self.query = get_args(parameters["query"].annotation)[0]
        if issubclass(self.query, RecordQuery) and not issubclass(self.query, PageParameters):
            items = self.response_model.model_fields.get("items")
            self.record = get_args(items.annotation)[0] if items else self.response_model
            self.formats = self.query.formats

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        app, context = scope["app"], request_context.of(scope)
        context.outcome["route"] = self.path
        if scope["method"] != "GET":
            raise problems.MethodNotAllowed
        if app.dependency_overrides:
            raise RuntimeError(
                "dependency_overrides are not read: pass other settings or another database to create_api"
            )
        context = context._replace(state=app.state)
        for _ in range(ATTEMPTS):
            with suppress(EditionChanged):
                response = await self._call(context, scope["path_params"])
                break
        else:
            raise problems.Unavailable
        await response(scope, receive, send)

    async def _call(self, context: RequestContext, path_parameters: Mapping[str, str]) -> Response:
        """Check the query string, after the format, which decides about its parameters, and call the endpoint."""
        model, basis = self.query, None
        if issubclass(model, RecordQuery):
            wanted = self._format(context) if self.formats else JSON
            if issubclass(model, pagination.ListQuery) and wanted.exports:
                model = pagination.exported(model, csv=wanted is CSV)
            edition = await context.state.database.edition()
            path = context.path.removesuffix(context.suffix)
            basis = query_string.Basis(edition, self.record, wanted.exports, path, self.formats, tabular=wanted is CSV)
            context = context._replace(format=wanted, edition=edition)
        query = query_string.parse(context.query_string, model, basis)
        given = {"context": context, "query": query}
        return cast(Response, await self.endpoint(**path_parameters, **{name: given[name] for name in self._takes}))

    def _format(self, context: RequestContext) -> Format:
        """Return the format that the suffix names, else the one that `Accept` prefers."""
        suffix = _SUFFIX.search(context.path)
        if suffix:
            by_suffix = {each.suffix: each for each in self.formats}
            if suffix[0] not in by_suffix:
                available = ", ".join(f"{each.suffix} ({each.media_type})" for each in self.formats)
                raise problems.NotFound("format", available=available)
            return by_suffix[suffix[0]]
        offered = {each.media_type: each for each in self.formats}
        media_type = context.media_type((*offered,))
        if media_type is None:
            raise problems.NotAcceptable(available=", ".join(offered))
        return offered[media_type]


class PageRoute(Route):
    """The route of a page for people, whose query string may hold what others added to a shared link."""

    undeclared = PageParameters


def page_parameters(routes: Iterable[BaseRoute]) -> Callable[[str], type[PageParameters] | None]:
    """Return a function from a path to the parameters of the page that is there, `None` if there is none."""
    queries = ((route, route.query) for route in routes if isinstance(route, Route))
    pages = [(route.path_regex, query) for route, query in queries if issubclass(query, PageParameters)]
    return lambda path: next((query for pattern, query in pages if pattern.match(path)), None)

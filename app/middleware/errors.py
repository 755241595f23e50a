"""Turn whatever is raised while a request is answered into a problem document, for browsers into a page."""

import logging

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.db.errors import DatabaseUnavailable
from app.http import problems, request_context
from app.http.nearest_path import NearestPath
from app.http.responses import BytesResponse
from app.pages import failures

log = logging.getLogger("app.problems")


class Errors:
    """ASGI middleware around the routes: respond with a problem document to every exception.

    If the response has started, re-raise: the server closes the connection and the client sees a truncated body.
    """

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self.app = app
        self.base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = message["type"] == "http.response.body"  # the middleware holds the start back until then
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            response = await respond(error, scope, self.base_url)
            await response(scope, receive, send)


async def handle(request: Request, error: Exception) -> Response:
    """Respond to an exception, as a handler of FastAPI where this middleware is not."""
    return await respond(error, request.scope, request.app.state.settings.public_base_url)


async def respond(error: Exception, scope: Scope, base_url: str) -> Response:
    """Return the problem document of an exception, or its page. An unknown one is a fault of ours and is logged."""
    context = request_context.of(scope)
    match error:
        case problems.Failure():
            failure = error
        case DatabaseUnavailable():
            failure = problems.Unavailable()
        case HTTPException(status_code=404):
            is_slash = len(scope["path"]) > 1 and scope["path"].endswith("/")
            failure = problems.NotFound("route-slash" if is_slash else "route")
        case HTTPException(status_code=405):
            failure = problems.MethodNotAllowed()
        case _:
            log.error("request %s failed", context.request_id, exc_info=error)
            failure = problems.Failure()
    if isinstance(failure, problems.NotFound) and "app" in scope:
        failure.nearest = await _nearest(scope, failure)
    language = context.language
    own = {
        "content-type": problems.MEDIA_TYPE,
        "content-language": language,
        "cache-control": "no-store",
        "vary": "Accept, Accept-Language",
        **failure.headers,
    }
    if failures.is_wanted(context):
        return failures.respond(failure, context, scope, base_url, own)
    document = problems.document(failure, language, base_url, context.request_id)
    return BytesResponse(orjson.dumps(document), own, failure.status)


async def _nearest(scope: Scope, failure: problems.NotFound) -> str | None:
    """Return the nearest path that exists, if one is near and the detail does not name it."""
    path = request_context.of(scope).path
    if failure.sentence == "format":
        return None
    paths: NearestPath = scope["app"].state.nearest_path
    for candidate, is_sure in paths.candidates(path):
        if is_sure:
            return candidate if failure.sentence != "record" else None
        if candidate != path and await _exists(scope, candidate):
            return candidate
    return None


async def _exists(scope: Scope, path: str) -> bool:
    """Return whether `GET path` is answered, by asking the routes."""
    plain = request_context.read({**scope, "path": path, "query_string": b"", "headers": [], "method": "GET"})
    asked = {
        **scope,
        "path": path.removesuffix(plain.suffix),
        "path_params": {},
        "method": "GET",
        request_context.KEY: plain,
    }

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        pass

    try:
        await scope["app"].router(asked, receive, send)
    except (problems.Failure, DatabaseUnavailable, HTTPException):
        return False
    return True

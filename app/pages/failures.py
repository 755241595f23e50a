"""The page that a browser gets of a failure outside `/v1`, with the facts of the problem document."""

from starlette.types import Scope

from app.http import negotiation, problems
from app.http.messages import Language
from app.http.request_context import RequestContext
from app.http.responses import BytesResponse
from app.pages import layout

_OFFERED = (problems.MEDIA_TYPE, "application/json", "text/html")
"""JSON stands for a problem document; of equals the first is chosen."""


def is_wanted(context: RequestContext) -> bool:
    """Return whether a failure of this request is a page: outside `/v1`, where HTML is preferred to JSON."""
    is_api = context.path.removesuffix(context.suffix) == "/v1" or context.path.startswith("/v1/")
    return not is_api and negotiation.media_type(context.accept, _OFFERED) == "text/html"


def respond(
    failure: problems.Failure, context: RequestContext, scope: Scope, base_url: str, own: dict[str, str]
) -> BytesResponse:
    """Return the page in both languages, the preferred one first; `own` are the headers of the problem document."""
    first = context.language
    order: tuple[Language, Language] = (first, "en" if first == "ja" else "ja")
    documents = {each: problems.document(failure, each, base_url, context.request_id) for each in order}
    encoded = scope["raw_path"].lower().count(b"%2f")  # no slash for a browser that resolves a relative path
    root = f"{base_url}/" if base_url else "../" * (context.path.count("/") - encoded - 1)
    html = layout.render(
        "failure.html",
        first,
        {},
        root,
        root,
        title=documents[first]["title"],
        nearest=failure.nearest if isinstance(failure, problems.NotFound) else None,
        documents=documents,
        in_each_language=layout.NAMED_WORDS,
    )
    policy = {"content-security-policy": layout.format_policy(layout.POLICY)}
    return BytesResponse(html.encode(), own | policy | {"content-type": layout.HTML}, failure.status)

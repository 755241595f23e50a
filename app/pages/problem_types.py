"""`/problems/…`: what each problem type means, as JSON or as a page."""

from html import escape
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from app.http import messages, negotiation, openapi, problems, responses
from app.http.query_string import Query
from app.pages import layout
from app.schemas.dataset import ProblemType

router = APIRouter(route_class=responses.Route)

_OFFERED = ("application/json", "text/html")


@router.get(
    "/problems/{problem_type}",
    tags=["dataset"],
    summary="Get a problem type",
    **openapi.operation("get-problem-type", Query, ProblemType, 404, 406, media_types=("text/html",)),
)
async def get_problem_type(
    request: Request,
    problem_type: Annotated[str, Path(description="Name of the type", examples=["invalid-parameter"])],
) -> Response:
    """What a problem document of this type means, in English and Japanese; a page where `Accept` prefers HTML."""
    failure = problems.TYPES.get(problem_type)
    if failure is None:
        raise problems.NotFound("route")
    media_type = negotiation.choose(request.scope, _OFFERED)
    if media_type is None:
        raise problems.NotAcceptable(available=", ".join(_OFFERED))
    if media_type == "text/html":
        return _page(request, failure)
    return responses.static(
        request,
        {
            "type": f"{request.app.state.settings.public_base_url}/problems/{problem_type}",
            "status": failure.status,
            "title": messages.TITLES[problem_type],
            "explanation": messages.EXPLANATIONS[problem_type],
        },
        more={"vary": "Accept"},
    )


def _page(request: Request, failure: type[problems.Failure]) -> Response:
    """Return the page in both languages: the link in a problem document does not say which one its reader wants."""
    name = failure.type
    sections = (
        f'<section lang="{language}"><h2>{messages.TITLES[name][language]}</h2>'
        f"<p>{escape(messages.EXPLANATIONS[name][language])}</p></section>"
        for language in ("ja", "en")
    )
    others = " · ".join(f'<a href="{other}">{other}</a>' for other in problems.TYPES)
    content = f"<p>HTTP {failure.status}</p>{''.join(sections)}<h2>/problems</h2><p>{others}</p>"
    return layout.page(request, layout.framed(name, content, "en", "../"), vary="Accept")

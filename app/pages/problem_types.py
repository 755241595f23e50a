"""`/problems/…`: what each problem type means, as JSON or as a page."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.http import messages, openapi, problems, responses, routes
from app.http.request_context import Context
from app.pages import layout
from app.schemas.dataset import ProblemType

router = APIRouter(route_class=routes.PageRoute)

_OFFERED = ("application/json", "text/html")


def paths(name: str) -> layout.Paths:
    return layout.by_parameter(f"problems/{name}")


@router.get(
    "/problems/{problem_type}",
    tags=["dataset"],
    summary="Get a problem type",
    operation_id="get-problem-type",
    response_model=ProblemType,
    responses=openapi.responses(404, 406, media_types=("text/html",)),
)
async def get_problem_type(
    context: Context,
    problem_type: Annotated[str, Path(description="Name of the type", examples=["invalid-parameter"])],
) -> Response:
    """Explain a type of problem, in English and Japanese; a page where `Accept` prefers HTML."""
    failure = problems.TYPES.get(problem_type)
    if failure is None:
        raise problems.NotFound("route")
    media_type = context.media_type(_OFFERED)
    if media_type is None:
        raise problems.NotAcceptable(available=", ".join(_OFFERED))
    if media_type == "text/html":
        return _page(context, failure)
    return responses.static(
        context,
        {
            "type": f"{context.state.settings.public_base_url}/problems/{problem_type}",
            "status": failure.status,
            "title": messages.TITLES[problem_type],
            "explanation": messages.EXPLANATIONS[problem_type],
        },
        more={"vary": "Accept"},
    )


def _page(context: Context, failure: type[problems.Failure]) -> Response:
    """Return the page in both languages: the link in a problem document does not say which one its reader wants."""
    name = failure.type
    return layout.page(
        context,
        "problem_type.html",
        context.language,
        paths(name),
        vary=("Accept", "Accept-Language"),
        title=name,
        status=failure.status,
        titles=messages.TITLES[name],
        explanations=messages.EXPLANATIONS[name],
        others=[other for other in problems.TYPES if other != name],
    )

"""`/guide`: how to use the API, with samples to copy, in Japanese and English."""

import json
from importlib.resources import files
from typing import Any, NamedTuple

from fastapi import APIRouter
from markupsafe import Markup, escape
from starlette.responses import Response

from app.http import routes
from app.http.messages import Language
from app.http.request_context import RequestContext
from app.pages import layout

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

PATHS = layout.in_each_language("guide")

SAMPLES_URL = "http://127.0.0.1:8000"
"""The address in the files of the samples, so that they run as they are beside a service on this machine."""

_ADDRESS = Markup("<span data-address>https://cluster-regions.example</span>")
"""The address in the guide where no public base URL is set: `address.js` fills in the address of the page."""

SAMPLES = {
    file.name: file.read_text(encoding="utf-8").strip()
    for file in (files("app.pages") / "samples").iterdir()
    if file.is_file()
}

QUESTIONS: list[dict[str, Any]] = layout.read_json("questions.json")
"""Questions in both languages, each with the request that answers it, the path in the response at which to read, and
what stands there in the edition of this release: of objects the keys that matter; … for what each edition changes.
"""


class Question(NamedTuple):
    text: str
    request: str
    read: str
    answer: str


def questions(language: Language) -> list[Question]:
    """Return the questions in that language; an answer that is no text as JSON."""

    def told(value: Any) -> Any:
        return value[language] if isinstance(value, dict) else value

    return [
        Question(each[language], each["request"], told(each["read"]), _text(told(each["answer"]))) for each in QUESTIONS
    ]


def _text(answer: Any) -> str:
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)


async def _page(context: RequestContext, language: Language, vary: tuple[str, ...]) -> Response:
    base_url = context.state.settings.public_base_url
    samples = {name: escape(code).replace(SAMPLES_URL, base_url or _ADDRESS) for name, code in SAMPLES.items()}
    return layout.page(
        context, f"guide.{language}.html", language, PATHS, vary=vary, samples=samples, questions=questions(language)
    )


layout.serve(router, "guide", _page)

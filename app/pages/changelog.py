"""`/changelog`: CHANGELOG.md as a page."""

import pathlib
from itertools import groupby

from fastapi import APIRouter
from starlette.responses import Response

from app.http import routes
from app.http.request_context import Context
from app.pages import layout

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

PATHS: layout.Paths = {"en": "changelog"}

_MARKS = {"#": "title", "##": "h2", "###": "h3", "-": "li"}
"""The signs at the beginning of a line and their elements; other lines belong to the one before."""

Block = tuple[str, list[str]]
"""The name of an element, and the texts of as many of them as follow one another."""


def read(text: str) -> list[Block]:
    """Return what is in a file of headings, paragraphs and plain lists, in its order."""
    parts: list[tuple[str, str]] = []
    for paragraph in text.split("\n\n"):
        for index, line in enumerate(paragraph.splitlines()):
            mark, _, rest = line.partition(" ")
            if mark in _MARKS:
                parts.append((_MARKS[mark], rest))
            elif index == 0:
                parts.append(("p", line))
            else:
                element, before = parts.pop()
                parts.append((element, f"{before} {line.strip()}"))
    return [(element, [text for _, text in each]) for element, each in groupby(parts, key=lambda part: part[0])]


_BLOCKS = read((pathlib.Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8"))


@router.get("/changelog")
async def get_changelog(context: Context) -> Response:
    return layout.page(context, "changelog.html", "en", PATHS, blocks=_BLOCKS)

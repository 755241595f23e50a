"""`/changes`: what each edition added, corrected and withdrew, to read, in Japanese and English."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.db.session import Read
from app.http import responses, routes
from app.http.messages import Language
from app.http.request_context import Context, RequestContext
from app.pages import fields, layout
from app.pages.fields import Record
from app.pages.records import read_list
from app.routers import changes

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

PATHS = layout.in_each_language("changes")

MAX_CHANGES = 2_000
"""Changes that the page tells one by one, the newest; the rest stands in the list of the API."""


_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_CODE = re.compile(r"[\w.:/-]*")


class Edition(NamedTuple):
    """The changes of an edition."""

    number: int
    date: str
    counts: Counter[str]
    """By action."""
    whole: list[tuple[str, str, list[str]]]
    """Action, list and ids of records that came or went."""
    corrected: list[tuple[str, str, list[Record]]]
    """List, id and changes of a record."""


def editions(records: Sequence[Record]) -> list[Edition]:
    """Return the changes by edition, in their order."""
    found = []
    for (number, date), group in groupby(records, key=lambda each: (each["edition"], each["date"])):
        own = [*group]
        whole: dict[tuple[str, str], list[str]] = {}
        corrected: dict[tuple[str, str], list[Record]] = {}
        for each in own:
            if each["field"] is None:
                whole.setdefault((each["action"], each["collection"]), []).append(each["id"])
            else:
                corrected.setdefault((each["collection"], each["id"]), []).append(each)
        counts = Counter(each["action"] for each in own)
        found.append(
            Edition(
                number,
                date,
                counts,
                [(*key, ids) for key, ids in whole.items()],
                [(*key, of) for key, of in corrected.items()],
            )
        )
    return found


def language_of(field: str, value: object) -> str:
    """Return the language (BCP 47) of a value of a field; `zxx` for codes and addresses, which have none."""
    key = next(step for step in reversed(field.split(".")) if not step.isdigit())
    if key.endswith("en") and not _CODE.fullmatch(str(value)):
        return "en"
    return "ja-Latn" if key == "name_romaji" else "ja" if _JAPANESE.search(str(value)) else "zxx"


@router.get("/changes")
async def get_changes_page(context: Context) -> Response:
    return await _page(context, context.language, vary=("Accept-Language",))


@router.get("/changes/{language}")
async def get_changes_page_in(context: Context, language: Annotated[str, Path()]) -> Response:
    return await _page(context, layout.named_language(language))


async def _page(context: RequestContext, language: Language, vary: tuple[str, ...] = ()) -> Response:
    def fetch(read: Read) -> tuple[str, list[Record]]:
        return read.edition.version, [*read_list(read, changes.CHANGES)]

    context.outcome["edition"], records = await responses.read(context, fetch)
    return layout.page(
        context,
        "changes.html",
        language,
        PATHS,
        vary=vary,
        editions=editions(records[:MAX_CHANGES]),
        more=len(records) - MAX_CHANGES,
        label=fields.label,
        language_of=language_of,
    )

"""`/changes`: what each edition added, corrected and withdrew, to read, in Japanese and English."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from app.db.session import Read
from app.http import query_string, responses, routes
from app.http.messages import Language
from app.http.request_context import RequestContext
from app.http.responses import Collection
from app.pages import fields, layout
from app.pages.fields import Record
from app.pages.records import read_list
from app.routers import changes, prefectures, programs, subcategories
from app.routers.regions import endpoints

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

PATHS = layout.in_each_language("changes")

MAX_CHANGES = 2_000
"""Changes that the page tells one by one, the newest; the rest stands in the list of the API."""


_NAMED: tuple[tuple[str, Collection[Any], str, str], ...] = (
    ("programs", programs.PROGRAMS, "id", "name"),
    ("subcategories", subcategories.SUBCATEGORIES, "id", "label"),
    ("prefectures", prefectures.PREFECTURES, "code", "name"),
)
"""Short lists whose records have names: as the changes call the list, where it is, the keys of id and name."""

_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_CODE = re.compile(r"[\w.:/-]*")


class ChangeSet(NamedTuple):
    """The changes of an edition."""

    number: int
    date: str
    counts: Counter[str]
    """Changes by action; `filled` counts the fields that had no value before."""
    whole: dict[tuple[str, str], list[str]]
    """Ids of the records that came or went, by list and action."""
    corrected: dict[str, dict[str, list[Record]]]
    """Changes of fields, by list and id."""


def by_edition(records: Sequence[Record]) -> list[ChangeSet]:
    """Return the changes by edition, in their order."""
    found = []
    for (number, date), group in groupby(records, key=lambda each: (each["edition"], each["date"])):
        own = [*group]
        changed = ChangeSet(number, date, Counter(map(_kind, own)), {}, {})
        for each in own:
            if each["field"] is None:
                changed.whole.setdefault((each["collection"], each["action"]), []).append(each["id"])
            else:
                changed.corrected.setdefault(each["collection"], {}).setdefault(each["id"], []).append(each)
        found.append(changed)
    return found


def _kind(change: Record) -> str:
    return "filled" if change["action"] == "corrected" and change["old"] is None else str(change["action"])


def read_names(read: Read, told: Sequence[ChangeSet], language: Language) -> dict[tuple[str, str], fields.Text]:
    """Return the names of the records with changed fields, by list and id; not all have one."""
    numbers = sorted({id_ for each in told for id_ in each.corrected.get("regions", ())}, key=int)
    few = query_string.MAX_VALUES
    parts = [",".join(numbers[start : start + few]) for start in range(0, len(numbers), few)]
    named = {
        ("regions", str(each["number"])): fields.in_language({**each, **each["annotations"]}, "name", language)
        for part in parts
        for each in read_list(read, endpoints.REGIONS, f"number={part}".encode())
    }
    for collection, listed, key, name in _NAMED:
        named |= {(collection, each[key]): fields.in_language(each, name, language) for each in read_list(read, listed)}
    return named


def language_of(field: str, value: object) -> str:
    """Return the language (BCP 47) of a value of a field; `zxx` for codes and addresses, which have none."""
    key = next(step for step in reversed(field.split(".")) if not step.isdigit())
    if key.endswith("en") and not _CODE.fullmatch(str(value)):
        return "en"
    return "ja-Latn" if key == "name_romaji" else "ja" if _JAPANESE.search(str(value)) else "zxx"


async def _page(context: RequestContext, language: Language, vary: tuple[str, ...]) -> Response:
    def fetch(read: Read) -> tuple[int, list[ChangeSet], dict[tuple[str, str], fields.Text]]:
        records = read_list(read, changes.CHANGES)
        told = by_edition(records[:MAX_CHANGES])
        return len(records), told, read_names(read, told, language)

    total, told, names = await responses.read(context, fetch)
    return layout.page(
        context,
        "changes.html",
        language,
        PATHS,
        vary=vary,
        editions=told,
        more=total - MAX_CHANGES,
        names=names,
        label=fields.label,
        language_of=language_of,
    )


layout.serve(router, "changes", _page)

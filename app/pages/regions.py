"""`/regions/{number}` and `/regions/{number}/en`: a page for each region; the path decides the language."""

from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path
from sqlalchemy import bindparam, select
from starlette.responses import Response

from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import DOCUMENT
from app.http import problems, responses, routes
from app.http.messages import Language
from app.http.request_context import Context, RequestContext
from app.pages import fields, layout, region_jsonld
from app.pages.fields import Record
from app.pages.records import read_list
from app.routers import corrections, dataset, programs, subcategories
from app.routers.regions import endpoints
from app.routers.regions.statements import NUMBER

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

MAX_NEARBY = 20
"""Regions of the same prefectures that a page names, at the most."""

_PREVIOUS = Statement(select(DOCUMENT).where(bindparam("region_number") > NUMBER).order_by(NUMBER.desc()).limit(1))
_NEXT = Statement(select(DOCUMENT).where(bindparam("region_number") < NUMBER).order_by(NUMBER).limit(1))


@dataclass(frozen=True)
class RegionView:
    """Hold what the page of a region shows, all of one edition."""

    dataset: Record
    region: Record
    """The record, with the whole ones of its programme and of its subcategory."""
    corrections: list[dict[str, Any]]
    previous: Record | None
    next: Record | None
    nearby: list[dict[str, Any]]


@router.get("/regions/{number}")
async def get_region_page(context: Context, number: Annotated[str, Path()]) -> Response:
    return await _page(context, number, "ja")


@router.get("/regions/{number}/en")
async def get_region_page_in_english(context: Context, number: Annotated[str, Path()]) -> Response:
    return await _page(context, number, "en")


def paths(number: int) -> layout.Paths:
    return {"ja": f"regions/{number}", "en": f"regions/{number}/en"}


def read_view(read: Read, number: str) -> RegionView | None:
    """Return what a page shows, `None` if there is no such region; `problems.Gone` if it was withdrawn."""
    document = endpoints.read_document(read, number)
    if document is None:
        return None
    region = orjson.loads(document)
    for key, collection in (("program", programs.PROGRAMS), ("subcategory", subcategories.SUBCATEGORIES)):
        region[key] = next(each for each in read_list(read, collection) if each["id"] == region[key]["id"])
    ids = {each["id"] for each in region["annotations"]["corrections"]}
    codes = ",".join(each["code"] for each in region["annotations"]["prefectures"])
    around = (read.row(statement, {"region_number": region["number"]}) for statement in (_PREVIOUS, _NEXT))
    previous, following = (orjson.loads(row.document) if row else None for row in around)
    nearby = read_list(read, endpoints.REGIONS, f"prefecture={codes}&limit={MAX_NEARBY + 1}".encode()) if codes else []
    return RegionView(
        dataset=dataset.describe(read),
        region=region,
        corrections=[each for each in read_list(read, corrections.CORRECTIONS) if each["id"] in ids],
        previous=previous,
        next=following,
        nearby=[each for each in nearby if each["number"] != region["number"]][:MAX_NEARBY],
    )


def _describe(region: Record, language: Language) -> str:
    """Return what the cluster does, in a sentence for search engines; in Japanese where there is no translation."""
    subcategory, years = region["subcategory"], region["fiscal_years_label"]
    translated = filter(None, (region["annotations"]["title_en"], region["annotations"]["theme_en"]))
    if language == "en" and (english := ": ".join(translated)):
        return f"{english} ({subcategory['label_en']}, {years})"
    printed = "。".join(filter(None, (region["title"], region["theme"])))
    return f"{printed}（{subcategory['label']}、{years}）"


async def _page(context: RequestContext, number: str, language: Language) -> Response:
    view = await responses.read(context, lambda read: read_view(read, number))
    if view is None:
        raise problems.NotFound("record", collection="/v1/regions")
    added: dict[str, list[fields.Entry]] = {"confirmed": [], "editorial": []}
    for entry in fields.added(view.region, language, view.dataset["point_rules"]):
        added["confirmed" if entry.status == "confirmed" else "editorial"].append(entry)
    return layout.page(
        context,
        "region.html",
        language,
        paths(view.region["number"]),
        view=view,
        region=view.region,
        title=fields.title(view.region, language),
        description=_describe(view.region, language),
        printed=fields.printed(view.region, language),
        added=added,
        in_language=fields.in_language,
        label=fields.label,
        described=region_jsonld.describe(view.region, view.dataset, layout.absolute_root(context)),
        formats=endpoints.RegionRecordQuery.formats,
    )

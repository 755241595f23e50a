"""`/`: the explorer. Its list and its filters are there without JavaScript, too; the scripts take them over."""

from collections.abc import Mapping
from functools import partial
from importlib.resources import files as files_of
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from app.http import assets, problems, query_string, responses, routes
from app.http.assets import Asset
from app.http.messages import Language
from app.http.parsed_request import ParsedRequest
from app.http.request_context import Context, RequestContext
from app.japanese import fiscal_years
from app.pages import failures, fields, layout
from app.pages.bundle import BUNDLE
from app.pages.explorer_view import NO_FILTERS, VIEWS, ExplorerQuery, View, explain, read_view, right_part
from app.pages.fields import Record
from app.pages.region_jsonld import MINISTRY
from app.routers.regions.parameters import RegionQuery


class ExplorerRoute(routes.PageRoute):
    """Answer a browser that asks wrongly with the page of what is right, on which it is said what is wrong."""

    async def _call(self, context: RequestContext, path_parameters: Mapping[str, str]) -> Response:
        try:
            return await super()._call(context, path_parameters)
        except problems.InvalidParameters:
            if not failures.is_wanted(context):
                raise
        query, flaws = right_part(context.query_string, query_string.Basis(await context.state.database.edition()))
        own = {
            "content-type": layout.HTML,
            "content-language": context.language,
            "content-security-policy": layout.format_policy(_POLICY),
            "cache-control": "no-store",
            "vary": "Accept, Accept-Language",
        }
        return responses.BytesResponse((await render(context, query, flaws)).encode(), own, 422)


router = APIRouter(route_class=ExplorerRoute, include_in_schema=False)
files = APIRouter(route_class=routes.Route, include_in_schema=False)

PATHS = layout.by_parameter("")

_TILES = layout.read_json("tiles.json")
"""Place of each prefecture on the map, by its code, and what fits on its tile in Latin letters."""

_SAMPLES = {
    "url": "{url}",
    "curl": "curl '{url}'",
    **{
        name: (files_of("app.pages") / "samples" / f"view.{end}").read_text(encoding="utf-8").strip()
        for name, end in (("python", "py"), ("javascript", "js"))
    },
}
"""The request behind a view, in the languages that the page offers."""

_MODULES = BUNDLE.modules("main.js")

_POLICY = layout.POLICY | {"form-action": "'self'"}  # the filters


def describe(described: Record, absolute: str) -> dict[str, Any]:
    """Return the data set in the words of schema.org; `absolute` leads to the address of this page."""
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": f"{absolute}v1/dataset",
        "url": absolute or "./",
        "name": described["title"],
        "alternateName": layout.WORDS["en"]["heading"],
        "description": " ".join(described["description"].values()),
        "inLanguage": described["languages"],
        "creator": MINISTRY,
        "version": described["version"],
        "datePublished": described["issued"],
        "dateModified": described["modified"],
        "spatialCoverage": {"@type": "Country", "name": "Japan"},
        "temporalCoverage": f"{described['temporal']['start']}/{described['temporal']['end']}",
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": form.media_type,
                "contentUrl": f"{absolute}v1/regions{form.suffix}",
            }
            for form in RegionQuery.formats
        ],
    }


def give(view: View, language: Language) -> dict[str, Any]:
    """Return what the scripts of the page need besides the API: `given.js` reads it."""
    years = [int(each["value"]) for each in view.facets["fiscal_year"]]
    return {
        "words": layout.EXPLORER_WORDS[language],
        "labels": {each["path"]: each["label"][language] for each in fields.FIELDS},
        "samples": _SAMPLES,
        "years": {year: fiscal_years.label(year) for year in years},
        "areas": view.areas,
        "parameters": [name for name in ExplorerQuery.model_fields if name not in NO_FILTERS],
        "subcategories": {each["id"]: [one["id"] for one in each["subcategories"]] for each in view.programs},
        "title": layout.WORDS[language]["titleWithYears"].format(first=years[0], last=years[-1]),
        "regionCount": view.dataset["counts"]["regions"],
    }


def prepare_files() -> dict[str, Asset]:
    """Return the files that pages load, by hashed name, each read at its first request."""
    return {name: Asset(file.load) for name, file in BUNDLE.files.items()}


@router.get("/")
async def get_explorer(context: Context, query: Annotated[ExplorerQuery, Query()]) -> Response:
    html = await render(context, query)
    return layout.respond(context, html, context.language, vary=("Accept-Language",), policy=_POLICY)


async def render(context: RequestContext, query: ExplorerQuery, flaws: tuple[problems.Flaw, ...] = ()) -> str:
    language = context.language
    parsed = ParsedRequest(query, "", language=language)
    errors = explain(context, parsed, flaws)
    view = await responses.read(context, lambda read: read_view(read, parsed, errors))
    absolute = layout.absolute_root(context)
    write = partial(
        layout.render,
        "explorer.html",
        language,
        PATHS,
        layout.root_of(context),
        absolute,
        view=view,
        described=describe(view.dataset, absolute),
        query=query,
        views=VIEWS,
        subject=view.subject(query, language),
        given=give(view, language),
        tiles=_TILES,
        shared_misprints=fields.shared_misprints,
        modules=_MODULES,
        era_label=fiscal_years.label,
        marked=fields.marked,
        about=fields.about,
        excerpt=fields.excerpt,
        own_misprints=fields.own_misprints,
    )
    return await to_thread.run_sync(write, limiter=context.state.page_writer)  # ten milliseconds: others go on


@files.get("/explorer/{name}")
async def get_file(context: Context, name: Annotated[str, Path()]) -> Response:
    file = BUNDLE.files.get(name)
    if file is None:
        raise problems.NotFound("route")
    return await assets.respond(context, context.state.page_files[name], file.media_type, responses.IMMUTABLE)


router.routes += files.routes

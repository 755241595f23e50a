"""`/`: the explorer. Its list and its filters are there without JavaScript, too; the scripts take them over."""

from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files as files_of
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from app.db.session import Read
from app.http import assets, pagination, problems, query_pairs, responses, routes
from app.http.assets import Asset
from app.http.messages import Language
from app.http.parsed_request import ParsedRequest
from app.http.query_string import PageParameters
from app.http.request_context import Context
from app.japanese import fiscal_years
from app.pages import fields, layout
from app.pages.bundle import BUNDLE
from app.pages.fields import Record
from app.pages.records import read_list
from app.pages.region_jsonld import MINISTRY
from app.routers import dataset, prefectures, programs
from app.routers.regions import endpoints
from app.routers.regions.parameters import FACETS, Facet, RegionQuery

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)
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

_POLICY = layout.POLICY | {"form-action": "'self'"}  # the filters


class ExplorerQuery(PageParameters, RegionQuery):
    """The parameters of the list, but those that choose what of a record is told; a field of a form may be empty."""

    facets: tuple[Facet, ...] = FACETS

    @classmethod
    def known(cls, raw: bytes) -> bytes:
        names = {name.encode() for name in cls.model_fields} - {b"facets", b"fields"}
        known = query_pairs.only(super().known(raw), names)
        return b"&".join(pair for pair in known.split(b"&") if pair.partition(b"=")[2])


@dataclass(frozen=True)
class View:
    """What the page shows, all of one edition."""

    version: str
    dataset: Record
    programs: list[dict[str, Any]]
    prefectures: list[dict[str, Any]]
    regions: list[dict[str, Any]]
    total: int
    facets: dict[str, list[dict[str, Any]]]
    relax: list[dict[str, Any]]
    hints: list[dict[str, Any]]
    links: dict[str, str | None]
    exports: str
    """The query of the list's exports with these filters, with its question mark."""

    def group(self, subcategory: str) -> list[dict[str, Any]]:
        return [each for each in self.regions if each["subcategory"]["id"] == subcategory]

    def areas(self, language: Language) -> list[dict[str, Any]]:
        """Return the 地方 with the codes of their prefectures."""
        found: dict[str, dict[str, Any]] = {}
        for each in self.prefectures:
            name = fields.in_language(each["area"], "name", language)[0]
            found.setdefault(each["area"]["id"], {"name": name, "codes": []})["codes"].append(each["code"])
        return [*found.values()]

    def facet(self, name: str, value: str) -> dict[str, Any]:
        return next(each for each in self.facets[name] if each["value"] == value)

    @cached_property
    def supported(self) -> dict[int, int]:
        """Return how many of these regions were supported in each fiscal year."""
        years = (int(each["value"]) for each in self.facets["fiscal_year"])
        spans = [(each["fiscal_year_start"], each["fiscal_year_end"]) for each in self.regions]
        return {year: sum(first <= year <= last for first, last in spans) for year in years}


def read_view(read: Read, parsed: ParsedRequest[ExplorerQuery]) -> View:
    page = endpoints.read_page(read, parsed)
    filters = {name: value for name, value in parsed.query.filters().items() if name != "lang"}
    return View(
        version=read.edition.version,
        dataset=dataset.describe(read),
        programs=read_list(read, programs.PROGRAMS),
        prefectures=read_list(read, prefectures.PREFECTURES),
        regions=[orjson.loads(record) for record in page.records],
        total=page.total,
        facets=page.extra["facets"],
        relax=page.extra["relax"],
        hints=page.extra.get("hints", []),
        links=pagination.links(parsed, page.total),
        exports=parsed.url("", filters),
    )


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
    years = (int(each["value"]) for each in view.facets["fiscal_year"])
    return {
        "words": layout.EXPLORER_WORDS[language],
        "labels": {each["path"]: each["label"][language] for each in fields.FIELDS},
        "samples": _SAMPLES,
        "years": {year: fiscal_years.label(year) for year in years},
        "areas": view.areas(language),
        "subcategories": {each["id"]: [one["id"] for one in each["subcategories"]] for each in view.programs},
        "regionCount": view.dataset["counts"]["regions"],
    }


def prepare_files() -> dict[str, Asset]:
    """Return the files that pages load, by hashed name, each read at its first request."""
    return {name: Asset(file.load) for name, file in BUNDLE.files.items()}


@router.get("/")
async def get_explorer(context: Context, query: Annotated[ExplorerQuery, Query()]) -> Response:
    language = context.language
    parsed = ParsedRequest(query, "", language=language)
    view = await responses.read(context, lambda read: read_view(read, parsed))
    context.outcome["edition"] = view.version
    return layout.page(
        context,
        "explorer.html",
        language,
        PATHS,
        vary=("Accept-Language",),
        policy=_POLICY,
        view=view,
        described=describe(view.dataset, layout.absolute_root(context)),
        query=query,
        given=give(view, language),
        tiles=_TILES,
        shared_misprints=fields.shared_misprints,
        modules=BUNDLE.modules("main.js"),
        era_label=fiscal_years.label,
        marked=fields.marked,
        about=fields.about,
        excerpt=fields.excerpt,
        own_misprints=fields.own_misprints,
    )


@files.get("/explorer/{name}")
async def get_file(context: Context, name: Annotated[str, Path()]) -> Response:
    file = BUNDLE.files.get(name)
    if file is None:
        raise problems.NotFound("route")
    return await assets.respond(context, context.state.page_files[name], file.media_type, responses.IMMUTABLE)


router.routes += files.routes

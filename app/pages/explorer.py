"""`/`: the explorer. Its list and its filters are there without JavaScript, too; the scripts take them over."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files as files_of
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from app.db.session import Read
from app.http import assets, pagination, problems, query_pairs, query_string, responses, routes
from app.http.assets import Asset
from app.http.messages import Language
from app.http.parsed_request import ParsedRequest
from app.http.query_string import PageParameters
from app.http.request_context import Context, RequestContext
from app.japanese import fiscal_years
from app.pages import failures, fields, layout
from app.pages.bundle import BUNDLE
from app.pages.fields import Record
from app.pages.records import read_list
from app.pages.region_jsonld import MINISTRY
from app.routers import dataset, prefectures, programs
from app.routers.regions import endpoints
from app.routers.regions.parameters import FACETS, Facet, RegionQuery


class ExplorerRoute(routes.PageRoute):
    """Answer a browser that asks wrongly with the page of what is right, on which it is said what is wrong."""

    async def _call(self, context: RequestContext, path_parameters: Mapping[str, str]) -> Response:
        try:
            return await super()._call(context, path_parameters)
        except problems.InvalidParameters:
            if not failures.is_wanted(context):
                raise
        query, flaws = right_part(context.query_string, query_string.Context(await context.state.database.edition()))
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

_POLICY = layout.POLICY | {"form-action": "'self'"}  # the filters


_NOT_KEPT = {"lang", "q", "facets", "fields", "limit", "offset"}
"""The parameters of the list that are no conditions and no order, and `q`, which is a text."""


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
    errors: list[dict[str, Any]]
    """What is wrong with the request and left out here: those of a problem, with the `url` of a suggestion."""

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


def right_part(raw: bytes, context: query_string.Context) -> tuple[ExplorerQuery, tuple[problems.Flaw, ...]]:
    """Return what is left of a query string without the parameters that are wrong, and what is wrong with those."""
    try:
        return query_string.parse(raw, ExplorerQuery, context), ()
    except problems.InvalidParameters as failure:
        wrong = {flaw.parameter.encode() for flaw in failure.flaws}
        right = {name.encode() for name in ExplorerQuery.model_fields} - wrong
        if (rest := query_pairs.only(raw, right)) == raw:
            raise
        query, flaws = right_part(rest, context)
        return query, failure.flaws + flaws


def explain(
    context: RequestContext, parsed: ParsedRequest[ExplorerQuery], flaws: tuple[problems.Flaw, ...]
) -> list[dict[str, Any]]:
    """Return the errors of a problem, each with the `name` of its parameter in words.

    One with a suggestion has the `url` of what is right with that in the place of what was given.
    """
    if not flaws:
        return []
    failure = problems.InvalidParameters(*flaws)
    errors: list[dict[str, Any]] = problems.document(failure, parsed.language, "", "")["errors"]
    for flaw, error in zip(failure.flaws, errors, strict=True):
        error["name"] = layout.WORDS[parsed.language].get(flaw.parameter, flaw.parameter)
        if "suggestion" not in error:
            continue
        values = [error["suggestion"]]
        if isinstance(getattr(parsed.query, flaw.parameter), tuple):
            pairs = query_pairs.read(context.query_string)
            given = [value for name, text, _ in pairs if name == flaw.parameter for value in text.split(",")]
            values = [error["suggestion"] if each == flaw.values.get("value") else each for each in given]
        error["url"] = parsed.like_this(**{flaw.parameter: ",".join(values)})
    return errors


def read_view(read: Read, parsed: ParsedRequest[ExplorerQuery], errors: list[dict[str, Any]]) -> View:
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
        errors=errors,
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
        "parameters": [name for name in ExplorerQuery.model_fields if name not in _NOT_KEPT],
        "subcategories": {each["id"]: [one["id"] for one in each["subcategories"]] for each in view.programs},
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
    context.outcome["edition"] = view.version
    absolute = layout.absolute_root(context)
    return layout.render(
        "explorer.html",
        language,
        PATHS,
        layout.root_of(context),
        absolute,
        view=view,
        described=describe(view.dataset, absolute),
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

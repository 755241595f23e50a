"""The service about itself: the index, the data set, the problem types, health."""

from html import escape
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy import String, column, func, select, table
from sqlmodel import col
from starlette.requests import Request
from starlette.responses import Response

from app import __version__, answer, formats, messages, negotiation, openapi, pages, problems
from app.database import Read
from app.inquiry import Inquiry
from app.models import Dataset, Health, Index, ProblemType
from app.parameters import Query, RecordQuery
from app.tables import (
    SCHEMA_REVISION,
    CorrectionRow,
    DatasetRow,
    ProgramRow,
    RegionPrefectureRow,
    RegionRow,
    SubcategoryRow,
)

router = APIRouter(route_class=answer.Route)

_COUNTS = {
    "programs": select(func.count(col(ProgramRow.id))),
    "subcategories": select(func.count(col(SubcategoryRow.id))),
    "regions": select(func.count(col(RegionRow.number))),
    "prefectures": select(func.count(func.distinct(col(RegionPrefectureRow.prefecture_code)))),
    "corrections": select(func.count(col(CorrectionRow.id))),
}
_DATASET = select(
    col(DatasetRow.title),
    col(DatasetRow.note),
    col(DatasetRow.publisher),
    col(DatasetRow.modified),
    col(DatasetRow.source_sha256),
    col(DatasetRow.source_bytes),
    *(count.scalar_subquery().label(name) for name, count in _COUNTS.items()),
)
_TITLE = select(col(DatasetRow.title))
_REVISION = select(column("version_num", String)).select_from(table("alembic_version"))

RESOURCES = {
    "programs": "/v1/programs",
    "subcategories": "/v1/subcategories",
    "regions": "/v1/regions",
    "prefectures": "/v1/prefectures",
    "fiscal_years": "/v1/fiscal-years",
    "corrections": "/v1/corrections",
    "dataset": "/v1/dataset",
}
PAGES = {
    "explorer": "/",
    "guide": "/guide",
    "terms": "/terms",
    "docs": "/docs",
    "redoc": "/redoc",
    "openapi": "/openapi.json",
}


def fetch_index(read: Read, inquiry: Inquiry[Query]) -> dict[str, Any]:
    paths = {"self": "/v1", **RESOURCES, **PAGES}
    return {
        "title": read.rows(_TITLE)[0].title,
        "description": messages.DESCRIPTION[inquiry.language],
        "api_version": __version__,
        "dataset_version": read.edition.version,
        "license_note": messages.LICENSE_NOTE[inquiry.language],
        "links": {name: inquiry.url(path) for name, path in paths.items()},
    }


def fetch_dataset(read: Read, inquiry: Inquiry[Query]) -> dict[str, Any]:
    row = read.rows(_DATASET)[0]
    return {
        "title": row.title,
        "note": row.note,
        "publisher": row.publisher,
        "version": read.edition.version,
        "modified": row.modified,
        "license": None,
        "license_note": messages.LICENSE_NOTE[inquiry.language],
        "source": {"sha256": row.source_sha256, "bytes": row.source_bytes},
        "counts": {name: getattr(row, name) for name in _COUNTS},
        "files": [
            {"name": "regions", "media_type": form.media_type, "url": inquiry.url(f"/v1/regions{form.suffix}")}
            for form in formats.OF_LISTS
        ],
        "links": {"self": inquiry.url("/v1/dataset")},
    }


def fetch_readiness(read: Read) -> dict[str, Any]:
    revision = read.row(_REVISION)
    if revision is None or revision.version_num != SCHEMA_REVISION:
        raise problems.Unavailable
    return {"status": "ok"}


@router.get(
    "/v1",
    tags=["dataset"],
    summary="Get the index",
    **openapi.operation("get-index", RecordQuery, Index),
)
async def get_index(request: Request) -> Response:
    """Where everything is."""
    return await answer.record(request, Index, fetch_index)


@router.get(
    "/v1/dataset",
    tags=["dataset"],
    summary="Get the data set",
    **openapi.operation("get-dataset", RecordQuery, Dataset),
)
async def get_dataset(request: Request) -> Response:
    """Title, note, publisher, version, source file and counts."""
    return await answer.record(request, Dataset, fetch_dataset)


@router.get(
    "/problems/{problem_type}",
    tags=["dataset"],
    summary="Get a problem type",
    **openapi.operation("get-problem-type", Query, ProblemType, 404, 406, page=True),
)
async def get_problem_type(
    request: Request,
    problem_type: Annotated[str, Path(description="Name of the type", examples=["invalid-parameter"])],
) -> Response:
    """What a problem document of this type means, in English and Japanese; a page where `Accept` prefers HTML."""
    failure = problems.TYPES.get(problem_type)
    if failure is None:
        raise problems.NotFound("route")
    offered = ("application/json", "text/html")
    media_type = negotiation.media_type(request.scope["wishes"].accept, offered)
    if media_type is None:
        raise problems.NotAcceptable(available=", ".join(offered))
    if media_type == "text/html":
        return _problem_page(request, failure)
    response = answer.static(
        request,
        {
            "type": f"{request.app.state.settings.public_base_url}/problems/{problem_type}",
            "status": failure.status,
            "title": messages.TITLES[problem_type],
            "explanation": messages.EXPLANATIONS[problem_type],
        },
    )
    response.raw_headers.append((b"vary", b"Accept"))
    return response


@router.get(
    "/livez",
    tags=["operations"],
    summary="Check the process",
    **openapi.operation("check-liveness", Query, Health),
)
async def check_liveness(request: Request) -> Response:
    """The process answers. Never touches the database."""
    return _unstored(answer.static(request, {"status": "ok"}))


@router.get(
    "/readyz",
    tags=["operations"],
    summary="Check the service",
    **openapi.operation("check-readiness", Query, Health, 503),
)
async def check_readiness(request: Request) -> Response:
    """The database has the schema of this release and holds an edition that can be read."""
    return _unstored(answer.static(request, await answer.read(request, fetch_readiness)))


def _unstored(response: Response) -> Response:
    response.raw_headers = [(name, value) for name, value in response.raw_headers if name != b"etag"]
    response.raw_headers.append((b"cache-control", b"no-store"))
    return response


def _problem_page(request: Request, failure: type[problems.Failure]) -> Response:
    """Both languages one below the other: whoever follows the link of a problem has chosen neither."""
    name = failure.type
    sections = (
        f'<section lang="{language}"><h2>{messages.TITLES[name][language]}</h2>'
        f"<p>{escape(messages.EXPLANATIONS[name][language])}</p></section>"
        for language in ("ja", "en")
    )
    others = " · ".join(f'<a href="{other}">{other}</a>' for other in problems.TYPES)
    content = f"<p>HTTP {failure.status}</p>{''.join(sections)}<h2>/problems</h2><p>{others}</p>"
    return pages.page(request, pages.framed(name, content, "en", "../"), vary="Accept")

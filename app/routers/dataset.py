"""`/v1/dataset`: describe the data set as a whole, and serve its files."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any, ClassVar, NamedTuple

from anyio import to_thread
from fastapi import APIRouter, Path, Query
from sqlalchemy import exists, func, select
from sqlmodel import col
from starlette.responses import Response

from app.db.database import Database
from app.db.errors import EditionChanged
from app.db.session import Read
from app.db.statement import Statement
from app.db.tables import ChangeRow, DatasetRow, PrefectureRow, RegionCountRow
from app.http import assets, messages, openapi, problems, responses, routes
from app.http.assets import Asset
from app.http.formats import JSON_LD, OF_RECORDS, Format
from app.http.once import Once
from app.http.openapi_texts import EDITION_PUBLISHER
from app.http.parsed_request import ParsedRequest
from app.http.query_string import RecordQuery
from app.http.request_context import Context
from app.japanese import fiscal_years
from app.routers import dataset_files, dataset_joins, dataset_jsonld
from app.routers.catalogue import MAIN, RESOURCES
from app.schemas.dataset import counting

router = APIRouter(route_class=routes.Route, tags=["dataset"])

FILES_UP_TO = 10_000
"""Regions at the most for which files are made, on demand, in about a second. Longer lists have exports only."""

_COUNTS = {each.name: each.count for each in RESOURCES if each.count is not None}
PublishedDataset = counting({name: count.what["en"] for name, count in _COUNTS.items()})
_DATASET = Statement(
    select(
        col(DatasetRow.title),
        col(DatasetRow.title_en),
        col(DatasetRow.note),
        col(DatasetRow.note_en),
        col(DatasetRow.publisher),
        col(DatasetRow.publisher_en),
        col(DatasetRow.point_rules),
        col(DatasetRow.credits),
        col(DatasetRow.modified),
        col(DatasetRow.source_sha256),
        col(DatasetRow.source_bytes),
        select(func.min(col(ChangeRow.date))).scalar_subquery().label("issued"),
        *(count.select.scalar_subquery().label(name) for name, count in _COUNTS.items()),
    )
)

_PLACES = Statement(
    select(col(PrefectureRow.wikidata))
    .where(exists().where(col(RegionCountRow.prefecture_code) == col(PrefectureRow.code)))
    .order_by(col(PrefectureRow.code))
)


def describe(read: Read) -> dict[str, Any]:
    """Return the part of `/v1/dataset` that depends on the edition only."""
    row, edition = read.rows(_DATASET)[0], read.edition
    title, publisher = row.title, row.publisher
    mark = f"{EDITION_PUBLISHER}, {edition.version}, {row.modified}"
    return {
        "title": title,
        "title_en": row.title_en,
        "description": {
            "en": f"“{title}” of {publisher} as data: programmes, subcategories and regions with fiscal years, cluster"
            " title and theme as printed; readings, English texts, places and suspected misprints are added,"
            " kept apart, with evidence.",
            "ja": f"{publisher}「{title}」をデータにしたもの。種別・区分・地域の年度・名称・テーマは原文のまま。"
            "読み、英訳、場所、誤植の疑いは分けて、根拠とともに補った。",
        },
        "note": row.note,
        "note_en": row.note_en,
        "publisher": publisher,
        "publisher_en": row.publisher_en,
        "edition_publisher": EDITION_PUBLISHER,
        "derivation": {
            "en": f"An edited derivative of “{title}” ({publisher}), not made or approved by its publisher.",
            "ja": f"{publisher}「{title}」を加工して作成。{publisher}が作成・承認したものではない。",
        },
        "citation": {
            "en": f"Edited from {publisher}, “{title}” ({mark}).",
            "ja": f"{publisher}「{title}」を加工して作成（{mark}）",
        },
        "temporal": {
            "start": fiscal_years.start(edition.fiscal_years[0]).isoformat(),
            "end": fiscal_years.end(edition.fiscal_years[-1]).isoformat(),
        },
        "spatial": [f"http://www.wikidata.org/entity/{each.wikidata}" for each in read.rows(_PLACES)],
        "point_rules": row.point_rules,
        "credits": row.credits,
        "languages": ["ja", "en"],
        "version": edition.version,
        "issued": str(row.issued or row.modified),
        "modified": str(row.modified),
        "source": {"sha256": row.source_sha256, "bytes": row.source_bytes},
        "counts": {name: getattr(row, name) for name in _COUNTS},
        "counted": {name: count.what for name, count in _COUNTS.items()},
    }


def read_tables(read: Read) -> list[dataset_files.Table]:
    """Return every list with all its records, and what joins them."""
    tables = []
    for resource in RESOURCES:
        collection = resource.collection
        parsed = collection.export_of(read.edition)
        batch = collection.read_batch(read, parsed, None)
        records = [*batch.records]
        while batch.after is not None:
            batch = collection.read_batch(read, parsed, batch.after)
            records += batch.records
        key = (resource.key,) if resource.key else ()
        tables.append(dataset_files.Table(resource.name, key, collection.record, records))
    main = next(table for table in tables if table.name == MAIN)
    return [*tables, *dataset_joins.join(main.records)]


class Built(NamedTuple):
    """The files of one edition, with their bytes by name; none if it has more than `FILES_UP_TO` regions."""

    version: str
    listed: Sequence[dataset_files.File]
    contents: Mapping[str, Asset]


class EditionFiles:
    """The files of the edition that is served: made once, when they are first asked for, and dropped with it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._making = Once(self._make)

    async def current(self) -> Built:
        """Return the files of the present edition; `EditionChanged` if it changes meanwhile."""
        edition = await self._database.edition()
        if (kept := self._making.kept) and kept.version != edition.version:
            self._making = Once(self._make)
        built = await self._making.result()
        if built.version != edition.version:
            raise EditionChanged
        return built

    async def get(self, url_version: str) -> Built:
        """Return the files of this version (`dataset_files.url_version`) if they are kept, else the present ones."""
        kept = self._making.kept
        return kept if kept and dataset_files.url_version(kept.version) == url_version else await self.current()

    def numbers(self) -> dict[str, float]:
        """Return the numbers for the metrics."""
        kept = self._making.kept
        return {"files_bytes": sum(each.kept_bytes for each in kept.contents.values()) if kept else 0}

    async def _make(self) -> Built:
        version, described, tables = await self._database.read(_read_all)
        package = {
            "profile": "tabular-data-package",
            "name": "cluster-regions",
            "title": described["title"],
            "description": described["derivation"]["en"],
            "created": f"{described['modified']}T00:00:00Z",
            "contributors": [
                {"title": described["publisher"], "role": "author"},
                {"title": described["edition_publisher"], "role": "wrangler"},
            ],
            "sources": [
                {"title": "{name} ({license}): {use[en]}".format_map(each), "path": each["url"]}
                for each in described["credits"]
            ],
        }
        listed = await to_thread.run_sync(dataset_files.build, version, package, tables) if tables else ()
        return Built(version, listed, {file.name: Asset(partial(getattr, file, "content")) for file in listed})


def _read_all(read: Read) -> tuple[str, dict[str, Any], list[dataset_files.Table]]:
    described = describe(read)
    few = described["counts"]["regions"] <= FILES_UP_TO
    return read.edition.version, described, read_tables(read) if few else []


class DatasetQuery(RecordQuery):
    formats: ClassVar[tuple[Format, ...]] = (*OF_RECORDS, JSON_LD)


@router.get(
    "/v1/dataset",
    summary="Get the data set",
    operation_id="get-dataset",
    response_model=PublishedDataset,
)
async def get_dataset(context: Context, query: Annotated[DatasetQuery, Query()]) -> Response:
    """Describe the data set: publisher and source, version, how to cite it, and its files with their hashes."""
    built: Built = await context.state.files.current()

    def fetch(read: Read, parsed: ParsedRequest[RecordQuery]) -> dict[str, Any]:
        if read.edition.version != built.version:  # it changed between the two reads
            raise EditionChanged
        base = f"/v1/dataset/files/{dataset_files.url_version(built.version)}"
        listed = [
            {
                "name": file.name,
                "media_type": file.media_type,
                "bytes": len(file.content),
                "sha256": file.sha256,
                "url": parsed.url(f"{base}/{file.name}"),
            }
            for file in built.listed
        ]
        terms = {"license": None, "license_note": messages.LICENSE_NOTE[parsed.language]}
        return describe(read) | terms | {"files": listed, "links": {"self": parsed.url("/v1/dataset")}}

    others = {JSON_LD: dataset_jsonld.write}
    return await responses.record(context, query, fetch, others, responses.REVALIDATED, labels=("license_note",))


@router.get(
    "/v1/dataset/files/{version}/{name}",
    summary="Get a file of the data set",
    operation_id="get-file",
    response_model=None,
    responses=openapi.responses(404, 503, media_types=dataset_files.MEDIA_TYPES),
)
async def get_file(
    context: Context,
    version: Annotated[str, Path(description="Release and version of the data", examples=["0.1.0-0123456789abcdef"])],
    name: Annotated[str, Path(description="Name of the file", examples=["regions.csv"])],
) -> Response:
    """The bytes that `/v1/dataset` gives the hash of. What is here never changes; another version is elsewhere."""
    built: Built = await context.state.files.get(version)
    name += context.suffix
    file = next((file for file in built.listed if file.name == name), None)
    if file is None or version != dataset_files.url_version(built.version):
        raise problems.NotFound("record", collection="/v1/dataset")
    more = {"content-disposition": f'attachment; filename="{file.name}"', **responses.IMMUTABLE}
    return await assets.respond(context, built.contents[name], file.media_type, more)

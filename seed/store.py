"""Writes an edition into a database, all of it or nothing."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import orjson
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, insert, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from app import tables
from app.database import file_of
from migrations.writing import writing
from seed import changelog, records
from seed.records import Record
from seed.source import Misfit

BATCH = 5_000
"""Records that are sent to the database together."""

PROJECT = Path(__file__).parent.parent


class Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


class Edition(NamedTuple):
    """What is known of an edition once all of it was checked."""

    dataset: dict[str, Any]
    counts: Counter[str]


def check(files: records.Files, report: Callable[[str, int], None]) -> Edition:
    """Reads everything once; the version is a digest of every row."""
    digest = hashlib.sha256()
    counts: Counter[str] = Counter()
    dataset: dict[str, Any] = {"id": 1, "note": None}
    for record in _read(files, digest, "checked", report):
        if record.table is tables.DatasetRow:
            dataset |= record.values
        else:
            counts[str(record.table.__tablename__)] += 1
    content = files.list.read_bytes()
    source = {"source_sha256": hashlib.sha256(content).hexdigest(), "source_bytes": len(content)}
    return Edition(dataset | source | {"version": _version(digest)}, counts)


def replace(database_url: str, files: records.Files, edition: Edition, report: Callable[[str, int], None]) -> bool:
    """Puts the edition in the place of the one that is stored; false if that is the same already."""
    with writing(database_url, afresh=True) as write:
        if _stored(database_url) == (tables.SCHEMA_REVISION, edition.dataset["version"]):
            return False
        connection = write()
        migrate(connection)
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
        connection.execute(insert(tables.DatasetRow), [edition.dataset])
        digest = hashlib.sha256()
        rows = _read(files, digest, "written", report)
        _insert(connection, (record for record in rows if record.table is not tables.DatasetRow))
        if (version := _version(digest)) != edition.dataset["version"]:  # the files changed since they were checked
            raise Misfit(files.list.name, f"version {version}", f"version {edition.dataset['version']}, as checked")
        connection.execute(text("ANALYZE"))
    return True


def _read(files: records.Files, digest: Digest, done: str, report: Callable[[str, int], None]) -> Iterator[Record]:
    """Every row; puts it into the digest as well and reports each region."""
    regions = 0
    for record in changelog.read(files):
        digest.update(orjson.dumps((record.table.__tablename__, record.values)))
        yield record
        if record.table is tables.RegionRow:
            regions += 1
            report(done, regions)


def _version(digest: Digest) -> str:
    return digest.hexdigest()[:16]


def migrate(connection: Connection) -> None:
    config = Config(toml_file=str(PROJECT / "pyproject.toml"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _stored(database_url: str) -> tuple[str, str] | None:
    """Schema revision and version of what the database holds; `None` if that is nothing or cannot be read."""
    url = make_url(database_url)
    path = file_of(url)
    if path and not path.is_file():
        return None
    engine = create_engine(url if path else url.set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            row = connection.execute(text("SELECT version_num, version FROM alembic_version, dataset")).one_or_none()
            return (row.version_num, row.version) if row else None
    except DBAPIError:
        return None
    finally:
        engine.dispose()


def _insert(connection: Connection, rows: Iterable[Record]) -> None:
    waiting: defaultdict[type[SQLModel], list[dict[str, Any]]] = defaultdict(list)

    def flush() -> None:
        for table in SQLModel.metadata.sorted_tables:  # parents before children
            for model in [model for model in waiting if model.__tablename__ == table.name]:
                connection.execute(insert(model), waiting.pop(model))

    for count, record in enumerate(rows, 1):
        waiting[record.table].append(record.values)
        if count % BATCH == 0:
            flush()
    flush()

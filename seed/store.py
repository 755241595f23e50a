"""Write an edition into a database in one transaction."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, insert, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from app.db import tables
from app.db.engines import file_of, open_writer
from migrations.writing import writing
from seed import changelog, load, records
from seed.records import Record
from seed.spool import Spool

PROJECT = Path(__file__).parent.parent


class Edition(NamedTuple):
    """A checked edition: its row of `dataset`, the number of rows by table, and the rows to write."""

    dataset: dict[str, Any]
    counts: Counter[str]
    rows: Spool


def check(files: records.Files, report: Callable[[str, int], None]) -> Edition:
    """Read and check every row. `SourceError` if anything is wrong."""
    counts: Counter[str] = Counter()
    dataset: dict[str, Any] = {"id": 1, "note": None}
    rows = Spool()
    for record in _reported(changelog.read(files), "checked", report):
        rows.add(record)
        if record.table is tables.DatasetRow:
            dataset |= record.values
        else:
            counts[str(record.table.__tablename__)] += 1
    with files.list.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    source = {"source_sha256": digest, "source_bytes": files.list.stat().st_size}
    return Edition(dataset | source | {"version": rows.finish()}, counts, rows)


def replace(database_url: str, edition: Edition, report: Callable[[str, int], None]) -> bool:
    """Replace the stored edition; return false, and write nothing, if it is the same already."""
    with writing(database_url, afresh=True) as write:
        stored = _stored(database_url)
        if stored == (tables.SCHEMA_REVISION, edition.dataset["version"]):
            return False
        connection = write()
        migrate(connection)
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
        connection.execute(insert(tables.DatasetRow), [edition.dataset])
        rows = _reported(edition.rows, "written", report)
        load.write_rows(connection, rows, alone=stored is None)
        connection.execute(text("ANALYZE"))
    if file_of(make_url(database_url)) is None:
        _vacuum(database_url)
    return True


def _reported(rows: Iterator[Record] | Spool, done: str, report: Callable[[str, int], None]) -> Iterator[Record]:
    regions = 0
    for record in rows:
        yield record
        if record.table is tables.RegionRow:
            regions += 1
            report(done, regions)


def migrate(connection: Connection) -> None:
    """Bring the tables up to date; `alembic.util.CommandError` if a newer release made them."""
    config = Config()
    config.set_main_option("script_location", str(PROJECT / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _stored(database_url: str) -> tuple[str, str] | None:
    """Return schema revision and version of the stored edition; `None` if there is none or it cannot be read."""
    url = make_url(database_url)
    path = file_of(url)
    if path and not path.is_file():
        return None
    engine = create_engine(url) if path else open_writer(url)
    try:
        with engine.connect() as connection:
            row = connection.execute(text("SELECT version_num, version FROM alembic_version, dataset")).one_or_none()
            return (row.version_num, row.version) if row else None
    except DBAPIError:
        return None
    finally:
        engine.dispose()


def _vacuum(database_url: str) -> None:
    """Update the visibility map of PostgreSQL, so that it counts by the index alone."""
    engine = open_writer(make_url(database_url), "AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for table in ("regions", "region_texts", "region_prefectures", "region_grams"):
                connection.execute(text(f"VACUUM {table}"))
    except DBAPIError:  # everything is written; the server's own vacuum will come
        pass
    finally:
        engine.dispose()

"""Fill the tables, and what is derived from the rows: region counts and the search index."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, insert, text
from sqlmodel import SQLModel

from app.db import tables, thresholds
from app.routers.regions.filters import tokens_of
from seed.index import SearchIndex, open_index
from seed.records import Record

MANY: frozenset[type[SQLModel]] = frozenset({tables.RegionRow, tables.RegionTextRow, tables.RegionPrefectureRow})
"""The tables that grow with the list. Their values need no conversion."""

Values = dict[str, Any]


def write_rows(connection: Connection, rows: Iterable[Record], *, alone: bool) -> None:
    """Write all rows. `alone`: nobody reads these tables now, so indexes are dropped and built at the end: faster."""
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite:
        connection.exec_driver_sql("PRAGMA cache_size = -65536")
    else:
        connection.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
    counts: Counter[tuple[Any, ...]] = Counter()
    with _without_indexes(connection) if alone or on_sqlite else _as_they_are():
        with open_index(connection, thresholds.SEED_BATCH) as index:
            _insert(connection, _derived(rows, counts, index))
        columns = ("prefecture_code", *ALIKE, "regions")
        counted = [dict(zip(columns, (*key, regions), strict=True)) for key, regions in sorted(counts.items())]
        connection.execute(insert(tables.RegionCountRow), counted)
        connection.execute(text(REGIONS_OF_AREAS))


REGIONS_OF_AREAS = (
    "UPDATE areas SET regions = (SELECT count(DISTINCT region_number) FROM region_prefectures"
    " JOIN prefectures ON code = prefecture_code WHERE area_id = areas.id)"
)

ALIKE = [each.name for each in tables.REGION_COUNTS.columns if each.name not in ("prefecture_code", "regions")]
"""The columns by which regions are counted, without the prefecture: a region may have several."""


def _derived(rows: Iterable[Record], counts: Counter[tuple[Any, ...]], index: SearchIndex) -> Iterator[Record]:
    """Yield the rows; count regions and index their texts meanwhile. A region comes before its own rows."""
    region: Values = {}
    for record in rows:
        values = record.values
        if record.table is tables.RegionRow:
            region = values | {"prefecture_codes": []}
            alike = [values[name] for name in ALIKE]
            counts["", *alike] += 1
        elif record.table is tables.RegionPrefectureRow:
            region["prefecture_codes"].append(values["prefecture_code"])
            counts[values["prefecture_code"], *alike] += 1
        elif record.table is tables.RegionTextRow:
            index.add(values, tokens_of(region))
        yield record


def _insert(connection: Connection, rows: Iterable[Record]) -> None:
    put = _put_sqlite if connection.dialect.name == "sqlite" else _put_postgresql
    waiting: defaultdict[type[SQLModel], list[Values]] = defaultdict(list)

    def flush() -> None:
        for table in SQLModel.metadata.sorted_tables:  # parents before children
            for model in [model for model in waiting if model.__tablename__ == table.name]:
                batch = waiting.pop(model)
                if model in MANY:
                    put(connection, model, batch)
                else:
                    # dates come back from the spool as texts
                    connection.execute(insert(model), [model.model_validate(row).model_dump() for row in batch])

    for count, record in enumerate(rows, 1):
        waiting[record.table].append(record.values)
        if count % thresholds.SEED_BATCH == 0:
            flush()
    flush()


def _put_sqlite(connection: Connection, model: type[SQLModel], batch: list[Values]) -> None:
    columns = list(batch[0])
    names, places = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    statement = f"INSERT INTO {model.__tablename__} ({names}) VALUES ({places})"  # noqa: S608  # names of ours
    connection.exec_driver_sql(statement, [tuple(row.values()) for row in batch])


def _put_postgresql(connection: Connection, model: type[SQLModel], batch: list[Values]) -> None:
    names = ", ".join(f'"{name}"' for name in batch[0])
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {model.__tablename__} ({names}) FROM STDIN") as copy:
        for row in batch:
            copy.write_row(tuple(row.values()))


LONG = "('regions', 'region_texts', 'region_prefectures', 'region_grams')"

INDEXES = {  # names of ours
    "sqlite": "SELECT 'DROP INDEX ' || name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT 'DROP INDEX ' || indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"  # noqa: S608  # no word of it is given
    f" AND tablename IN {LONG} AND indexname ~ '^(ix|down)_|_index$' UNION ALL "
    "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', relname, conname),"
    " format('ALTER TABLE %s ADD CONSTRAINT %I %s', relname, conname, pg_get_constraintdef(pg_constraint.oid))"
    " FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
    f" WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND relname IN {LONG}",
}
"""Select statements that drop, and create again, what is built faster at the end: indexes that no constraint needs and,
on PostgreSQL, foreign keys."""


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    indexes = connection.execute(text(INDEXES[connection.dialect.name])).all()
    for drop, _ in indexes:
        connection.exec_driver_sql(drop)
    yield
    for _, create in indexes:
        connection.exec_driver_sql(create)


@contextmanager
def _as_they_are() -> Iterator[None]:
    yield

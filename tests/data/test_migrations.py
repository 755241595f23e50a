"""The tables are what the models say, on both databases, and hold back rows that must not be."""

import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Inspector, create_engine, insert, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from app.db import tables
from app.db.engines import file_of
from tools.postgres import new_postgresql

PROJECT = Path(__file__).parents[2]
CONFIG = Config(toml_file=str(PROJECT / "pyproject.toml"))
NAMES = {*SQLModel.metadata.tables}

Row = dict[str, Any]

GIVEN: dict[type, object] = defaultdict(lambda: "x", {int: 1})
"""What stands in a column that a test does not care for, by its type."""


@contextmanager
def empty_database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """A database of the kind that `request.param` names, of this test alone; its URL."""
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'made' / 'regions.sqlite'}"
    else:
        with new_postgresql(request.getfixturevalue("postgres_url")) as url:
            yield url


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A transaction that sees one moment in all of its statements; foreign keys hold."""
    path = file_of(make_url(url))
    driver = make_url(url) if path else make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(driver, poolclass=NullPool, isolation_level="SERIALIZABLE")
    with engine.connect() as connection:
        if path:  # SQLite does not enforce them unless it is told to
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        yield connection


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_database(request, tmp_path) as url:
        yield url


def migrate(url: str, revision: str = "head") -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", url)
        (command.downgrade if revision == "base" else command.upgrade)(CONFIG, revision)


def names(url: str) -> set[str]:
    with connected(url) as connection:
        return {each for each in inspect(connection).get_table_names() if tables.is_declared(None, each)} - {
            "alembic_version"
        }


def shape(inspector: Inspector) -> dict[str, object]:
    """Return everything that is declared of the tables, with its name."""
    lists = ("foreign_keys", "unique_constraints", "check_constraints", "indexes")
    return {
        name: [
            [{**column, "type": str(column["type"])} for column in inspector.get_columns(name)],
            inspector.get_pk_constraint(name),
            *(
                sorted((one for one in getattr(inspector, f"get_{each}")(name) if declared(one)), key=str)
                for each in lists
            ),
        ]
        for name in NAMES
    }


def declared(reflected: Any) -> bool:
    return tables.is_declared(None, reflected["name"])


def test_the_tables_come_go_and_come_again(url: str) -> None:
    for revision, expected in (("head", NAMES), ("base", set()), ("head", NAMES), ("head", NAMES)):
        migrate(url, revision)
        assert names(url) == expected


def test_the_migrations_end_at_the_revision_that_the_service_expects() -> None:
    assert ScriptDirectory.from_config(CONFIG).get_heads() == [tables.SCHEMA_REVISION]


def test_the_migrations_make_the_tables_of_the_models(url: str) -> None:
    migrate(url)
    with connected(url) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_server_default": True, "include_object": tables.is_declared}
        )
        assert compare_metadata(context, SQLModel.metadata) == []
        migrated = shape(inspect(connection))
        connection.execute(text("DROP VIEW region_facets"))
        SQLModel.metadata.drop_all(connection)
        SQLModel.metadata.create_all(connection)
        assert shape(inspect(connection)) == migrated  # the checks too, which alembic does not compare


def test_a_migration_that_failed_leaves_nothing_and_can_be_run_again(url: str) -> None:
    migrate(url, "base")
    with connected(url) as connection:
        connection.execute(text("CREATE TABLE region_counts (stranger INTEGER)"))  # in the way of a late step
        connection.commit()
    with pytest.raises(DBAPIError, match="already exists"):
        migrate(url)
    assert names(url) == {"region_counts"}
    with connected(url) as connection:
        connection.execute(text("DROP TABLE region_counts"))
        connection.commit()
    migrate(url)
    assert names(url) == NAMES


def test_several_commands_that_migrate_at_once_all_succeed(url: str) -> None:
    program = [str(Path(sys.executable).with_name("alembic")), "--raiseerr", "upgrade", "head"]
    environment = os.environ | {"DATABASE_URL": url}
    started = [subprocess.Popen(program, cwd=PROJECT, env=environment) for _ in range(4)]
    assert [each.wait() for each in started] == [0] * 4
    assert names(url) == NAMES


KEYS: dict[str, Callable[[int], Row]] = {
    "dataset": lambda _: {"id": 1, "modified": date(2026, 1, 1), "point_rules": [], "credits": []},
    "programs": lambda n: {"id": f"p{n}", "position": n, "name": f"n{n}"},
    "areas": lambda n: {"id": f"a{n}", "name": f"n{n}", "name_en": f"e{n}", "other_names": []},
    "prefectures": lambda n: (
        {"code": f"0{n}", "name": f"n{n}", "name_en": f"e{n}", "name_kana": f"k{n}"}
        | {"area_id": f"a{n}", "iso_3166_2": f"i{n}", "wikidata": f"w{n}"}
    ),
    "subcategories": lambda n: (
        {"id": f"s{n}", "program_id": f"p{n}", "position": n, "label": f"l{n}", "corrections": []}
    ),
    "corrections": lambda n: {"id": f"c{n}", "position": n, "evidence": []},
    "changes": lambda n: {"position": n, "date": date(2026, 1, 1), "action": "added"},
    "regions": lambda n: (
        {"number": n, "row": n, "program_id": "p1", "subcategory_id": "s1"}
        | {"fiscal_year_start": 1886, "fiscal_year_end": 2199}
    ),
    "region_texts": lambda n: {"number": n},
    "region_counts": lambda n: {"fiscal_year_start": n},
    "region_prefectures": lambda n: {"region_number": n, "prefecture_code": f"0{n}"},
    "region_corrections": lambda n: {"region_number": n, "correction_id": f"c{n}"},
}
"""What tells the rows of a table apart and ties them to others, in an order in which they can be inserted."""

BAD: list[tuple[str, str, Row]] = [
    ("pk_dataset", "dataset", {}),
    ("ck_dataset_one_row", "dataset", {"id": 2}),
    ("pk_programs", "programs", {"id": "p1"}),
    ("uq_programs_position", "programs", {"position": 1}),
    ("uq_programs_name", "programs", {"name": "n1"}),
    ("pk_areas", "areas", {"id": "a1"}),
    ("uq_areas_name", "areas", {"name": "n1"}),
    ("uq_areas_name_en", "areas", {"name_en": "e1"}),
    ("pk_prefectures", "prefectures", {"code": "01"}),
    ("ck_prefectures_code_two_characters", "prefectures", {"code": "2"}),
    ("ck_prefectures_code_two_characters", "prefectures", {"code": "002"}),
    ("uq_prefectures_name", "prefectures", {"name": "n1"}),
    ("uq_prefectures_name_en", "prefectures", {"name_en": "e1"}),
    ("uq_prefectures_name_kana", "prefectures", {"name_kana": "k1"}),
    ("fk_prefectures_area_id", "prefectures", {"area_id": "none"}),
    ("uq_prefectures_iso_3166_2", "prefectures", {"iso_3166_2": "i1"}),
    ("uq_prefectures_wikidata", "prefectures", {"wikidata": "w1"}),
    ("pk_subcategories", "subcategories", {"id": "s1"}),
    ("uq_subcategories_position", "subcategories", {"position": 1}),
    ("uq_subcategories_label", "subcategories", {"label": "l1"}),
    ("fk_subcategories_program_id", "subcategories", {"program_id": "none"}),
    ("pk_corrections", "corrections", {"id": "c1"}),
    ("uq_corrections_position", "corrections", {"position": 1}),
    ("fk_corrections_subcategory_id", "corrections", {"subcategory_id": "none"}),
    ("pk_changes", "changes", {"position": 1}),
    ("ck_changes_action_known", "changes", {"action": "changed"}),
    ("pk_regions", "regions", {"number": 1}),
    ("uq_regions_row", "regions", {"row": 1}),
    ("ck_regions_number_positive", "regions", {"number": 0}),
    ("ck_regions_page_positive", "regions", {"page": 0}),
    ("ck_regions_fiscal_years_span", "regions", {"fiscal_year_start": 1885}),
    ("ck_regions_fiscal_years_span", "regions", {"fiscal_year_end": 2200}),
    ("ck_regions_fiscal_years_span", "regions", {"fiscal_year_start": 2009, "fiscal_year_end": 2008}),
    ("fk_regions_subcategory_id_program_id", "regions", {"subcategory_id": "none"}),
    ("fk_regions_subcategory_id_program_id", "regions", {"program_id": "p2"}),  # not the subcategory's own
    ("pk_region_texts", "region_texts", {"number": 1}),
    ("fk_region_texts_number", "region_texts", {"number": 3}),
    ("pk_region_counts", "region_counts", {"fiscal_year_start": 1}),
    ("pk_region_prefectures", "region_prefectures", {"region_number": 1, "prefecture_code": "01"}),
    ("fk_region_prefectures_region_number", "region_prefectures", {"region_number": 3}),
    ("fk_region_prefectures_prefecture_code", "region_prefectures", {"prefecture_code": "48"}),
    ("pk_region_corrections", "region_corrections", {"region_number": 1, "correction_id": "c1"}),
    ("fk_region_corrections_region_number", "region_corrections", {"region_number": 3}),
    ("fk_region_corrections_correction_id", "region_corrections", {"correction_id": "none"}),
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A connection to migrated tables with one row each."""
    with empty_database(request, tmp_path_factory.mktemp("filled")) as url:
        migrate(url)
        with connected(url) as connection:
            put(connection, 1, *KEYS)
            with connection.begin_nested() as savepoint:
                put(connection, 2, *[*KEYS][1:])  # good rows are taken
                savepoint.rollback()
            yield connection


def row(name: str, n: int) -> Row:
    """A good row; what `KEYS` does not say may be anything."""
    keys = KEYS[name](n)
    others = [column for column in SQLModel.metadata.tables[name].columns if column.name not in keys]
    return keys | {column.name: None if column.nullable else GIVEN[column.type.python_type] for column in others}


def put(connection: Connection, n: int, *names: str, change: Row | None = None) -> None:
    for name in names:
        connection.execute(insert(SQLModel.metadata.tables[name]), row(name, n) | (change or {}))


def refusal(connection: Connection, constraint: str) -> str:
    """Return how the database names this constraint; SQLite names its columns, or nothing."""
    if connection.dialect.name == "postgresql":
        return f'constraint "{constraint}"'
    kinds = {"ck": f"CHECK constraint failed: {constraint}", "fk": "FOREIGN KEY constraint failed"}
    return kinds.get(constraint[:2], "UNIQUE constraint failed")


@pytest.mark.parametrize(("constraint", "name", "change"), BAD, ids=[f"{name} {change}" for name, _, change in BAD])
def test_a_constraint_refuses_a_bad_row(filled: Connection, constraint: str, name: str, change: Row) -> None:
    with filled.begin_nested() as savepoint:
        put(filled, 2, *[*KEYS][1 : [*KEYS].index(name)])  # of the data set there is one row only
        with pytest.raises(IntegrityError, match=re.escape(refusal(filled, constraint))):
            put(filled, 2, name, change=change)
        savepoint.rollback()


def test_every_constraint_has_been_tried() -> None:
    constraints = {each.name for table in SQLModel.metadata.sorted_tables for each in table.constraints}
    # that one only lets a foreign key point at both columns; the primary key refuses whatever it would
    assert {constraint for constraint, _, _ in BAD} == constraints - {"uq_subcategories_id_program_id"}

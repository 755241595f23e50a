"""Datasette: a Python server that publishes an SQLite file."""

import json
import sqlite3
from contextlib import closing

from tools.bench.packages import python_package
from tools.bench.scenarios import ESCAPED_TERM, NUMBER, PROGRAM, YEAR, Record, Request, Scenario
from tools.bench.servers import CACHE, HOST, Candidate

NAME = "Datasette"

_TABLE = "/datasette/regions"
_LIKE = f"like+'%25{ESCAPED_TERM}%25'"
_REQUESTS = {
    Scenario.LIST: Request(f"{_TABLE}.json?_shape=objects"),
    Scenario.FILTER: Request(
        f"{_TABLE}.json?_shape=objects&program_id={PROGRAM}&fiscal_year_start__lte={YEAR}&fiscal_year_end__gte={YEAR}"
    ),
    Scenario.SEARCH: Request(f"{_TABLE}.json?_shape=objects&_where=title+{_LIKE}+or+theme+{_LIKE}"),
    Scenario.ITEM: Request(f"{_TABLE}/{NUMBER}.json?_shape=objects"),
}


def prepare(records: list[Record]) -> Candidate:
    programs, version = python_package("datasette", "datasette<1")
    file = CACHE / "datasette.sqlite"
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as connection, connection:
        others = [name for name in records[0] if name != "number"]
        connection.execute(f"create table regions (number integer primary key, {', '.join(others)}, program_id)")
        connection.execute("create index program on regions (program_id)")
        for record in records:
            values = [record["number"], *(_cell(record[name]) for name in others), record["program"]["id"]]
            connection.execute(f"insert into regions values ({', '.join('?' * len(values))})", values)

    def command(port: int) -> list[str]:
        serve = [str(programs / "datasette"), "serve", "--immutable", str(file), "--host", HOST, "--port", str(port)]
        return [*serve, "--setting", "suggest_facets", "off"]

    note = "nested values are JSON text; the program id has a column of its own; immutable file; no facet suggestions"
    return Candidate(NAME, command, _REQUESTS, version, note)


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value

"""ROAPI: a Rust server that publishes a JSON file from memory."""

import json

from tools.bench.packages import python_package
from tools.bench.scenarios import NUMBER, PROGRAM, TERM, YEAR, Record, Request, Scenario
from tools.bench.servers import CACHE, HOST, Candidate

NAME = "ROAPI"

_TABLE = "/api/tables/regions"
_REQUESTS = {
    Scenario.LIST: Request(_TABLE),
    Scenario.FILTER: Request(
        f"{_TABLE}?filter[program_id]='{PROGRAM}'&filter[fiscal_year_start]lte={YEAR}&filter[fiscal_year_end]gte={YEAR}"
    ),
    Scenario.SEARCH: Request(
        "/api/sql", body=f"select * from regions where title like '%{TERM}%' or theme like '%{TERM}%'"
    ),
    Scenario.ITEM: Request(f"{_TABLE}?filter[number]={NUMBER}"),
}


def prepare(records: list[Record]) -> Candidate:
    programs, version = python_package("roapi", "roapi")
    file = CACHE / "roapi.json"
    file.write_text(json.dumps([{**each, "program_id": each["program"]["id"]} for each in records], ensure_ascii=False))

    def command(port: int) -> list[str]:
        # it listens for other protocols too, which nobody asks here: any free port will do
        others = ["--addr-postgres", f"{HOST}:0", "--addr-flight-sql", f"{HOST}:0"]
        program = str(programs / "roapi")
        return [program, "--addr-http", f"{HOST}:{port}", *others, "--table", f"regions={file}"]

    note = "the program id has a column of its own, which it filters faster than a nested one; search by SQL"
    return Candidate(NAME, command, _REQUESTS, version, note, {"RUST_LOG": "error"})

"""json-server: a Node server that publishes a JSON file."""

import json
import subprocess

from tools.bench.packages import node_package
from tools.bench.scenarios import ESCAPED_TERM, NUMBER, PROGRAM, YEAR, Record, Request, Scenario
from tools.bench.servers import CACHE, HOST, Candidate

NAME = "json-server"

_REQUESTS = {
    Scenario.LIST: Request("/regions"),
    Scenario.FILTER: Request(f"/regions?program.id={PROGRAM}&fiscal_year_start_lte={YEAR}&fiscal_year_end_gte={YEAR}"),
    Scenario.SEARCH: Request(f"/regions?q={ESCAPED_TERM}"),
    Scenario.ITEM: Request(f"/regions/{NUMBER}"),
}


def prepare(records: list[Record]) -> Candidate:
    package, version = node_package("json-server", "json-server@0.17")
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    file = CACHE / "json-server.json"
    file.write_text(json.dumps({"regions": records}, ensure_ascii=False))

    def command(port: int) -> list[str]:
        program = str(package / "lib" / "cli" / "bin.js")  # not by npx, so that the process is the server itself
        options = ["--quiet", "--read-only", "--id", "number", "--host", HOST, "--port", str(port)]
        return ["node", program, *options, str(file)]

    note = "the search looks into every value; indents its JSON"
    return Candidate(NAME, command, _REQUESTS, f"{version} on Node {node}", note, {"NODE_ENV": "production"})

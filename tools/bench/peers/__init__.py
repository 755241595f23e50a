"""Other ways to publish the same records. Each is asked in the manner that costs it least."""

from collections.abc import Callable

from tools.bench.peers import datasette, json_server, roapi
from tools.bench.scenarios import Record
from tools.bench.servers import Candidate

PACKAGED: dict[str, Callable[[list[Record]], Candidate]] = {
    datasette.NAME: datasette.prepare,
    json_server.NAME: json_server.prepare,
    roapi.NAME: roapi.prepare,
}

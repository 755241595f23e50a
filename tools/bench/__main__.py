"""`python -m tools.bench`: measure this service beside its peers; print the report and write it to `.bench`."""

import argparse
import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from tools.bench import checks, own, report, rounds
from tools.bench.load import MANY_CLIENTS, Shot, wrk_version
from tools.bench.peers import PACKAGED
from tools.bench.rounds import Group
from tools.bench.scenarios import OURS, Record, Scenario, records_in
from tools.bench.servers import (
    CACHE,
    LOGS,
    ROOT,
    Candidate,
    Missing,
    Server,
    leave_server_core,
    running,
    seconds_to_first_answer,
)

RESULTS = Path(__file__).with_name("RESULTS.md")
"""The report that docs/benchmarks.md quotes; only `--publish` replaces it and the quotation."""

_LIST = OURS[Scenario.LIST]


def main() -> int:
    parser = argparse.ArgumentParser("python -m tools.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, choices=range(1, 101), default=5, metavar="1–100")
    parser.add_argument("--seconds", type=int, choices=range(1, 61), default=2, metavar="1–60", help="of one load")
    parser.add_argument("--publish", action="store_true", help=f"write {RESULTS.relative_to(ROOT)}, and docs")
    options = parser.parse_args()
    try:
        results = measure(options.rounds, options.seconds)
    except Missing as error:
        print(f"nothing was measured: {error}; what the servers said is in {LOGS.relative_to(ROOT)}", file=sys.stderr)
        return 1
    text = report.render(results)
    (RESULTS if options.publish else CACHE / RESULTS.name).write_text(text)
    if options.publish:
        report.quote(text)
    print(text)
    return 0


def measure(number_of_rounds: int, seconds: int) -> report.Results:
    wrk = wrk_version()
    leave_server_core()
    own.prepare_database()
    with running(own.service()) as service:
        answers = own.capture(service)
        records: list[Record] = records_in(json.loads(service.fetch(OURS[Scenario.LIST]).body))
    compared = [
        own.bare_application(own.BARE, answers),
        own.service(),
        own.service(own.QUIET, access_log="false"),
        own.service(own.UNCACHED, cache_bytes="0"),
        own.prepare_textbook(records),
    ]
    variants = [
        own.bare_application("bare ASGI, no request id", answers, request_id="absent"),
        own.bare_application("bare ASGI, a fresh request id, uvicorn's access log", answers, access_log=True),
        own.inner_service(),
    ]
    proxied = [own.behind_nginx()]
    missing: list[str] = []
    peers = _prepare_peers(records, missing)
    starts: dict[str, float] = {}
    with ExitStack() as stack:
        servers: dict[str, Server] = {}
        for candidate in (*compared, *variants, *proxied, *peers):
            print(f"starting {candidate.name} …", file=sys.stderr)
            try:
                if candidate in compared or candidate in peers:
                    starts[candidate.name] = seconds_to_first_answer(candidate)
                server = stack.enter_context(running(candidate))
                checks.require_right_answers(server, records)
                servers[candidate.name] = server
            except Missing as error:
                if candidate not in (*proxied, *peers):
                    raise
                missing.append(str(error))
        bare, shipped = servers[own.BARE], servers[own.SHIPPED]
        checks.require_same_answers(bare, shipped)
        measured = [servers[each.name] for each in (*compared, *peers) if each.name in servers]
        scenarios = _scenarios([*measured, *(servers[each.name] for each in proxied if each.name in servers)])
        costs = _costs([bare, *(servers[each.name] for each in variants), servers[own.QUIET], shipped])
        many = _many_clients([bare, shipped])
        rounds.run([*scenarios.values(), costs, many], number_of_rounds, seconds)
        return report.Results(
            wrk=wrk,
            rounds=number_of_rounds,
            seconds=seconds,
            candidates=[server.candidate for server in measured],
            scenarios=scenarios,
            costs=costs,
            many=many,
            starts=starts,
            megabytes={server.candidate.name: server.resident_megabytes() for server in measured},
            missing=missing,
        )


def _prepare_peers(records: list[Record], missing: list[str]) -> list[Candidate]:
    prepared: list[Candidate] = []
    for name, prepare in PACKAGED.items():
        try:
            prepared.append(prepare(records))
        except Missing as error:
            missing.append(str(error))
        except (OSError, subprocess.CalledProcessError) as error:
            missing.append(f"{name} could not be prepared ({type(error).__name__})")
    return prepared


def _scenarios(servers: list[Server]) -> dict[Scenario, Group]:
    """Return each scenario with its servers; the first, the bare application, has all that this service has."""
    asked = [(server, checks.requests_of(server)) for server in servers]
    return {
        scenario: Group(
            scenario,
            [
                Shot(server.candidate.name, server.url(requests[scenario]), requests[scenario])
                for server, requests in asked
                if scenario in requests
            ],
        )
        for scenario in asked[0][1]
    }


def _costs(servers: list[Server]) -> Group:
    return Group("costs", [Shot(server.candidate.name, server.url(_LIST), _LIST) for server in servers])


def _many_clients(servers: list[Server]) -> Group:
    return Group("clients", [Shot(each.candidate.name, each.url(_LIST), _LIST, MANY_CLIENTS) for each in servers])


if __name__ == "__main__":
    sys.exit(main())

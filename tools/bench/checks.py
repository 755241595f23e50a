"""No figure without a right answer: what a server returns is looked at before it is measured."""

import json

from tools.bench.scenarios import Record, Request, Scenario, expected, records_in
from tools.bench.servers import Missing, Server


def require_right_answers(server: Server, records: list[Record]) -> None:
    """`Missing` unless every scenario gives 200, the very regions it should, and every value of their records."""
    name = server.candidate.name
    whole = {record["number"]: record for record in records}
    for scenario, numbers in expected(records).items():
        answer = server.fetch(server.candidate.requests[scenario])
        if answer.status != 200:
            raise Missing(f"{name} answers {scenario} with {answer.status}")
        found = records_in(json.loads(answer.body))
        if sorted(record["number"] for record in found) != sorted(numbers):
            raise Missing(f"{name} answers {scenario} with {len(found)} records, not the {len(numbers)} expected")
        if lacking := sorted({key for record in found for key in _values(whole[record["number"]]) - record.keys()}):
            raise Missing(f"{name} answers {scenario} with records that lack {', '.join(lacking)}")


def _values(record: Record) -> set[str]:
    """Return the keys that a record must have; some servers leave out a null."""
    return {key for key, value in record.items() if value is not None}


def require_same_answers(bare: Server, service: Server) -> None:
    """`Missing` unless the bare application sends the bytes and the header fields of the service."""

    def seen(server: Server, request: Request) -> tuple[int, dict[str, str], bytes]:
        answer = server.fetch(request)
        values_differ = {"date": "", "request-id": ""}
        return answer.status, {name: values_differ.get(name, value) for name, value in answer.headers}, answer.body

    asked_of_bare = requests_of(bare)
    for scenario, request in requests_of(service).items():
        if seen(service, request) != seen(bare, asked_of_bare[scenario]):
            raise Missing(f"{bare.candidate.name} does not repeat the service's {scenario}")


def requests_of(server: Server) -> dict[Scenario, Request]:
    """Return what the server is asked, with the 304 if it knows entity tags."""
    requests = dict(server.candidate.requests)
    plain = requests[Scenario.LIST]
    if Scenario.NOT_MODIFIED not in requests:
        tag = dict(server.fetch(plain).headers).get("etag")
        if tag and server.fetch(plain.unless(tag)).status == 304:
            requests[Scenario.NOT_MODIFIED] = plain.unless(tag)
    return requests

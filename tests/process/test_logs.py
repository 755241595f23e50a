"""Test what the process writes for operators, whatever bytes it gets."""

import json
import logging
import socket
import time
from typing import Any

import pytest

from app.middleware.tracing import trace_id
from app.server.logging import LimitRepeats
from app.settings import Settings
from tests.conftest import fill
from tests.support.service import process
from tests.support.waiting import WAIT_SECONDS, until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"

HOSTILE = [
    (b"GET /v1/regions?q=secret-of-a-client HTTP/1.1", b""),
    ("GET /地域/\u202e HTTP/1.1".encode(), b""),
    (b"GET /a%0aINFO:%20forged HTTP/1.1", b""),
    (b"GET /%00%1b[31m%7f%22%5c HTTP/1.1", b""),
    (b'GET /"\\<script>\x7f HTTP/1.1', b""),
    (b"GET /" + b"a" * 9_000 + b" HTTP/1.1", b""),
    (b"GET /a\x01b\x1bc\x0bd HTTP/1.1", b""),
    (b"PROPFIND /v1 HTTP/1.1", b""),
    (b"G\x00T /v1 HTTP/1.1", b""),
    (b"GET /v1 HTTP/1.1", b"Request-Id: \x1b[31m{}\r\n"),
    (b"GET /v1 HTTP/1.1", b"Request-Id: " + b"x" * 5_000 + b"\r\n"),
    (b"GET /v1 HTTP/1.1", b"traceparent: 00-\x1b[31m\r\n"),
    (b"GET /v1 HTTP/1.1", b"User-Agent: secret-of-a-client\r\nCookie: secret-of-a-client\r\n"),
    (b"GET http://secret-of-a-client/v1 HTTP/1.1", b"Referer: secret-of-a-client\r\n"),
]


def send(port: int, line: bytes, headers: bytes = b"") -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS) as connection:
        connection.sendall(line + b"\r\nHost: x\r\nConnection: close\r\n" + headers + b"\r\n")
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_every_request_is_one_line_of_json_with_nothing_raw_in_it(sqlite_settings: Settings) -> None:
    with process(DATABASE_URL=sqlite_settings.database_url) as running:
        answers = [send(running.port, line, headers) for line, headers in HOSTILE]
        send(running.port, b"GET /v1/regions/7 HTTP/1.1", b"Request-Id: mine\r\ntraceparent: %b\r\n" % PARENT.encode())
        running.terminate()
        running.wait()
        output = running.output()
    refused = sum(b" 400 " in answer.partition(b"\r\n")[0] for answer in answers)
    lines: list[dict[str, Any]] = [json.loads(line) for line in output if line.startswith("{")]
    asked = [line for line in lines if line["path"] != "/readyz"]
    assert len(asked) == len(HOSTILE) - refused + 1
    for line in output:
        assert line.isascii()
        assert line.isprintable()
        assert len(line) < 600
        assert "secret" not in line
    for each in lines:
        assert each.keys() == {
            *("time", "request_id", "trace_id", "method", "path", "status", "bytes", "milliseconds"),
        }
    assert (asked[-1]["request_id"], asked[-1]["trace_id"], asked[-1]["status"]) == ("mine", TRACE, 200)
    assert {each["trace_id"] for each in asked[:-1]} == {None}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (PARENT, TRACE),
        (PARENT.replace("00-", "cc-", 1), TRACE),
        (PARENT.replace("00-", "cc-", 1) + "-what-is-to-come", TRACE),
        (PARENT + "-what-is-to-come", None),
        (PARENT.replace("00-", "ff-", 1), None),
        (PARENT.upper(), None),
        (PARENT.replace(TRACE, "0" * 32), None),
        (PARENT.replace("00f067aa0ba902b7", "0" * 16), None),
        (PARENT[:-1], None),
        (PARENT + "\n", None),
        (" " + PARENT, None),
        (PARENT.replace("-", "_"), None),
        ("", None),
        ("x" * 8_000, None),
    ],
)
def test_a_trace_id_is_taken_from_a_well_formed_traceparent_only(value: str, found: str | None) -> None:
    assert trace_id([(b"host", b"x"), (b"traceparent", value.encode())]) == found


def test_of_two_traceparents_neither_counts() -> None:
    assert trace_id([(b"traceparent", PARENT.encode())] * 2) is None
    assert trace_id([]) is None


def test_a_warning_that_repeats_is_written_once_in_a_while_with_its_number() -> None:
    def shown(
        seldom: LimitRepeats, text: str, level: int = logging.ERROR, *values: object, fault: Exception | None = None
    ) -> str | None:
        told = (type(fault), fault, None) if fault else None
        record = logging.LogRecord("x", level, "", 0, text, values, told)
        return record.getMessage() if seldom.filter(record) else None

    seldom = LimitRepeats(seconds=1)
    assert [shown(seldom, "away: %s", logging.ERROR, n) for n in range(3)] == ["away: 0", None, None]
    assert shown(seldom, "something else") == "something else"
    faults = [KeyError(), ValueError(), KeyError()]
    assert [shown(seldom, "failed", fault=fault) for fault in faults] == ["failed", "failed", None]
    assert [shown(seldom, "started", logging.INFO) for _ in range(2)] == ["started"] * 2
    time.sleep(1.05)
    assert shown(seldom, "away: %s", logging.ERROR, 9) == "away: 9 (and 2 more since the last such line)"


def test_a_database_that_is_away_does_not_flood_the_log(postgres_url: str) -> None:
    fill(postgres_url)
    away = "postgresql://nobody@127.0.0.1:1/nothing"
    with process(ready=False, DATABASE_URL=away, ACCESS_LOG="0") as running:
        until(lambda: running.answers("/livez"))
        for _ in range(50):
            assert b" 503 " in send(running.port, b"GET /v1/regions HTTP/1.1")
            send(running.port, b"NOT HTTP")
        time.sleep(2)
        running.terminate()
        running.wait()
        output = running.output()
    faults = [line for line in output if line.startswith(("ERROR", "WARNING"))]
    assert 1 <= len(faults) <= 6, output
    assert len(output) < 20

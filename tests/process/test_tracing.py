"""Traces, as a collector gets them: a server of the suite that reads OTLP."""

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.support.service import Process, process
from tests.support.waiting import until

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"


class Collector(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.spans: list[Span] = []
        self.resource: dict[str, str] = {}
        self.bodies = b""
        self.url = f"http://127.0.0.1:{self.server_port}"


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        assert self.path == "/v1/traces"
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Encoding"] == "gzip":
            body = gzip.decompress(body)
        self.server.bodies += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.server.resource |= attributes(resource.resource.attributes)
            for scope in resource.scope_spans:
                self.server.spans.extend(scope.spans)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def attributes(pairs: "list[KeyValue]") -> dict[str, str]:
    return {each.key: str(getattr(each.value, str(each.value.WhichOneof("value")))) for each in pairs}


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def traced(database_url: str, collector: Collector) -> Iterator[Process]:
    with process(
        DATABASE_URL=database_url, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_BSP_SCHEDULE_DELAY="200"
    ) as running:
        yield running


def of(collector: Collector, trace: str) -> list[Span]:
    """The spans of a trace, as soon as those of the server have come."""

    def found() -> list[Span]:
        return [span for span in list(collector.spans) if span.trace_id.hex() == trace]

    until(lambda: any(span.kind == Span.SPAN_KIND_SERVER for span in found()), message="no span came")
    return found()


def test_a_request_and_its_reads_are_spans_of_the_callers_trace(
    traced: Process, collector: Collector, database_url: str
) -> None:
    asked = {"traceparent": TRACEPARENT, "Request-Id": "mine"}
    answer = traced.get("/v1/regions/7?lang=en&fields=name", headers=asked)
    spans = of(collector, TRACE)
    (server,) = [span for span in spans if span.kind == Span.SPAN_KIND_SERVER]
    reads = [span for span in spans if span.kind == Span.SPAN_KIND_CLIENT]
    assert answer.status_code == 200
    assert server.name == "GET /v1/regions/{region_number}"
    assert server.parent_span_id.hex() == PARENT
    assert attributes(list(server.attributes)) == {
        "http.request.method": "GET",
        "http.route": "/v1/regions/{region_number}",
        "http.response.status_code": "200",
        "request.id": "mine",
    }
    assert {read.parent_span_id for read in reads} == {server.span_id}
    assert {attributes(list(read.attributes))["db.system.name"] for read in reads} == {database_url.partition(":")[0]}
    assert collector.resource["service.name"] == "cluster-regions"


def test_failures_are_errors_only_if_they_are_ours_and_nothing_that_was_asked_is_told(
    traced: Process, collector: Collector
) -> None:
    traces = {f"{number:032x}": path for number, path in enumerate(("/secret?q=secret", "/v1/regions?secret=1"), 1)}
    for trace, path in traces.items():
        traced.get(path, headers={"traceparent": f"00-{trace}-{PARENT}-01", "User-Agent": "secret"})
        (span,) = [span for span in of(collector, trace) if span.kind == Span.SPAN_KIND_SERVER]
        assert span.status.code == Status.STATUS_CODE_UNSET
    assert b"secret" not in collector.bodies


def test_without_a_traceparent_the_log_names_the_trace_that_was_begun(traced: Process, collector: Collector) -> None:
    traced.get("/v1/regions/8", headers={"traceparent": "nonsense"})

    def found() -> list[Span]:
        return [span for span in list(collector.spans) if span.name.endswith("{region_number}")]

    until(lambda: bool(found()))
    traced.terminate()
    traced.wait()
    (line,) = [line for line in traced.output() if "/v1/regions/8" in line]
    assert found()[0].trace_id.hex() in line


def test_where_the_standard_variables_turn_tracing_off_the_log_names_the_trace_of_the_client(
    database_url: str, collector: Collector
) -> None:
    with process(
        DATABASE_URL=database_url, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_SDK_DISABLED="true"
    ) as running:
        running.get("/v1/regions/9", headers={"traceparent": TRACEPARENT})
        running.terminate()
        running.wait()
        (line,) = [line for line in running.output() if "/v1/regions/9" in line]
    assert f'"trace_id":"{TRACE}"' in line


def test_what_is_left_is_sent_at_the_end(database_url: str, collector: Collector) -> None:
    with process(
        DATABASE_URL=database_url,
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_BSP_SCHEDULE_DELAY="60000",
        OTEL_SERVICE_NAME="ours",
    ) as running:
        running.get("/v1", headers={"traceparent": TRACEPARENT})
        running.terminate()
        running.wait()
    assert of(collector, TRACE)
    assert collector.resource["service.name"] == "ours"


def test_a_collector_that_is_away_disturbs_nobody(database_url: str) -> None:
    with process(DATABASE_URL=database_url, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1") as running:
        for number in range(1, 30):
            assert running.answers(f"/v1/regions/{number}")
        running.terminate()
        running.wait()
        assert sum(not line.startswith("{") for line in running.output()) < 20


def test_without_an_endpoint_nothing_of_it_is_imported(database_url: str) -> None:
    program = (
        "import sys; from app.main import create_app; create_app();"
        "assert not [name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'prometheus_client'))]"
    )
    done = subprocess.run([sys.executable, "-c", program], env={"DATABASE_URL": database_url}, capture_output=True)
    assert done.returncode == 0, done.stderr

"""Read W3C Trace Context and, with OpenTelemetry and an endpoint, write spans for requests and reads.

A span holds method, route template, status and request id, and nothing else that a client sent. Without an endpoint
OpenTelemetry is not imported.
"""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from anyio import move_on_after, to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__
from app.db.database import Database
from app.db.edition import Edition
from app.db.errors import DatabaseUnavailable
from app.db.session import Read
from app.http import request_context
from app.settings import Invalid, Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

T = TypeVar("T")

NAME = "cluster-regions"
FLUSH_SECONDS = 3.0
NEEDS = "needs what requirements-tracing.txt lists"

_TRACEPARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")
"""W3C Trace Context, section 3.2.2; what follows the flags is for versions to come."""


def trace_id(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the trace id of a well-formed `traceparent`; `None` if there are several."""
    given = [value for name, value in headers if name == b"traceparent"]
    match = _TRACEPARENT.fullmatch(given[0]) if len(given) == 1 else None
    if match is None or (match[2] and given[0].startswith(b"00")):
        return None
    return match[1].decode()


def provider(settings: Settings) -> "TracerProvider":
    """Return a provider that exports to the endpoint; the standard variables of OpenTelemetry configure the rest.

    Raise `settings.Invalid` if the packages are not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise Invalid(f"OTEL_EXPORTER_OTLP_ENDPOINT: {NEEDS}") from None
    about = Resource({"service.name": NAME, "service.version": __version__})
    provider = TracerProvider(resource=about.merge(OTELResourceDetector().detect()))
    endpoint = settings.otel_exporter_otlp_endpoint.rstrip("/")
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint}/v1/traces")))
    return provider


class Tracing:
    """ASGI middleware: a span for each request, the child of the one that `traceparent` names."""

    def __init__(self, app: ASGIApp, provider: "TracerProvider") -> None:
        self.app = app
        self._provider = provider
        self._tracer = provider.get_tracer(NAME, __version__)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._pass_lifespan(scope, receive, send)
            return
        from opentelemetry.trace import SpanKind, StatusCode
        from opentelemetry.trace.propagation import tracecontext

        carrier = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in _PROPAGATED}
        parent = tracecontext.TraceContextTextMapPropagator().extract(carrier if trace_id(scope["headers"]) else {})
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        with self._tracer.start_as_current_span(
            scope["method"], parent, SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            span.set_attribute("http.request.method", scope["method"])
            try:
                await self.app(scope, receive, watched)
            finally:
                context = request_context.of(scope)
                span.set_attribute("request.id", context.request_id)
                if span.get_span_context().is_valid:  # not if the standard variables turn tracing off
                    context.outcome["trace_id"] = f"{span.get_span_context().trace_id:032x}"
                if route := context.outcome.get("route"):
                    span.update_name(f"{scope['method']} {route}")
                    span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status)
                if status >= 500 or not status:
                    span.set_status(StatusCode.ERROR)

    async def _pass_lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the lifespan on and, at its end, send what is left: a signal ends the process without exit handlers."""

        async def closing(message: Message) -> None:
            if message["type"] == "lifespan.shutdown.complete":
                with move_on_after(FLUSH_SECONDS):
                    await to_thread.run_sync(self._provider.shutdown, abandon_on_cancel=True)
            await send(message)

        await self.app(scope, receive, closing)


_PROPAGATED = (b"traceparent", b"tracestate")


class TracedDatabase(Database):
    """A database with a span for each read of a request."""

    def __init__(self, settings: Settings, provider: "TracerProvider") -> None:
        super().__init__(settings)
        self._tracer = provider.get_tracer(NAME, __version__)
        self._system = settings.database_url.partition(":")[0].partition("+")[0]

    async def read(self, work: Callable[[Read], T], edition: Edition | None = None) -> T:
        from opentelemetry.trace import SpanKind, StatusCode

        with self._tracer.start_as_current_span(
            "read", kind=SpanKind.CLIENT, record_exception=False, set_status_on_exception=False
        ) as span:
            span.set_attribute("db.system.name", self._system)
            try:
                return await super().read(work, edition)
            except DatabaseUnavailable:
                span.set_status(StatusCode.ERROR)
                raise

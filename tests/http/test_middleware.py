"""Each middleware alone, around an application of a few lines."""

import gzip
from collections.abc import Iterable

import pytest
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http import conditional, headers, problems, request_context
from app.middleware.access_log import AccessLog
from app.middleware.compression import Compression
from app.middleware.draining import Drain
from app.middleware.entry import Entry, Rewrite
from app.middleware.errors import Errors
from app.middleware.metrics import Metrics
from app.middleware.path_prefix import PathPrefix
from app.middleware.target_limit import MAX_TARGET_BYTES, TargetLimit
from tests.support import loops
from tests.support.asgi import ask
from tests.support.judge import Answer

TAG = b'"tag"'


class Application:
    """Remember the scopes and send these bodies, or raise the error."""

    def __init__(self, *bodies: bytes, error: Exception | None = None, own: headers.Headers | None = None) -> None:
        self.scopes: list[Scope] = []
        self._bodies, self._error, self._own = bodies or (b"body",), error, own or []

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        self.scopes.append(scope)
        if self._error and len(self._bodies) < 2:
            raise self._error
        await send({"type": "http.response.start", "status": 200, "headers": self._own})
        for index, body in enumerate(self._bodies):
            more = index + 1 < len(self._bodies)
            await send({"type": "http.response.body", "body": body, "more_body": more})
            if self._error:
                raise self._error


def asked(app: ASGIApp, target: bytes = b"/", given: Iterable[tuple[bytes, bytes]] = (), method: str = "GET") -> Answer:
    return loops.run(ask(app, method, target, given))


def test_entry_reads_a_request_once_and_what_is_inside_the_cache_sees_it_rewritten() -> None:
    app = Application()
    given = [(b"accept", b"a/b"), (b"accept", b"c/d"), (b"if-none-match", TAG), (b"request-id", b"mine")]
    answer = asked(Entry(Rewrite(app)), b"/v1/regions.csv?b=1&a=2", given, "HEAD")
    context = request_context.of(app.scopes[0])
    assert (context.path, context.suffix, context.query_string) == ("/v1/regions.csv", ".csv", b"a=2&b=1")
    assert (context.accept, context.if_none_match, context.request_id) == (b"a/b,c/d", TAG, "mine")
    assert [app.scopes[0][key] for key in ("method", "path", "query_string")] == ["GET", "/v1/regions", b"a=2&b=1"]
    assert context.is_head
    assert answer.body == b""


def test_entry_answers_options_itself() -> None:
    app = Application()
    answer = asked(Entry(app), method="OPTIONS")
    assert (answer.status, answer.header("allow"), app.scopes) == (204, "GET, HEAD, OPTIONS", [])


def test_without_entry_a_context_is_plain() -> None:
    app = Application()
    asked(app, b"/v1/regions.csv", [(b"accept-encoding", b"gzip"), (b"if-none-match", TAG), (b"accept", b"a/b")])
    context = request_context.of(app.scopes[0])
    assert (context.suffix, context.encoding, context.if_none_match, context.accept) == ("", "identity", b"", b"a/b")
    assert request_context.of(app.scopes[0]) is context


@pytest.mark.parametrize("bodies", [(b"whole",), (b"in ", b"", b"pieces")])
def test_compression_says_how_a_body_is_encoded(bodies: tuple[bytes, ...]) -> None:
    answer = asked(Entry(Compression(Application(*bodies))), given=[(b"accept-encoding", b"gzip")])
    assert gzip.decompress(answer.body) == b"".join(bodies)
    assert answer.header("content-encoding") == "gzip"
    assert answer.header("content-length") == (str(len(answer.body)) if len(bodies) == 1 else None)


def test_compression_leaves_alone_what_is_encoded_or_empty() -> None:
    encoded = Application(b"encoded", own=[(b"content-encoding", b"br")])
    for app, body in ((encoded, b"encoded"), (Application(b""), b"")):
        answer = asked(Entry(Compression(app)), given=[(b"accept-encoding", b"gzip")])
        assert (answer.body, answer.header("content-length")) == (body, str(len(body)))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (problems.NotFound("route"), 404),
        (HTTPException(404), 404),
        (HTTPException(405), 405),
        (ValueError("secret"), 500),
        (problems.Unavailable(), 503),
    ],
)
def test_an_error_becomes_a_problem_document(error: Exception, status: int) -> None:
    answer = asked(Entry(Errors(Application(error=error), "")), given=[(b"request-id", b"mine")])
    assert (answer.status, answer.json()["status"], answer.json()["instance"]) == (status, status, "mine")
    assert answer.header("content-type") == problems.MEDIA_TYPE
    assert b"secret" not in answer.body


def test_an_error_after_the_start_is_raised_again() -> None:
    with pytest.raises(ValueError, match="late"):
        asked(Errors(Application(b"a", b"b", error=ValueError("late")), ""))


def test_the_path_prefix_is_taken_off_once_and_only_whole() -> None:
    for path, expected in ((b"/a/v1", "/v1"), (b"/ab", "/ab"), (b"/a/a/v1", "/a/v1"), (b"/v1", "/v1")):
        app = Application()
        asked(PathPrefix(app, "https://example.jp/a"), path)
        assert app.scopes[0]["path"] == expected


def test_a_target_may_have_the_bytes_that_are_allowed() -> None:
    longest = b"/" + b"a" * 99 + b"?" + b"b" * (MAX_TARGET_BYTES - 101)
    assert asked(TargetLimit(Application()), longest).status == 200
    with pytest.raises(problems.UriTooLong):
        asked(TargetLimit(Application()), longest + b"b")


def test_the_access_log_counts_names_and_closes_while_the_service_drains() -> None:
    drain, lines, metrics = Drain(), list[bytes](), Metrics()
    app = AccessLog(Entry(Application()), metrics, drain, lines.append)
    first = asked(app, given=[(b"request-id", b"mine")])
    drain.begun = True
    second = asked(app, given=[(b"request-id", b"not well-formed")])
    assert (first.header("request-id"), first.header("connection"), second.header("connection")) == (
        "mine",
        None,
        "close",
    )
    assert len(second.header("request-id") or "") == 32
    assert len(lines) == 2
    assert metrics._cells["", "GET", 200][-2] == 2 * len(b"body")


def context_of(given: Iterable[tuple[bytes, bytes]]) -> request_context.RequestContext:
    return request_context.read({"path": "/", "query_string": b"", "method": "GET", "headers": [*given]})


DATE = b"Tue, 24 Nov 2026 00:00:00 GMT"
LATER = b"Wed, 25 Nov 2026 00:00:00 GMT"
EARLIER = b"Mon, 23 Nov 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], False),
        ([(b"if-none-match", TAG)], True),
        ([(b"if-none-match", b'"other", W/"tag"')], True),
        ([(b"if-none-match", b'"other"'), (b"if-modified-since", LATER)], False),
        ([(b"if-none-match", b"*")], True),
        ([(b"if-modified-since", DATE)], True),
        ([(b"if-modified-since", EARLIER)], False),
        ([(b"if-modified-since", b"yesterday")], False),
    ],
)
def test_one_function_decides_whether_the_client_has_it(given: list[tuple[bytes, bytes]], expected: bool) -> None:
    assert conditional.is_not_modified(context_of(given), TAG, DATE) == expected
    assert not conditional.is_not_modified(context_of(given), b"", DATE)


def test_the_headers_of_a_304_are_those_of_the_response_but_for_its_body() -> None:
    own = {"content-type": "text/plain", "etag": '"x"', "vary": "Accept"}
    whole, short = headers.complete(own), headers.complete(own, 304)
    assert short == headers.not_modified(whole)
    assert {*dict(whole)} - {*dict(short)} == {b"content-type"}
    assert dict(short)[b"vary"] == b"Accept, Accept-Encoding"
    assert b"cache-control" not in dict(headers.complete(own, 404))


def test_a_page_keeps_its_own_policy() -> None:
    policies = [value for name, value in headers.complete({"content-security-policy": "own"}) if b"policy" in name[-6:]]
    assert policies.count(b"own") == 1
    assert headers.POLICY[0][1] not in policies


def test_messages_that_are_sent_are_not_changed() -> None:
    """The cache sends the same message again."""
    start: Message = {"type": "http.response.start", "status": 200, "headers": []}

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send(start)
        await send({"type": "http.response.body", "body": b"body"})

    asked(AccessLog(Entry(Compression(app)), Metrics(), Drain(), None), given=[(b"accept-encoding", b"br")])
    assert start["headers"] == []

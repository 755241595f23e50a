"""Headers as nobody should send them, byte by byte over the wire, on both databases."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import nasty
from tests.support.judge import LEAKS, WELL_FORMED_ID
from tests.support.raw import Wire
from tests.support.service import process

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what reads headers knows no database

JUNK = {
    b"accept": nasty.ACCEPT_JUNK,
    b"accept-encoding": nasty.ENCODING_JUNK,
    b"accept-language": nasty.LANGUAGE_JUNK,
    b"if-none-match": nasty.TAG_JUNK,
    b"if-modified-since": nasty.DATE_JUNK,
}
"""What is wrong, by the header that it is meant for."""


def shows_nothing(text: str) -> bool:
    """Sent back, an id could look like a leak."""
    return not any(leak in text for leak in LEAKS)


LIST = b"/v1/regions?limit=3"
EVERY_STATUS = {
    b"/v1": 200,
    b"/v1/dataset": 200,
    b"/v1/regions?limit=1": 200,
    b"/v1/regions.csv": 200,
    b"/livez": 200,
    b"/nope": 404,
    b"/v1/regions/99": 404,
    b"/v1/regions?limit=0": 422,
    b"/v1/regions?q=" + b"a" * 9000: 414,
}


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (b"text/csv;q=0.4, application/json;q=0.5", "application/json"),
        (b"text/csv;q=0.5, application/json;q=0.4", "text/csv"),
        (b"application/json;q=0, */*;q=0.1", "text/csv"),
        (b"text/csv;q=0, text/*;q=0.9, application/json;q=0.1", "application/json"),
        (b"application/x-ndjson, */*;q=0", "application/x-ndjson"),
        (b"text/csv;q=1.000;q=0.001, application/json", "application/json"),
        (b"text/csv;charset=utf-8;q=0.9, application/json;q=0.8", "text/csv"),
        (b"*/*;q=0", None),
        (b"application/json;q=0.000", None),
        (b"image/*, video/mp4;q=1", None),
        (b"a/b," * 1900 + b"text/csv", None),
    ],
)
def test_the_weights_of_accept_decide_and_zero_refuses(wire: Wire, accept: bytes, kind: str | None) -> None:
    answer = wire.ask(LIST, [(b"accept", accept)], allowed={406} if kind is None else {200})
    assert kind is None or (answer.header("content-type") or "").startswith(kind)


@pytest.mark.parametrize("path", [LIST, b"/v1/regions/7", b"/v1/dataset", b"/problems/gone", b"/", b"/docs", b"/nope"])
@pytest.mark.parametrize(
    ("name", "junk"),
    JUNK.items(),
)
def test_junk_in_a_header_is_no_failure(wire: Wire, path: bytes, name: bytes, junk: list[bytes]) -> None:
    allowed = {404} if path == b"/nope" else {200, 406} if name == b"accept" else {200}
    for value in junk:
        wire.ask(path, [(name, value)], allowed=allowed)
        wire.ask(path, [(name, value), (name, value)], allowed=allowed)


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    b"accept",
                    b"accept-encoding",
                    b"accept-language",
                    b"if-none-match",
                    b"if-modified-since",
                    b"request-id",
                    b"range",
                    b"host",
                    b"origin",
                    b"forwarded",
                    b"traceparent",
                    b"cookie",
                    b"x-forwarded-for",
                ]
            ),
            st.binary(max_size=60).map(lambda raw: raw.translate(None, bytes(range(32)) + b"\x7f"))
            | st.sampled_from([*nasty.ACCEPT_JUNK, *nasty.ENCODING_JUNK, *nasty.TAG_JUNK, *nasty.BAD_REQUEST_IDS]),
        )
        | st.sampled_from([(name, value) for name, junk in JUNK.items() for value in junk]),
        max_size=8,
    ),
    path=st.sampled_from(sorted(EVERY_STATUS)),
)
def test_generated_headers_are_no_failure(wire: Wire, path: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    several_hosts = any(name == b"host" for name, _ in headers)  # `request` sends one
    wire.ask(path, headers, allowed={400} if several_hosts else {EVERY_STATUS[path], 304, 406})


@pytest.mark.slow
@pytest.mark.parametrize("path", [LIST, b"/v1/regions/7", b"/v1/regions.csv", b"/docs", b"/v1/dataset"])
def test_only_the_very_tag_of_an_answer_is_known(wire: Wire, path: bytes) -> None:
    codings = (b"identity", b"gzip", b"br", b"zstd")
    tags = {coding: wire.ask(path, [(b"accept-encoding", coding)]).header("etag") or "" for coding in codings}
    tags[b"csv"] = wire.ask(b"/v1/programs.csv", [(b"accept-encoding", b"identity")]).header("etag") or ""
    assert len(set(tags.values())) == len(tags)
    for coding, (of, tag) in itertools.product(codings, tags.items()):
        raw = tag.encode()
        known = 304 if of == coding else 200
        for written, status in (
            (raw, known),
            (b"W/" + raw, known),
            (b'"x", W/"y",' + raw, known),
            (b"*", 304),
            (raw.strip(b'"'), 200),
            (raw[:-1], 200),
            (b'"' + raw[2:], 200),
            (raw.upper().replace(b'"', b"'"), 200),
        ):
            sent = [(b"accept-encoding", coding), (b"if-none-match", written)]
            wire.ask(path, sent, allowed={status})
            wire.ask(path, [*sent, (b"if-modified-since", b"Fri, 01 Jan 2100 00:00:00 GMT")], allowed={status})
            wire.ask(path, [*sent, (b"if-modified-since", b"Thu, 01 Jan 1970 00:00:00 GMT")], allowed={status})


@pytest.mark.parametrize("path", [LIST, b"/v1/regions.ndjson", b"/v1/regions/7", b"/nope", b"/v1/regions?limit=0"])
def test_a_coding_that_is_refused_is_not_used_and_the_content_is_the_same(wire: Wire, path: bytes) -> None:
    plain = wire.ask(path, [(b"accept-encoding", b"identity")]).comparable()[2]
    for header, refused in (
        (b"gzip;q=0", {"gzip"}),
        (b"gzip;q=0, br;q=0.0, zstd;q=0.000", {"gzip", "br", "zstd"}),
        (b"*;q=0", {"gzip", "br", "zstd"}),
        (b"identity;q=0", set()),
        (b"identity;q=0, *;q=0", {"gzip", "br", "zstd"}),
        (b"gzip, gzip;q=0", set()),
        (b"br;q=0.5, gzip;q=0.5, zstd;q=0", {"zstd"}),
        (b"GZIP;Q=1", {"br", "zstd"}),
    ):
        answer = wire.ask(path, [(b"accept-encoding", header)])
        assert answer.header("content-encoding") not in refused
        assert answer.comparable()[2] == plain


@pytest.mark.parametrize("path", sorted(EVERY_STATUS))
def test_forged_and_irrelevant_headers_change_nothing(wire: Wire, path: bytes) -> None:
    plain = wire.ask(path).comparable()
    for header in nasty.FORGED:
        assert wire.ask(path, [header]).comparable() == plain
    assert wire.ask(path, nasty.FORGED).comparable() == plain


@pytest.mark.parametrize(
    "host", [b"evil.example", b"evil.example:80", b"[::1]", b"", b"a" * 5000, b"<script>", b"\xff", b"a b"]
)
def test_a_forged_host_does_not_get_into_an_answer(wire: Wire, host: bytes) -> None:
    for path, status in EVERY_STATUS.items():
        content = b"GET %b HTTP/1.1\r\nhost: %b\r\n\r\n" % (path, host)
        answer = wire.exchange(content, path, allowed={status})
        assert b"evil.example" not in answer.content
        assert b"<script>" not in answer.content


@pytest.mark.parametrize("given_id", nasty.BAD_REQUEST_IDS)
def test_a_malformed_request_id_is_replaced_on_every_status(wire: Wire, given_id: bytes) -> None:
    for path, status in EVERY_STATUS.items():
        answer = wire.ask(path, [(b"request-id", given_id)], allowed={status})
        assert (answer.header("request-id") or "").encode() != given_id
        assert len(answer.header("request-id") or "") == 32


@given(
    given_id=st.from_regex(WELL_FORMED_ID, fullmatch=True).filter(shows_nothing),
    path=st.sampled_from(sorted(EVERY_STATUS)),
)
def test_a_well_formed_request_id_is_returned_on_every_status(wire: Wire, given_id: str, path: bytes) -> None:
    assert wire.ask(path, [(b"request-id", given_id.encode())]).header("request-id") == given_id


@pytest.mark.slow
def test_the_process_answers_like_the_server_that_is_tested_here(database_url: str) -> None:
    with process(DATABASE_URL=database_url) as running:
        wire = Wire(running.port)
        for path, status in EVERY_STATUS.items():
            wire.ask(path, allowed={status})
        wire.exchange(b"NOT HTTP\r\n\r\n", allowed={400})


@pytest.mark.parametrize(("count", "allowed"), [(100, {200}), (2_000, {200, 431})])
def test_many_headers_are_no_failure(wire: Wire, count: int, allowed: set[int]) -> None:
    wire.ask(LIST, [(b"x-%d" % index, b"v") for index in range(count)], allowed=allowed)
    wire.ask(LIST, [(b"accept", b"text/csv")] * count, allowed=allowed)


@pytest.mark.parametrize(("size", "refused"), [(8_000, set()), (64_000, {431}), (500_000, {431})])
@pytest.mark.parametrize(
    "name", [b"x-large", b"cookie", b"accept", b"if-none-match", b"accept-language", b"request-id"]
)
def test_a_large_header_is_no_failure(wire: Wire, name: bytes, size: int, refused: set[int]) -> None:
    wire.ask(LIST, [(name, b"a" * size)], allowed={406 if name == b"accept" else 200, *refused})


@pytest.mark.parametrize("path", sorted(EVERY_STATUS))
@pytest.mark.parametrize("origin", [b"https://example.org", b"null", b"file://", b"", b"evil", b"\xff", b"a" * 4000])
def test_every_origin_may_read_every_status_and_ask_before(wire: Wire, path: bytes, origin: bytes) -> None:
    """`judge` wants the headers of CORS on each of them."""
    wire.ask(path, [(b"origin", origin)], allowed={EVERY_STATUS[path]})
    for method in (b"GET", b"DELETE", b"", b"\xff", b"a" * 2000):
        asked = [(b"origin", origin), (b"access-control-request-method", method)]
        answer = wire.ask(path, [*asked, (b"access-control-request-headers", b"x," * 500)], "OPTIONS", allowed={204})
        assert answer.header("access-control-allow-methods") == "GET, HEAD, OPTIONS"

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.http import negotiation

OFFERED = ("application/json", "text/csv", "application/x-ndjson")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/*", "text/csv"),
        ("text/html, */*;q=0.1", "application/json"),
        ("text/csv;q=0.5, application/json;q=0.4", "text/csv"),
        ("text/csv;q=0.5, application/json;q=0.5", "application/json"),
        ("application/json;q=0, */*", "text/csv"),
        ("application/*;q=0.3, text/csv;q=0.2, application/json;q=0", "application/x-ndjson"),
        ("text/csv; charset=utf-8; q=1.000", "text/csv"),
        ("text/csv;q=2, application/json;q=0.1", "application/json"),
        ("text/csv;q=1.5, application/json;q=0.1", "application/json"),
        ("text/csv;q=1.001, application/json;q=0.1", "application/json"),
        ("text/csv;q=0.2, application/json;q=0.5, text/csv;q=0.9", "application/json"),
        ("text/csv;q=0.1234, application/json;q=0.1", "application/json"),
        ("text/csv;q=x", "application/json"),
        (",;,;q=,", "application/json"),
        ("text/html", None),
        ("text/csv;q=0", None),
        ("application/json;q=0, text/csv;q=0.0, application/x-ndjson;q=0.00", None),
    ],
)
def test_the_media_type_that_fits_best_is_chosen(accept: str, chosen: str | None) -> None:
    assert negotiation.media_type(accept.encode(), OFFERED) == chosen


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", "en"),
        ("ja", "ja"),
        ("ja-JP, en;q=0.8", "ja"),
        ("JA", "ja"),
        ("en, ja;q=0.9", "en"),
        ("en, ja", "en"),
        ("ja, en", "ja"),
        ("ja;q=0.8, en;q=0.8", "ja"),
        ("en-GB;q=0.8, ja;q=0.8", "en"),
        ("en;q=0.5, ja;q=0.8, en-US;q=0.8", "ja"),
        ("fr, ja-JP, en", "ja"),
        ("ja, *", "ja"),
        ("*, ja", "en"),
        ("*, en;q=0.5", "ja"),
        ("en;q=0, *", "ja"),
        ("ja;q=0, en;q=0, *", "en"),
        ("fr, ja;q=0.1", "ja"),
        ("fr", "en"),
        ("*", "en"),
        ("*, ja;q=0.5", "en"),
        ("ja;q=0", "en"),
        ("en;q=0, ja;q=0.001", "ja"),
        ("ja;q=9", "en"),
        (";;,,=", "en"),
    ],
)
def test_japanese_is_chosen_where_it_is_preferred(header: str, chosen: str) -> None:
    assert negotiation.language(header.encode()) == chosen


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", "identity"),
        ("identity", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, br", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0, *", "identity"),
        ("*;q=0", "identity"),
        ("*", "gzip"),
        ("*;q=0.1", "gzip"),
        ("gzip;q=0.1, *;q=0.5", "gzip"),
        ("deflate, *;q=0.5", "gzip"),
        ("br;q=0.3, *;q=0.5", "gzip"),
        ("br;q=0.5, *;q=0.3", "br"),
        ("zstd, *", "zstd"),
        ("br;q=0, *", "gzip"),
        ("gzip;q=0, br;q=0.1, *", "br"),
        ("identity;q=0, *", "gzip"),
        ("identity, *;q=0.5", "identity"),
        ("identity;q=1, gzip;q=0.5", "identity"),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("GZIP", "gzip"),
        ("x-unknown", "identity"),
    ],
)
def test_the_coding_that_is_preferred_is_chosen_and_a_refused_one_never(header: str, chosen: str) -> None:
    assert negotiation.encoding(header.encode()) == chosen


@given(st.binary(max_size=200))
def test_any_header_is_answered(header: bytes) -> None:
    assert negotiation.media_type(header, OFFERED) in (*OFFERED, None)
    assert negotiation.language(header) in ("en", "ja")
    assert negotiation.encoding(header) in ("zstd", "br", "gzip", "identity")

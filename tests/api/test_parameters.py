from typing import Annotated
from urllib.parse import quote, quote_plus, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from app.http import problems, query_string


class Example(query_string.QueryModel):
    one: Annotated[int, Field(ge=0, le=9), query_string.INTEGER] = 5
    many: tuple[str, ...] = ()
    text: str | None = None


def parse(raw: str) -> Example:
    return query_string.parse(raw.encode(), Example)


def codes(raw: bytes) -> list[tuple[str, str]]:
    with pytest.raises(problems.InvalidParameters) as refused:
        query_string.parse(raw, Example)
    return [(flaw.parameter, flaw.code) for flaw in refused.value.flaws]


def test_what_is_left_out_has_its_default() -> None:
    assert parse("") == Example()
    assert parse("").canonical == {}


@pytest.mark.parametrize("raw", ["many=a,b&many=c", "many=a&many=b&many=c", "many=a%2Cb,c", "%6dany=a,b,c"])
def test_commas_and_repetition_are_the_same(raw: str) -> None:
    assert parse(raw).many == ("a", "b", "c")


def test_plus_and_percent_20_are_spaces() -> None:
    assert parse("text=a+b%20c%2Bd").text == "a b c+d"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"two=1", [("two", "unknown")]),
        (b"one=1&one=1", [("one", "duplicate")]),
        (b"one=", [("one", "empty")]),
        (b"many=a,,b", [("many", "empty")]),
        (b"one=x", [("one", "not-an-integer")]),
        (b"one=10", [("one", "out-of-range")]),
        (b"text=%8", [("text", "encoding")]),
        (b"text=\xff", [("text", "encoding")]),
        (b"text=\x88\xe3\x97\xc3", [("text", "encoding")]),
        (b"&one=1", [("", "nameless")]),
        (b"one=1&", [("", "nameless")]),
        (b"one=x&two=1&many=", [("two", "unknown"), ("many", "empty"), ("one", "not-an-integer")]),
    ],
)
def test_every_flaw_is_named(raw: bytes, expected: list[tuple[str, str]]) -> None:
    assert codes(raw) == expected


@given(st.text(min_size=1), st.sampled_from([quote, quote_plus]))
def test_any_text_comes_through_however_it_is_encoded(text: str, encode: object) -> None:
    assert callable(encode)
    assert parse(f"text={encode(text, safe='')}").text == text


@given(st.binary(max_size=60))
def test_any_bytes_are_parameters_or_a_named_flaw(raw: bytes) -> None:
    try:
        query = query_string.parse(raw, Example)
    except problems.InvalidParameters:
        assert all(parameter.isprintable() for parameter, _ in codes(raw))
    else:
        names = {unquote_to_bytes(part.partition(b"=")[0]) for part in raw.split(b"&")} if raw else set()
        assert {name.encode() for name in query.model_fields_set} == names


def test_of_thousands_of_flaws_twenty_are_told() -> None:
    assert len(codes(b"&".join(b"p%d=1" % index for index in range(3000)))) == 20

"""Texts that break programs, byte by byte over the wire, on both databases: each is found, not found, or refused."""

import random
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.routers.regions.parameters import RegionQuery
from tests.support import filters, nasty
from tests.support.oracle import Oracle, folded, searched, terms_of
from tests.support.raw import Wire

EVERY_PARAMETER = [*RegionQuery.model_fields]
LITERAL = [name for name in EVERY_PARAMETER if name != "q"]


@pytest.fixture(scope="module")
def oracle(client: httpx.Client) -> Oracle:
    return Oracle(client.get("/v1/regions").json()["items"])


def search(wire: Wire, oracle: Oracle, raw: bytes, q: str) -> None:
    """Assert that a search finds what the contract says of `q`, which `raw` writes."""
    terms = terms_of(q)
    answer = wire.ask(b"/v1/regions?fields=number&q=" + raw)
    if len(raw) > 8100:
        assert answer.status == 414
    elif len(q) > 100 or not terms or sum(map(len, terms)) > 300:
        assert (answer.status, answer.wrong()) == (422, {"q"})
    else:
        document = answer.json()
        assert [item["number"] for item in document["items"]] == oracle.numbers({"q": [*terms]})
        assert document["query"]["terms"] == [*terms.values()]
        assert terms_of(document["query"]["q"]) == terms


@pytest.mark.parametrize("name", EVERY_PARAMETER)
def test_bytes_that_are_not_utf8_are_refused_by_the_name_of_the_parameter(wire: Wire, name: str) -> None:
    for raw in nasty.NOT_UTF8.values():
        for written in {nasty.escaped(raw), raw} if min(raw) > 0x20 else {nasty.escaped(raw)}:
            answer = wire.ask(b"/v1/regions?%b=%b" % (name.encode(), written), allowed={422})
            assert [(error["parameter"], error["code"]) for error in answer.json()["errors"]] == [(name, "encoding")]


@pytest.mark.parametrize("name", EVERY_PARAMETER)
def test_a_percent_sign_without_two_digits_is_refused_by_the_name_of_the_parameter(wire: Wire, name: str) -> None:
    for raw in nasty.BROKEN_PERCENT:
        answer = wire.ask(b"/v1/regions?%b=%b" % (name.encode(), raw), allowed={422})
        assert [(error["parameter"], error["code"]) for error in answer.json()["errors"]] == [(name, "encoding")]


@given(name=st.sampled_from(EVERY_PARAMETER), raw=nasty.not_utf8.map(nasty.escaped) | nasty.broken_percent)
def test_whatever_is_no_text_is_refused_wherever_it_stands(wire: Wire, name: str, raw: bytes) -> None:
    assert name in wire.ask(b"/v1/regions?%b=%b" % (name.encode(), raw), allowed={422}).wrong()
    wire.ask(b"/v1/regions?%b=1" % raw, allowed={422})
    wire.ask(b"/v1/programs/%b" % raw, allowed={404})


@pytest.mark.slow
@pytest.mark.parametrize(
    "where", ["/v1/%b", "/v1/regions/%b", "/v1/programs/%b", "/v1/subcategories/%b", "/problems/%b"]
)
def test_nothing_is_found_at_a_path_of_nasty_bytes(wire: Wire, where: str) -> None:
    texts = [nasty.escaped(text.encode()) for text in nasty.TEXTS if len(text) < 500]
    for raw in [*map(nasty.escaped, nasty.NOT_UTF8.values()), *nasty.BROKEN_PERCENT, *texts]:
        wire.ask(where.encode() % raw, allowed={404})


@pytest.mark.parametrize("text", nasty.TEXTS, ids=lambda text: ascii(text)[:30])
def test_a_search_for_anything_finds_what_a_scan_finds(wire: Wire, oracle: Oracle, text: str) -> None:
    for raw in nasty.encodings(text):
        search(wire, oracle, raw, text)


@given(text=nasty.texts, data=st.data())
def test_a_search_for_any_generated_text_finds_what_a_scan_finds(
    wire: Wire, oracle: Oracle, text: str, data: st.DataObject
) -> None:
    search(wire, oracle, data.draw(st.sampled_from(nasty.encodings(text))), text)


@pytest.mark.slow
@pytest.mark.parametrize("name", LITERAL)
def test_no_nasty_text_is_the_value_of_another_parameter(wire: Wire, name: str) -> None:
    """Nor does the answer repeat it raw: `judge` wants every character printable."""
    right = {"0"} if name == "offset" else {filters.written(value) for value in filters.VALUES.get(name, ())}
    for text in nasty.TEXTS:
        value = nasty.escaped(text.encode())
        if len(value) < 8000 and text not in right:
            assert name in wire.ask(b"/v1/regions?%b=%b" % (name.encode(), value), allowed={422}).wrong()


NOISE = [
    "%",
    "_",
    "'",
    '"',
    "\\",
    "*",
    "<",
    ">",
    "&",
    "\0",
    "\u200b",
    "\u202e",
    "\ufeff",
    "・",
    "-",
    "\u00ad",
    "$",
    "{{",
    "☃",
]


def test_noise_between_the_letters_of_a_piece_changes_nothing(wire: Wire, oracle: Oracle) -> None:
    choose = random.Random(17)
    for _ in range(150):
        text = choose.choice(searched(choose.choice([*oracle.regions.values()])))[1]
        start = choose.randrange(len(text))
        piece = "".join(text[start : start + choose.randint(1, 4)].split())
        if terms := [term for term in [folded(piece)] if term]:
            noisy = "".join(character + choose.choice(NOISE) for character in piece)
            if (read := terms_of(noisy)) is None or [*read] != terms:
                continue  # a dash after kana, a text in quotes
            items = wire.ask(b"/v1/regions?q=" + nasty.escaped(noisy.encode()), allowed={200}).json()["items"]
            assert [item["number"] for item in items] == oracle.numbers({"q": terms}), noisy


def test_the_echo_of_a_nasty_search_is_data_and_never_markup(wire: Wire) -> None:
    for text in nasty.SYNTAX:
        if terms := terms_of(text):
            answer = wire.ask(b"/v1/regions?q=" + nasty.escaped(text.encode()), [(b"accept", b"text/html, */*;q=0.1")])
            assert answer.header("content-type") == "application/json"
            echoed: dict[str, Any] = answer.json()["query"]
            assert echoed["terms"] == [*terms.values()]

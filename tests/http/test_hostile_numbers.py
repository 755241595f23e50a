"""Numbers as nobody should write them, byte by byte over the wire, on both databases."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import nasty
from tests.support.oracle import Oracle
from tests.support.raw import Wire
from tests.unit.test_eras import YEARS, notations

INTEGERS = {"limit": (1, 100), "offset": (0, 10_000), "number": (1, 999_999_999)}
YEAR_NAMES = ("fiscal_year", "fiscal_year_from", "fiscal_year_to")


@pytest.fixture(scope="module")
def oracle(client: httpx.Client) -> Oracle:
    return Oracle(client.get("/v1/regions").json()["items"])


def refused(wire: Wire, name: str, value: str) -> None:
    target = b"/v1/regions?%b=%b" % (name.encode(), nasty.escaped(value.encode()))
    assert wire.ask(target, allowed={422}).wrong() == {name}


@pytest.mark.parametrize("name", INTEGERS)
def test_what_a_lax_parser_takes_for_an_integer_is_refused(wire: Wire, name: str) -> None:
    for value in nasty.NO_INTEGER:
        refused(wire, name, value)


@pytest.mark.parametrize("name", INTEGERS)
def test_integers_beyond_every_machine_word_are_out_of_range_and_no_failure(wire: Wire, name: str) -> None:
    for value in nasty.HUGE:
        for written in (value, f"-{value}", nasty.wide(value))[: 3 if len(value) < 1000 else 1]:
            target = f"/v1/regions?{name}=".encode() + (
                value.encode() if written is value else nasty.escaped(written.encode())
            )
            (error,) = wire.ask(target, allowed={422}).json()["errors"]
            assert (error["parameter"], error["code"]) == (name, "out-of-range")


@pytest.mark.parametrize(("name", "bounds"), INTEGERS.items())
def test_each_bound_is_taken_and_one_past_it_is_refused(wire: Wire, name: str, bounds: tuple[int, int]) -> None:
    least, most = bounds
    for value in (least, most):
        for written in (str(value), nasty.wide(str(value))):
            target = f"/v1/regions?{name}=".encode() + nasty.escaped(written.encode())
            assert wire.ask(target, allowed={200}).json()["query"][name] in (value, [value], str(value))
    refused(wire, name, str(least - 1))
    refused(wire, name, str(most + 1))


@given(name=st.sampled_from(sorted(INTEGERS)), value=nasty.no_integer)
def test_whatever_is_no_integer_is_refused(wire: Wire, name: str, value: str) -> None:
    refused(wire, name, value)


@given(number=st.integers(-(10**30), 10**30), wide=st.booleans())
def test_an_integer_is_a_number_of_a_region_or_nothing_is_found_or_it_is_out_of_range(
    wire: Wire, number: int, wide: bool
) -> None:
    written = nasty.wide(str(number)) if wide else str(number)
    answer = wire.ask(b"/v1/regions?number=" + nasty.escaped(written.encode()))
    assert answer.status == (200 if 1 <= number <= 999_999_999 else 422)
    if answer.status == 200:
        assert [item["number"] for item in answer.json()["items"]] == [number] * (number <= 29)


@pytest.mark.parametrize(
    "value",
    [*nasty.NO_INTEGER, *nasty.HUGE[:-1], "0", "-7", "07", "７", "30", "7e0"],
    ids=lambda value: ascii(value)[:20],
)
def test_a_path_ends_in_a_number_of_the_list_or_nothing_is_there(wire: Wire, value: str) -> None:
    for target in (b"/v1/regions/%b", b"/v1/regions/%b.json"):
        wire.ask(target % nasty.escaped(value.encode()), allowed={404})


@pytest.mark.parametrize("digits", [b"9" * 5000, b"1" + b"0" * 4999, b"0" * 5000], ids=lambda value: value[:2])
def test_five_thousand_digits_are_no_fiscal_year_and_no_region(wire: Wire, digits: bytes) -> None:
    for name in YEAR_NAMES:
        for sign in (b"", b"-"):
            target = b"/v1/regions?%b=%b%b" % (name.encode(), sign, digits)
            assert wire.ask(target, allowed={422}).wrong() == {name}
    wire.ask(b"/v1/regions/" + digits, allowed={404})
    wire.ask(b"/v1/regions/%b.json" % digits, allowed={404})


@pytest.mark.parametrize("name", YEAR_NAMES)
def test_what_is_no_fiscal_year_is_refused_over_the_wire(wire: Wire, name: str) -> None:
    for value in (
        "1885",
        "2200",
        "0",
        "-2009",
        "20O9",
        "平成40",
        "昭和64",
        "09",
        "2009年",
        "H0",
        *nasty.NO_INTEGER,
    ):
        refused(wire, name, value)


@given(data=st.data())
def test_a_span_keeps_the_regions_that_it_overlaps_in_every_notation(
    wire: Wire, oracle: Oracle, data: st.DataObject
) -> None:
    """Equal ends, inverted ones, one end only."""
    near = st.sampled_from([*range(2004, 2016), YEARS[0], YEARS[-1], 1989, 2019])
    meaning = data.draw(st.dictionaries(st.sampled_from(YEAR_NAMES[1:]), near, min_size=1))
    written = {name: data.draw(st.sampled_from(notations(year))) for name, year in meaning.items()}
    pairs = [name.encode() + b"=" + nasty.escaped(text.encode()) for name, text in written.items()]
    answer = wire.ask(b"/v1/regions?" + b"&".join(pairs))
    if meaning.get("fiscal_year_from", 0) > meaning.get("fiscal_year_to", 9999):
        assert (answer.status, answer.wrong()) == (422, {"fiscal_year_from"})
    else:
        assert [item["number"] for item in answer.json()["items"]] == oracle.numbers(meaning)

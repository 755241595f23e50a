import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.japanese import fiscal_years

YEARS = range(1886, 2200)
FIRST_DAYS = {
    "明治": date(1868, 1, 25),
    "大正": date(1912, 7, 30),
    "昭和": date(1926, 12, 25),
    "平成": date(1989, 1, 8),
    "令和": date(2019, 5, 1),
}
LETTERS = {"明治": "M", "大正": "T", "昭和": "S", "平成": "H", "令和": "R"}
KANJI = dict(enumerate("一二三四五六七八九", 1))


def kanji(number: int) -> str:
    """1 to 199 as they are written out."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    return (
        ("百" if hundreds else "")
        + ("" if not tens else "十" if tens == 1 else KANJI[tens] + "十")
        + (KANJI[ones] if ones else "")
    )


def era_of(day: date) -> tuple[str, int]:
    name = max((name for name, first in FIRST_DAYS.items() if first <= day), key=lambda name: FIRST_DAYS[name])
    return name, day.year - FIRST_DAYS[name].year + 1


def era_years() -> dict[tuple[str, int], int]:
    """Return the fiscal year of each era year, by looking at every day from April to December of every year."""
    found: dict[tuple[str, int], int] = {}
    for year in YEARS:
        day = date(year, 4, 1)
        while day.year == year:
            found[era_of(day)] = year
            day += timedelta(days=1)
    return found


ERA_YEARS = era_years()


def notations(year: int) -> list[str]:
    """Every way of the contract to write a fiscal year."""
    written = [f"{year}", f"FY{year}", f"{year}年度"]
    for (name, number), named in ERA_YEARS.items():
        if named == year:
            numbers = [str(number), kanji(number)] + (["元"] if number == 1 else [])
            written += [f"{name}{each}" for each in numbers] + [f"{name}{each}年度" for each in numbers]
            written.append(f"{LETTERS[name]}{number}")
    return written


def wide(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


def test_every_notation_of_every_year_is_understood_in_any_width_and_case() -> None:
    for year in YEARS:
        for written in notations(year):
            for form in {written, written.lower(), wide(written), wide(written.lower())}:
                assert fiscal_years.parse(form) == year, form


def test_era_years_that_never_were_are_refused() -> None:
    for name, number in itertools.product(FIRST_DAYS, range(1, 200)):
        if (name, number) not in ERA_YEARS:
            for written in (f"{name}{number}", f"{LETTERS[name]}{number}", f"{name}{kanji(number)}年度"):
                with pytest.raises(fiscal_years.NoFiscalYear):
                    fiscal_years.parse(written)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("平成40", "year-never-was"),
        ("昭和64", "year-never-was"),
        ("S64", "year-never-was"),
        ("大正16", "year-never-was"),
        ("1885", "year-out-of-range"),
        ("2200", "year-out-of-range"),
        ("明治18", "year-out-of-range"),
        ("令和182", "year-out-of-range"),
        ("09", "year-two-digits"),
        ("21", "year-two-digits"),
        ("2009年", "year-calendar"),
        ("平成21年", "year-calendar"),
        ("H21年", "year-calendar"),
        ("平成40年", "year-never-was"),
        ("昭和64年", "year-never-was"),
        ("1885年", "year-out-of-range"),
        ("2009年2011年", "year-malformed"),
        ("平成21年-平成23年", "year-malformed"),
        ("21年", "year-malformed"),
        ("H0", "year-malformed"),
        ("H01", "year-malformed"),
        ("H", "year-malformed"),
        ("平成〇", "year-malformed"),
        ("平成二一", "year-malformed"),
        ("平成一十", "year-malformed"),
        ("FY21", "year-malformed"),
        ("FY2009年度", "year-malformed"),
        ("2009度", "year-malformed"),
        ("２００９年", "year-calendar"),
        ("٢٠٠٩", "year-malformed"),
        ("２００⑨", "year-malformed"),
        (" 2009", "year-malformed"),
        ("2009\n", "year-malformed"),
        ("2_009", "year-malformed"),
        ("+2009", "year-malformed"),
        ("2009.0", "year-malformed"),
        ("-2009", "year-malformed"),
        ("X21", "year-malformed"),
        ("9" * 5000, "year-malformed"),
        ("H" + "9" * 5000, "year-malformed"),
    ],
)
def test_what_is_no_fiscal_year_is_refused_with_its_reason(written: str, reason: str) -> None:
    with pytest.raises(fiscal_years.NoFiscalYear) as refused:
        fiscal_years.parse(written)
    assert refused.value.reason == reason


@given(st.text(alphabet="明治大正昭和平成令和元年度一二十百0123456789０９FYfyHhRrSsTtMm㍻ 〇-.年", max_size=8))
def test_any_text_is_a_year_in_bounds_or_refused(text: str) -> None:
    try:
        year = fiscal_years.parse(text)
    except fiscal_years.NoFiscalYear:
        return
    assert year in YEARS


def test_the_labels_of_a_year_are_notations_of_it() -> None:
    for year in YEARS:
        assert fiscal_years.label(year) in notations(year)
        assert fiscal_years.era(year) in notations(year)
    assert (fiscal_years.label(2019), fiscal_years.era(2019)) == ("R1", "令和元年度")
    assert (fiscal_years.label(2007), fiscal_years.era(2007)) == ("H19", "平成19年度")


def test_a_fiscal_year_runs_from_april_to_march() -> None:
    assert (fiscal_years.start(2007), fiscal_years.end(2007)) == (date(2007, 4, 1), date(2008, 3, 31))

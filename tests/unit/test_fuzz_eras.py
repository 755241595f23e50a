"""The era grammar against a brute-force oracle over 1886 to 2199 in every notation, and against random text."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from app.japanese import fiscal_years
from tests.support import nasty
from tests.unit.test_eras import ERA_YEARS, FIRST_DAYS, LETTERS, YEARS, kanji, notations, wide

SQUARES = {"㍾": "明治", "㍽": "大正", "㍼": "昭和", "㍻": "平成", "㋿": "令和"}
LETTER_ERAS = {letter: name for name, letter in LETTERS.items()}
NUMERALS = (
    {kanji(number): number for number in range(1, 200)} | {"元": 1} | {str(number): number for number in range(1, 400)}
)


def meant(text: str) -> int | None:
    """The year by looking it up, not by parsing: `None` if the text is in no list of what is allowed."""
    for begin, end in (("", ""), ("fy", ""), ("", "年度")):
        middle = text.removeprefix(begin).removesuffix(end) if text.startswith(begin) and text.endswith(end) else ""
        if middle.isascii() and middle.isdecimal() and len(middle) == 4 and begin + middle + end == text:
            return int(middle) if int(middle) in YEARS else None
    for written, name in itertools.chain(
        ((name, name) for name in FIRST_DAYS),
        SQUARES.items(),
        ((letter.lower(), LETTER_ERAS[letter]) for letter in LETTER_ERAS),
    ):
        if text.startswith(written) and (number := NUMERALS.get(text[len(written) :].removesuffix("年度"))):
            return ERA_YEARS.get((name, number))
    return None


def parsed(text: str) -> int | None:
    try:
        return fiscal_years.parse(text)
    except fiscal_years.NoFiscalYear:
        return None


def normal(text: str) -> str:
    """Return the text in any width or case as that of ASCII."""
    narrow = "".join(chr(ord(character) - 0xFEE0) if "！" <= character <= "～" else character for character in text)
    return "".join(character.lower() if character.isascii() else character for character in narrow)


def test_the_oracle_knows_every_notation_of_every_year() -> None:
    assert {(year, meant(normal(text))) for year in YEARS for text in notations(year)} == {
        (year, year) for year in YEARS
    }


def test_every_combination_of_an_era_and_a_number_is_what_a_lookup_says() -> None:
    names = [
        *FIRST_DAYS,
        *SQUARES,
        *LETTER_ERAS,
        *(letter.lower() for letter in LETTER_ERAS),
        "ſ",
        "K",
        "X",
        "西暦",
        "平",
        "FY",
        "",
    ]
    numbers = [
        *NUMERALS,
        "0",
        "00",
        "01",
        "〇",
        "１",
        "①",
        "Ⅰ",
        "一〇",
        "二一",
        "十百",
        "百百",
        "1.0",
        "-1",
        " 1",
        "1 ",
        "₁",
        "٣",
    ]
    for name, number, end in itertools.product(names, numbers, ("", "年度", "年", "度", " 年度")):
        text = name + number + end
        assert parsed(text) == meant(normal(text)), text


@given(
    text=st.text("明治大正昭和平成令和元年度一二三九十百0129０９FYfyHhRrSsTtMm㍻㋿ſſK〇①-.", max_size=9)
    | nasty.texts
    | nasty.no_integer
)
def test_any_text_is_the_year_that_a_lookup_finds_or_refused(text: str) -> None:
    assert parsed(text) == meant(normal(text))


@given(year=st.sampled_from(YEARS), data=st.data())
def test_a_notation_with_one_slip_is_what_a_lookup_says(year: int, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([form(each) for each in notations(year) for form in (str, str.lower, wide)]))
    position = data.draw(st.integers(0, len(text)))
    slip = data.draw(st.sampled_from([*"0123456789年度元十百一二 FYHSRTM平成令和ſ", "", "\u0301", "\u200b", "\n"]))
    for slipped in (text[:position] + slip + text[position:], text[:position] + slip + text[position + 1 :]):
        assert parsed(slipped) == meant(normal(slipped)), slipped

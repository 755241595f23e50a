"""Read and write Japanese fiscal years: 1 April to 31 March, named after their April.

A fiscal year is written in western years (`2009`, `FY2009`, `2009年度`) or in eras (`H21`, `平成21`, `平成21年度`,
`平成二十一年度`, `令和元年度`). Year *n* of an era stands for the fiscal year of the same calendar year if any day
of that era year lies in its April to December: FY2019 is 平成31 and 令和元, but there is no 昭和64, which lasted
from 1 to 7 January 1989.

Source of the eras' first days: the Cabinet's and the Imperial edicts on the change of era (改元).
"""

import re
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from app.japanese.folding import narrow

FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR = 1886, 2199
"""The first year that ran from April to March, and a bound that is far enough to catch a mistyped year."""

FORMS = ("2009", "FY2009", "2009年度", "H21", "平成21", "平成21年度", "平成二十一年度", "令和元年度", "R1")


class Era(NamedTuple):
    name: str
    letter: str
    square: str
    first_day: date

    @property
    def first_year(self) -> int:
        return self.first_day.year


ERAS = (
    Era("明治", "m", "㍾", date(1868, 10, 23)),
    Era("大正", "t", "㍽", date(1912, 7, 30)),
    Era("昭和", "s", "㍼", date(1926, 12, 25)),
    Era("平成", "h", "㍻", date(1989, 1, 8)),
    Era("令和", "r", "㋿", date(2019, 5, 1)),
)

_ERA_OF = {written: era for era in ERAS for written in (era.name, era.letter, era.square)}
_ENDS = {era: following.first_day for era, following in pairwise(ERAS)}
"""The day on which the next era began."""

_WESTERN = re.compile(r"(?:fy)?([0-9]{4})|([0-9]{4})年度")
_IN_ERA = re.compile(rf"({'|'.join(_ERA_OF)})([1-9][0-9]{{0,2}}|元|[一二三四五六七八九十百]{{1,6}})(?:年度)?")
_CALENDAR = re.compile("([^年]+)年")
_KANJI = re.compile(r"(?:([二三四五六七八九]?)(百))?(?:([二三四五六七八九]?)(十))?([一二三四五六七八九]?)")


class NoFiscalYear(ValueError):
    """Raised for what is no fiscal year; `reason` names its sentence in `messages.PARAMETER_DETAILS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse(text: str) -> int:
    """Return the fiscal year that `text` writes, in any width or case; `NoFiscalYear` if it writes none."""
    written = narrow(text).lower()  # `casefold` would read ſ as s
    if western := _WESTERN.fullmatch(written):
        year = int(western[1] or western[2])
    elif in_era := _IN_ERA.fullmatch(written):
        year = _year_of(_ERA_OF[in_era[1]], _number(in_era[2]))
    else:
        raise NoFiscalYear(_reason(written))
    if not FIRST_FISCAL_YEAR <= year <= LAST_FISCAL_YEAR:
        raise NoFiscalYear("year-out-of-range")
    return year


def _reason(written: str) -> str:
    if calendar := _CALENDAR.fullmatch(written):
        try:
            parse(f"{calendar[1]}年度")
        except NoFiscalYear as invalid:
            return invalid.reason
        return "year-calendar"
    if re.fullmatch("[0-9]{2}", written):
        return "year-two-digits"
    return "year-malformed"


def _number(written: str) -> int:
    if written == "元":
        return 1
    if written.isascii():
        return int(written)
    if not (kanji := _KANJI.fullmatch(written)):
        raise NoFiscalYear("year-malformed")
    digit = {"": 1} | {sign: value for value, sign in enumerate("一二三四五六七八九", 1)}
    hundreds = digit[kanji[1]] * 100 if kanji[2] else 0
    tens = digit[kanji[3]] * 10 if kanji[4] else 0
    return hundreds + tens + (digit[kanji[5]] if kanji[5] else 0)


def _year_of(era: Era, number: int) -> int:
    year = era.first_year + number - 1
    if year > LAST_FISCAL_YEAR:
        raise NoFiscalYear("year-out-of-range")
    if not _names(era, year):
        raise NoFiscalYear("year-never-was")
    return year


def _names(era: Era, year: int) -> bool:
    """Return whether a day of April to December of that year lay in that era."""
    return era.first_day <= date(year, 12, 31) and _ENDS.get(era, date.max) > date(year, 4, 1)


def _era(year: int) -> tuple[Era, str]:
    """Return the newest era that names the year: FY2019 is 令和元, as the government calls it."""
    era = next(era for era in reversed(ERAS) if _names(era, year))
    return era, str(year - era.first_year + 1)


def label(year: int) -> str:
    """Return the short notation: `H21` for 2009."""
    era, number = _era(year)
    return f"{era.letter.upper()}{number}"


def era(year: int) -> str:
    """Return the long notation: `平成21年度` for 2009."""
    named, number = _era(year)
    return f"{named.name}{'元' if number == '1' else number}年度"


def start(year: int) -> date:
    return date(year, 4, 1)


def end(year: int) -> date:
    return date(year + 1, 3, 31)

"""Suggest what a text means that is no fiscal year: a year with a sign too many, a span, a date."""

import re
from contextlib import suppress

from app.japanese import fiscal_years
from app.japanese.folding import DASHES, narrow

_BETWEEN = rf"(?:[{re.escape(''.join(sorted(DASHES)))}~〜:/]|\.\.+|から|to)"
_SPAN = re.compile(rf"(.+?){_BETWEEN}(.+?)(?:まで)?")
_SINCE = re.compile(rf"(.+?)(?:{_BETWEEN}|以降|以後)")
_UNTIL = re.compile(rf"{_BETWEEN}(.+?)(?:まで)?|(.+?)(?:まで|以前)")
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})(?:[-/.月][0-9]{1,2}日?|月)?")
_ERA = re.compile(r"[^0-9元一二三四五六七八九十百]+")


def meant(text: str) -> str | tuple[int | None, int | None] | None:
    """Return a fiscal year as it should have been written, or the first and the last year of a span, if it has one."""
    written = "".join(narrow(text).split())
    if single := _mended(written):
        return single
    if date := _DATE.fullmatch(written):
        year, month = int(date[1]), int(date[2])
        return _mended(str(year - (month < 4))) if 1 <= month <= 12 else None
    if span := _SPAN.fullmatch(written.lower()):
        era = _ERA.match(span[1])
        first, last = _mended(span[1]), _mended(span[2]) or _mended((era[0] if era else "") + span[2])
        if first and last and (years := (fiscal_years.parse(first), fiscal_years.parse(last)))[0] <= years[1]:
            return years
    if (since := _SINCE.fullmatch(written.lower())) and (first := _mended(since[1])):
        return fiscal_years.parse(first), None
    if (until := _UNTIL.fullmatch(written.lower())) and (last := _mended(until[1] or until[2])):
        return None, fiscal_years.parse(last)
    return None


def _mended(written: str) -> str | None:
    """Return the text, or the text with the 度 that a calendar year lacks, if that writes a fiscal year."""
    for each in (written, f"{written}度"):
        with suppress(fiscal_years.NoFiscalYear):
            fiscal_years.parse(each)
            return each
    return None

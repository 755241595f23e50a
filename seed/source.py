"""Parse the list as it is printed, strictly: whatever does not fit is a `SourceError` with its line number.

Two blank lines, the heading, then for each programme its name, its purpose and its rows; a note may stand after the
rows of a programme. Exactly one blank line between all of these, none between rows, no newline at the end.
A row is `[label] TAB number TAB name (Hnn-Hnn) TAB Pnn TAB text`; the label is carried down.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from app.japanese import fiscal_years


class SourceError(Exception):
    """Something in a source file is wrong: the place, what is found there, and what is expected instead."""

    def __init__(self, where: str, found: str, expected: str) -> None:
        super().__init__(f"{where}: found {found[:200]!r}, expected {expected}")


class Heading(NamedTuple):
    text: str


class Program(NamedTuple):
    name: str
    purpose: str


class Note(NamedTuple):
    text: str


class Subcategory(NamedTuple):
    label: str
    name: str
    program: str


class Row(NamedTuple):
    """A region as printed; `row` counts from 1, `text` is title and theme together."""

    row: int
    number: int
    name: str
    fiscal_years_label: str
    fiscal_year_start: int
    fiscal_year_end: int
    page_label: str
    page: int
    text: str
    subcategory: Subcategory


Item = Heading | Program | Note | Subcategory | Row

_NAME = re.compile(r"(?P<name>\S(?:.*\S)?) \((?P<span>(?P<start>[A-Z][0-9]+)-(?P<end>[A-Z][0-9]+))\)")


def read(path: Path) -> Iterator[Item]:
    """Yield the parts of the list in their order, line by line: memory does not grow with the list."""
    texts: list[tuple[int, str]] = []
    program: Program | None = None
    subcategory: Subcategory | None = None
    labels: set[str] = set()
    heading = noted = False
    row_count, last_number, line_number = 0, 0, 0
    for line_number, line in _lines(path):
        if not heading:
            if "\t" in line:
                raise SourceError(f"line {line_number}", line, "the heading")
            heading = True
            yield Heading(line)
            continue
        if "\t" not in line:
            texts.append((line_number, line))
            continue
        if texts or program is None:
            if len(texts) > 2 and program and not noted:
                noted = True
                yield Note(texts.pop(0)[1])
            if len(texts) != 2:
                where = texts[0] if texts else (line_number, line)
                raise SourceError(f"line {where[0]}", where[1], "the name of a programme, its purpose, then its rows")
            program, subcategory = Program(texts[0][1], texts[1][1]), None
            texts.clear()
            yield program
        row_count += 1
        label, *fields = line.split("\t")
        if label:
            subcategory = _subcategory(line_number, label, program, labels)
            yield subcategory
        if subcategory is None:
            raise SourceError(f"line {line_number}", line, "a subcategory label in the first row of a programme")
        row = _row(line_number, row_count, fields, subcategory)
        if row.number <= last_number:
            raise SourceError(f"line {line_number}", str(row.number), f"a number above {last_number}")
        last_number = row.number
        yield row
    if len(texts) > 1 or (texts and (noted or program is None)) or program is None:
        where = texts[-1] if texts else (line_number, "the end of the file")
        raise SourceError(f"line {where[0]}", where[1], "rows after the name and the purpose of a programme")
    yield from (Note(text) for _, text in texts)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, with their numbers. `SourceError` if blank lines are missing or too many."""
    blanks, before, number = 0, "", 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            line = _text(number, raw.removesuffix(b"\n"))
            if not line:
                blanks += 1
            else:
                expected = 2 if not before else 0 if "\t" in before and "\t" in line else 1
                if blanks != expected:
                    raise SourceError(f"line {number}", f"{blanks} blank lines before it", f"{expected}")
                yield number, line
                before, blanks = line, 0
            last = "" if raw.endswith(b"\n") else line
    if not before:
        raise SourceError(f"line {number + 1}", "the end of the file", "two blank lines, then the heading")
    if not last:
        raise SourceError(f"line {number}", "a newline at its end", "none at the end of the last line")


def _text(number: int, raw: bytes) -> str:
    try:
        line = raw.decode()
    except UnicodeDecodeError as error:
        raise SourceError(f"line {number}", raw[error.start : error.end].hex(" ").upper(), "UTF-8") from None
    for part in line.split("\t"):
        if fault := find_fault(part):
            raise SourceError(f"line {number}", *fault)
    return line


def find_fault(text: str) -> tuple[str, str] | None:
    """Return what is found and what is expected instead if a text must not be published like this, else `None`."""
    if not unicodedata.is_normalized("NFC", text):
        return text, "Unicode in normal form C"
    if not _HARMLESS.issuperset(text):
        for character in text:
            if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"):
                return character, "no control or format characters"
        _HARMLESS.update(text)
    if text != text.strip():
        return text, "no space at the beginning or end"
    if text.startswith(FORMULAS):
        return text, f"no {text[0]} at the beginning, which makes it a formula to a spreadsheet"
    return None


FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""First characters of a text that spreadsheets run as a formula when they open a CSV, full-width ones in Japanese."""

_HARMLESS: set[str] = set()
"""Characters whose category was found to be allowed; looked up once each."""


def _subcategory(line_number: int, label: str, program: Program, labels: set[str]) -> Subcategory:
    label_form = re.fullmatch(re.escape(program.name) + r" \((.+)\)", label)
    if label_form is None or label in labels:
        expected = f"a label that has not been before, of the form “{program.name} (…)”"
        raise SourceError(f"line {line_number}", label, expected)
    if fault := find_fault(label_form[1]):  # it is published alone, too
        raise SourceError(f"line {line_number}", *fault)
    labels.add(label)
    return Subcategory(label, label_form[1], program.name)


_year = cache(fiscal_years.parse)
"""Cached: a list has hardly more than a hundred different years."""


def _row(line_number: int, row: int, fields: list[str], subcategory: Subcategory) -> Row:
    where = f"line {line_number}"
    if len(fields) != 4:
        raise SourceError(where, "\t".join(fields), f"4 tabs, not {len(fields)}")
    number, name, page, text = fields
    if not re.fullmatch("[1-9][0-9]{0,8}", number):
        raise SourceError(where, number, "the number of a region")
    if not (printed := _NAME.fullmatch(name)):
        raise SourceError(where, name, "a name and its fiscal years: “name (Hnn-Hnn)”")
    try:
        start, end = _year(printed["start"]), _year(printed["end"])
    except fiscal_years.NoFiscalYear:
        raise SourceError(where, printed["span"], "fiscal years that exist") from None
    if start > end:
        raise SourceError(where, printed["span"], "a span that does not end before it begins")
    if not re.fullmatch("P[1-9][0-9]{0,8}", page):
        raise SourceError(where, page, "a page: “Pnn”")
    if not text:
        raise SourceError(where, text, "a theme")
    return Row(row, int(number), printed["name"], printed["span"], start, end, page, int(page[1:]), text, subcategory)

"""Text search: a term occurs in a field when the folded term is a substring of the folded field.

Every term must occur, each in any of the fields that are looked at. The same on SQLite and on PostgreSQL.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from app.folding import fold, fold_with_offsets
from app.tables import RegionTextRow

MAX_TYPED = 100
"""Characters of `q` before folding."""

MAX_FOLDED = 300
"""Characters of all its terms after folding: NFKC can make one character eighteen."""

FieldName = Literal["name", "title", "theme", "annotations"]
FIELDS: tuple[FieldName, ...] = get_args(FieldName)
"""The values of `q_in` and the columns of `region_texts`, the strongest for `relevance` first."""


class Term(NamedTuple):
    typed: str
    folded: str


def split(q: str) -> tuple[Term, ...]:
    """The terms of `q`, without those that fold to nothing and without a second one that folds to the same."""
    terms: dict[str, Term] = {}
    for typed in q.split():
        if folded := fold(typed):
            terms.setdefault(folded, Term(typed, folded))
    return tuple(terms.values())


# --- the condition ----------------------------------------------------------------------------------------


class _position(FunctionElement[int]):  # noqa: N801  # named like the SQL function it is
    """Where a text holds a term, counted from 1; 0 if nowhere. LIKE would differ in case between databases."""

    inherit_cache = True
    type = Integer()


@compiles(_position, "sqlite")
def _sqlite(element: _position, compiler: SQLCompiler, **kw: Any) -> str:
    return f"instr({compiler.process(element.clauses, **kw)})"


@compiles(_position, "postgresql")
def _postgresql(element: _position, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **kw)})"


def values(terms: Sequence[Term]) -> dict[str, str]:
    """What the parameters of `matches` and `rank` stand for."""
    return {f"term_{index}": term.folded for index, term in enumerate(terms)}


def matches(term_count: int, fields: Sequence[FieldName]) -> ColumnElement[bool]:
    """Texts in which every term occurs."""
    return and_(*(or_(*_occurs(index, fields)) for index in range(term_count)))


def rank(term_count: int, fields: Sequence[FieldName]) -> ColumnElement[int]:
    """The place, in `FIELDS`, of the weakest field that is needed to find every term: less is better."""
    looked_at = [field for field in FIELDS if field in fields]
    reached = (looked_at[: count + 1] for count in range(len(looked_at)))
    return case(*((matches(term_count, upto), FIELDS.index(upto[-1])) for upto in reached), else_=len(FIELDS))


def _occurs(index: int, fields: Sequence[FieldName]) -> Iterator[ColumnElement[bool]]:
    for field in fields:
        yield _position(col(getattr(RegionTextRow, field)), bindparam(f"term_{index}")) > 0


# --- the texts --------------------------------------------------------------------------------------------


def texts(region: dict[str, Any]) -> Iterator[tuple[FieldName, str, str]]:
    """Every text of a published region that is searched: field, dotted path, text, in the order of the record.

    Of the annotations all that is written for people to read; ids, codes and URLs are not.
    """
    for field in ("name", "title", "theme"):
        if region[field] is not None:
            yield field, field, region[field]
    annotations = region["annotations"]
    for key in ("name_kana", "name_romaji", "name_en", "title_kana", "title_en"):
        if annotations[key] is not None:
            yield "annotations", f"annotations.{key}", annotations[key]
    for index, prefecture in enumerate(annotations["prefectures"]):
        for key in ("name", "name_en"):
            yield "annotations", f"annotations.prefectures.{index}.{key}", prefecture[key]
    if annotations["local_governments"] is not None:
        yield "annotations", "annotations.local_governments", annotations["local_governments"]
    for index, research_field in enumerate(annotations["research_fields"] or ()):
        yield "annotations", f"annotations.research_fields.{index}", research_field
    for index, correction in enumerate(annotations["corrections"]):
        for key in ("printed", "likely", "corrected"):
            yield "annotations", f"annotations.corrections.{index}.{key}", correction[key]


def marks(region: dict[str, Any], terms: Sequence[Term], fields: Sequence[FieldName]) -> list[dict[str, str | int]]:
    """Every occurrence of every term, in the order of the texts and of the positions in them."""
    found: list[dict[str, str | int]] = []
    for field, path, text in texts(region):
        if field in fields:
            spans = sorted((*span, term.typed) for term in terms for span in occurrences(text, term))
            found.extend({"field": path, "start": start, "end": end, "term": typed} for start, end, typed in spans)
    return found


def occurrences(text: str, term: Term) -> list[tuple[int, int]]:
    """Start and end of every occurrence in the published text, in code points; they may overlap."""
    folded = fold_with_offsets(text)
    found: dict[tuple[int, int], None] = {}
    position = folded.text.find(term.folded)
    while position >= 0:
        found[folded.starts[position], folded.ends[position + len(term.folded) - 1]] = None
        position = folded.text.find(term.folded, position + 1)
    return list(found)

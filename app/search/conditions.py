"""Conditions of the text search: a term occurs in a field if the folded term is a substring of the folded field.

Every term must occur, each in any of the fields that `q_in` names. The same on SQLite and on PostgreSQL.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, get_args

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnClause,
    ColumnElement,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    table,
    true,
)

from app.db.sql import ByDialect, ListOf, contains, each
from app.db.tables import REGION_TEXTS
from app.search import bigrams

FieldName = Literal["name", "title", "theme", "annotations"]
FIELDS: tuple[FieldName, ...] = get_args(FieldName)
"""The values of `q_in` and the columns of `region_texts`, the strongest for `relevance` first."""


TERMS = bindparam("q", type_=ListOf(Text()))
"""The folded terms; `NULL` without `q`."""

_FIRST, _OTHERS = bindparam("q_first", type_=Text()), bindparam("q_others", type_=ListOf(Text()))
"""The first term, and the others; `NULL` if none. Most texts lack the first and are not searched for the others."""

_TEXTS = REGION_TEXTS.c
_LOOKED_AT = {field: bindparam(f"q_in_{field}", type_=Boolean()) for field in FIELDS}
"""Whether a field is looked at."""


def _occurs_in(field: FieldName, term: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(_LOOKED_AT[field], contains(_TEXTS[field], term))


def _occurs(term: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(*(_occurs_in(field, term) for field in FIELDS))


def matches(number: ColumnClause[int]) -> ColumnElement[bool]:
    """Return whether every term occurs in the texts of the region with that number, by reading them."""
    missing = exists().where(~_occurs(each(_OTHERS).c.value)).correlate(REGION_TEXTS)
    found = exists().where(_TEXTS.number == number, _occurs(_FIRST), or_(_OTHERS.is_(None), ~missing))
    return found.correlate(number.table)


def rank(number: ColumnClause[int]) -> ColumnElement[int]:
    """Return the place in `FIELDS` of the last field that is needed to find every term: less is better."""
    terms = each(TERMS)
    *strong, _ = enumerate(FIELDS)
    whens: list[tuple[Any, Any]] = [
        (_occurs_in(field, terms.c.value), literal_column(str(place))) for place, field in strong
    ]
    places: ColumnElement[int] = case(*whens, else_=literal_column(str(len(strong)), Integer()))
    weakest = select(func.max(places)).join_from(REGION_TEXTS, terms, true()).where(_TEXTS.number == number)
    return weakest.correlate(number.table).scalar_subquery()


INDEX = table("region_grams", column("rowid", Integer), column("grams", ARRAY(Text)))
"""The search index by number: on SQLite an FTS5 table, on PostgreSQL the bigrams and tokens of each region."""


@cache  # making it takes 2 ms
def indexed(filters: tuple[str, ...]) -> ColumnElement[bool]:
    """Return whether a row of `INDEX` has every term in its texts, and a token of each of the filters that are set.

    FTS5 takes one expression and knows where the bigrams stand. GIN only knows that all are there, so the texts are
    read again (a recheck) unless that is enough. Each filter is a `&&` of its own, which needs tokens even if the
    filter is not set. It then gets those of another filter, or a bigram of `q`: they exclude nothing that is not
    excluded already.
    """
    tokens = (INDEX.c.grams.op("&&")(bindparam(f"index_{name}", type_=ARRAY(Text))) for name in filters)
    has_bigrams = INDEX.c.grams.op("@>")(bindparam("index_bigrams", type_=ARRAY(Text)))
    no_recheck = or_(bindparam("index_no_recheck", type_=Boolean()), matches(INDEX.c.rowid))
    fts5 = literal_column(INDEX.name).op("MATCH")(bindparam("index_match"))
    return ByDialect(sqlite=fts5, postgresql=and_(has_bigrams, *tokens, no_recheck))


def index_values(
    terms: Sequence[str], fields: Sequence[FieldName], tokens: Mapping[str, Sequence[str]], filters: Sequence[str]
) -> dict[str, Any]:
    """Return the values of the parameters of `indexed`; the caller gives at least one term or one filter."""
    found = [bigram for term in terms for bigram in bigrams.of_term(term)]
    of_another = next(iter(tokens.values()), found[:1])  # for filters that are not set; GIN looks equal tokens up once
    # a term of one or two characters is an entry of the index itself
    no_recheck = not terms or (len(fields) == len(FIELDS) and all(len(term) <= 2 for term in terms))
    return {
        "index_match": bigrams.expression(terms, fields, tokens),
        "index_bigrams": found,
        "index_no_recheck": no_recheck,
        **{f"index_{name}": list(tokens.get(name, of_another)) for name in filters},
    }


def values(terms: tuple[str, ...], fields: Sequence[FieldName]) -> dict[str, Any]:
    """Return the values of the parameters of `matches` and `rank`."""
    first, others = (terms[0], terms[1:] or None) if terms else (None, None)
    found = {"q": terms or None, "q_first": first, "q_others": others}
    return found | {f"q_in_{field}": field in fields for field in FIELDS}

"""Test what is suggested for an unknown word, and for a text that writes no fiscal year."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.http import suggestions, synonyms
from app.japanese import fiscal_years, mistyped_years
from app.japanese.folding import fold
from app.routers.regions.parameters import FACETS, SORT_KEYS, RegionQuery
from app.schemas.records import Region
from app.search.conditions import FIELDS

PARAMETERS = tuple(RegionQuery.model_fields)
KNOWN = {*PARAMETERS, *FACETS, *(key.removeprefix("-") for key in SORT_KEYS), "ja", "en", "true", "false"}
KNOWN |= {*FIELDS, *Region.model_fields}


def test_every_synonym_stands_for_something_that_is_known() -> None:
    assert {meaning for meanings in synonyms.SYNONYMS.values() for meaning in meanings} <= KNOWN


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_slip_in_a_name_is_mended(name: str) -> None:
    if len(name) < 5:
        return
    for place in range(1, len(name)):
        slips = (
            name[:place] + name[place + 1 :],
            name[:place] + name[place] + name[place:],
            name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :],
        )
        for slip in slips:
            if fold(slip) in ("fiscalyearo", "fiscalyeart"):  # as near to another name
                assert suggestions.nearest(slip, PARAMETERS) is None
            elif fold(slip) != fold(name):
                assert suggestions.nearest(slip, PARAMETERS) == name, slip


@given(st.text(max_size=45))
def test_a_suggestion_is_a_known_word_or_none(written: str) -> None:
    assert suggestions.nearest(written, PARAMETERS) in (None, *PARAMETERS)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2009年", "2009年度"),
        ("平成21年", "平成21年度"),
        ("２００９年", "2009年度"),
        (" 2009 ", "2009"),
        ("平成 21 年度", "平成21年度"),
        ("FY 2009", "FY2009"),
        ("2009-2011", (2009, 2011)),
        ("2009–2011", (2009, 2011)),
        ("2009..2011", (2009, 2011)),
        ("2009年〜2011年", (2009, 2011)),
        ("H21-H23", (2009, 2011)),
        ("H21~23", (2009, 2011)),
        ("平成21～23年度", (2009, 2011)),
        ("平成二十一年度から平成二十三年度まで", (2009, 2011)),
        ("2009/2011", (2009, 2011)),
        ("2009-04-01", "2009"),
        ("2009-03-31", "2008"),
        ("2010/1/5", "2009"),
        ("2009年3月", "2008"),
        ("2009-10", "2009"),
        ("2009:2011", (2009, 2011)),
        ("2009−2011", (2009, 2011)),
        ("平成21年-平成23年", (2009, 2011)),
        ("2009-", (2009, None)),
        ("H21-", (2009, None)),
        ("2009〜", (2009, None)),
        ("2009年以降", (2009, None)),
        ("平成21年度から", (2009, None)),
        ("-2011", (None, 2011)),
        ("〜H23", (None, 2011)),
        ("2011年度まで", (None, 2011)),
        ("2011以前", (None, 2011)),
        *(
            (written, None)
            for written in ("2011-2009", "2009-13-01", "09", "21", "平成40", "昭和64", "x", "2009-x", "")
        ),
        *(
            (written, None)
            for written in ("2009" * 11, "1885年", "2009-2011-2013", "-", "〜", "-x", "平成40-", "〜1885", "2009--")
        ),
    ],
)
def test_what_was_meant_by_a_text_that_writes_no_fiscal_year(written: str, meant: object) -> None:
    with pytest.raises(fiscal_years.NoFiscalYear):
        fiscal_years.parse(written)
    assert mistyped_years.meant(written) == meant


@given(st.text(max_size=60) | st.text("0123456789年度月日HhFfYy平成令和元-〜~/から .", max_size=12))
def test_whatever_is_suggested_writes_fiscal_years(written: str) -> None:
    meant = mistyped_years.meant(written)
    years = meant if isinstance(meant, tuple) else [meant]
    for year in filter(None, years):
        fiscal_years.parse(str(year))

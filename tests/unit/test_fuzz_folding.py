"""The folding against the contract's text, sentence by sentence, over all of Unicode and over random text."""

import sys
import unicodedata
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.japanese.folding import fold, fold_with_offsets
from app.schemas.annotations import Annotations
from app.search import highlights
from app.search.terms import Term
from tests.support import nasty
from tests.support.oracle import folded

CHARACTERS = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]

texts = nasty.texts | st.text(
    st.sampled_from("aāÅßſKか゛\u3099\u309a\u0301\u0323ガｶﾞﾊﾟヴヷ・ーﬁ㍻Ⅰ각ᄀ\u1161\ufdfa𝐋-−―\ufe00\U000e0101% "),
    max_size=14,
)


@pytest.mark.slow
def test_every_character_of_unicode_folds_as_the_contract_says() -> None:
    assert [character for character in CHARACTERS if fold(character) != folded(character)] == []


@pytest.mark.slow
def test_every_character_folds_as_the_contract_says_between_others() -> None:
    others = [each for each in CHARACTERS if unicodedata.category(each) not in ("Lo", "Co", "Cn") or each < "\u3400"]
    for begin, end in (("a", "\u0301"), ("か", "\u3099"), ("\u0301", "b"), ("", "-"), ("か", "-")):
        assert [each for each in others if fold(begin + each + end) != folded(begin + each + end)] == []


@pytest.mark.slow
def test_every_folded_character_is_composed_and_a_letter_number_or_mark() -> None:
    whole = {fold(character) for character in CHARACTERS}
    assert {text for text in whole if not unicodedata.is_normalized("NFC", text)} == set()
    assert {unicodedata.category(character)[0] for text in whole for character in text} <= {"L", "N", "M"}


@given(text=texts | st.text(st.sampled_from("かガﾊ-−―ー\u3099\ufe00a "), max_size=8))
def test_any_text_folds_as_the_contract_says_and_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert once == folded(text)
    assert fold(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(text=texts)
def test_equivalent_texts_fold_alike(text: str) -> None:
    """Canonically equivalent ones (UAX 15), and those that differ in ASCII case or width only."""
    assert {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")} == {fold(text)}
    assert fold(nasty.wide(text)) == fold(text)


@given(text=texts)
def test_every_offset_is_of_a_piece_that_folds_to_what_it_stands_for(text: str) -> None:
    result = fold_with_offsets(text)
    assert result.text == folded(text)
    pieces: dict[tuple[int, int], str] = {}
    for start, end, character in zip(result.starts, result.ends, result.text, strict=True):
        pieces[start, end] = pieces.get((start, end), "") + character
    assert [*pieces] == sorted(pieces)
    assert all(folded(text[start:end]) == piece for (start, end), piece in pieces.items())


@given(before=texts, term=texts, after=texts)
def test_a_term_is_marked_where_it_stands_however_it_is_surrounded(before: str, term: str, after: str) -> None:
    wanted = folded(term)
    if not wanted:
        return
    text = f"{before}、{term}、{after}"
    found = fold_with_offsets(text)
    position = found.text.find(wanted)
    while position >= 0:
        start, end = found.starts[position], found.ends[position + len(wanted) - 1]
        assert wanted in folded(text[start:end])
        position = found.text.find(wanted, position + 1)


def test_highlights_are_in_code_points_of_the_published_text() -> None:
    """Characters beyond the BMP count as one, a letter and its mark as two."""
    document: dict[str, Any] = {
        "name": "𠮷か\u3099医療",
        "title": None,
        "theme": "x",
        "annotations": dict.fromkeys(Annotations.model_fields),
    }
    found, truncated = highlights.find(orjson.dumps(document), [Term("が", "が"), Term("医", "医")], ("name",))
    assert found == [
        {"field": "name", "start": 1, "end": 3, "term": "が"},
        {"field": "name", "start": 3, "end": 4, "term": "医"},
    ]
    assert not truncated

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.japanese.folding import fold, fold_with_offsets, narrow
from tests.support import nasty

ALIKE = [
    ("ﾊﾞｲｵ", "ばいお"),
    ("バイオ", "ばいお"),
    ("ばいお", "ばいお"),
    ("か\u3099", "が"),
    ("か゛", "が"),
    ("ｶﾞ", "が"),
    ("ヴ", "ゔ"),
    ("ヷ", "わ\u3099"),
    ("ヽヾ", "ゝゞ"),
    ("クラスター", "くらすたー"),
    ("ＬＳＩ", "lsi"),
    ("LSI", "lsi"),
    ("Bio-S", "bios"),
    ('"Bio-S"', "bios"),
    ("第Ⅰ期", "第i期"),
    ("㈱", "株"),
    ("㍻", "平成"),
    ("shūhen", "shuhen"),
    ("Dōō", "doo"),
    ("Kyo\u0304to", "kyoto"),
    ("Straße", "strasse"),
    ("ΑΣ", "ασ"),
    ("富山・石川", "富山石川"),
    ("高機能食品 ～ ヘルス&ビューティー", "高機能食品へるすびゅーてぃー"),
    ("100%_'\"<>;--", "100"),
    ("&", ""),
    ("\u3000 \t\0\u200b", ""),
    ("é-\u0301", "e"),
    ("𝟐𝟎", "20"),
    ("葛\U000e0100", "葛"),
    ("医療\ufe00", "医療"),
    ("高\U000e0101機能", "高機能"),
    ("か\ufe00\u3099", "が"),
    ("ᠠ\u180b", "ᠠ"),
    ("スマ－トデバイス", "すまーとでばいす"),
    ("スマ−ト", "すまーと"),
    ("スマ‐ト", "すまーと"),
    ("スマ―ト", "すまーと"),
    ("スマ-ト", "すまーと"),
    ("ｽﾏ-ﾄ", "すまーと"),
    ("すま—と", "すまーと"),
    ("スマ─ト", "すまーと"),
    ("スマ━ト", "すまーと"),
    *((f"スマ{dash}ト", "すまーと") for dash in "\u2e3a\u2e3b\u2043\u2796\u23af\u02d7\ufe58\ufe63\ufe31\ufe32\u207b"),
    ("バ\ufe00-", "ばー"),
    ("ハ\u3099−", "ばー"),
    ("マ--ト", "まーと"),
    ("マー-ト", "まーと"),
    ("マ -ト", "まと"),
    ("健康-医療", "健康医療"),
    ("マ〜ト", "まと"),
    ("-マ", "ま"),
    ("Ａ\u0304", "a"),
    ("ﷺ", fold("صلى الله عليه وسلم")),
]


@pytest.mark.parametrize(("text", "folded"), ALIKE)
def test_what_readers_take_to_be_the_same_folds_to_the_same(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(("one", "other"), [("は", "ば"), ("つ", "っ"), ("健康", "建康"), ("ー", "一"), ("α", "a")])
def test_what_readers_tell_apart_stays_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text() | nasty.texts | st.text(st.sampled_from("𝐋ϒᴬヷヸわか\u3099゛Ⅰ-ー")))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.slow
def test_folding_twice_changes_nothing_for_any_character() -> None:
    characters = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    assert [character for character in characters if fold(fold(character)) != fold(character)] == []


@given(st.text())
def test_only_letters_numbers_and_marks_are_left(text: str) -> None:
    folded = fold(text)
    assert {unicodedata.category(character)[0] for character in folded} <= {"L", "N", "M"}
    assert unicodedata.is_normalized("NFC", folded)


@given(
    st.text(alphabet=st.sampled_from("aāか゛\u3099\u0304\u0301ガｶﾞ-－−ー・\ufe00ßㄱ각ﬁ㍻ "), max_size=12)
    | st.text(max_size=12)
)
def test_every_folded_character_knows_the_piece_it_came_from(text: str) -> None:
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    assert list(folded.starts) == sorted(folded.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))


def test_full_width_signs_become_narrow_and_nothing_else_changes() -> None:
    assert narrow("Ｈ２１－ａ！") == "H21-a!"
    assert narrow("平成²①٣𝟐㍻ア") == "平成²①٣𝟐㍻ア"

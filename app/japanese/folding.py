"""Make alike what readers of Japanese take to be the same: width, case, katakana and hiragana, accents of
Latin letters, dashes typed for ー; spaces, punctuation, symbols and variation selectors never matter.

Source: Unicode Standard Annex 15 for the normal forms, the Unicode Character Database for general categories.
"""

import unicodedata
from typing import NamedTuple

KATAKANA_TO_HIRAGANA = {katakana: katakana - 0x60 for katakana in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)} | dict(
    zip(
        (0x1B121, 0x1B122, 0x1B155, *range(0x1B164, 0x1B167)),
        (0x1B001, 0x1B11F, 0x1B132, *range(0x1B150, 0x1B153)),
        strict=True,
    )
)
"""ァ to ヶ, repetition marks, archaic and small ones. ヷ to ヺ come apart in NFD and need no entry."""

FULL_WIDTH_TO_ASCII = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


DASHES = frozenset("-‐‑‒–—―−⸺⸻⁃➖⎯─━˗")
"""Hyphens, dashes, minus signs and lines that look like one, of those that NFKC makes of others."""

VARIATION_SELECTORS = frozenset(
    map(chr, (*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)


def narrow(text: str) -> str:
    """Return the text with full-width letters, digits and signs as ASCII."""
    return text.translate(FULL_WIDTH_TO_ASCII)


def fold(text: str) -> str:
    """Return the form in which texts are compared. Folding twice changes nothing."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if not DASHES.isdisjoint(plain):
        plain = _prolonged(plain)
    alone = plain.translate(_ALONE)  # character by character, each folded once
    return _fold_at_once(plain) if TOGETHER in alone else alone


def _prolonged(plain: str) -> str:
    """Return the text with ー instead of a dash that stands after kana, marks in between aside."""
    written = []
    after_kana = False
    for character in plain:
        if after_kana and character in DASHES:
            written.append("ー")
            after_kana = False
            continue
        written.append(character)
        if unicodedata.category(character)[0] != "M":
            after_kana = unicodedata.name(character, "").startswith(("HIRAGANA LETTER", "KATAKANA LETTER"))
    return "".join(written)


TOGETHER = "\0"
"""Marks, in the result of `_ALONE`, a character whose folding depends on its neighbours: a mark or a part of Hangul."""


class _Alone(dict[int, str]):
    """Map a character to its folded form, where its neighbours do not matter; fold each once."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        joins = unicodedata.category(character)[0] == "M" or "HANGUL" in unicodedata.name(character, "")
        self[code] = folded = TOGETHER if joins and _is_kept(character) else _fold_at_once(character)
        return folded


_ALONE = _Alone()


def _fold_at_once(plain: str) -> str:
    """Return the folded form of a text that NFKC, case folding and `_prolonged` have been through."""
    kept = "".join(character for character in plain if _is_kept(character))
    if kept.isascii():
        return kept
    bare = _without_latin_diacritics(unicodedata.normalize("NFD", kept))
    return unicodedata.normalize("NFC", bare.translate(KATAKANA_TO_HIRAGANA))


def _is_kept(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM" and character not in VARIATION_SELECTORS


def _without_latin_diacritics(decomposed: str) -> str:
    kept = []
    after_latin = False
    for character in decomposed:
        if unicodedata.category(character)[0] != "M":
            after_latin = unicodedata.name(character, "").startswith("LATIN")
        elif after_latin:
            continue
        kept.append(character)
    return "".join(kept)


class Folded(NamedTuple):
    """A folded text that knows, for each of its characters, which piece of the published text it came from."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def fold_with_offsets(text: str) -> Folded:
    """Fold a text and return, for each character of the result, from where to where it came in the text.

    Characters that only fold together (a letter and its marks, kana and a dash for ー) are one piece of the text. If
    the pieces do not make up the result, the whole text is one piece, and a highlight in it covers all of it.
    """
    pieces: list[tuple[int, int, str]] = []
    for position, character in enumerate(text):
        alone = fold(character)
        if pieces and (alone or unicodedata.normalize("NFKC", character) in DASHES):
            start, _, before = pieces[-1]
            together = fold(text[start : position + 1])
            if together != before + alone:
                pieces[-1] = (start, position + 1, together)
                continue
        if alone:
            pieces.append((position, position + 1, alone))
    whole = fold(text)
    if "".join(piece for _, _, piece in pieces) != whole:  # marks reordered over several characters
        pieces = [(0, len(text), whole)]
    return Folded(
        whole,
        tuple(start for start, _, piece in pieces for _ in piece),
        tuple(end for _, end, piece in pieces for _ in piece),
    )

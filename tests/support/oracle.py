"""Work out what the API must answer, from the published data and the contract's words alone."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Region = dict[str, Any]

RANKS = {"name": 0, "title": 1, "theme": 2, "annotations": 3}


def folded(text: str) -> str:
    """The contract's folding, sentence by sentence."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = "".join(character for character in text if "VARIATION SELECTOR" not in unicodedata.name(character, ""))
    text = "".join(prolonged(text))
    text = "".join(character for character in text if unicodedata.category(character)[0] in "LNM")
    kept = ""
    latin = False
    for character in unicodedata.normalize("NFD", text):
        mark = unicodedata.category(character).startswith("M")
        latin = latin if mark else "LATIN" in unicodedata.name(character, "").split()
        if not (mark and latin):
            kept += hiragana(character)
    return unicodedata.normalize("NFC", kept)


DASHES = {
    *map(unicodedata.lookup, ("HYPHEN-MINUS", "HYPHEN", "NON-BREAKING HYPHEN", "FIGURE DASH", "EN DASH", "EM DASH")),
    *map(unicodedata.lookup, ("HORIZONTAL BAR", "MINUS SIGN", "HEAVY MINUS SIGN", "MODIFIER LETTER MINUS SIGN")),
    *map(unicodedata.lookup, ("TWO-EM DASH", "THREE-EM DASH", "HYPHEN BULLET", "HORIZONTAL LINE EXTENSION")),
    *map(unicodedata.lookup, ("BOX DRAWINGS LIGHT HORIZONTAL", "BOX DRAWINGS HEAVY HORIZONTAL")),
}


def prolonged(text: str) -> Iterator[str]:
    """The text with ー for a dash that stands after kana and its marks."""
    before = ""
    for character in text:
        is_kana = re.match("(KATAKANA|HIRAGANA) LETTER", unicodedata.name(before, "") if before else "")
        yield "ー" if is_kana and character in DASHES else character
        if not unicodedata.category(character).startswith("M"):
            before = character


def hiragana(character: str) -> str:
    """The hiragana of the same name, where there is one."""
    name = unicodedata.name(character, "")
    try:
        return unicodedata.lookup(name.replace("KATAKANA", "HIRAGANA")) if name.startswith("KATAKANA ") else character
    except KeyError:
        return character


QUOTES = '"＂\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}'


def terms_of(q: str) -> dict[str, str] | None:
    """The terms of `q` as typed, by their folded form; `None` if it has an operator."""
    found: dict[str, str] = {}
    while q := q.strip():
        after = [place for place, character in enumerate(q) if place and character in QUOTES]
        if q[0] in QUOTES and after:
            typed, q = q[1 : after[0]], q[after[0] + 1 :]
        else:
            typed = q.split()[0]
            q = q.removeprefix(typed)
            narrow = unicodedata.normalize("NFKC", typed)
            if narrow in {"AND", "OR", "NOT"} or (narrow[0] in DASHES and folded(typed)):
                return None
        if folded(typed):
            found.setdefault(folded(typed), typed)
    return found


def texts(value: Any, path: str, hidden: frozenset[str]) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in hidden:
                yield from texts(inner, f"{path}.{key}", hidden)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, f"{path}.{index}", hidden)


NOT_TEXT = frozenset({"code", "editorial", "evidence", "id", "field", "certainty", "area", "point", "provenance"})


def searched(region: Region) -> list[tuple[str, str]]:
    """Dotted path and text of all that a search may find."""
    printed = [(field, region[field]) for field in ("name", "title", "theme") if region[field]]
    return printed + list(texts(region["annotations"], "annotations", NOT_TEXT))


def at(record: Any, path: Sequence[str]) -> Any:
    """Return what stands at a dotted path; in a list, of every item."""
    if isinstance(record, list):
        return [at(item, path) for item in record]
    return at(record[path[0]], path[1:]) if path and record is not None else record


def prefecture_codes(region: Region) -> set[str]:
    return {prefecture["code"] for prefecture in region["annotations"]["prefectures"]}


KEEPS: dict[str, Callable[[Region, Any], bool]] = {
    "type": lambda region, ids: region["program"]["id"] in ids,
    "subcategory": lambda region, ids: region["subcategory"]["id"] in ids,
    "prefecture": lambda region, codes: not prefecture_codes(region).isdisjoint(codes),
    "number": lambda region, numbers: region["number"] in numbers,
    "fiscal_year": lambda region, years: any(
        region["fiscal_year_start"] <= year <= region["fiscal_year_end"] for year in years
    ),
    "fiscal_year_from": lambda region, year: bool(year <= region["fiscal_year_end"]),
    "fiscal_year_to": lambda region, year: bool(region["fiscal_year_start"] <= year),
}
"""Whether a filter keeps a region, by the filter's name."""

NO_FILTERS = {"q", "q_in", "sort", "fields", "facets", "limit", "offset", "lang", "bom"}


class Oracle:
    """Find the regions that a request means, by a scan of all of them."""

    def __init__(self, regions: Sequence[Region]) -> None:
        self.regions = {region["number"]: region for region in regions}
        self.texts = {
            region["number"]: [(path.partition(".")[0], folded(text)) for path, text in searched(region)]
            for region in regions
        }

    def numbers(self, meaning: Mapping[str, Any]) -> list[int]:
        """Return the numbers of the regions, in the order of the request.

        `meaning` has canonical values by parameter, `q` as its folded terms."""
        found = [number for number in self.regions if self._is_meant(number, meaning)]
        for key in reversed(meaning.get("sort", ())):
            name = key.removeprefix("-")
            found.sort(key=lambda number: self._sort_key(number, name, meaning), reverse=key.startswith("-"))
        return found

    def _is_meant(self, number: int, meaning: Mapping[str, Any]) -> bool:
        filters = {name: value for name, value in meaning.items() if name not in NO_FILTERS}
        return all(KEEPS[name](self.regions[number], value) for name, value in filters.items()) and (
            None not in self._places(number, meaning)
        )

    def _places(self, number: int, meaning: Mapping[str, Any]) -> list[int | None]:
        """Return, for each term of `q`, the strongest place where it occurs."""
        fields = meaning.get("q_in", tuple(RANKS))
        own = [(RANKS[field], text) for field, text in self.texts[number] if field in fields]
        return [min((rank for rank, text in own if term in text), default=None) for term in meaning.get("q", ())]

    def _sort_key(self, number: int, name: str, meaning: Mapping[str, Any]) -> int:
        region = self.regions[number]
        if name == "relevance":
            return max(place for place in self._places(number, meaning) if place is not None)
        value: int = region["source"]["page"] if name == "page" else region[name]
        return value

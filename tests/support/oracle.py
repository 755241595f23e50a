"""What the API must answer, worked out in plain Python from the published data and the contract's words alone."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Region = dict[str, Any]

RANKS = {"name": 0, "title": 1, "theme": 2, "annotations": 3}


def folded(text: str) -> str:
    """The contract's folding, sentence by sentence."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = "".join(character for character in text if unicodedata.category(character)[0] in "LNM")
    kept = ""
    latin = False
    for character in unicodedata.normalize("NFD", text):
        mark = unicodedata.category(character).startswith("M")
        latin = latin if mark else "LATIN" in unicodedata.name(character, "").split()
        if not (mark and latin):
            kept += hiragana(character)
    return unicodedata.normalize("NFC", kept)


def hiragana(character: str) -> str:
    """The hiragana of the same name, where there is one."""
    name = unicodedata.name(character, "")
    try:
        return unicodedata.lookup(name.replace("KATAKANA", "HIRAGANA")) if name.startswith("KATAKANA ") else character
    except KeyError:
        return character


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


NOT_TEXT = frozenset({"code", "editorial", "evidence", "id", "field", "certainty"})


def searched(region: Region) -> list[tuple[str, str]]:
    """Dotted path and text of all that a search may find."""
    printed = [(field, region[field]) for field in ("name", "title", "theme") if region[field]]
    return printed + list(texts(region["annotations"], "annotations", NOT_TEXT))


def at(record: Any, path: Sequence[str]) -> Any:
    """What stands at a dotted path; in a list, of every item."""
    if isinstance(record, list):
        return [at(item, path) for item in record]
    return at(record[path[0]], path[1:]) if path and record is not None else record


class Oracle:
    """Which regions a request means, by a scan of all of them."""

    def __init__(self, regions: Sequence[Region]) -> None:
        self.regions = {region["number"]: region for region in regions}
        self.texts = {
            region["number"]: [(path.partition(".")[0], folded(text)) for path, text in searched(region)]
            for region in regions
        }

    def numbers(self, meaning: Mapping[str, Any]) -> list[int]:
        """In their order. `meaning` has canonical values by parameter, `q` as its folded terms."""
        found = [number for number in self.regions if self._is_meant(number, meaning)]
        for key in reversed(meaning.get("sort", ())):
            name = key.removeprefix("-")
            found.sort(key=lambda number: self._sort_key(number, name, meaning), reverse=key.startswith("-"))
        return found

    def _is_meant(self, number: int, meaning: Mapping[str, Any]) -> bool:
        region = self.regions[number]
        first, last = region["fiscal_year_start"], region["fiscal_year_end"]
        codes = {prefecture["code"] for prefecture in region["annotations"]["prefectures"]}
        return (
            ("type" not in meaning or region["program"]["id"] in meaning["type"])
            and ("subcategory" not in meaning or region["subcategory"]["id"] in meaning["subcategory"])
            and ("prefecture" not in meaning or not codes.isdisjoint(meaning["prefecture"]))
            and ("number" not in meaning or number in meaning["number"])
            and ("fiscal_year" not in meaning or any(first <= year <= last for year in meaning["fiscal_year"]))
            and meaning.get("fiscal_year_from", 0) <= last
            and first <= meaning.get("fiscal_year_to", 9999)
            and None not in self._places(number, meaning)
        )

    def _places(self, number: int, meaning: Mapping[str, Any]) -> list[int | None]:
        """For each term of `q` the strongest place where it occurs."""
        fields = meaning.get("q_in", tuple(RANKS))
        own = [(RANKS[field], text) for field, text in self.texts[number] if field in fields]
        return [min((rank for rank, text in own if term in text), default=None) for term in meaning.get("q", ())]

    def _sort_key(self, number: int, name: str, meaning: Mapping[str, Any]) -> int:
        region = self.regions[number]
        if name == "relevance":
            return max(place for place in self._places(number, meaning) if place is not None)
        value: int = region["source"]["page"] if name == "page" else region[name]
        return value

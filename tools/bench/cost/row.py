"""The kinds of requests that are measured. Each makes a new request every time, so that no cache can answer it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

SHORT_BYTES, LONG_BYTES = 1_000, 8_000
"""What attackers keep to: a request of up to 1 KB has a stricter goal; a longer target is refused."""


@dataclass(frozen=True)
class Facts:
    """Facts that an attacker learns from the service before the attack."""

    regions: list[dict[str, Any]]
    """The records of `/v1/regions`."""
    keys: list[str]
    """What `fields` may name."""
    prefectures: list[str]
    """Their codes."""
    scripts: list[str]
    """Paths of scripts and style sheets, the largest first."""
    files: list[str]
    """Paths of the files of the data set, the largest first."""

    def letters(self) -> list[str]:
        """Return the letters that can be searched: those of the most regions first, then by occurrences."""
        texts = [text_of(region) for region in self.regions]
        regions = Counter(letter for text in texts for letter in set(text))
        occurrences = Counter("".join(texts))
        return sorted(regions, key=lambda letter: (-regions[letter], -occurrences[letter], letter))

    def letters_of_one(self) -> list[str]:
        """Return the letters that can be searched of the region that has most of them."""
        return max((sorted(set(text_of(region))) for region in self.regions), key=len)


_NOT_SEARCHED = {"program", "subcategory", "source", "fiscal_years_label", "period", "links"}
_NOT_SEARCHED |= {"id", "code", "evidence", "editorial", "provenance", "certainty", "field", "area", "rule", "point"}


def text_of(value: Any) -> str:
    """Return the letters of a record that a search looks at, about as it does."""
    if isinstance(value, dict):
        return "".join(text_of(each) for key, each in value.items() if key not in _NOT_SEARCHED)
    if isinstance(value, list):
        return "".join(map(text_of, value))
    return "".join(filter(str.isalpha, value.lower())) if isinstance(value, str) else ""


Make = Callable[[Random, Facts], bytes]


@dataclass(frozen=True)
class Row:
    """A kind of request. `make` returns the bytes of another one each time."""

    name: str
    make: Make
    piece: int = 0
    """Bytes that are sent at a time; 0 for all at once."""


class Rows(dict[str, Row]):
    """Kinds of requests by name."""

    def add(self, name: str, piece: int = 0) -> Callable[[Make], Make]:
        """Register a function as the maker of a kind of request."""

        def register(make: Make) -> Make:
            self[name] = Row(name, make, piece)
            return make

        return register


def request(target: str, *headers: str, method: str = "GET", body: bytes = b"") -> bytes:
    """Return the bytes of a request; what is not ASCII is sent as raw UTF-8."""
    if body:
        headers = (*headers, f"Content-Length: {len(body)}")
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: cost", *headers, "", ""]).encode() + body


def listed(parameters: Mapping[str, object], *headers: str, path: str = "/v1/regions") -> bytes:
    """Return the request of a list; several values are joined by comma, what is not ASCII is percent-encoded."""
    return request(f"{path}?{query(parameters)}", *headers)


def query(parameters: Mapping[str, object]) -> str:
    return "&".join(f"{name}={quote(written(value), safe=',')}" for name, value in parameters.items())


def written(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def few(choose: Random, values: Iterable[Any], least: int, most: int) -> list[Any]:
    """Return a random number of these values in a random order; as many as there are, if `least` is more."""
    known = list(values)
    return choose.sample(known, min(len(known), choose.randint(least, most)))


def whole(choose: Random) -> str:
    """Return the target of a list of all regions that has not been asked for, in a shape that has."""
    return f"/v1/regions?fiscal_year_from={choose.randint(1886, 2002)}&fiscal_year_to={choose.randint(2012, 2199)}"


def word(choose: Random, length: int) -> str:
    return "".join(choose.choices("abcdefghijklmnopqrstuvwxyz", k=length))


def kanji(choose: Random, length: int) -> str:
    return "".join(chr(choose.randrange(0x4E00, 0x9FA5)) for _ in range(length))


def filled(choose: Random, part: Callable[[Random], str], size: int, separator: str) -> str:
    """Return so many parts that they have `size` bytes together, or a few less."""
    parts: list[str] = []
    while size > 0:
        parts.append(part(choose))
        size -= len(parts[-1].encode()) + len(separator)
    return separator.join(parts[:-1])

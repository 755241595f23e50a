"""What a client prefers: media type, language, coding (RFC 9110, section 12), by q-value, then by our own order."""

import re
from functools import lru_cache
from typing import NamedTuple

from starlette.types import Scope

from app.http.encodings import ENCODERS
from app.http.messages import Language

_CODINGS = [name for name in ENCODERS if name != "identity"]


HEADER_BYTES = 1_000
"""The most that is read of a header; nobody who means it writes more."""

SPELLINGS = 256
"""Spellings of each header whose meaning is kept: 256 kB at the most."""

SUFFIXES = (".json", ".csv", ".ndjson", ".jsonld")
"""What may stand at the end of a path of the API instead of an `Accept`."""


class Wishes(NamedTuple):
    """What a request says of the answer it wants, as `caching` read it off the headers."""

    accept: bytes = b""
    accept_language: bytes = b""
    accept_encoding: bytes = b""
    if_none_match: bytes = b""
    if_modified_since: bytes = b""


def split_suffix(path: str) -> tuple[str, str]:
    """`/v1/regions.csv` as `/v1/regions` and `.csv`; other paths whole."""
    suffix = next((suffix for suffix in SUFFIXES if path.endswith(suffix)), "")
    return (path.removesuffix(suffix), suffix) if path.startswith("/v1") else (path, "")


def weights(header: bytes) -> dict[str, float]:
    """The q-value of each range of a header. What is malformed counts as not written, a repeated range once."""
    found: dict[str, float] = {}
    for part in header.decode("latin-1").lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        q = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                q = _q(value.strip())
        if name and q >= 0:
            found.setdefault(name, q)
    return found


def _q(value: str) -> float:
    """0 to 1 with three decimals at the most; -1 if it is not that."""
    whole, _, decimals = value.partition(".")
    well_formed = whole in ("0", "1") and len(decimals) <= 3 and (not decimals or decimals.isdecimal())
    return float(value) if well_formed and value.isascii() and float(value) <= 1 else -1.0


@lru_cache(maxsize=SPELLINGS)
def media_type(accept: bytes, offered: tuple[str, ...]) -> str | None:
    """The offered type that fits best; `None` if none is acceptable. Without a header, the first."""
    ranges = weights(accept)
    if not ranges:
        return offered[0]

    def q(offer: str) -> float:
        kind = offer.partition("/")[0]
        return next((ranges[each] for each in (offer, f"{kind}/*", "*/*") if each in ranges), 0.0)

    best = max(offered, key=q)  # the first of equals
    return best if q(best) > 0 else None


def choose(scope: Scope, offered: tuple[str, ...]) -> str | None:
    """Return the offered media type that `Accept` prefers, `None` if it accepts none.

    Whatever negotiates calls this, so that the cache knows among what was chosen. The answer has `Vary: Accept`.
    """
    scope["offered"] = offered
    wishes: Wishes = scope["wishes"]
    return media_type(wishes.accept, offered)


@lru_cache(maxsize=SPELLINGS)
def language(accept_language: bytes) -> Language:
    """Japanese where it is preferred to English, else English (RFC 4647, section 3.4, both being short lists)."""
    ranges = weights(accept_language)

    def q(tag: str) -> float:
        own = [value for name, value in ranges.items() if name.partition("-")[0] == tag]
        return max(own, default=ranges.get("*", 0.0) if tag == "en" else 0.0)

    return "ja" if q("ja") > q("en") else "en"


_LANG = re.compile(rb"(?:^|&)lang=(ja|en)(?:&|$)")


def language_of(scope: Scope) -> Language:
    """That of a failure, whose parameters may be wrong: of a plain `lang`, else the preferred one."""
    if given := _LANG.search(scope["query_string"]):
        return "ja" if given[1] == b"ja" else "en"
    return language(scope["wishes"].accept_language)


@lru_cache(maxsize=SPELLINGS)
def coding(accept_encoding: bytes) -> str:
    """The coding that is preferred; `identity` where none of ours is, and where everything is refused."""
    ranges = weights(accept_encoding)

    def q(name: str) -> float:
        return ranges.get(name, ranges.get("*", 0.0))

    best = max(_CODINGS, key=q)
    return best if q(best) > 0 and q(best) >= ranges.get("identity", 0.0) else "identity"


def coding_of(scope: Scope) -> str:
    wishes: Wishes = scope["wishes"]
    return coding(wishes.accept_encoding)

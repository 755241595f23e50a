"""Choose media type, language and encoding from request headers (RFC 9110, section 12): by q-value, then our order."""

from functools import lru_cache

from app.http.encodings import ENCODERS
from app.http.messages import Language

_ENCODINGS = [name for name in ENCODERS if name != "identity"]
_LANGUAGES = ("en", "ja")

HEADER_BYTES = 1_000
"""Bytes that are read of a header; longer ones are cut."""

SPELLINGS = 256
"""Values of each header whose result is kept: 256 kB at most."""


def weights(header: bytes) -> dict[str, float]:
    """Return the q-value of each range of a header, without malformed parts; of a repeated range the first counts."""
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
    """Return a q-value, 0 to 1 with at most three decimals; -1 if it is malformed."""
    whole, _, decimals = value.partition(".")
    well_formed = whole in ("0", "1") and len(decimals) <= 3 and (not decimals or decimals.isdecimal())
    return float(value) if well_formed and value.isascii() and float(value) <= 1 else -1.0


@lru_cache(maxsize=SPELLINGS)
def media_type(accept: bytes, offered: tuple[str, ...]) -> str | None:
    """Return the offered type that `Accept` prefers, the first without a header, `None` if none is acceptable."""
    ranges = weights(accept)
    if not ranges:
        return offered[0]

    def q(offer: str) -> float:
        kind = offer.partition("/")[0]
        return next((ranges[each] for each in (offer, f"{kind}/*", "*/*") if each in ranges), 0.0)

    best = max(offered, key=q)  # the first of equals
    return best if q(best) > 0 else None


@lru_cache(maxsize=SPELLINGS)
def language(accept_language: bytes) -> Language:
    """Return the language that is preferred, of equal weights the first that is written, `en` if neither is accepted.

    `*` stands for the first of English and Japanese that no range names (RFC 4647, section 3.4, with two languages).
    """
    ranges = weights(accept_language)
    tags = {name: name.partition("-")[0] for name in ranges}
    if "*" in tags:
        tags["*"] = next((each for each in _LANGUAGES if each not in tags.values()), "")
    best = max((name for name in ranges if tags[name] in _LANGUAGES), key=ranges.__getitem__, default=None)
    return "ja" if best and tags[best] == "ja" and ranges[best] > 0 else "en"


@lru_cache(maxsize=SPELLINGS)
def encoding(accept_encoding: bytes) -> str:
    """Return the preferred content encoding; `identity` if none of ours is acceptable or preferred to it.

    `*` stands for gzip: clients that send it seldom know the others, which they have to name.
    """
    ranges = weights(accept_encoding)
    q = dict.fromkeys(_ENCODINGS, 0.0) | {"gzip": ranges.get("*", 0.0)} | ranges
    best = max(_ENCODINGS, key=q.__getitem__)
    return best if q[best] > 0 and q[best] >= ranges.get("identity", 0.0) else "identity"

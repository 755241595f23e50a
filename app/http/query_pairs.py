"""The query string as pairs of name and value (application/x-www-form-urlencoded, WHATWG URL, section 5)."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import unquote_to_bytes

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def read(raw: bytes) -> Iterator[tuple[str, str, str | None]]:
    """Yield name, value and the code of what is wrong with the way they are written."""
    if not raw:
        return
    for part in raw.split(b"&"):
        name, _, value = part.partition(b"=")
        try:
            yield decode(name), decode(value), None if name else "nameless"
        except ValueError:
            yield unquote_to_bytes(name).decode(errors="replace"), "", "encoding"


def decode(part: bytes) -> str:
    """Return a name or a value as text; `ValueError` if its encoding is broken or not UTF-8."""
    if _BROKEN_ESCAPE.search(part):
        raise ValueError("a % without two hexadecimal digits")
    return unquote_to_bytes(part.replace(b"+", b" ")).decode()


def sort(raw: bytes) -> bytes:
    """Sort the pairs by decoded name. Pairs of one name keep their order, which may mean something."""
    pairs = sorted(raw.split(b"&"), key=_name)
    return b"&".join(pairs)


def only(raw: bytes, names: Collection[bytes]) -> bytes:
    """Return the pairs with one of these names, as they are written."""
    return b"&".join(part for part in raw.split(b"&") if _name(part) in names)


def _name(part: bytes) -> bytes:
    name = part.partition(b"=")[0]
    return unquote_to_bytes(name) if b"%" in name else name

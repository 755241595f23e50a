"""Read JSON in chunks: an object whose last member is an array, and the items of that array one by one.

The standard library finds the values. `ijson` was not taken, see docs/decisions/0030.
"""

import json
from collections.abc import Iterator
from typing import IO, Any

from seed.source import SourceError

CHUNK = 2**20
"""Characters that are read at once."""

LARGEST = 64 * CHUNK
"""Characters of a single value at the most."""


class NotReadable(Exception):
    """Refuse what is not JSON, not an object, or not in the expected order."""


def read_object(file: IO[str], name: str, last: str) -> tuple[dict[str, Any], Iterator[Any]]:
    """Return the members before `last`, and an iterator over the items of `last`, an array, to the end of the file.

    Raises `NotReadable`; `SourceError` if a key stands twice in an object. `name` is the file's, for messages.
    """
    reader = _Reader(file, name)
    found: dict[str, Any] = {}
    reader.take("{")
    while (key := str(reader.value())) != last:
        if key in found:
            raise SourceError(name, key, f"the key “{key}” once")
        reader.take(":")
        found[key] = reader.value()
        reader.take(",")
    return found, _read_items(reader)


def _read_items(reader: "_Reader") -> Iterator[Any]:
    reader.take(":")
    reader.take("[")
    if reader.peek() == "]":
        reader.take("]")
    else:
        yield reader.value()
        while reader.take(",]") == ",":
            yield reader.value()
    reader.take("}")
    if reader.peek():
        raise NotReadable


class _Reader:
    def __init__(self, file: IO[str], name: str) -> None:
        self._file, self._name = file, name
        self._text, self._at = "", 0
        self._decoder = json.JSONDecoder(object_pairs_hook=self._refuse_repeated_keys)

    def _refuse_repeated_keys(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            repeated = next(key for key in keys if keys.count(key) > 1)
            raise SourceError(self._name, json.dumps(found, ensure_ascii=False), f"the key “{repeated}” once")
        return found

    def _read_chunk(self) -> bool:
        """Append a chunk; false at the end of the file, or if the present value is longer than `LARGEST`."""
        try:
            chunk = self._file.read(CHUNK)
        except UnicodeDecodeError:
            raise NotReadable from None
        self._text, self._at = self._text[self._at :] + chunk, 0
        return bool(chunk) and len(self._text) <= LARGEST

    def peek(self) -> str:
        """Return the next character that is no space, `""` at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text) or not self._read_chunk():
                return self._text[self._at : self._at + 1]

    def take(self, allowed: str) -> str:
        """Return the next character, which must be one of `allowed`, and go on behind it."""
        character = self.peek()
        if not character or character not in allowed:
            raise NotReadable
        self._at += 1
        return character

    def value(self) -> Any:
        """Return the next value and go on behind it."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise NotReadable from None
            except json.JSONDecodeError:
                if self._read_chunk():
                    continue
                raise NotReadable from None
            if end == len(self._text) and self._read_chunk():  # a number may go on in the next chunk
                continue
            self._at = end
            return value

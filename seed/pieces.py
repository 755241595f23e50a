"""JSON read piecewise: an object whose last member is an array, and the items of this one by one."""

import json
from collections.abc import Iterator
from typing import IO, Any

from seed.source import Misfit

CHUNK = 2**20
"""Characters that are read at once."""

LARGEST = 64 * CHUNK
"""Characters of a single value at the most."""


class Irregular(Exception):
    """Not JSON, or no object."""


def members(file: IO[str], name: str, last: str) -> tuple[dict[str, Any], Iterator[Any]]:
    """The members but the last one, and of this, which is an array, the items: to be read one by one to the end."""
    reader = _Reader(file, name)
    found: dict[str, Any] = {}
    reader.take("{")
    while (key := str(reader.value())) != last:
        if key in found:
            raise Misfit(name, key, f"the key “{key}” once")
        reader.take(":")
        found[key] = reader.value()
        reader.take(",")
    return found, _items(reader)


def _items(reader: "_Reader") -> Iterator[Any]:
    reader.take(":")
    reader.take("[")
    if reader.peek() == "]":
        reader.take("]")
    else:
        yield reader.value()
        while reader.take(",]") == ",":
            yield reader.value()
    reader.take("}")
    reader.end()


class _Reader:
    def __init__(self, file: IO[str], name: str) -> None:
        self._file, self._name = file, name
        self._text, self._at = "", 0
        self._decoder = json.JSONDecoder(object_pairs_hook=self._each_key_once)

    def _each_key_once(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        whole = dict(pairs)
        if len(whole) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise Misfit(self._name, json.dumps(whole, ensure_ascii=False), f"the key “{twice}” once")
        return whole

    def _more(self) -> bool:
        try:
            chunk = self._file.read(CHUNK)
        except UnicodeDecodeError:
            raise Irregular from None
        self._text, self._at = self._text[self._at :] + chunk, 0
        return bool(chunk) and len(self._text) <= LARGEST

    def peek(self) -> str:
        """The next character that is no space; nothing at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, allowed: str) -> str:
        character = self.peek()
        if not character or character not in allowed:
            raise Irregular
        self._at += 1
        return character

    def value(self) -> Any:
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise Irregular from None
            except json.JSONDecodeError:
                if self._more():
                    continue
                raise Irregular from None
            if end == len(self._text) and self._more():  # a number may go on
                continue
            self._at = end
            return value

    def end(self) -> None:
        if self.peek():
            raise Irregular

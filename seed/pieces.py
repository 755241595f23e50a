"""JSON read piecewise: the members of one object, and the items of one of its arrays, each on its own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from seed.source import Misfit

CHUNK = 2**20
"""Characters that are read at once."""

LARGEST = 64 * CHUNK
"""Characters of a single value at the most."""


class Irregular(Exception):
    """Not JSON, or no object."""


def members(path: Path, skip: str) -> Iterator[tuple[str, Any]]:
    """Name and value of each member; of the array named `skip` nothing is kept."""
    found: set[str] = set()
    for name, reader in _members(path):
        if name in found:
            raise Misfit(path.name, name, f"the key “{name}” once")
        found.add(name)
        if name == skip:
            for _ in _items(reader, json.JSONDecoder()):
                pass
            yield name, None
        else:
            yield name, reader.value()


def items(path: Path, array: str) -> Iterator[Any]:
    """What stands in the array of that name."""
    for name, reader in _members(path):
        if name == array:
            yield from _items(reader)
            return
        reader.value()


def _members(path: Path) -> Iterator[tuple[str, "_Reader"]]:
    with path.open(encoding="utf-8") as file:
        reader = _Reader(file, path.name)
        reader.take("{")
        while True:
            yield str(reader.value()), reader.after(":")
            if reader.take(",}") == "}":
                break
        reader.end()


def _items(reader: "_Reader", decoder: json.JSONDecoder | None = None) -> Iterator[Any]:
    reader.take("[")
    if reader.peek() == "]":
        reader.take("]")
        return
    while True:
        yield reader.value(decoder)
        if reader.take(",]") == "]":
            return


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

    def after(self, character: str) -> "_Reader":
        self.take(character)
        return self

    def value(self, decoder: json.JSONDecoder | None = None) -> Any:
        """By another decoder than the strict one, if that is given."""
        self.peek()
        while True:
            try:
                value, end = (decoder or self._decoder).raw_decode(self._text, self._at)
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

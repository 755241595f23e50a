"""Refuse a value in a validator, before the parameter it belongs to is known."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from app.http import problems

SHOWN_CHARACTERS = 100
"""Characters of a wrong value that an error repeats."""


@dataclass
class RefusedCount:
    """Count the values that were refused."""

    refused: int = 0


_count: ContextVar[RefusedCount | None] = ContextVar("_count", default=None)


@contextmanager
def count_refused() -> Iterator[RefusedCount]:
    """Count the values that are refused within the block."""
    count = RefusedCount()
    token = _count.set(count)
    try:
        yield count
    finally:
        _count.reset(token)


class Refused(ValueError):
    """Refuse a value of a parameter; validators raise it.

    The arguments are those of `problems.Flaw`, with its parameter where that is not the field's own. It is a plain
    `ValueError` with a short text, because pydantic formats all details of its own, slowly.
    """

    def __init__(
        self,
        code: str,
        allowed: tuple[str, ...] = (),
        suggest: Callable[[], str | None] | None = None,
        parameter: str = "",
        sentence: str = "",
        **values: Any,
    ) -> None:
        super().__init__(code)
        self.flaw = problems.Flaw(parameter, code, values, allowed, suggest, sentence)
        if count := _count.get():
            count.refused += 1


def shown(value: str) -> str:
    """Return a client's own words, fit to be repeated to it: bounded, without control characters."""
    cut = value if len(value) <= SHOWN_CHARACTERS else value[:SHOWN_CHARACTERS] + "…"
    if cut.isprintable():
        return cut
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in cut)

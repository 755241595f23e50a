"""A database that says nothing is away; a process that has no time to listen learns nothing about it."""

import time
from collections.abc import Callable, Coroutine
from typing import Any

import anyio
import pytest

from app.db import thresholds
from app.db.watcher import Watcher
from tests.support import loops

AWAY_SECONDS, TURN_SECONDS = 0.15, 0.01


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thresholds, "AWAY_SECONDS", AWAY_SECONDS)
    monkeypatch.setattr(thresholds, "TURN_SECONDS", TURN_SECONDS)


def run(
    question: Callable[[], Coroutine[None, None, Any]], meanwhile: Callable[[Watcher], object] | None = None
) -> Any:
    """Return what a watcher is answered; meanwhile something is done again and again."""
    watcher, answers = Watcher(), []

    async def ask() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(disturb)
            answers.append(await watcher.unless_silent(question()))
            group.cancel_scope.cancel()

    async def disturb() -> None:
        while meanwhile:
            meanwhile(watcher)
            await anyio.sleep(TURN_SECONDS / 2)

    try:
        loops.run(ask())
    except* (TimeoutError, LookupError) as group:
        raise group.exceptions[0] from None
    return answers[0]


async def early() -> str:
    await anyio.sleep(AWAY_SECONDS * 0.8)
    return "early"


async def late() -> str:
    await anyio.sleep(AWAY_SECONDS * 1.5)
    return "late"


def test_an_answer_and_a_failure_are_passed_on() -> None:
    async def fail() -> None:
        raise LookupError

    assert run(early) == "early"
    with pytest.raises(LookupError):
        run(fail)


def test_silence_is_given_up_after_its_time_and_the_question_with_it() -> None:
    cancelled: list[str] = []

    async def wait() -> None:
        try:
            await anyio.sleep(3600)
        finally:
            cancelled.append("question")

    began = time.monotonic()
    with pytest.raises(TimeoutError):
        run(wait)
    assert time.monotonic() - began > AWAY_SECONDS * 0.9
    assert cancelled == ["question"]


def test_as_long_as_others_are_answered_it_is_not_silent() -> None:
    assert run(late, lambda watcher: watcher.note_answer("something")) == "late"


def test_turns_in_which_the_process_was_busy_are_no_silence() -> None:
    assert run(late, lambda _: time.sleep(3 * TURN_SECONDS)) == "late"

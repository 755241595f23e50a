import asyncio

import pytest

from app.http.once import Once
from tests.support import loops


def test_work_is_done_once_whoever_waits_and_its_result_is_kept() -> None:
    times = 0

    async def work() -> int:
        nonlocal times
        times += 1
        await asyncio.sleep(0.01)
        return times

    async def run() -> None:
        once = Once(work)
        assert once.kept is None
        assert await asyncio.gather(*(once.result() for _ in range(8))) == [1] * 8
        assert await once.result() == once.kept == 1

    loops.run(run())


def test_a_failure_is_shared_and_the_next_caller_tries_again() -> None:
    times = 0

    async def work() -> int:
        nonlocal times
        times += 1
        await asyncio.sleep(0.01)
        if times == 1:
            raise ValueError
        return times

    async def run() -> None:
        once = Once(work)
        failed = await asyncio.gather(*(once.result() for _ in range(8)), return_exceptions=True)
        assert {type(each) for each in failed} == {ValueError}
        assert (times, once.kept) == (1, None)
        assert await once.result() == 2

    loops.run(run())


def test_who_gives_up_does_not_stop_the_work_for_the_others() -> None:
    async def work() -> int:
        await asyncio.sleep(0.02)
        return 1

    async def run() -> None:
        once = Once(work)
        first, second = asyncio.ensure_future(once.result()), asyncio.ensure_future(once.result())
        await asyncio.sleep(0.01)
        first.cancel()
        assert await second == 1
        with pytest.raises(asyncio.CancelledError):
            await first

    loops.run(run())

"""The long run in short; `make soak` does it with a hundred thousand requests."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tools.bench import soak


def test_mixed_requests_leave_nothing_behind_and_a_stop_among_them_breaks_no_answer(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with ThreadPoolExecutor(1) as pool:  # in the suite's own thread the browser's loop may be running
        assert pool.submit(soak.soak, database_url, 5_000).result() == []
    assert "5000 requests of 32 clients" in capsys.readouterr().out

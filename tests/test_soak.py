"""The long run in short; `make soak` does it with a hundred thousand requests."""

import pytest

from bench import soak


def test_mixed_requests_leave_nothing_behind_and_a_stop_among_them_breaks_no_answer(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert soak.soak(database_url, 5_000) == []
    assert "5000 requests of 32 clients" in capsys.readouterr().out

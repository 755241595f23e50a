"""An SQLite file that is not what it should be: at the start a clear line, while serving no wrong answer."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from tests.conftest import fill
from tests.http.test_caching import other_list  # noqa: F401  # a fixture
from tests.support.service import process, serving
from tests.support.waiting import until

PAGE = 4096
AS_ANYBODY = ("setpriv", "--inh-caps=-dac_override", "--bounding-set=-dac_override") if os.geteuid() == 0 else ()
"""What may be written is asked of everybody but root; of this one, too."""
READ, NEW = "/v1/regions/7", "/v1/regions?q=医療&limit={}"


@pytest.fixture
def file(sqlite_settings: Settings, tmp_path: Path) -> Path:
    """The list in a file that the test may harm."""
    file = tmp_path / "own" / "regions.sqlite"
    file.parent.mkdir()
    shutil.copy(sqlite_settings.database_url.removeprefix("sqlite:///"), file)
    return file


@pytest.fixture(scope="module")
def expected(site: httpx.Client) -> dict[str, bytes]:
    """Bodies of the answers of the list, by path."""
    return {path: site.get(path).content for path in (READ, "/v1/regions", "/v1/regions.csv", "/v1/dataset")}


def put(content: bytes, file: Path) -> None:
    """Write a file and move it into the place of another, so that readers see the old one or the new one."""
    new = file.with_name("new")
    new.write_bytes(content)
    new.replace(file)


def asked(client: httpx.Client) -> list[httpx.Response]:
    return [client.get(READ), client.get(NEW.format(time.monotonic_ns() % 90 + 1)), client.get("/readyz")]


# --- at the start ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [0, 1, 16, 99, 100, 512, PAGE, PAGE + 1, 2 * PAGE, 0.25, 0.5, 0.9])
def test_a_truncated_file_is_refused_at_the_start_or_answers_nothing_wrong(
    file: Path, expected: dict[str, bytes], kept: float
) -> None:
    whole = file.read_bytes()
    left = whole[: int(kept if kept >= 1 or not kept else len(whole) * kept)]
    file.write_bytes(left)
    with process(ready=False, DATABASE_URL=f"sqlite:///{file}", ACCESS_LOG="0") as running:
        until(lambda: not running.is_running() or running.answers("/livez"))
        if running.is_running():
            for path, body in expected.items():
                answer = running.get(path)
                assert answer.status_code == 503 or (answer.status_code, answer.content) == (200, body), path
            running.terminate()
            running.wait()
            output = running.output()
            assert not any("Traceback" in line for line in output), output
        else:
            (line,) = running.output()
            assert line.startswith(f"DATABASE_URL: sqlite:///{file}: ")
            assert "python -m seed" in line
    assert file.read_bytes() == left


def test_the_next_seed_puts_a_file_right_whatever_it_was(file: Path) -> None:
    whole = file.read_bytes()
    for content in (b"", whole[:PAGE], whole[: len(whole) // 2], b"no database" * 1_000):
        file.write_bytes(content)
        fill(f"sqlite:///{file}")
        with serving(Settings(database_url=f"sqlite:///{file}")) as client:
            assert [answer.status_code for answer in asked(client)] == [200] * 3


def test_a_file_and_a_folder_that_cannot_be_written_are_enough_to_serve_and_a_seed_leaves_them(
    file: Path,
    other_list: tuple[str, ...],  # noqa: F811  # the fixture
) -> None:
    file.chmod(0o444)
    file.parent.chmod(0o555)
    content = file.read_bytes()
    url = f"sqlite:///{file}"
    try:
        made = subprocess.run([*AS_ANYBODY, "touch", file.with_name("new")], capture_output=True)
        assert b"Permission denied" in made.stderr
        with process(within=AS_ANYBODY, DATABASE_URL=url) as running, running.client() as client:
            assert [answer.status_code for answer in asked(client)] == [200] * 3
        seed = [*AS_ANYBODY, sys.executable, "-m", "seed", *other_list]
        done = subprocess.run(seed, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True)
        assert done.returncode == 1
        assert done.stderr.startswith("nothing was written: ")
        assert "Traceback" not in done.stderr
    finally:
        file.parent.chmod(0o755)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert file.read_bytes() == content


def test_a_writer_that_locks_the_file_keeps_no_reader_waiting(file: Path) -> None:
    with sqlite3.connect(file, isolation_level=None) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with serving(Settings(database_url=f"sqlite:///{file}", cache_bytes=0)) as client:
            began = time.monotonic()
            assert [answer.status_code for answer in asked(client)] == [200] * 3
            assert time.monotonic() - began < 5  # as long as SQLite waits for a lock
        writer.execute("ROLLBACK")
    writer.close()


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "TZ": "Asia/Tokyo"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "America/St_Johns"},
        {"TZ": ":no/such/zone"},
    ],
    ids=str,
)
def test_in_another_locale_and_time_zone_the_bytes_are_the_same(file: Path, environment: dict[str, str]) -> None:
    paths = (READ, "/v1/regions?q=医療", "/v1/regions.csv", "/v1/dataset", "/v1/changes", "/guide", "/openapi.json")

    def seen(base: str) -> list[tuple[int, bytes, str | None, str | None]]:
        answers = [httpx.get(base + path) for path in (*paths, "/v1/regions?fiscal_year=平成")]
        return [
            (
                answer.status_code,
                answer.content.replace(answer.headers["Request-Id"].encode(), b""),
                answer.headers.get("ETag"),
                answer.headers.get("Last-Modified"),
            )
            for answer in answers
        ]

    with serving(Settings(database_url=f"sqlite:///{file}")) as client:
        expected = seen(str(client.base_url))
    variables = {"DATABASE_URL": f"sqlite:///{file}", **environment}
    with process(**variables) as running:  # type: ignore[arg-type]  # none of them is called `ready`
        assert seen(running.url) == expected
        running.terminate()
        running.wait()
        assert all(line.isascii() for line in running.output())


# --- while serving --------------------------------------------------------------------------------------------


GARBAGE: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "no database": lambda _: b"this is no database" * 1_000,
    "its first page": lambda whole: whole[:PAGE],
    "half of it": lambda whole: whole[: len(whole) // 2],
}


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_file_that_is_replaced_by_garbage_leaves_what_is_open_and_a_good_one_is_taken_again(
    file: Path,
    garbage: str,
    other_list: tuple[str, ...],  # noqa: F811  # the fixture
) -> None:
    whole = file.read_bytes()
    with (
        process(DATABASE_URL=f"sqlite:///{file}", ACCESS_LOG="0") as running,
        running.client() as client,
    ):
        version = client.get("/v1").json()["dataset_version"]
        before = client.get(READ)
        put(GARBAGE[garbage](whole), file)
        for _ in range(10):
            time.sleep(0.1)
            for answer in asked(client):
                assert answer.status_code in (200, 503)
            again = client.get(READ)
            assert (again.status_code, again.content) == (200, before.content)
        fill(f"sqlite:///{file}", *other_list)
        until(lambda: client.get("/v1").json()["dataset_version"] != version)
        assert [answer.status_code for answer in asked(client)] == [200] * 3
        assert "Age" not in client.get(READ).headers
        running.terminate()
        running.wait()
        output = running.output()
    assert len(output) < 16, output
    assert not any("Traceback" in line for line in output), output


def test_a_file_that_is_cut_in_place_gives_no_wrong_answer_and_a_good_one_is_taken_again(file: Path) -> None:
    """Nobody should write into it; whoever does gets failures at the most."""
    whole = file.read_bytes()
    with process(DATABASE_URL=f"sqlite:///{file}", CACHE_BYTES="0", ACCESS_LOG="0") as running:
        expected = [running.get(f"/v1/regions/{number}").content for number in range(1, 30)]
        os.truncate(file, len(whole) // 2)
        for _ in range(3):
            for number, body in enumerate(expected, 1):
                answer = running.get(f"/v1/regions/{number}")
                assert answer.status_code == 503 or (answer.status_code, answer.content) == (200, body)
            time.sleep(0.3)
        put(whole, file)
        until(lambda: running.answers("/v1/regions/29") and running.answers("/readyz"))
        assert [running.get(f"/v1/regions/{number}").content for number in range(1, 30)] == expected
        running.terminate()
        assert running.wait() in (0, -signal.SIGTERM)
        assert not any("Traceback" in line for line in running.output())

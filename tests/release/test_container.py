"""The image of the Dockerfile, built and run as an engine runs it that allows it as little as can be."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import httpx
import psycopg
import pytest

from tests.conftest import fill
from tests.support import container
from tests.support.container import Container, Image
from tests.support.waiting import WAIT_SECONDS, until
from tools import postgres
from tools.postgres import free_port, new_postgresql
from tools.supply import pins

pytestmark = pytest.mark.needs("container")


@pytest.fixture(scope="module")
def image(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    assert pytestconfig.cache
    archive = container.base(pytestconfig.cache.mkdir("container"))
    with container.built(archive, tmp_path_factory.mktemp("container")) as image:
        yield image


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def running(image: Image, port: int) -> Iterator[Container]:
    """The image as it is, on a port that it is told."""
    with image.started(PORT=str(port)) as running:
        wait(running, port, "/readyz")
        yield running


@pytest.fixture(scope="module")
def served(running: Container, port: int) -> Iterator[httpx.Client]:
    assert running.process.poll() is None
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


def status(port: int, path: str) -> int:
    """0 if nobody answers."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}").status_code
    except httpx.TransportError:
        return 0


def wait(running: Container, port: int, path: str) -> None:
    def answers() -> bool:
        assert running.process.poll() is None, running.process.communicate()[0]
        return status(port, path) == 200

    until(answers)


def test_the_image_holds_what_serves_and_nothing_else(image: Image) -> None:
    assert {path.name for path in (image.root / "srv").iterdir()} == {
        *("app", "migrations", "seed", "venv", "pyproject.toml", "requirements.txt", "CHANGELOG.md", "LICENCES.md"),
        *("regions.sqlite", "regions.sqlite.lock"),
    }
    assert [path for path in (image.root / "root").rglob("*") if "cache" in path.name] == []
    assert not (image.root / "etc" / "pip.conf").exists()  # what let the build reach the packages
    for tool in ("gcc", "cc", "make", "git"):
        assert not [*image.root.glob(f"usr/*bin/{tool}"), *image.root.glob(f"srv/venv/bin/{tool}")]


def test_the_environment_of_the_image_is_the_locked_one(image: Image) -> None:
    tell = "import importlib.metadata as m; print(*(f'{d.name}=={d.version}' for d in m.distributions()))"
    installed = image.run("python", "-c", tell).stdout.lower().replace("_", "-").split()
    assert sorted(installed) == sorted(f"{pin.name}=={pin.version}" for pin in pins.shipped(pins.SERVE))


def test_nothing_in_the_image_is_the_users_or_anybodys_to_write(image: Image) -> None:
    for folder, folders, files in os.walk(image.root / "srv"):
        for name in (*folders, *files):
            found = (Path(folder) / name).lstat()
            assert (found.st_uid, found.st_gid) == (0, 0)
            assert stat.S_ISLNK(found.st_mode) or not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def test_it_runs_as_nobody_in_particular_and_cannot_become_more(running: Container) -> None:
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{running.pid}/status").read_text().splitlines())
    assert status["Uid"].split() == status["Gid"].split() == ["10001"] * 4
    assert status["Groups"].split() == []
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert status["NSpid"].split()[-1] == "1"


def test_the_root_is_read_only_even_where_anybody_may_write(image: Image) -> None:
    assert (image.root / "tmp").stat().st_mode & stat.S_IWOTH
    assert "Read-only file system" in image.run("touch", "/tmp/file").stderr
    assert image.run("find", "/", "-xdev", "-writable", "-not", "-type", "l").stdout == ""


def test_it_answers_on_the_port_it_is_told(served: httpx.Client) -> None:
    for path in ("/livez", "/readyz", "/", "/guide", "/docs", "/openapi.json", "/v1", "/v1/regions.csv"):
        assert served.get(path).status_code == 200, path
    answer = served.get("/v1/regions")
    assert answer.json()["total"] == 29
    assert served.get("/v1/regions", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    found = served.get("/v1/regions", params={"q": "医療", "type": "global"}).json()
    assert {5, 11} <= {region["number"] for region in found["items"]}
    assert served.get("/v1/regions/30").headers["Content-Type"] == "application/problem+json"


def test_its_own_check_finds_it_well(running: Container) -> None:
    until(running.healthy)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_stops_when_it_is_told_to(image: Image, workers: str) -> None:
    port = free_port()
    with image.started(PORT=str(port), WORKERS=workers) as running:
        wait(running, port, "/readyz")
        running.ask_to_stop()
        assert running.process.wait(WAIT_SECONDS) == 0
    assert status(port, "/livez") == 0


def test_a_wrong_setting_is_one_clear_line(image: Image) -> None:
    done = image.run(PORT="http")
    assert done.returncode == 1
    assert re.fullmatch(r"PORT: .+\n", done.stdout + done.stderr)


def test_the_same_image_migrates_seeds_and_serves_postgresql(image: Image, postgres_url: str) -> None:
    port = free_port()
    with new_postgresql(postgres_url) as url:
        assert "python -m seed" in image.run(DATABASE_URL=url).stderr
        for command in (("alembic", "--raiseerr", "upgrade", "head"), ("python", "-m", "seed")):
            done = image.run(*command, DATABASE_URL=url)
            assert done.returncode == 0, done.stderr
        with image.started(DATABASE_URL=url, PORT=str(port)) as running:
            wait(running, port, "/readyz")
            until(running.healthy)
            assert httpx.get(f"http://127.0.0.1:{port}/v1/regions").json()["total"] == 29


def test_the_check_of_the_image_tells_of_a_database_that_is_away(image: Image) -> None:
    port = free_port()
    with image.started(DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/away", PORT=str(port)) as running:
        wait(running, port, "/livez")
        assert status(port, "/readyz") == 503
        assert not running.healthy()


def test_an_answer_that_was_begun_is_finished_before_it_stops(image: Image, postgres_url: str) -> None:
    """Let the answer wait for a lock of ours in the database."""
    port = free_port()
    answers: list[httpx.Response] = []
    asking = Thread(target=lambda: answers.append(httpx.get(f"http://127.0.0.1:{port}/v1/regions", timeout=60)))
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'regions'::regclass"
    with new_postgresql(postgres_url) as url:
        assert image.run("python", "-m", "seed", DATABASE_URL=url).returncode == 0
        with image.started(DATABASE_URL=url, PORT=str(port), READ_TIMEOUT="60") as running:
            wait(running, port, "/readyz")
            with psycopg.connect(url) as lock, psycopg.connect(url, autocommit=True) as watch:
                lock.execute("LOCK TABLE regions")
                asking.start()
                until(lambda: watch.execute(waiting).fetchone() != (0,))
                running.ask_to_stop()
                until(lambda: status(port, "/readyz") != 200)
            asking.join()
            assert running.process.wait(WAIT_SECONDS) == 0
    assert answers[0].json()["total"] == 29


def test_a_database_that_hangs_does_not_keep_it(image: Image) -> None:
    """Expect an exit code: as the first process it does not die of the signal itself, and ends like a program."""
    port = free_port()
    with postgres.server() as url:
        fill(url)
        with image.started(DATABASE_URL=url, PORT=str(port), WORKERS="2", READ_TIMEOUT="1") as running:
            wait(running, port, "/readyz")
            with postgres.frozen(url):
                for number in range(4):
                    assert status(port, f"/v1/regions/{number}") == 503
                running.ask_to_stop()
                assert running.process.wait(WAIT_SECONDS) == 0

"""One migrated and seeded database of each kind for the session; every test runs on both."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psycopg
import pytest
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Page

import clients
from app.settings import Settings
from seed import __main__ as seed
from tests.support import browser, container, nginx, postgres
from tests.support.raw import Wire
from tests.support.service import serving

hypothesis_settings.register_profile("suite", deadline=None, derandomize=True)
hypothesis_settings.register_profile("fuzz", deadline=None, max_examples=5_000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

USED = pytest.StashKey[dict[str, str]]()
"""The databases that the tests ran on, with their versions."""


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL: that of TEST_DATABASE_URL, else one of our own."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> str:
    """A database with the list in it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'regions.sqlite'}"
        version = sqlite3.sqlite_version
    else:
        url = request.getfixturevalue("postgres_url")
        with psycopg.connect(url) as connection:
            version = str(connection.info.parameter_status("server_version"))
    fill(url)
    pytestconfig.stash[USED][request.param] = version
    return url


def fill(url: str, *arguments: str) -> None:
    """Seeds as the command does."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", url)
        assert seed.main([*arguments]) == 0


@pytest.fixture(scope="session")
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url)


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[httpx.Client]:
    """A client of the service as it is by default."""
    with serving(settings) as client:
        yield client


@pytest.fixture(scope="session")
def wire(client: httpx.Client) -> Wire:
    """The same service, asked by bytes."""
    return Wire(client.base_url.port or 0)


@pytest.fixture(scope="session")
def uncached(settings: Settings) -> Iterator[httpx.Client]:
    """A client of the service without its cache."""
    with serving(settings.model_copy(update={"cache_bytes": 0})) as client:
        yield client


@pytest.fixture(scope="session")
def sqlite_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """For what does not care about the database, such as a browser."""
    settings = Settings(database_url=f"sqlite:///{tmp_path_factory.mktemp('page') / 'regions.sqlite'}")
    fill(settings.database_url)
    return settings


@pytest.fixture(scope="session")
def site(sqlite_settings: Settings) -> Iterator[httpx.Client]:
    with serving(sqlite_settings) as client:
        yield client


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser.launched() as launched:
        yield launched


@pytest.fixture
def page(chromium: Browser, site: httpx.Client) -> Iterator[Page]:
    with browser.opened(chromium, site.base_url) as page:
        yield page


@pytest.fixture(scope="session")
def source() -> bytes:
    """The list, byte for byte."""
    return (Path(__file__).parent.parent / "seed" / "source_list.txt").read_bytes()


@pytest.fixture(scope="session")
def python_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder to import the generated `cluster_regions` from."""
    folder = tmp_path_factory.mktemp("client")
    clients.write_python(folder / "cluster_regions")
    return folder


def missing() -> Iterator[tuple[str, str]]:
    """Test files that this machine cannot run, and why."""
    if not browser.EXECUTABLE:
        for file in (
            "browser/test_explorer.py",
            "browser/test_explorer_conditions.py",
            "browser/test_accessibility.py",
            "browser/test_docs.py",
        ):
            yield file, "chromium is not installed (Debian: chromium)"
    if not nginx.program():
        for file in ("release/test_export_nginx.py", "process/test_proxy.py", "process/test_hostile_proxy.py"):
            yield file, "nginx is not installed (Debian: nginx-light)"
    if reason := container.missing():
        yield "release/test_container.py", reason
    if not shutil.which("pgbouncer"):
        yield "data/test_pgbouncer.py", "pgbouncer is not installed (Debian: pgbouncer)"
    if not shutil.which("promtool"):
        yield "process/test_alerts.py", "promtool is not installed (Debian: prometheus)"
    if not shutil.which("node"):
        yield "release/test_typescript.py", "node is not installed (Debian: nodejs, npm)"
    elif not (clients.NODE / "node_modules").is_dir():
        yield "release/test_typescript.py", "its packages are not installed (make node)"


collect_ignore = [file for file, _ in missing()]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[USED] = {}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Says what the suite ran on, and what it could not run."""
    used = config.stash[USED]
    for name in ("sqlite", "postgresql"):
        terminalreporter.write_line(f"{name}: {used.get(name, 'not used by the tests that were selected')}")
    terminalreporter.write_line(f"chromium: {browser.EXECUTABLE or 'not found'}")
    for file, reason in missing():
        terminalreporter.write_line(f"{file} did not run: {reason}")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack

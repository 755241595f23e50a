"""Offer what every test can ask for, and choose on what the tests run.

A run may be spread over several processes (`-n`). They share one folder, and with it one PostgreSQL server.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx
import pytest
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Page

from app.db import thresholds
from app.settings import Settings
from tests.support import browser, databases, machine
from tests.support.databases import fill as fill
from tests.support.raw import Wire
from tests.support.service import serving
from tools import clients
from tools.postgres import new_postgresql

hypothesis_settings.register_profile("suite", deadline=None, derandomize=True)
hypothesis_settings.register_profile("quick", deadline=None, derandomize=True, max_examples=30)
hypothesis_settings.register_profile("fuzz", deadline=None, max_examples=5_000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

WAITING = ("resilience", "process")
COMPUTING = ("release", "data", "browser", "api", "http", "unit")
"""The folders by what their tests mostly do, each in the order in which they run."""

SHARED = pytest.StashKey[Path]()
"""The folder of the run."""


# --- the run --------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only", choices=["sqlite", "postgresql"], help="leave out the tests of the other database")


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # until all is imported, most of which stays for ever
    given = getattr(config, "workerinput", {}).get("shared")
    config.stash[SHARED] = Path(given or mkdtemp(prefix="tests-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process of pytest-xdist which folder is shared."""
    node.workerinput["shared"] = str(node.config.stash[SHARED])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        databases.remove(config.stash[SHARED])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    terminalreporter.write_line(databases.used(config.stash[SHARED]))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    turns = turns_of({item.path for item in items})
    items.sort(key=lambda item: (item.get_closest_marker("alone") is not None, turns[item.path]))
    for item in items:
        for mark in item.iter_markers("needs"):
            if reason := machine.NEEDS[mark.args[0]]():
                item.add_marker(pytest.mark.skip(reason=reason))
    if only := config.getoption("only"):
        others = {item for item in items if databases_of(item) - {only}}
        config.hook.pytest_deselected(items=[*others])
        items[:] = [item for item in items if item not in others]


def pytest_collection_finish() -> None:
    """Let no collection of garbage look through what was imported and collected: that was a tenth of the run."""
    gc.freeze()
    gc.enable()


def turns_of(files: set[Path]) -> dict[Path, float]:
    """Return the place of each file: those that wait lie between those that compute, so that processes do both.

    None of those that wait is among the last, where the other processes would have nothing left to do.
    """
    turns = {}
    for folders, end in ((WAITING, 0.7), (COMPUTING, 1)):
        own = {file: folders.index(file.parent.name) for file in files if file.parent.name in folders}
        for index, file in enumerate(sorted(own, key=lambda file: (own[file], file))):
            turns[file] = end * index / len(own)
    return turns


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let a test that is marked so run while no other process of the run is at a test."""
    with machine.locked(item.config.stash[SHARED] / "turn", shared=item.get_closest_marker("alone") is None):
        return (yield)


def databases_of(item: pytest.Item) -> set[str]:
    """Return the kinds of database that a test is known to need."""
    parameters = getattr(item, "callspec", None)
    chosen = {*map(str, parameters.params.values())} & {"sqlite", "postgresql"} if parameters else set()
    fixtures = getattr(item, "fixturenames", ())
    return chosen | {
        kind for kind, name in (("postgresql", "postgres_url"), ("sqlite", "sqlite_settings")) if name in fixtures
    }


@pytest.fixture(autouse=True, scope="module")
def _patient_watch(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a database be silent for longer before it counts as away, where that is not what is tested.

    On a busy machine an answer must not become a 503. `tests/resilience` holds the service to its 1.5 seconds.
    """
    with pytest.MonkeyPatch.context() as patch:
        if request.path.parent.name in ("api", "http", "data", "browser"):
            patch.setattr(thresholds, "AWAY_SECONDS", 15)
            patch.setattr(thresholds, "CONNECT_SECONDS", 15)
        yield


# --- databases and servers ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_folder(pytestconfig: pytest.Config) -> Path:
    """The folder of the run."""
    return pytestconfig.stash[SHARED]


@pytest.fixture(scope="session")
def postgres_url(shared_folder: Path) -> Iterator[str]:
    """A PostgreSQL database of this process."""
    with new_postgresql(databases.server(shared_folder)) as url:
        yield url


@pytest.fixture(scope="session")
def database_of(request: pytest.FixtureRequest, shared_folder: Path) -> Callable[[str], str]:
    """A function from the kind of a database to the URL of one with the list in it."""

    @cache
    def url(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{databases.filled_file(shared_folder)}"
        url: str = request.getfixturevalue("postgres_url")
        fill(url)
        return url

    return url


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, database_of: Callable[[str], str]) -> str:
    """A database with the list in it."""
    return database_of(request.param)


@pytest.fixture(scope="session")
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url)


@pytest.fixture(scope="session")
def server_of() -> Iterator[Callable[[Settings], httpx.Client]]:
    """A function from settings to a client of a server with these, which runs until the end."""
    with ExitStack() as stack:
        yield cache(lambda settings: stack.enter_context(serving(settings)))


@pytest.fixture(scope="session")
def client(settings: Settings, server_of: Callable[[Settings], httpx.Client]) -> httpx.Client:
    """A client of the service as it is by default."""
    return server_of(settings)


@pytest.fixture(scope="session")
def wire(client: httpx.Client) -> Wire:
    """The same service, asked by bytes."""
    return Wire(client.base_url.port or 0)


@pytest.fixture(scope="session")
def uncached(settings: Settings, server_of: Callable[[Settings], httpx.Client]) -> httpx.Client:
    """A client of the service without its cache."""
    return server_of(settings.model_copy(update={"cache_bytes": 0}))


@pytest.fixture(scope="session")
def sqlite_settings(database_of: Callable[[str], str]) -> Settings:
    """Settings for tests that do not depend on the database, such as those in a browser."""
    return Settings(database_url=database_of("sqlite"))


@pytest.fixture(scope="session")
def site(sqlite_settings: Settings) -> Iterator[httpx.Client]:
    with serving(sqlite_settings) as client:
        yield client


# --- other ----------------------------------------------------------------------------------------------------


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


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack

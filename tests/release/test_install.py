"""The project installed with its declared dependencies into an environment of its own, away from this folder."""

import json
import os
import socket
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import packages_distributions
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement

from app.pages.bundle import BUNDLE
from tests.support.waiting import WAIT_SECONDS, until
from tests.unit.test_architecture import imported
from tools.postgres import free_port

PROJECT = Path(__file__).parents[2]
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
PACKAGES = ("app", "migrations", "seed", "tools/static_site", "tools/command.py")
"""What is installed."""

PAGES = (
    "/",
    "/guide/ja",
    "/changelog",
    f"/explorer/{BUNDLE.hashed('main.js')}",
    "/docs",
    "/v1/regions/7",
    "/openapi.json",
)
"""Paths whose responses are made of files of the packages, or of the data."""


def packaged_files() -> Iterator[Path]:
    """Yield every file of the packages but compiled modules."""
    for path in (PROJECT / each for each in PACKAGES):
        files = path.rglob("*") if path.is_dir() else [path]
        yield from (each for each in files if each.is_file() and "__pycache__" not in each.parts)


def install(environment: Path, *arguments: str) -> None:
    """Install by uv, which takes seconds, else by pip, which may know an index that uv does not."""
    python = str(environment / "bin" / "python")
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python]
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    if subprocess.run([*uv, *arguments], cwd=PROJECT, capture_output=True).returncode:
        subprocess.run([*pip, *arguments], cwd=PROJECT, check=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", str(folder)]
    subprocess.run([*command, str(PROJECT)], check=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel and what it requires."""
    environment = tmp_path_factory.mktemp("installed") / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    install(environment, str(wheel))
    return environment


def assert_serves(client: httpx.Client) -> None:
    found = {path: client.get(path, follow_redirects=True).status_code for path in PAGES}
    assert found == dict.fromkeys(PAGES, 200)


def run(environment: Path, folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    program, *arguments = command
    return subprocess.run(
        [str(environment / "bin" / program), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS * 4,
    )


@contextmanager
def serving(environment: Path, folder: Path, port: int, *command: str) -> Iterator[httpx.Client]:
    """Run a command that serves on that port until the block ends; yield a client once the service is ready."""
    program, *arguments = command
    with (
        subprocess.Popen(
            [str(environment / "bin" / program), *arguments],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PORT": str(port)},
            stdout=subprocess.DEVNULL,
        ) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=WAIT_SECONDS) as client,
    ):

        def is_ready() -> bool:
            assert process.poll() is None, "the service has ended"
            try:
                return client.get("/readyz").status_code == 200
            except httpx.TransportError:
                return False

        try:
            until(is_ready)
            yield client
        finally:
            process.terminate()


def test_every_imported_package_is_declared() -> None:
    wanted = [*DECLARED["dependencies"], *DECLARED["optional-dependencies"]["tracing"]]
    declared = {Requirement(each).name.replace("_", "-") for each in wanted}
    modules = [path for path in packaged_files() if path.suffix == ".py" and "samples" not in path.parts]
    names = set.union(*map(imported, modules))
    distributions = packages_distributions()
    undeclared = {
        name
        for name in names & distributions.keys()
        if declared.isdisjoint(each.lower().replace("_", "-") for each in distributions[name])
    }
    assert undeclared - {"app", "migrations", "seed", "tools"} == set()


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    files = {str(path.relative_to(PROJECT)) for path in packaged_files()}
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == files | {"CHANGELOG.md", "tools/__init__.py"}


def test_the_installed_command_seeds_migrates_serves_exports_and_describes(installed: Path, tmp_path: Path) -> None:
    seeded = run(installed, tmp_path, "cluster-regions", "seed")
    assert seeded.stdout.endswith("replaced the whole data set\n"), seeded.stderr
    assert run(installed, tmp_path, "cluster-regions", "migrate").returncode == 0
    assert run(installed, tmp_path, "cluster-regions", "export", "site").returncode == 0
    assert json.loads((tmp_path / "site" / "v1" / "regions" / "7.json").read_text())["number"] == 7
    described = run(installed, tmp_path, "cluster-regions", "openapi")
    assert described.stdout == (PROJECT / "openapi.json").read_text()
    with serving(installed, tmp_path, free_port(), "cluster-regions", "serve") as client:
        assert {path: client.get(path, follow_redirects=True).status_code for path in PAGES} == dict.fromkeys(
            PAGES, 200
        )


def test_the_installed_command_migrates_an_empty_database(installed: Path, tmp_path: Path) -> None:
    assert run(installed, tmp_path, "cluster-regions", "migrate").returncode == 0
    assert (tmp_path / "regions.sqlite").is_file()


@pytest.mark.parametrize("arguments", [(), ("seeds",), ("serve", "8000"), ("migrate", "head"), ("openapi", "file")])
def test_a_command_that_there_is_not_is_answered_with_those_that_there_are(
    installed: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = run(installed, tmp_path, "cluster-regions", *arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("usage: cluster-regions COMMAND")


def test_errors_are_one_line_and_no_traceback(installed: Path, tmp_path: Path) -> None:
    for command in ("serve", "export site"):
        done = run(installed, tmp_path, "cluster-regions", *command.split())
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    done = run(installed, tmp_path, "cluster-regions", "migrate", DATABASE_URL="x")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_an_editable_installation_serves_this_folder_under_another_server(installed: Path, tmp_path: Path) -> None:
    install(installed, "--no-deps", "--reinstall-package", "cluster-regions", "--editable", ".")
    located = run(installed, tmp_path, "python", "-c", "import app; print(app.__file__)")
    assert located.stdout.strip() == str(PROJECT / "app" / "__init__.py")
    assert run(installed, tmp_path, "cluster-regions", "seed").returncode == 0
    port = free_port()
    with serving(installed, tmp_path, port, "uvicorn", "app.main:app", "--port", str(port)) as client:
        assert {path: client.get(path, follow_redirects=True).status_code for path in PAGES} == dict.fromkeys(
            PAGES, 200
        )
        with socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS) as raw:
            raw.sendall("GET /v1/regions?q=医療 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert raw.recv(100).startswith(b"HTTP/1.1 400 ")  # as docs/configuration.md says

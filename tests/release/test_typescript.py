"""The TypeScript client, and what the linters that run on node say of `openapi.json`."""

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from tools import clients

pytestmark = pytest.mark.needs("typescript")

PROJECT = clients.PROJECT
EXAMPLES = {
    "example.ts": "list, filter, search, page, facets, error, 304",
    "cache.ts": "200, memory, 304, error",
}
"""With what each prints at its end."""

PROGRAMS = clients.NODE / "node_modules" / ".bin"


def run(*program: str | Path) -> str:
    done = subprocess.run(program, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the examples, compiled strictly; the tests' own copy of everything but the packages."""
    folder = tmp_path_factory.mktemp("typescript")
    for name in ("package.json", "tsconfig.json", *EXAMPLES):
        shutil.copy(clients.NODE / name, folder)
    (folder / "node_modules").symlink_to(clients.NODE / "node_modules")
    clients.write_typescript(folder / "schema.d.ts")
    run(PROGRAMS / "tsc", "--strict", "--project", folder)
    return folder / "built"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_the_typescript_client_compiles_and_runs(client: httpx.Client, compiled: Path, name: str) -> None:
    script = (compiled / name).with_suffix(".js")
    assert run("node", script, str(client.base_url)) == f"{EXAMPLES[name]}\n"


def test_the_examples_use_no_cast_and_read_no_type_but_what_is_described() -> None:
    for name in EXAMPLES:
        code = (clients.NODE / name).read_text(encoding="utf-8")
        assert not re.search(r"\bas (?!const)\w|\bany\b|@ts-|<any>|!\.", code), name


def test_redocly_finds_nothing_but_what_is_explained() -> None:
    run(PROGRAMS / "redocly", "lint", "--config", clients.HERE / "redocly.yaml", clients.DESCRIPTION)


def test_spectral_finds_nothing_but_what_is_explained() -> None:
    options: list[str | Path] = ["--fail-severity", "hint", "--ruleset", clients.HERE / "spectral.yaml"]
    run(PROGRAMS / "spectral", "lint", *options, clients.DESCRIPTION)


def test_every_exception_of_a_linter_has_its_reason_above_it() -> None:
    for name in ("redocly.yaml", "spectral.yaml"):
        lines = (clients.HERE / name).read_text().splitlines()
        for before, line in pairwise(lines):
            assert not line.endswith(": off") or before.strip().startswith("#"), line


def test_the_types_of_the_pages_javascript_are_right() -> None:
    run(PROGRAMS / "tsc", "--project", clients.NODE / "tsconfig.explorer.json")


def test_the_type_check_of_the_page_reads_every_script_and_finds_a_wrong_property(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "app" / "pages" / "explorer", tmp_path / "app" / "pages" / "explorer")
    folder = tmp_path / "clients" / "typescript"
    folder.mkdir(parents=True)
    for name in ("tsconfig.explorer.json", "explorer.d.ts"):
        shutil.copy(clients.NODE / name, folder)
    scripts = sorted((tmp_path / "app" / "pages" / "explorer").glob("*.js"))
    for script in scripts:
        script.write_text(script.read_text(encoding="utf-8") + "\ndocument.body.wrong;\n", encoding="utf-8")
    done = subprocess.run(
        [PROGRAMS / "tsc", "--project", folder / "tsconfig.explorer.json"], capture_output=True, text=True
    )
    assert {line.partition("(")[0].rpartition("/")[2] for line in done.stdout.splitlines() if "'wrong'" in line} == {
        script.name for script in scripts
    }

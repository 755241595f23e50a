"""The Python client: generated, typed, run against the service."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tools import clients


@pytest.fixture(scope="module")
def example(python_client: Path) -> Path:
    """The example beside the client that it imports."""
    return Path(shutil.copy(clients.HERE / "python" / "example.py", python_client))


def test_the_example_of_the_python_client_runs(client: httpx.Client, example: Path) -> None:
    done = subprocess.run([sys.executable, example, str(client.base_url)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "list, filter, search, page, facets, error, 304\n"


OF_THE_RELEASE = """
import sys
from cluster_regions import Client
from cluster_regions.api.dataset import get_dataset, list_changes, list_corrections
from cluster_regions.api.programs import list_programs, list_subcategories
from cluster_regions.api.regions import get_region, list_regions
from cluster_regions.api.vocabularies import list_fiscal_years, list_prefectures

client = Client(base_url=sys.argv[1])
for each in (list_regions, list_programs, list_subcategories, list_prefectures, list_fiscal_years, list_corrections):
    page = each.sync(client=client)
    assert page.total == len(page.items) > 0, page
assert list_changes.sync(client=client, limit=10).items[0].edition > 1
assert get_region.sync("7", client=client).annotations.prefectures[1].name == "石川県"
assert get_dataset.sync(client=client).counts.regions == 29
assert list_regions.sync(client=client, limit=1000).errors[0].parameter == "limit"
"""
"""A program for the client that was generated when the description was released."""


def test_a_program_for_the_released_description_goes_on_working(client: httpx.Client, tmp_path: Path) -> None:
    clients.write_python(tmp_path / "cluster_regions", clients.PROJECT / "openapi-released.json")
    program = [sys.executable, "-c", OF_THE_RELEASE, str(client.base_url)]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_python_client_is_typed_strictly(example: Path) -> None:
    program = [sys.executable, "-m", "mypy", "--strict", "--config-file=", example.name]
    done = subprocess.run(program, cwd=example.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_generator_drops_no_operation_warns_of_nothing_and_chooses_a_plain_name(tmp_path: Path) -> None:
    config = ["--config", str(clients.HERE / "python" / "config.yaml")]
    program = [str(Path(sys.executable).with_name("openapi-python-client")), "generate", "--fail-on-warning"]
    options = ["--meta", "none", "--path", str(clients.DESCRIPTION), *config]
    done = subprocess.run([*program, *options], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "warn" not in done.stdout.lower(), done.stdout
    operations = [item["get"]["operationId"] for item in json.loads(clients.DESCRIPTION.read_text())["paths"].values()]
    modules = {file.stem for file in (tmp_path / "cluster_regions_client" / "api").rglob("*.py")}
    assert modules - {"__init__"} == {name.replace("-", "_") for name in operations}
    for file in (tmp_path / "cluster_regions_client" / "api").rglob("[!_]*.py"):
        assert re.findall(r"-> Response\[(\w+)", file.read_text()) not in ([], ["Any"]), file.name

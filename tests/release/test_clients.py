"""The Python client: generated, typed, run against the service."""

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


def test_the_example_runs_with_a_client_of_the_released_description(client: httpx.Client, tmp_path: Path) -> None:
    clients.write_python(tmp_path / "cluster_regions", clients.PROJECT / "openapi-released.json")
    example = shutil.copy(clients.HERE / "python" / "example.py", tmp_path)
    done = subprocess.run([sys.executable, example, str(client.base_url)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_python_client_is_typed_strictly(example: Path) -> None:
    program = [sys.executable, "-m", "mypy", "--strict", "--config-file=", example.name]
    done = subprocess.run(program, cwd=example.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout

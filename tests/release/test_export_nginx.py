"""The tree goes on without us: nginx serves it, programs of others read it."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from tests.release.test_export import write
from tests.support import nginx

pytestmark = pytest.mark.needs("nginx")


@pytest.fixture(scope="module")
def static(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    tree, work = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("nginx")
    assert write(database_url, tree) == 0
    with nginx.serving(tree, work) as client:
        yield client


@pytest.fixture(scope="module")
def urls(static: httpx.Client) -> dict[str, str]:
    """Addresses of the files of the data set."""
    files = static.get("/v1/dataset").json()["files"]
    return {file["name"]: str(static.base_url.join(file["url"])) for file in files}


def test_the_paths_of_the_api_are_answered_with_its_media_types(static: httpx.Client, client: httpx.Client) -> None:
    for path in ("/v1", "/v1/regions", "/v1/regions/7", "/v1/programs/global", "/v1/fiscal-years.csv", "/v1/changes"):
        answer = static.get(path)
        assert answer.headers["Content-Type"] in client.get(f"{path}").headers["Content-Type"]
    assert static.get("/v1/dataset.jsonld").headers["Content-Type"] == "application/ld+json"
    assert static.get("/v1/regions.geojson").headers["Content-Type"] == "application/geo+json"
    assert static.get("/v1/regions/30").status_code == 404


def test_the_generated_client_reads_it(
    static: httpx.Client, python_client: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(python_client)
    api: Any = importlib.import_module("cluster_regions.api.regions.list_regions")
    one: Any = importlib.import_module("cluster_regions.api.regions.get_region")
    client = importlib.import_module("cluster_regions").Client(base_url=str(static.base_url))
    with client:
        page = api.sync(client=client)
        assert [region.number for region in page.items] == list(range(1, 30))
        assert one.sync("7", client=client).title == "ほくろく健康創造クラスター"


def test_pandas_reads_it(urls: dict[str, str]) -> None:
    table = pd.read_csv(urls["regions.csv"])
    assert len(table) == 29
    assert table["fiscal_year_start"].dtype == "int64"
    assert table.columns[0] == "number"  # without a byte order mark in it
    assert pd.read_json(urls["regions.json"])["name"].tolist() == table["name"].tolist()
    assert pd.read_json(urls["regions.ndjson"], lines=True)["theme"].tolist() == table["theme"].tolist()


def test_frictionless_finds_the_data_package_valid(urls: dict[str, str]) -> None:
    program = [str(Path(sys.executable).with_name("frictionless")), "validate", urls["datapackage.json"]]
    done = subprocess.run(program, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("VALID") >= 9
    assert "INVALID" not in done.stdout

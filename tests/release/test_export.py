"""The tree of files says what the service says."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from app.http import pagination
from tests.conftest import fill
from tools.bench.size.generate import generate
from tools.static_site import __main__ as export


def write(url: str, folder: Path) -> int:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", url)
        with ThreadPoolExecutor(1) as thread:  # playwright keeps an event loop in the thread of the tests
            return thread.submit(export.main, [str(folder)]).result()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_exports_are_the_same_byte_for_byte(database_url: str, tmp_path: Path) -> None:
    assert [write(database_url, tmp_path / name) for name in ("first", "second")] == [0, 0]
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


def test_every_file_is_what_the_service_answers_at_its_path(
    client: httpx.Client, database_url: str, tmp_path: Path
) -> None:
    write(database_url, tmp_path)
    files = contents(tmp_path)
    del files["manifest.json"]
    assert {"v1/regions/7.json", "v1/programs/global.json", "v1/dataset.jsonld", "v1/changes.csv"} <= files.keys()
    assert {"v1/regions.geojson", "v1/regions/7.geojson"} <= files.keys()
    for path, content in files.items():
        answer = client.get(f"/{path}").content
        assert answer == content or b'"next":"/v1' in answer, path  # of a list that is cut, see below


@pytest.fixture(scope="module")
def long_lists(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database whose lists are longer than a page."""
    folder = tmp_path_factory.mktemp("long")
    files = generate(folder, 230)
    url = f"sqlite:///{folder / 'long.sqlite'}"
    fill(url, "--list", str(files.list), "--annotations", str(files.annotations))
    return url


def test_a_list_that_is_longer_than_a_page_is_whole(long_lists: str, tmp_path: Path) -> None:
    write(long_lists, tmp_path)
    longer = 0
    for path in (tmp_path / "v1").glob("*.ndjson"):
        records = [json.loads(line) for line in path.read_text().splitlines()]
        page = json.loads(path.with_suffix(".json").read_text())
        longer += len(records) > pagination.MAX_LIMIT
        assert page["items"] == records
        assert page["total"] == len(records) <= page["limit"] == page["query"]["limit"]
        links = page["links"]
        assert (links["prev"], links["next"]) == (None, None)
        assert {links["self"], links["first"], links["last"]} == {f"/v1/{path.stem}.json"}
    assert longer >= 1


def test_the_manifest_names_every_file_with_its_bytes_and_its_hash(database_url: str, tmp_path: Path) -> None:
    write(database_url, tmp_path)
    files = contents(tmp_path)
    manifest = json.loads(files.pop("manifest.json"))["files"]
    assert [each["path"] for each in manifest] == sorted(files)
    for each in manifest:
        content = files[each["path"]]
        assert (each["bytes"], each["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())


def test_an_export_without_a_database_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert write(f"sqlite:///{tmp_path / 'none.sqlite'}", tmp_path / "tree") == 1
    assert "no such file" in capsys.readouterr().err

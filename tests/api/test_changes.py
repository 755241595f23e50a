"""Test how the changes of an edition are computed and published."""

import json
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import Settings
from seed import __main__ as seed
from seed import changes
from tests.api.test_problems import problem
from tests.conftest import fill
from tests.support.lists import walked
from tests.support.service import serving

OWN = Path(__file__).parents[2] / "seed"
FIRST = Path(__file__).parents[1] / "editions" / "first"
"""What the first edition published."""

WRITTEN = ("changes.json", "published.json")
"""What the command writes."""


def copy(folder: Path) -> Path:
    folder.mkdir()
    for name in ("source_list.txt", "annotations.json", "changes.json", "published.json"):
        shutil.copy(OWN / name, folder)
    return folder


def edit(folder: Path, **values: Any) -> None:
    path = folder / "annotations.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values, ensure_ascii=False))


def without_region_29(folder: Path) -> None:
    text = (folder / "source_list.txt").read_text()
    (folder / "source_list.txt").write_text(text.rpartition("\n")[0])
    regions = json.loads((folder / "annotations.json").read_text())["regions"]
    edit(folder, regions=[region for region in regions if region["number"] != 29])


def arguments(folder: Path) -> list[str]:
    names = {"--list": "source_list.txt", "--annotations": "annotations.json", "--changes": "changes.json"}
    return [text for option, name in names.items() for text in (option, str(folder / name))]


@pytest.fixture
def third(tmp_path: Path) -> Path:
    """An edition that withdraws region 29 and corrects a reading of region 1."""
    folder = copy(tmp_path / "third")
    without_region_29(folder)
    regions = json.loads((folder / "annotations.json").read_text())["regions"]
    regions[0]["name_en"]["value"] = "Sapporo"
    edit(folder, regions=regions, modified="2027-01-01")
    assert changes.main([str(OWN), str(folder)]) == 0
    return folder


def test_the_committed_changelog_is_the_one_that_the_command_writes(tmp_path: Path) -> None:
    folder = copy(tmp_path / "second")
    for name in WRITTEN:
        (folder / name).unlink()
    assert changes.main([str(FIRST), str(folder)]) == 0
    for name in WRITTEN:
        assert (folder / name).read_text() == (OWN / name).read_text(), name


def test_without_an_edition_before_everything_is_added(tmp_path: Path) -> None:
    folder = copy(tmp_path / "only")
    assert changes.main([str(folder)]) == 0
    (only,) = json.loads((folder / "changes.json").read_text())
    (first,) = json.loads((FIRST / "changes.json").read_text())
    assert only["changes"] == first["changes"]


def test_an_edition_without_changes_is_no_edition(tmp_path: Path) -> None:
    folder = copy(tmp_path / "same")
    assert changes.main([str(OWN), str(folder)]) == 0
    for name in WRITTEN:
        assert (folder / name).read_text() == (OWN / name).read_text(), name


def test_changes_are_published_by_record_and_field_and_what_is_withdrawn_is_gone(third: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'third.sqlite'}"
    fill(url, *arguments(third))
    with serving(Settings(database_url=url)) as client:
        newest = [each for each in client.get("/v1/changes").json()["items"] if each["edition"] == 3]
        common = {"edition": 3, "date": "2027-01-01", "collection": "regions"}
        before = "Central Hokkaido Region Centred on Sapporo"
        corrected = {"id": "1", "field": "annotations.name_en", "old": before, "new": "Sapporo"}
        withdrawn = {"id": "29", "field": None, "old": None, "new": None}
        assert newest == [
            common | {"action": "corrected"} | corrected,
            common | {"action": "withdrawn"} | withdrawn,
        ]
        problem(client.get("/v1/regions/29"), 410, "gone")
        problem(client.get("/v1/regions/29.json"), 410, "gone")
        problem(client.get("/v1/regions/30"), 404, "not-found")
        assert client.get("/v1/regions").json()["total"] == 28
        dataset = client.get("/v1/dataset").json()
        assert (dataset["issued"], dataset["modified"]) == ("2026-11-24", "2027-01-01")


def test_a_withdrawn_id_of_every_collection_is_gone_and_an_unknown_one_is_not_found(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    file = shutil.copy(sqlite_settings.database_url.removeprefix("sqlite:///"), tmp_path)
    withdrawn = {"programs": "old", "subcategories": "old", "regions": "30"}
    with sqlite3.connect(file) as database:
        for collection, id_ in withdrawn.items():
            given = (id_, collection)
            database.execute("UPDATE changes SET action = 'withdrawn', record_id = ? WHERE collection = ?", given)
    database.close()
    with serving(Settings(database_url=f"sqlite:///{file}")) as client:
        paths = client.get("/openapi.json").json()["paths"]
        with_ids = {path.split("/")[2] for path in paths if path.startswith("/v1/") and path.endswith("}")}
        assert with_ids - {"dataset"} == withdrawn.keys()
        for collection, id_ in withdrawn.items():
            problem(client.get(f"/v1/{collection}/{id_}"), 410, "gone")
            problem(client.get(f"/v1/{collection}/{id_}1"), 404, "not-found")
            first = client.get(f"/v1/{collection}").json()["items"][0]
            assert client.get(first["links"]["self"]).json()["links"]["self"] == first["links"]["self"]


def test_the_first_edition_added_everything(client: httpx.Client) -> None:
    items = [each for each in walked(client, "/v1/changes") if each["edition"] == 1]
    assert {each["action"] for each in items} == {"added"}
    assert [each["id"] for each in items if each["collection"] == "regions"] == [str(n) for n in range(1, 30)]


DERIVED = {"links", "matches", "region_count", "area_region_count"}
"""What a record counts or refers to."""


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """The values of a record by dotted path; numbers with decimals as texts, lists of texts as one."""
    if isinstance(value, list) and {type(each) for each in value} == {str}:
        return {path: "|".join(value)}
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        steps = [flat(each, f"{path}.{key}" if path else str(key)) for key, each in inner]
        return {name: each for step in steps for name, each in step.items()}
    return {path: repr(value) if isinstance(value, float) else value}


def test_the_second_edition_tells_every_difference_to_what_the_first_one_published(client: httpx.Client) -> None:
    before = {(name, id_): flat(record) for name, id_, record in json.loads((FIRST / "published.json").read_text())}
    keys = {"corrections": "id", "prefectures": "code", "programs": "id", "regions": "number", "subcategories": "id"}
    after = {
        (name, str(record[key])): flat({each: record[each] for each in record.keys() - DERIVED - {"id"}})
        for name, key in keys.items()
        for record in walked(client, f"/v1/{name}")
    }
    for program in walked(client, "/v1/programs"):  # names its subcategories, which are records of their own
        own = after["programs", program["id"]]
        after["programs", program["id"]] = {path: own[path] for path in own if not path.startswith("subcategories.")}
    dataset = client.get("/v1/dataset").json()
    about = ("title", "title_en", "note", "note_en", "publisher", "publisher_en", "point_rules", "credits")
    after["dataset", "dataset"] = flat({name: dataset[name] for name in about})
    assert before.keys() == after.keys()
    expected = {
        (*key, path): (before[key].get(path), after[key].get(path))
        for key in before
        for path in before[key] | after[key]
        if before[key].get(path) != after[key].get(path)
    }
    second = [each for each in walked(client, "/v1/changes") if each["edition"] == 2]
    assert {each["action"] for each in second} == {"corrected"}
    assert {(each["collection"], each["id"], each["field"]): (each["old"], each["new"]) for each in second} == expected
    assert len(second) == len(expected)
    printed = re.compile(r"name|title|theme|purpose|note|source\..*|label|publisher|fiscal_.*")
    changed = {(collection, path) for collection, _, path in expected if printed.fullmatch(path)}
    assert changed == {("corrections", "note")}  # which is ours
    themes = {id_ for _, id_, path in expected if path == "annotations.theme_en"}
    assert themes == {str(number) for number in range(1, 30)}


def test_an_id_that_was_withdrawn_is_refused_by_the_command_and_by_the_seed(
    third: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fourth = copy(tmp_path / "fourth")
    assert changes.main([str(third), str(fourth)]) == 1
    assert "regions → 29: found 'a withdrawn id in use'" in capsys.readouterr().err
    shutil.copy(third / "changes.json", fourth)
    assert seed.main([*arguments(fourth), "--check"]) == 1
    assert "regions → 29: found 'a withdrawn id in use'" in capsys.readouterr().err


def test_the_seed_refuses_data_that_the_changelog_does_not_tell_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy(tmp_path / "silent")
    without_region_29(folder)
    assert seed.main([*arguments(folder), "--check"]) == 1
    assert "no edition with these data" in capsys.readouterr().err


def test_a_changelog_that_is_not_one_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = copy(tmp_path / "broken")
    (folder / "changes.json").write_text('[{"edition": "one"}]')
    assert seed.main([*arguments(folder), "--check"]) == 1
    assert "changes.json" in capsys.readouterr().err

"""What an edition changed is computed, published and held to."""

import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import Settings
from seed import __main__ as seed
from seed import changes
from tests.api.test_problems import problem
from tests.conftest import fill
from tests.support.service import serving

OWN = Path(__file__).parents[2] / "seed"


def copy(folder: Path) -> Path:
    folder.mkdir()
    for name in ("source_list.txt", "annotations.json", "changes.json"):
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
def second(tmp_path: Path) -> Path:
    """An edition that withdraws region 29 and corrects a reading of region 1."""
    folder = copy(tmp_path / "second")
    without_region_29(folder)
    regions = json.loads((folder / "annotations.json").read_text())["regions"]
    regions[0]["name_en"]["value"] = "Sapporo"
    edit(folder, regions=regions, modified="2027-01-01")
    assert changes.main([str(OWN), str(folder)]) == 0
    return folder


def test_the_committed_changelog_is_the_one_that_the_command_writes(tmp_path: Path) -> None:
    folder = copy(tmp_path / "first")
    assert changes.main([str(folder)]) == 0
    assert (folder / "changes.json").read_text() == (OWN / "changes.json").read_text()


def test_an_edition_without_changes_is_no_edition(tmp_path: Path) -> None:
    folder = copy(tmp_path / "same")
    assert changes.main([str(OWN), str(folder)]) == 0
    assert (folder / "changes.json").read_text() == (OWN / "changes.json").read_text()


def test_changes_are_published_by_record_and_field_and_what_is_withdrawn_is_gone(second: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'second.sqlite'}"
    fill(url, *arguments(second))
    with serving(Settings(database_url=url)) as client:
        newest = [each for each in client.get("/v1/changes").json()["items"] if each["edition"] == 2]
        common = {"edition": 2, "date": "2027-01-01", "collection": "regions"}
        before = "Central Hokkaido Area with Sapporo at its core"
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


def test_the_first_edition_added_everything(client: httpx.Client) -> None:
    items = client.get("/v1/changes").json()["items"]
    assert {each["action"] for each in items} == {"added"}
    assert [each["id"] for each in items if each["collection"] == "regions"] == [str(n) for n in range(1, 30)]


def test_an_id_that_was_withdrawn_is_refused_by_the_command_and_by_the_seed(
    second: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    third = copy(tmp_path / "third")
    assert changes.main([str(second), str(third)]) == 1
    assert "regions → 29: found 'a withdrawn id in use'" in capsys.readouterr().err
    shutil.copy(second / "changes.json", third)
    assert seed.main([*arguments(third), "--check"]) == 1
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

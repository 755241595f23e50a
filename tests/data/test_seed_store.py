"""A database holds all of the old edition or all of the new one, whatever happens to the seed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import inspect, make_url, text

from app.db.engines import file_of
from seed import __main__ as command
from seed import records, store
from tests.data.test_migrations import connected, empty_database
from tests.data.test_seed_source import OTHER_LIST
from tools.postgres import free_port, new_postgresql

PROJECT = Path(__file__).parents[2]
LIST, ANNOTATIONS = PROJECT / "seed" / "source_list.txt", PROJECT / "seed" / "annotations.json"
REGIONS_FIRST = json.dumps(dict(reversed(json.loads(ANNOTATIONS.read_bytes()).items()))).encode()
KILLS = int(os.environ.get("KILLS", "4"))
"""On each of the two databases, each a second; `make fuzz` asks for more."""
KILL_SEED = int(os.environ.get("KILL_SEED") or random.randrange(10**9))
"""Of the moments at which they come."""
Contents = dict[str, list[str]]


def contents(url: str) -> Contents:
    """Every table with its rows, as one moment saw them."""
    path = file_of(make_url(url))
    if path and not path.exists():
        return {}
    with connected(url) as connection:
        names = {*inspect(connection).get_table_names()} - {"region_grams"}  # that one is stored in tables of its own
        return {name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}")))) for name in sorted(names)}


def snapshot(url: str) -> object:
    """Return what a seed that writes nothing leaves as it is: every byte of a file, and the file itself."""
    path = file_of(make_url(url))
    return (path.read_bytes(), path.stat()) if path else contents(url)


def seed(url: str, *arguments: str) -> int:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", url)
        return command.main([*arguments])


def start(url: str, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}
    program = [sys.executable, "-m", "seed", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(program, cwd=PROJECT, env=environment, stdout=pipe, stderr=pipe, text=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_database(request, tmp_path) as url:
        yield url


@pytest.fixture
def other(tmp_path: Path) -> list[str]:
    """The arguments that seed another list, which has nothing in common with the ministry's."""
    left_out = "name_kana name_romaji name_en title_kana title_en local_governments research_fields"
    unknown: dict[str, Any] = dict.fromkeys(left_out.split())
    prefectures = {"value": ["13"], "status": "editorial"}
    added = {
        "modified": "2027-01-01",
        "publisher": "某省",
        "programs": [{"id": "trial", "name": "試行型", "name_en": "Trial"}],
        "subcategories": [
            {"id": id_, "label": f"試行型 ({name})", "label_en": id_}
            for id_, name in (("trial-a", "甲"), ("trial-b", "乙"))
        ],
        "corrections": [],
        "regions": [
            unknown | {"number": number, "title": title, "prefectures": prefectures}
            for number, title in ((3, "東の題"), (12, "西の題"), (13, "北の題"))
        ],
    }
    (tmp_path / "other.txt").write_bytes(OTHER_LIST)
    (tmp_path / "other.json").write_text(json.dumps(added), encoding="utf-8")
    return ["--list", str(tmp_path / "other.txt"), "--annotations", str(tmp_path / "other.json")]


def test_seeding_twice_changes_nothing_and_says_so(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert seed(url) == 0
    assert "replaced the whole data set" in capsys.readouterr().out
    before = snapshot(url)
    assert seed(url) == 0
    assert "nothing to do: this version is stored already" in capsys.readouterr().out
    assert snapshot(url) == before


def test_a_check_writes_nothing(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert seed(url, "--check") == 0
    assert capsys.readouterr().out.startswith(
        "checked: 8 areas, 47 prefectures, 2 programs, 4 subcategories, 29 regions,"
    )
    assert contents(url) == {}
    assert [*tmp_path.iterdir()] == []


def test_a_bad_input_leaves_the_old_data(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert seed(url) == 0
    before = snapshot(url)
    bad = tmp_path / "bad"
    for option, content, place in (
        ("--list", LIST.read_bytes()[:-1], "line 44: found 'E6 88'"),
        ("--list", LIST.read_bytes() + b"\n", "line 44: found 'a newline"),
        ("--list", LIST.read_bytes().rpartition(b"\n")[0], "regions → 29: found '29'"),
        ("--annotations", ANNOTATIONS.read_bytes()[:-5], "bad: found "),
        ("--annotations", REGIONS_FIRST, "bad: found 'more behind “regions”', expected “regions” as the last member"),
    ):
        bad.write_bytes(content)
        assert seed(url, option, str(bad)) == 1
        assert place in capsys.readouterr().err
        assert snapshot(url) == before


def test_another_list_replaces_everything(url: str, other: list[str]) -> None:
    assert seed(url, *other) == 0
    alone = contents(url)
    assert len(alone["regions"]) == 3
    assert alone["corrections"] == []
    assert seed(url) == 0
    assert len(contents(url)["regions"]) == 29
    assert seed(url, *other) == 0
    assert contents(url) == alone


def test_what_was_checked_is_what_is_written_whatever_becomes_of_the_files(url: str, other: list[str]) -> None:
    assert seed(url, *other) == 0
    before = contents(url)
    assert seed(url) == 0
    files = records.Files(Path(other[1]), Path(other[3]))
    reports: list[tuple[str, int]] = []
    edition = store.check(files, lambda *report: reports.append(report))
    assert reports == [("checked", 1), ("checked", 2), ("checked", 3)]
    files.list.write_bytes(OTHER_LIST.replace("東の主題".encode(), "東の副題".encode()))
    assert store.replace(url, edition, lambda *_: None)
    assert contents(url) == before


def test_the_version_changes_with_the_content_and_only_with_it(tmp_path: Path) -> None:
    files = records.Files(tmp_path / "list", tmp_path / "annotations")
    printed, added = LIST.read_text(encoding="utf-8"), ANNOTATIONS.read_text(encoding="utf-8")

    def version(printed: str, added: str) -> str:
        files.list.write_bytes(printed.encode())
        files.annotations.write_bytes(added.encode())
        return str(store.check(files, lambda *_: None).dataset["version"])

    same = {version(printed, added), version(printed, json.dumps(json.loads(added)))}
    lists = [("染色体工学", "染色体学"), ("P55", "P56"), ("一覧）", "表）"), ("引き続き", ""), ("小規模", "大規模")]
    notes = [("2026-11-28", "2026-11-29"), ("Global Type", "Global"), ("文部科学省", "某省"), ("page 44", "page 45")]
    others = [version(printed.replace(*change), added) for change in lists]
    others += [version(printed, added.replace(*change)) for change in notes]
    assert len(same) == 1
    assert len({*same, *others}) == 1 + len(lists) + len(notes)


def test_several_that_migrate_and_seed_an_empty_database_at_once_succeed_once(url: str) -> None:
    seeds = [start(url) for _ in range(4)]
    said = [each.communicate() for each in seeds]
    assert [each.returncode for each in seeds] == [0] * 4, said
    last = sorted(out.splitlines()[-1].split(":")[0] for out, _ in said)
    assert last == ["nothing to do"] * 3 + ["replaced the whole data set"]
    assert len(contents(url)["regions"]) == 29


def test_two_seeds_at_once_both_succeed(url: str, other: list[str]) -> None:
    assert seed(url, *other) == 0
    seeds = [start(url) for _ in range(2)]
    said = [each.communicate() for each in seeds]
    assert [each.returncode for each in seeds] == [0, 0], said
    last = sorted(out.splitlines()[-1].split(":")[0] for out, _ in said)
    assert last == ["nothing to do", "replaced the whole data set"]
    together = contents(url)
    assert seed(url, *other) == seed(url) == 0
    assert contents(url) == together


def test_a_seed_that_is_killed_leaves_the_old_data_or_the_new(url: str, tmp_path: Path, other: list[str]) -> None:
    editions = []
    for arguments in (other, []):
        assert seed(url, *arguments) == 0
        editions.append((arguments, contents(url)))
    whole, choose = 0.0, random.Random(KILL_SEED)
    seen: set[tuple[int, bool]] = set()
    for kill in range(-1, 4 * KILLS):  # the first is left alone, to know how long writing takes
        if kill >= KILLS and {is_old for _, is_old in seen} == {True, False}:
            break  # on a machine that was busier at first than later all the kills may come too late, and more follow
        arguments, new = editions[(kill + 1) % 2]
        old = contents(url)
        process = start(url, *arguments)
        assert process.stdout
        assert process.stdout.readline().startswith("checked")
        began = time.monotonic()
        if kill >= 0:
            part = kill % KILLS
            time.sleep(1.2 * whole * choose.uniform(part, part + 1) / KILLS)  # the last ones come after the writing
            process.send_signal(signal.SIGKILL)
        process.communicate()
        whole = whole or time.monotonic() - began
        found = contents(url)
        assert found in (old, new), f"KILL_SEED={KILL_SEED}, kill {kill}"
        if kill >= 0:
            seen.add((process.returncode, found == old))
        assert seed(url, *arguments) == 0
        assert contents(url) == new
    assert -signal.SIGKILL in {code for code, _ in seen}, f"KILL_SEED={KILL_SEED}"
    assert {is_old for _, is_old in seen} == {True, False}, f"KILL_SEED={KILL_SEED}"
    assert not {each.name for each in tmp_path.rglob("regions*")} - {"regions.sqlite", "regions.sqlite.lock"}


def test_a_full_disk_leaves_the_old_data(tmp_path: Path, other: list[str]) -> None:
    url = f"sqlite:///{tmp_path / 'regions.sqlite'}"
    assert seed(url, *other) == 0
    before = snapshot(url)
    limited = f'ulimit -f 60; exec "{sys.executable}" -m seed'  # no file above 60 blocks: the list does not fit
    environment = os.environ | {"DATABASE_URL": url}
    done = subprocess.run(["bash", "-c", limited], cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("nothing was written: ")
    assert "Traceback" not in done.stderr
    assert snapshot(url) == before
    assert not (tmp_path / "regions.sqlite.new").exists()


@pytest.mark.parametrize(
    ("url", "arguments", "why"),
    [
        ("sqlite:///{file}/regions.sqlite", [], "File exists"),
        ("sqlite:///{file}/below/regions.sqlite", [], "Not a directory"),
        ("sqlite:///{folder}", [], "Is a directory"),
        ("postgresql://127.0.0.1:{closed_port}/none", [], "the database refused: connection failed"),
        ("mysql://127.0.0.1/none", [], "DATABASE_URL"),
        ("sqlite:///{folder}/a.sqlite", ["--list", "{folder}/none"], "No such file"),
        ("sqlite:///{folder}/a.sqlite", ["--annotations", "{folder}"], "Is a directory"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str, arguments: list[str], why: str
) -> None:
    (tmp_path / "file").touch()
    places = {"file": tmp_path / "file", "folder": tmp_path, "closed_port": free_port()}
    assert seed(url.format(**places), *(each.format(**places) for each in arguments)) == 1
    said = capsys.readouterr().err
    assert said.startswith("nothing was written: ")
    assert why in said
    assert [*tmp_path.glob("*.sqlite")] == []


def test_tables_of_a_newer_release_are_left_alone(postgres_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with new_postgresql(postgres_url) as url, psycopg.connect(url, autocommit=True) as connection:
        assert seed(url) == 0
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        before = contents(url)
        assert seed(url) == 1
        assert "the tables cannot be brought up to date: Can't locate revision" in capsys.readouterr().err
        assert contents(url) == before

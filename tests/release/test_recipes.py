"""The recipes of CONTRIBUTING.md lead to green tests: each is carried out on a copy of the tree, as it is written."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("\n## Recipes\n")[1]
RECIPES = {part.split("\n", 1)[0]: part for part in TEXT.split("\n### ")[1:]}

STEP = re.compile(
    r"(?:`(?P<file>[\w./-]+)`,\s(?P<where>after|before|instead of)\s`(?P<anchor>[^\n]+)`:\n\n"
    r"|New file `(?P<new>[\w./-]+)`:\n\n)?"
    r"^```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
"""A block of code with the place where it goes, or of commands."""

ENVIRONMENT = Path(sys.prefix)
MADE = [f"--old-file={ENVIRONMENT / name}" for name in ("serve", "develop")]
"""The virtual environment is this one: make must not think that it is out of date."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the tree without what git ignores, but with the compiled modules, which cost seconds."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    copy = tmp_path / "tree"
    names = [name for name in listing.stdout.decode().split("\0") if (ROOT / name).is_file()]
    for name in names:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    for compiled in {(ROOT / name).parent / "__pycache__" for name in names if name.endswith(".py")}:
        if compiled.is_dir():
            shutil.copytree(compiled, copy / compiled.relative_to(ROOT))
    return copy


def edit(path: Path, where: str, anchor: str, text: str) -> None:
    """Put the text after, before or in place of the only line that begins with the anchor."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    found = [number for number, line in enumerate(lines) if line.lstrip().startswith(anchor)]
    assert len(found) == 1, f"{path.name} has {len(found)} lines that begin with {anchor!r}"
    start = found[0] + (where == "after")
    lines[start : start + (where == "instead of")] = [text]
    path.write_text("".join(lines), encoding="utf-8")


def command(line: str) -> list[str]:
    program, *arguments = shlex.split(line)
    if program == "make":
        return ["make", "--silent", f"VENV={ENVIRONMENT}", *MADE, *arguments]
    return [sys.executable, *arguments] if program == "python" else [program, *arguments]


def run(arguments: list[str], tree: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "MAKE"))}
    done = subprocess.run(
        arguments, cwd=tree, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{arguments}\n{done.stdout[-4_000:]}\n{done.stderr[-2_000:]}"


def carry_out(recipe: str, tree: Path) -> None:
    """Make the edits and run the commands of a recipe, in its order."""
    for step in STEP.finditer(recipe):
        if step["new"]:
            assert not (tree / step["new"]).exists()
            (tree / step["new"]).write_text(step["text"], encoding="utf-8")
        elif step["file"]:
            edit(tree / step["file"], step["where"], step["anchor"], step["text"])
        else:
            assert step["language"] == "sh", f"a block of code without its file and place:\n{step['text']}"
            for line in step["text"].splitlines():
                run(command(line), tree)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_leads_to_green_tests(name: str, tree: Path) -> None:
    carry_out(RECIPES[name], tree)
    run([str(ENVIRONMENT / "bin" / "ruff"), "check", "--quiet", "."], tree)
    run([str(ENVIRONMENT / "bin" / "ruff"), "format", "--quiet", "--check", "."], tree)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_ends_with_the_tests_to_run(name: str) -> None:
    *_, last = STEP.finditer(RECIPES[name])
    assert last["text"].splitlines()[-1].startswith("make quick T=")


def test_there_is_a_recipe_for_each_change_that_is_made_often() -> None:
    subjects = ("filter", "resource", "setting", "message", "problem type", "column", "edition", "release")
    assert [subject for subject in subjects if not any(subject in name for name in RECIPES)] == []

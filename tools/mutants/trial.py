"""Run the tests on a copy of the tree, each time in a process that has imported the libraries already."""

import os
import re
import shutil
import signal
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LEFT_OUT = (".git", ".venv*", ".*_cache", ".hypothesis", ".bench", "node_modules", "__pycache__", "*.sqlite*")
"""Of the tree, when it is copied."""

QUICK = ("tests/unit", "tests/api", "tests/http")
"""What `make quick` runs, but one after the other, and with what is slow at the end."""

MORE = {
    "seed": ("tests/data", "tests/release/test_recipes.py"),
    "app/server": ("tests/process", "tests/resilience"),
    "app/db": ("tests/data", "tests/resilience"),
    "app/middleware": ("tests/process", "tests/resilience"),
    "app/pages": ("tests/release/test_openapi.py", "tests/browser"),
    "app/routers/dataset": ("tests/release",),
    "app": ("tests/data", "tests/process"),
}
"""Further tests for survivors, by the beginning of the path of a module."""

NO_START, NO_END = "(no start)", "(no end)"
"""What finds a fault that no test names: pytest cannot even collect, or does not end."""

SECONDS = 400
"""After which a run has found the fault: something hangs."""

KILLERS = 4
"""Files of tests that found a fault in the same module before and so run first."""


class Trial:
    """A copy of the tree in which one module at a time has a fault."""

    def __init__(self, folder: Path) -> None:
        self.tree = folder / "tree"
        shutil.copytree(ROOT, self.tree, ignore=shutil.ignore_patterns(*LEFT_OUT))
        self._report = folder / "report"
        self._killers: dict[str, Counter[str]] = defaultdict(Counter)
        self.seconds = 0.0

    def killer(self, module: str, source: str) -> str | None:
        """Return the first test that fails with this source of a module, or `None`."""
        file = self.tree / module
        whole = file.read_text()
        begun = time.monotonic()
        file.write_text(source)
        try:
            return self._first_failure(module)
        finally:
            file.write_text(whole)
            self.seconds = time.monotonic() - begun

    def _first_failure(self, module: str) -> str | None:
        known = self._killers[module]
        first = [name for name, _ in known.most_common(KILLERS)]
        more = next(files for begin, files in MORE.items() if module.startswith(begin))
        for paths, marker in ((first, ""), (QUICK, "not slow"), (QUICK, "slow"), (more, "")):
            if paths and (failed := self.failure(paths, marker)):
                if "::" in failed:
                    known[failed.partition("::")[0]] += 1
                return failed
        return None

    def failure(self, paths: tuple[str, ...] | list[str], marker: str = "") -> str | None:
        """Return the first test of these files that fails, `None` if none does."""
        process = os.fork()
        if process == 0:
            try:
                os._exit(self._run(paths, marker))
            finally:
                os._exit(70)  # nothing of the parent's is tidied up here
        end = time.monotonic() + SECONDS
        while (ended := os.waitpid(process, os.WNOHANG)) == (0, 0):
            if time.monotonic() > end:
                os.killpg(process, signal.SIGKILL)
                os.waitpid(process, 0)
                return NO_END
            time.sleep(0.05)
        if os.waitstatus_to_exitcode(ended[1]) in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            return None
        failed = re.search(r"^(?:FAILED|ERROR) (tests/\S+)", self._report.read_text(), re.MULTILINE)
        return failed[1] if failed else NO_START

    def _run(self, paths: tuple[str, ...] | list[str], marker: str) -> int:
        """Run pytest in this process, a child."""
        os.setpgid(0, 0)
        os.chdir(self.tree)
        sys.path.insert(0, str(self.tree))
        for name in [name for name in sys.modules if name.partition(".")[0] == "tools"]:
            del sys.modules[name]  # the copy has its own
        os.environ |= {"HYPOTHESIS_PROFILE": "quick", "PYTHONDONTWRITEBYTECODE": "1"}
        sys.dont_write_bytecode = True
        report = os.open(self._report, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(report, 1)
        os.dup2(report, 2)
        arguments = ["-x", "-q", "-rfE", "--only", "sqlite", "-p", "no:cacheprovider"]
        arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # plugins were imported before pytest starts
        arguments += ["-m", marker] if marker else []
        code = pytest.main([*arguments, *paths])
        sys.stdout.flush()
        return code

"""Tell what the machine has, and lock what the processes of a run share."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import browser, container, nginx
from tools import clients


def _packages(folder: Path) -> str | None:
    if not shutil.which("node"):
        return "node is not installed (Debian: nodejs, npm)"
    installed = (folder / "node_modules").is_dir()
    return None if installed else f"the packages of clients/{folder.name} are not installed (make node)"


NEEDS: dict[str, Callable[[], str | None]] = {
    "chromium": lambda: None if browser.EXECUTABLE else "chromium is not installed (Debian: chromium-headless-shell)",
    "container": container.missing,
    "nginx": lambda: None if nginx.program() else "nginx is not installed (Debian: nginx-light)",
    "pgbouncer": lambda: None if shutil.which("pgbouncer") else "pgbouncer is not installed (Debian: pgbouncer)",
    "promtool": lambda: None if shutil.which("promtool") else "promtool is not installed (Debian: prometheus)",
    "libreoffice": lambda: None if shutil.which("soffice") else "LibreOffice is missing (Debian: libreoffice-calc)",
    "r": lambda: None if shutil.which("Rscript") else "R is not installed (Debian: r-base-core)",
    "tools": lambda: _packages(clients.TOOLS),
    "typescript": lambda: _packages(clients.NODE),
}
"""For each argument of the marker `needs`: a function that returns why this machine lacks it, or `None`."""


@contextmanager
def locked(file: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock on the file, which other processes of the run respect; any number of them may share it."""
    with file.open("a") as opened:
        fcntl.flock(opened, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield

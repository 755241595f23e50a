"""The service as `make run` starts it, from any checkout: its CPU time and its memory."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tools import postgres
from tools.bench.own import default_settings
from tools.bench.scenarios import OURS
from tools.bench.servers import ROOT, Candidate, Missing, Server, running

GROWN_MEGABYTES = 150
"""How much a process may grow before it is started anew, so that no row pays for what another has left behind."""


@dataclass(frozen=True)
class Database:
    name: str
    url: str
    postmaster: int | None = None
    _used: dict[int, float] = field(default_factory=dict)

    def cpu_seconds(self) -> float:
        """Return what the backends of PostgreSQL have used, as far as they were seen alive; SQLite has none."""
        if self.postmaster is not None:
            children = Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children").read_text().split()
            self._used.update((pid, cpu_seconds(pid)) for pid in map(int, children))
        return sum(self._used.values())


def cpu_seconds(pid: int) -> float:
    """Return the user and system time of a process with its threads (clock_getcpuclockid(3)), 0 if it ended."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


@contextmanager
def databases(folder: Path, checkout: Path) -> Iterator[list[Database]]:
    """Yield an SQLite file and, where PostgreSQL is installed, a database of it, both seeded by the checkout."""
    with ExitStack() as stack:
        found = [Database("SQLite", f"sqlite:///{folder}/regions.sqlite")]
        try:
            url = stack.enter_context(postgres.server())
        except (ImportError, OSError, subprocess.CalledProcessError) as error:
            print(f"PostgreSQL is not measured: {error}", file=sys.stderr)
        else:
            with psycopg.connect(url) as connection:
                stat = Path(f"/proc/{connection.info.backend_pid}/stat").read_text()
            found.append(Database("PostgreSQL", url, int(stat.rpartition(")")[2].split()[1])))
        for database in found:
            environment = os.environ | {"DATABASE_URL": database.url}
            command = [sys.executable, "-m", "seed"]
            subprocess.run(command, cwd=checkout, env=environment, check=True, stdout=subprocess.DEVNULL)
        yield found


class Service:
    """A server of the service that is started when it is needed, and anew when it has grown."""

    def __init__(self, database: Database, checkout: Path = ROOT, **settings: str) -> None:
        self.database = database
        environment = default_settings(database_url=database.url, **settings)
        self._candidate = Candidate(
            f"cost {database.name} {' '.join(settings)}".strip(),
            lambda port: ["env", f"PORT={port}", sys.executable, "-m", "app"],
            OURS,
            environment=environment,
            folder=checkout,
        )
        self._stack = ExitStack()
        self._server: Server | None = None
        self._megabytes = 0.0

    @property
    def server(self) -> Server:
        if self._server and self.megabytes() - self._megabytes > GROWN_MEGABYTES:
            self.stop()
        if self._server is None:
            self._server = self._stack.enter_context(running(self._candidate))
            self._megabytes = self.megabytes()
        return self._server

    def stop(self) -> None:
        """Stop the server; the next question starts another."""
        self._server = None
        self._stack.close()

    def megabytes(self) -> float:
        """Return the resident memory of the process; `Missing` if it has ended."""
        if self._server is None:
            return 0.0
        try:
            return self._server.resident_megabytes()
        except (OSError, StopIteration):
            raise Missing(f"{self._candidate.name} has ended while it was asked") from None

    def cpu_seconds(self) -> float:
        """Return what the process and the database have used so far."""
        return (cpu_seconds(self._server.pid) if self._server else 0.0) + self.database.cpu_seconds()

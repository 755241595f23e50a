"""Starts a server on a core of its own, watches it come up, weighs it, stops it."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import socket
from statistics import median
from threading import Thread
from typing import IO

from tools.bench.scenarios import Request, Scenario

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".bench"
"""What the benchmark installs and writes, apart from its results."""
LOGS = CACHE / "logs"

HOST = "127.0.0.1"
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]

SECONDS_TO_START = 30.0
SECONDS_TO_STOP = 10.0
STARTS = 5


class Missing(Exception):
    """A server that cannot be measured, and why. The reason is printed: no path, no host."""


@dataclass(frozen=True)
class Candidate:
    """A server that can be started, on a port that it is told."""

    name: str
    command: Callable[[int], list[str]]
    requests: Mapping[Scenario, Request]
    version: str = ""
    note: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = ROOT
    has_piped_log: bool = False
    """Whether its output goes to a pipe that is read, as that of a container does, instead of a file."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True)
class Server:
    candidate: Candidate
    port: int
    pid: int

    def url(self, request: Request) -> str:
        return f"http://{HOST}:{self.port}{request.target}"

    def fetch(self, request: Request) -> Answer:
        connection = HTTPConnection(HOST, self.port, timeout=SECONDS_TO_START)
        try:
            connection.request(request.method, request.target, request.body.encode() or None, dict(request.headers))
            response = connection.getresponse()
            headers = [(name.lower(), value) for name, value in response.getheaders()]
            return Answer(response.status, headers, response.read())
        finally:
            connection.close()

    def resident_megabytes(self) -> float:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def leave_server_core() -> None:
    """Keep this process, and the load it generates, off the servers' core."""
    os.sched_setaffinity(0, {LOAD_CORE})


def enter_server_core() -> None:
    os.sched_setaffinity(0, {SERVER_CORE})


@contextmanager
def running(candidate: Candidate) -> Iterator[Server]:
    """Yield the server once it has answered; `Missing` if it does not."""
    LOGS.mkdir(parents=True, exist_ok=True)
    port = free_port()
    # bytecode caches are allowed, as on any machine that serves
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with (LOGS / f"{candidate.name.replace(' ', '-')}.log").open("wb") as log:
        try:
            process = subprocess.Popen(
                candidate.command(port),
                cwd=candidate.folder,
                env={**inherited, **candidate.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if candidate.has_piped_log else log,
                stderr=subprocess.STDOUT,
                preexec_fn=enter_server_core,
            )
        except OSError as error:
            raise Missing(f"{candidate.name} cannot be started: {error.strerror}") from None
        if process.stdout:
            Thread(target=_discard, args=(process.stdout,), daemon=True).start()
        try:
            server = Server(candidate, port, process.pid)
            _await_answer(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _discard(output: IO[bytes]) -> None:
    while os.read(output.fileno(), 65_536):
        pass


def seconds_to_first_answer(candidate: Candidate) -> float:
    """Median of several fresh starts, after one that fills the caches of bytecode and files."""

    def start() -> float:
        begin = time.perf_counter()
        with running(candidate):
            return time.perf_counter() - begin

    start()
    return median(start() for _ in range(STARTS))


def _await_answer(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    status: int | None = None
    name = server.candidate.name
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Missing(f"{name} ended with status {process.returncode} while it started")
        try:
            status = server.fetch(server.candidate.requests[Scenario.LIST]).status
        except (OSError, HTTPException):
            time.sleep(0.002)
            continue
        if status == 200:
            return
        time.sleep(0.1)
    raise Missing(f"{name} gave no 200 within {SECONDS_TO_START:.0f} s (last status: {status})")


def free_port() -> int:
    with socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])

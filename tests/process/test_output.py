"""Output that nobody reads, that is full or closed: the service goes on, and stops when told to."""

import json
import os
import socket
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from select import PIPE_BUF

import pytest

from app.server.logging import MAX_QUEUED_BYTES, Output
from app.settings import Settings
from tests.support.service import Process, Stream, process, watched
from tests.support.waiting import until

REQUESTS = 500
"""Their lines are several times what a pipe holds."""


@contextmanager
def pipe() -> Iterator[tuple[FileIO, FileIO]]:
    """Yield the ends to read and to write."""
    read, write = os.pipe()
    with FileIO(read, "rb") as reader, FileIO(write, "wb") as writer:
        yield reader, writer


@contextmanager
def writing(settings: Settings, stdout: Stream, stderr: Stream, workers: str = "1") -> Iterator[Process]:
    """Run the service with its output and error output there, until it is told to stop."""
    environment = {"DATABASE_URL": settings.database_url, "WORKERS": workers}
    with watched(Process(environment, stdout=stdout, stderr=stderr)) as running:
        yield running
        running.terminate()
        assert running.wait(10) == 0


def dropped(running: Process) -> float:
    lines = running.get("/metrics").text.splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith("log_lines_dropped_total "))


def ask(running: Process, number: int, client: str = "x") -> None:
    """Ask on one connection, and count upwards in the request id."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection:
        for each in range(number):
            connection.sendall(f"GET /livez HTTP/1.1\r\nHost: x\r\nRequest-Id: {client}-{each}\r\n\r\n".encode())
            answer = b""
            while not answer.endswith(b"}"):
                answer += connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_pipe_that_nobody_reads_stops_neither_requests_nor_a_stop(sqlite_settings: Settings, workers: str) -> None:
    with process(DATABASE_URL=sqlite_settings.database_url, WORKERS=workers) as running:
        for _ in range(4):  # connections, so that each worker gets some
            ask(running, REQUESTS)
        assert running.answers("/readyz")
        began = time.monotonic()
        running.terminate()
        assert running.wait(10) == 0
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("workers", ["1", "2"])
def test_messages_that_nobody_reads_stop_nothing_either(sqlite_settings: Settings, workers: str) -> None:
    """The error output is a full pipe from the start."""
    with pipe() as (_, full):
        os.set_blocking(full.fileno(), False)
        while full.write(b"x" * PIPE_BUF):  # `None` when nothing more goes in
            pass
        os.set_blocking(full.fileno(), True)
        with writing(sqlite_settings, subprocess.DEVNULL, full.fileno(), workers) as running:
            assert running.answers("/v1/regions/7")


def test_a_full_device_is_counted_and_writes_no_tracebacks(sqlite_settings: Settings, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full, (tmp_path / "errors").open("wb") as errors:
        for stderr in (errors, full):
            with writing(sqlite_settings, full, stderr) as running:
                ask(running, REQUESTS)
                until(lambda: dropped(running) >= REQUESTS)
    written = (tmp_path / "errors").read_text()
    assert "Traceback" not in written
    assert len(written.splitlines()) < 10


def test_a_reader_that_is_gone_is_no_reason_to_stop(sqlite_settings: Settings, tmp_path: Path) -> None:
    with (
        pipe() as (reader, writer),
        (tmp_path / "errors").open("wb") as errors,
        writing(sqlite_settings, writer.fileno(), errors) as running,
    ):
        reader.close()
        ask(running, REQUESTS)
        until(lambda: dropped(running) >= REQUESTS)
    assert "Traceback" not in (tmp_path / "errors").read_text()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_closed_descriptors_are_never_those_of_a_connection(sqlite_settings: Settings, workers: str) -> None:
    within = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
    with process(DATABASE_URL=sqlite_settings.database_url, WORKERS=workers, within=within) as running:
        ask(running, REQUESTS)
        for process_id in [running.pid, *running.children()]:
            if "resource_tracker" not in Path(f"/proc/{process_id}/cmdline").read_text():
                opened = {Path(f"/proc/{process_id}/fd/{number}").readlink() for number in (0, 1, 2)}
                assert opened == {Path(os.devnull)}
        running.terminate()
        assert running.wait(10) == 0


def test_lines_of_several_workers_are_whole_and_those_of_a_connection_in_order(sqlite_settings: Settings) -> None:
    clients = 8
    lines: list[dict[str, str]] = []
    with pipe() as (reader, writer):

        def consume() -> None:
            """Wait for the pipe to be full first."""
            time.sleep(3)
            with os.fdopen(reader.fileno(), "rb", closefd=False) as buffered:
                lines.extend(json.loads(line) for line in buffered)

        consuming = threading.Thread(target=consume)
        with writing(sqlite_settings, writer.fileno(), subprocess.DEVNULL, workers="2") as running:
            os.set_blocking(writer.fileno(), False)  # as another program does that shares it
            asking = [threading.Thread(target=ask, args=(running, REQUESTS, str(each))) for each in range(clients)]
            for thread in (*asking, consuming):
                thread.start()
            for thread in asking:
                thread.join()
            time.sleep(3)
        writer.close()
        consuming.join(10)
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for line in lines:
        if line["path"] == "/livez":
            client, _, number = line["request_id"].partition("-")
            numbers[client].append(int(number))
    assert numbers == {str(client): [*range(REQUESTS)] for client in range(clients)}


def test_what_waits_is_bounded_and_the_rest_is_counted() -> None:
    with pipe() as (_, writer):
        output = Output(writer.fileno())
        line = b"x" * 999 + b"\n"
        for _ in range(3 * MAX_QUEUED_BYTES // len(line)):
            assert output.write(line) == len(line)
        assert sum(map(len, output._lines)) <= MAX_QUEUED_BYTES
        assert output.dropped == pytest.approx(2 * MAX_QUEUED_BYTES / len(line), abs=2)


def test_what_is_written_at_once_is_whole_lines_that_a_pipe_takes_as_one() -> None:
    """A datagram socket shows where each write ended."""
    lines = [b"%d" % number * (number % 97) + b"\n" for number in range(5_000)]
    lines[7] = b"y" * 3 * PIPE_BUF + b"\n"
    reader, writer = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with reader, writer:
        output = Output(writer.fileno(), gather_seconds=0.2)
        output.start()
        for line in lines:
            output.write(line)
        pieces: list[bytes] = []
        while b"".join(pieces).count(b"\n") < len(lines):
            pieces.append(reader.recv(2**20))
    assert b"".join(pieces) == b"".join(lines)
    assert all(piece.endswith(b"\n") for piece in pieces)
    assert [piece for piece in pieces if len(piece) > PIPE_BUF] == [lines[7]]


def test_the_end_waits_for_the_last_lines_and_not_for_ever() -> None:
    with pipe() as (reader, writer):
        output = Output(writer.fileno(), gather_seconds=60)
        output.start()
        output.write(b"last\n")
        output.finish(10)
        assert reader.read(100) == b"last\n"
        output.write(b"x" * 2**20)
        began = time.monotonic()
        output.finish(0.5)
        assert 0.4 < time.monotonic() - began < 5
        reader.close()
        until(lambda: output.dropped == 1)

"""Standard output and standard error of the serving process, and the configuration of Python's logging.

Access lines (JSON) go to standard output, all other messages to standard error. Writing never blocks the caller:
`Output` queues the lines, and a thread writes them.
"""

import atexit
import io
import logging
import logging.config
import os
import select
import sys
from collections import deque
from collections.abc import Mapping
from threading import Condition, RLock, Thread
from time import monotonic
from typing import Any

MAX_QUEUED_BYTES = 4 * 2**20
"""Bytes that one output queues at most: about 15,000 access lines, a second's worth at full speed."""

GATHER_SECONDS = 0.05
"""Time that access lines are collected before they are written together."""

FINISH_SECONDS = 1.0
"""Time that the end of the process waits for queued lines to be written."""

REPEAT_SECONDS = 10.0
"""Interval in which `LimitRepeats` passes the same warning once."""

MAX_WARNINGS = 1_000
"""Different warnings that `LimitRepeats` remembers."""


class Output(io.RawIOBase):
    """A file descriptor that is written by a daemon thread, in batches and in order.

    When `MAX_QUEUED_BYTES` are waiting, or the descriptor refuses a write, lines are dropped and counted in `dropped`.
    The descriptor itself stays blocking: `O_NONBLOCK` would hold for every process that shares it.
    """

    def __init__(self, descriptor: int, gather_seconds: float = 0) -> None:
        super().__init__()
        self.dropped = 0
        self._descriptor = descriptor
        self._gather_seconds = gather_seconds
        self._lines: deque[bytes] = deque()
        self._queued_bytes = 0
        """Bytes of `_lines` and of the batch that is being written."""
        self._finishing = False
        self._lock = RLock()  # reentrant: a signal handler may write while the interrupted code holds the lock
        self._changed = Condition(self._lock)
        self._thread: Thread | None = None

    def start(self) -> None:
        """Start the writing thread, once."""
        if self._thread is None:
            self._thread = Thread(target=self._run, name=f"output {self._descriptor}", daemon=True)
            self._thread.start()

    def writable(self) -> bool:
        return True

    def write(self, line: Any) -> int:
        """Queue a line (bytes with their line end) and return its length in bytes; never block."""
        size = len(line)
        with self._lock:
            if self._queued_bytes + size > MAX_QUEUED_BYTES:
                self.dropped += 1
                return size
            if not self._lines:
                self._changed.notify_all()
            self._lines.append(line)
            self._queued_bytes += size
        return size

    def finish(self, seconds: float) -> None:
        """Wait until everything is written, at most so many seconds; stop gathering."""
        with self._lock:
            self._finishing = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._queued_bytes, max(0, seconds))

    def _run(self) -> None:
        while True:
            with self._lock:
                self._changed.wait_for(lambda: self._lines)
                if self._gather_seconds:
                    self._changed.wait_for(lambda: self._finishing, self._gather_seconds)
                batch = b"".join(self._lines)
                self._lines.clear()
            self._write_batch(batch)
            with self._lock:
                self._queued_bytes -= len(batch)
                self._changed.notify_all()

    def _write_batch(self, batch: bytes) -> None:
        """Write whole lines, at most `PIPE_BUF` bytes at a time: so much is written to a pipe atomically (POSIX).

        A longer or interrupted write may be interleaved with those of other workers.
        """
        begin, end = 0, 0
        while begin < len(batch):
            if begin == end:
                end = _end_of_lines(batch, begin)
            try:
                begin += os.write(self._descriptor, batch[begin:end])
            except BlockingIOError:  # another process that shares the descriptor made it non-blocking
                select.select([], [self._descriptor], [])
            except OSError:  # for instance a full device or a closed pipe
                self.dropped += max(1, batch.count(b"\n", begin, end))
                begin = end


def _end_of_lines(batch: bytes, begin: int) -> int:
    """Return the end of the last line that fits into `PIPE_BUF` bytes, else the end of the first line."""
    if len(batch) - begin <= select.PIPE_BUF:
        return len(batch)
    return batch.rfind(b"\n", begin, begin + select.PIPE_BUF) + 1 or batch.find(b"\n", begin) + 1 or len(batch)


OUTPUT = Output(1, GATHER_SECONDS)
ERRORS = Output(2)


def open_closed_descriptors() -> None:
    """Open `/dev/null` as each closed standard descriptor; else a socket would get its number and receive the log."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # gets the lowest free number


def install() -> None:
    """Send all output of this process through the queues: `sys.stdout`, `sys.stderr` and Python's logging."""
    for output in (OUTPUT, ERRORS):
        output.start()
    sys.stdout = io.TextIOWrapper(OUTPUT, "utf-8", "backslashreplace", line_buffering=True)
    sys.stderr = io.TextIOWrapper(ERRORS, "utf-8", "backslashreplace", line_buffering=True)
    logging.config.dictConfig(CONFIGURATION)
    atexit.register(finish)


def finish() -> None:
    """Wait at most `FINISH_SECONDS` until the queued lines are written."""
    until = monotonic() + FINISH_SECONDS
    for output in (ERRORS, OUTPUT):
        output.finish(until - monotonic())


def numbers() -> Mapping[str, float]:
    """Return the counts for `/metrics`."""
    return {"log_lines_dropped_total": OUTPUT.dropped + ERRORS.dropped}


class LimitRepeats(logging.Filter):
    """Pass the same warning once in `seconds`, so that a fault does not flood the log; tell how many were dropped.

    Warnings are the same if they have the same logger, message template and class of exception.
    """

    def __init__(self, seconds: float = REPEAT_SECONDS) -> None:
        super().__init__()
        self._seconds = seconds
        self._passed: dict[object, tuple[float, int]] = {}
        """Time at which a warning was passed, and the number dropped since then."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        key, now = (record.name, str(record.msg), record.exc_info and record.exc_info[0]), monotonic()
        last, dropped = self._passed.get(key, (0.0, 0))
        if last and now - last < self._seconds:
            self._passed[key] = last, dropped + 1
            return False
        if len(self._passed) >= MAX_WARNINGS:  # some libraries put values into the template
            self._passed.clear()
        self._passed[key] = now, 0
        if dropped:
            record.msg = f"{record.msg} (and {dropped} more since the last such line)"
        return True


CONFIGURATION = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "filters": {"repeats": {"()": LimitRepeats}},
    "handlers": {
        "error": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["repeats"],
            "stream": "ext://sys.stderr",
        },
    },
    "root": {"level": "WARNING", "handlers": ["error"]},
    "loggers": {
        "app.server": {"level": "INFO"},
        "uvicorn.error": {"level": "INFO"},
    },
}

"""The process: its listening socket, one worker or several, and how they stop.

SIGTERM and SIGINT stop it; `IGNORED` signals do nothing, with one worker and with several.
"""

import ctypes
import gc
import logging
import os
import shutil
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing.process import BaseProcess, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import sleep
from types import FrameType

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess

from app import main
from app.db.errors import Missing
from app.server import logging as output
from app.server.protocol import Protocol
from app.server.shutdown import SignalDrain
from app.settings import Invalid, Settings

MEMORY = Path("/dev/shm")  # noqa: S108  # a folder with a name of its own is made in it
"""Where workers share their numbers if it is there: it can be written where the root file system cannot."""

LISTEN_SECONDS = 0.2
"""Between two looks for a second signal while workers stop."""

M_MMAP_THRESHOLD = -3
"""In glibc's malloc.h."""

MMAP_BYTES = 262_144
"""Freed blocks of this size and more go back to the system; without a bound glibc raises its own up to 32 MB."""

HUNG_SECONDS = 10
"""After which a worker is replaced; on a busy machine one needs half of that to start."""

STOP_SECONDS = 3
"""How much longer than its requests a worker without a supervisor may take to stop."""

IGNORED = (signal.SIGHUP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGUSR1, signal.SIGUSR2)
"""By default they end or halt a process, or change uvicorn's number of workers; there is nothing to reload."""

log = logging.getLogger("app.server")


class Config(uvicorn.Config):
    """uvicorn's configuration with our logging and our signals; workers get it from their supervisor."""

    def configure_logging(self) -> None:
        """Prepare this process. uvicorn calls this once in each, before its server or supervisor handles signals."""
        output.install()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _end)
        _ignore_signals()


class Workers(Multiprocess):
    """uvicorn's supervisor, which would leave its listener open, unanswered, and not hear a second SIGTERM."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        _ignore_signals()
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)  # ends this process at once, as it does everywhere else

    def terminate_all(self) -> None:
        super().terminate_all()
        for listener in self.sockets:
            listener.close()  # each worker has its own copy, for as long as it answers
        self.signal_queue.clear()  # `join_all` looks for signals that come from now on

    def join_all(self) -> None:
        for process in self.processes:
            while process.process.is_alive():
                process.process.join(LISTEN_SECONDS)
                if {signal.SIGINT, signal.SIGTERM}.intersection(self.signal_queue):
                    for each in self.processes:
                        each.process.kill()


def _ignore_signals() -> None:
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)


def _end(_number: int, _frame: FrameType | None) -> None:
    """End the process. uvicorn raises the signal that stopped its server again when everything is closed."""
    output.finish()
    os._exit(0)  # a thread that hangs in the database must not keep the process


def run(settings: Settings, remarks: Sequence[str] = ()) -> int:
    """Log the remarks, serve until a signal ends it, return the exit code; `settings.Invalid` if it cannot listen."""
    with _listening(settings) as listener, _shared_folder(settings) as shared:
        config = Config(
            partial(_app, settings, shared),
            factory=True,
            http=Protocol,
            ws="none",
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            server_header=False,
            proxy_headers=False,  # nothing of them is used: links are made of PUBLIC_BASE_URL
            access_log=False,  # `middleware.access_log` writes its own
            timeout_graceful_shutdown=settings.finish_seconds,
            timeout_worker_healthcheck=HUNG_SECONDS,
        )
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        log.info("listening on http://%s:%d", host, settings.port)
        for remark in remarks:
            log.warning(remark)
        if settings.workers > 1:
            workers = Workers(config, [listener])
            gc.enable()
            workers.run()
            return int(any(each.exitcode == STARTUP_FAILURE for each in workers.processes))
        server = uvicorn.Server(config)
        server.run([listener])
        return 0 if server.started else 1


def _app(settings: Settings, shared: Path | None) -> ASGIApp:
    """Return the application of a worker. What `startup_checks` found may be gone when a worker is replaced."""
    if supervisor := parent_process():
        Thread(target=_end_after, args=(supervisor, settings, shared), daemon=True).start()
    _return_freed_memory()
    try:
        drain = SignalDrain(settings.drain_seconds, supervised=settings.workers > 1)
        write = output.OUTPUT.write if settings.access_log else None
        app = main.create_app(settings, shared, write, drain, (output.numbers,))
    except (Invalid, Missing) as error:
        sys.exit(str(error))
    gc.freeze()  # what stays for ever is not looked through: a full collection held every client up for 80 ms
    gc.enable()  # not while a process starts, see `app.__main__`
    return app


def _return_freed_memory() -> None:
    """Fix the bound of mallopt(3), if the C library has it: after 10,000 random requests a worker is 15 MB smaller."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(M_MMAP_THRESHOLD, MMAP_BYTES)


def _end_after(supervisor: BaseProcess, settings: Settings, shared: Path | None) -> None:
    """Wait for the supervisor of this worker to be gone, then stop, without DRAIN_SECONDS: another needs the port."""
    supervisor.join()
    log.error("the supervisor is gone, this worker stops")
    if shared:
        shutil.rmtree(shared, ignore_errors=True)  # nobody else is left to do it
    os.kill(os.getpid(), signal.SIGINT)
    sleep(settings.finish_seconds + STOP_SECONDS)
    os._exit(1)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        message = f"HOST, PORT: cannot listen on {settings.host}, port {settings.port}: {reason}"
        raise Invalid(message) from None
    with listener:
        listener.set_inheritable(True)
        yield listener


@contextmanager
def _shared_folder(settings: Settings) -> Iterator[Path | None]:
    """Make a folder for the counts of several workers and remove it at the end; `settings.Invalid` if it cannot."""
    if settings.workers == 1:
        yield None
        return
    try:
        folder = TemporaryDirectory(prefix="cluster-regions-", dir=MEMORY if MEMORY.is_dir() else None)
    except OSError as error:
        raise Invalid(f"WORKERS: several need a folder to share their counts in: {error.strerror}") from None
    with folder as name:
        yield Path(name)

"""Runs uvicorn: opens the listening socket, starts one worker or several, stops them.

SIGTERM and SIGINT stop the service; the `IGNORED` signals do nothing. Both hold for one worker and for several.
"""

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
from app.middleware.draining import Drain
from app.server import logging as output
from app.server.protocol import Protocol
from app.server.shutdown import drain_on_sigterm
from app.settings import Invalid, Settings

MEMORY = Path("/dev/shm")  # noqa: S108  # not shared with others: a folder with a random name is made in it
"""Where the folder of the shared counts is made if it exists: it is writable even if the root file system is not."""

JOIN_SECONDS = 0.2
"""Interval in which the supervisor checks for a second signal while workers stop."""

HUNG_SECONDS = 10
"""Time after which a worker that does not answer its supervisor is replaced; starting takes up to half of it."""

STOP_SECONDS = 3
"""Time that a worker whose supervisor is gone gets to stop, in addition to the time for its requests."""

IGNORED = (signal.SIGHUP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGUSR1, signal.SIGUSR2)
"""Signals without a use here. By default they end or stop a process, or change uvicorn's number of workers."""

log = logging.getLogger("app.server")


class Config(uvicorn.Config):
    """uvicorn's configuration, with this package's logging and signal handlers. It is pickled for each worker."""

    def configure_logging(self) -> None:
        """Set up logging and signals. uvicorn calls this once in each process, before it sets its own handlers."""
        output.install()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _exit_process)
        _ignore_signals()


class Workers(Multiprocess):
    """uvicorn's supervisor, changed to close its listener at a stop and to kill the workers on a second signal."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        _ignore_signals()
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)  # ends this process at once, as usual

    def terminate_all(self) -> None:
        super().terminate_all()
        for listener in self.sockets:
            listener.close()  # each worker keeps its own copy while it drains; ours would accept and never answer
        self.signal_queue.clear()

    def join_all(self) -> None:
        for process in self.processes:
            while process.process.is_alive():
                process.process.join(JOIN_SECONDS)
                if {signal.SIGINT, signal.SIGTERM}.intersection(self.signal_queue):
                    for each in self.processes:
                        each.process.kill()


def _ignore_signals() -> None:
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)


def _exit_process(_number: int, _frame: FrameType | None) -> None:
    """Exit with code 0. When its server is closed, uvicorn restores this handler and raises the signal again."""
    output.finish()
    os._exit(0)  # not `sys.exit`, which would wait for a thread that hangs in the database


def run(settings: Settings, remarks: Sequence[str] = ()) -> int:
    """Log the remarks, serve until a signal stops the service, return the exit code.

    Raise `settings.Invalid` if the address cannot be listened on or the shared folder cannot be made.
    """
    with _open_listener(settings) as listener, _shared_folder(settings) as shared:
        config = Config(
            partial(_create_app, settings, shared),
            factory=True,
            http=Protocol,
            ws="none",
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            server_header=False,
            proxy_headers=False,  # links are made from PUBLIC_BASE_URL
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
            workers.run()
            return int(any(each.exitcode == STARTUP_FAILURE for each in workers.processes))
        server = uvicorn.Server(config)
        server.run([listener])
        return 0 if server.started else 1


def _create_app(settings: Settings, shared: Path | None) -> ASGIApp:
    """Create the application of this worker. uvicorn calls this in its event loop, with its own signal handlers set.

    Exit with a message if the database file is missing: it may have gone since `startup_checks.check`.
    """
    if supervisor := parent_process():
        Thread(target=_stop_without, args=(supervisor, settings, shared), daemon=True).start()
    drain = Drain()
    drain_on_sigterm(drain, settings.drain_seconds, supervised=settings.workers > 1)
    write = output.OUTPUT.write if settings.access_log else None
    try:
        return main.create_app(settings, shared, write, drain, output.numbers)
    except (Invalid, Missing) as error:
        sys.exit(str(error))


def _stop_without(supervisor: BaseProcess, settings: Settings, shared: Path | None) -> None:
    """Wait until the supervisor has ended, then stop this worker, without DRAIN_SECONDS: a successor needs the port."""
    supervisor.join()
    log.error("the supervisor is gone, this worker stops")
    if shared:
        shutil.rmtree(shared, ignore_errors=True)  # the supervisor would have done it
    os.kill(os.getpid(), signal.SIGINT)
    sleep(settings.finish_seconds + STOP_SECONDS)
    os._exit(1)


@contextmanager
def _open_listener(settings: Settings) -> Iterator[socket.socket]:
    """Open the listening socket and close it at the end; raise `settings.Invalid` if that fails."""
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
    """Make a folder for the counts of several workers, none for one, and remove it at the end.

    Raise `settings.Invalid` if it cannot be made.
    """
    if settings.workers == 1:
        yield None
        return
    try:
        folder = TemporaryDirectory(prefix="cluster-regions-", dir=MEMORY if MEMORY.is_dir() else None)
    except OSError as error:
        raise Invalid(f"WORKERS: several need a folder to share their counts in: {error.strerror}") from None
    with folder as name:
        yield Path(name)

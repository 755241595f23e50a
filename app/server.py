"""The process: its listening socket, one worker or several, and how they stop."""

import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess

from app import logs, main
from app.database import Missing
from app.settings import Invalid, Settings
from app.wire import Protocol

MEMORY = Path("/dev/shm")  # noqa: S108  # a folder with a name of its own is made in it
"""Where workers share their numbers if it is there: it can be written where the root file system cannot."""

LISTEN_SECONDS = 0.2
"""Between two looks for a second signal while workers stop."""

HUNG_SECONDS = 10
"""After which a worker is replaced; on a busy machine one needs half of that to start."""

log = logging.getLogger("app.server")


class Workers(Multiprocess):
    """uvicorn's supervisor, which would leave its listener open, unanswered, and not hear a second SIGTERM."""

    def terminate_all(self) -> None:
        super().terminate_all()
        for listener in self.sockets:
            listener.close()  # each worker has its own copy, for as long as it answers
        self.signal_queue.clear()

    def join_all(self) -> None:
        for process in self.processes:
            while process.process.is_alive():
                process.process.join(LISTEN_SECONDS)
                if {signal.SIGINT, signal.SIGTERM}.intersection(self.signal_queue):
                    for each in self.processes:
                        each.process.kill()


def run(settings: Settings) -> int:
    """Serves until a signal ends it; the exit code. `settings.Invalid` if it cannot listen."""
    with _listening(settings) as listener, _shared_folder(settings) as shared:
        config = uvicorn.Config(
            partial(_app, settings, shared),
            factory=True,
            http=Protocol,
            ws="none",
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            server_header=False,
            proxy_headers=False,  # nothing of them is used: links are made of PUBLIC_BASE_URL
            access_log=False,  # `access` writes its own
            log_config=logs.CONFIGURATION,
            timeout_graceful_shutdown=settings.finish_seconds,
            timeout_worker_healthcheck=HUNG_SECONDS,
        )
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        log.info("listening on http://%s:%d", host, settings.port)
        if settings.workers > 1:
            workers = Workers(config, [listener])
            workers.run()
            return int(any(each.exitcode == STARTUP_FAILURE for each in workers.processes))
        server = uvicorn.Server(config)
        with suppress(KeyboardInterrupt):  # from the terminal; everything is closed by then
            server.run([listener])
        return 0 if server.started else 1


def _app(settings: Settings, shared: Path | None) -> ASGIApp:
    """In a worker; what `start.check` found in order may be gone when a worker is replaced."""
    try:
        return main.create_app(settings, shared)
    except (Invalid, Missing) as error:
        sys.exit(str(error))


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
    """For several workers; removed at the end."""
    if settings.workers == 1:
        yield None
        return
    with TemporaryDirectory(prefix="cluster-regions-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)

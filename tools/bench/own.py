"""The servers that need nothing but this repository: the bare application, the service, the textbook."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from app.settings import Settings
from tools.bench import bare
from tools.bench.checks import requests_of
from tools.bench.peers import textbook
from tools.bench.scenarios import OURS, Record, Request, Scenario
from tools.bench.servers import CACHE, ROOT, Candidate, Server

BARE = "bare ASGI, a fresh request id"
SHIPPED = "this service, as shipped"
QUIET = "this service, `ACCESS_LOG=false`"
UNCACHED = "this service, `CACHE_BYTES=0`"
INNER = "this service without id, counts and log"

_NOT_MODIFIED = Request(f"{OURS[Scenario.LIST].target}?304")
"""The bare application finds its answer by the target alone, so its 304 has one of its own."""


def _uvicorn(app: str, *options: str, access_log: bool = False) -> list[str]:
    log = "--access-log" if access_log else "--no-access-log"
    return [sys.executable, "-m", "uvicorn", app, "--factory", "--loop", "uvloop", "--no-server-header", log, *options]


def default_settings(**changed: str) -> dict[str, str]:
    """Return the environment of a service with its defaults, whatever the caller's says."""
    wanted = {"database_url": f"sqlite:///{CACHE / 'regions.sqlite'}", **changed}
    defaults = {name: str(field.default) for name, field in Settings.model_fields.items() if name.upper() in os.environ}
    return {name.upper(): value for name, value in {**defaults, **wanted}.items()}


def prepare_database() -> None:
    """Make the benchmark's own database anew: the tables may have changed since the last run."""
    CACHE.mkdir(exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")  # it ignores itself, as tools' caches do
    for former in CACHE.glob("regions.sqlite*"):
        former.unlink()
    environment = {**os.environ, **default_settings()}
    for module in (["alembic", "--raiseerr", "upgrade", "head"], ["seed"]):
        subprocess.run([sys.executable, "-m", *module], cwd=ROOT, env=environment, check=True, stdout=sys.stderr)


def service(name: str = SHIPPED, **changed: str) -> Candidate:
    """`python -m app` with its defaults but for these settings; its log goes to a pipe that is read."""
    return Candidate(
        name,
        lambda port: ["env", f"PORT={port}", sys.executable, "-m", "app"],
        OURS,
        environment=default_settings(**changed),
        has_piped_log=True,
    )


def inner_service() -> Candidate:
    """Return the service without request ids, counts and log."""

    def command(port: int) -> list[str]:
        return _uvicorn("app.main:create_service", "--http", "app.server.protocol:Protocol", "--port", str(port))

    return Candidate(INNER, command, OURS, environment=default_settings())


def behind_nginx() -> Candidate:
    """Return the service as it is shipped behind nginx with `deploy/nginx.conf`, both on one core."""
    return Candidate(
        "nginx and this service, as shipped",
        lambda port: [sys.executable, "-m", "tools.bench.behind_nginx", str(port)],
        OURS,
        environment=default_settings(),
        has_piped_log=True,
    )


def bare_application(
    name: str, answers: Path, *, request_id: Literal["absent", "fresh"] = "fresh", access_log: bool = False
) -> Candidate:
    def command(port: int) -> list[str]:
        return _uvicorn(
            "tools.bench.bare:create_app",
            *("--http", "httptools", "--lifespan", "off", "--port", str(port)),
            access_log=access_log,
        )

    environment = {bare.ANSWERS: str(answers), bare.REQUEST_ID: request_id}
    requests = dict(OURS)
    if not_modified := json.loads(answers.read_text()).get(_NOT_MODIFIED.target):
        requests[Scenario.NOT_MODIFIED] = _NOT_MODIFIED.unless(dict(not_modified["headers"])["etag"])
    return Candidate(name, command, requests, environment=environment)


def capture(server: Server) -> Path:
    """Save what the service answers, for the bare application to repeat; return the file."""
    requests = requests_of(server)
    targets = {scenario: request.target for scenario, request in requests.items()}
    if Scenario.NOT_MODIFIED in requests:
        targets[Scenario.NOT_MODIFIED] = _NOT_MODIFIED.target
    answers = {targets[scenario]: server.fetch(request) for scenario, request in requests.items()}
    saved = {
        target: {
            "status": answer.status,
            "headers": [pair for pair in answer.headers if pair[0] not in ("date", "request-id")],  # added anew
            "body": answer.body.decode(),
        }
        for target, answer in answers.items()
    }
    path = CACHE / "answers.json"
    path.write_text(json.dumps(saved))
    return path


def prepare_textbook(records: list[Record]) -> Candidate:
    """Fill the textbook's database and return it; it answers under our targets, so that it is asked the same."""
    path = CACHE / "textbook.sqlite"
    path.unlink(missing_ok=True)
    url = f"sqlite:///{path}"
    textbook.fill(url, records)

    def command(port: int) -> list[str]:
        return _uvicorn("tools.bench.peers.textbook:create_app", "--http", "httptools", "--port", str(port))

    return Candidate(
        "textbook FastAPI + SQLModel",
        command,
        OURS,
        version=f"{version('fastapi')} + {version('sqlmodel')}",
        note="search in name, title and theme only; the program id has a column of its own",
        environment={textbook.DATABASE: url},
    )

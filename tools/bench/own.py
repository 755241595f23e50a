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

CACHED, UNCACHED, BARE = "this service, cached", "this service, uncached", "bare ASGI"

_NOT_MODIFIED = Request(f"{OURS[Scenario.LIST].target}?304")
"""The bare application finds its answer by the target alone, so its 304 has one of its own."""


def _uvicorn(app: str, *options: str, access_log: bool = False) -> list[str]:
    log = "--access-log" if access_log else "--no-access-log"
    return [sys.executable, "-m", "uvicorn", app, "--factory", "--loop", "uvloop", "--no-server-header", log, *options]


def default_settings(**changed: str) -> dict[str, str]:
    """The service as it is by default, whatever the caller's environment says."""
    wanted = {"database_url": f"sqlite:///{CACHE / 'regions.sqlite'}", **changed}
    defaults = {name: str(field.default) for name, field in Settings.model_fields.items() if name.upper() in os.environ}
    return {name.upper(): value for name, value in {**defaults, **wanted}.items()}


def prepare_database() -> None:
    """A database of the benchmark's own, fresh: the tables may have changed since the last run."""
    CACHE.mkdir(exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")  # it ignores itself, as tools' caches do
    for former in CACHE.glob("regions.sqlite*"):
        former.unlink()
    environment = {**os.environ, **default_settings()}
    for module in (["alembic", "--raiseerr", "upgrade", "head"], ["seed"]):
        subprocess.run([sys.executable, "-m", *module], cwd=ROOT, env=environment, check=True, stdout=sys.stderr)


def service(name: str = CACHED, *, cache: bool = True, request_id: bool = False, access_log: bool = False) -> Candidate:
    """`python -m app`, told the port; of what stands around each request it has what is asked for."""
    app = "app.main:create_app" if request_id or access_log else "app.main:create_service"

    def command(port: int) -> list[str]:
        return _uvicorn(app, "--http", "app.server.protocol:Protocol", "--port", str(port))

    settings = {"access_log": str(access_log)} | ({} if cache else {"cache_bytes": "0"})
    return Candidate(name, command, OURS, environment=default_settings(**settings))


def bare_application(
    name: str, answers: Path, *, request_id: Literal["absent", "fresh"] = "absent", access_log: bool = False
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
    """What the service answers, for the bare application to repeat."""
    requests = requests_of(server)
    targets = {scenario: request.target for scenario, request in requests.items()}
    if Scenario.NOT_MODIFIED in requests:
        targets[Scenario.NOT_MODIFIED] = _NOT_MODIFIED.target
    answers = {targets[scenario]: server.fetch(request) for scenario, request in requests.items()}
    saved = {
        target: {
            "status": answer.status,
            "headers": [(name, value) for name, value in answer.headers if name != "date"],  # uvicorn adds it
            "body": answer.body.decode(),
        }
        for target, answer in answers.items()
    }
    path = CACHE / "answers.json"
    path.write_text(json.dumps(saved))
    return path


def prepare_textbook(records: list[Record]) -> Candidate:
    """The textbook answers under our targets, so that it is asked the same."""
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

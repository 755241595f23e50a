"""Sends load to one server by wrk and counts the responses."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.bench.scenarios import Request
from tools.bench.servers import ROOT, Missing

CLIENTS = 32
MANY_CLIENTS = 200
SECONDS_BEYOND = 30
"""Time that wrk may take in addition to the length of the load."""


@dataclass(frozen=True)
class Shot:
    """The request to send, and by how many clients at the same time."""

    name: str
    url: str
    request: Request
    clients: int = CLIENTS


@dataclass(frozen=True)
class Load:
    rate: float
    errors: int


def wrk_version() -> str:
    """Return the version of wrk; raise `Missing` if it is not installed."""
    if not shutil.which("wrk"):
        raise Missing("wrk, which makes the load, is not installed (Debian: wrk)")
    said = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"\d+(\.\d+)+", said)
    return version[0] if version else "of unknown version"


def fire(shot: Shot, seconds: int) -> Load:
    """Send the request for so many seconds, each client as soon as it has its response."""
    headers = [option for name, value in shot.request.headers for option in ("--header", f"{name}: {value}")]
    options = ["--threads", "1", "--connections", str(shot.clients), "--duration", f"{seconds}s", *headers]
    body = ["--", shot.request.body] if shot.request.body else []
    finished = subprocess.run(
        ["wrk", *options, "--script", str(Path(__file__).with_name("wrk.lua")), shot.url, *body],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + SECONDS_BEYOND,
    )
    counted = json.loads(finished.stdout.splitlines()[-1])
    return Load(counted["requests"] / counted["seconds"], counted["errors"])

"""Sends load to one server for a while and counts the answers: by wrk, or by a program in Python."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.bench.scenarios import Request
from tools.bench.servers import ROOT

CLIENTS = 32
MANY_CLIENTS = 200
SECONDS_BEYOND = 30
"""How long a load generator may take on top of what it was told."""


@dataclass(frozen=True)
class Shot:
    """What is sent, and by how many clients at a time."""

    name: str
    url: str
    request: Request
    clients: int = CLIENTS


@dataclass(frozen=True)
class Load:
    rate: float
    errors: int


@dataclass(frozen=True)
class Generator:
    name: str
    command: Callable[[Shot, int], list[str]]

    def fire(self, shot: Shot, seconds: int) -> Load:
        finished = subprocess.run(
            self.command(shot, seconds),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds + SECONDS_BEYOND,
        )
        counted = json.loads(finished.stdout.splitlines()[-1])
        return Load(counted["requests"] / counted["seconds"], counted["errors"])


def _wrk(shot: Shot, seconds: int) -> list[str]:
    headers = [option for name, value in shot.request.headers for option in ("--header", f"{name}: {value}")]
    options = ["--threads", "1", "--connections", str(shot.clients), "--duration", f"{seconds}s", *headers]
    body = ["--", shot.request.body] if shot.request.body else []
    return ["wrk", *options, "--script", str(Path(__file__).with_name("wrk.lua")), shot.url, *body]


def _asyncio(shot: Shot, seconds: int) -> list[str]:
    request = shot.request
    headers = [f"{name}: {value}" for name, value in request.headers]
    arguments = [shot.url, str(seconds), str(shot.clients), request.method, request.body, *headers]
    return [sys.executable, "-m", "tools.bench.asyncio_load", *arguments]


def find_generator() -> Generator:
    if shutil.which("wrk"):
        said = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"\d+(\.\d+)+", said)
        return Generator(f"wrk {version[0]}" if version else "wrk", _wrk)
    return Generator("a Python program, for want of wrk: it limits the fastest servers, so read with care", _asyncio)

"""An nginx of the suite's own: with the tree of files as docs/clients.md says, or in front of the service."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support.waiting import WAIT_SECONDS
from tools.postgres import free_port

CONFIGURATION = """
daemon off;
pid {work}/pid;
error_log stderr;
{user}
events {{}}
http {{
  access_log off;
  client_body_temp_path {work}; proxy_temp_path {work}; fastcgi_temp_path {work};
  uwsgi_temp_path {work}; scgi_temp_path {work};
{content}
}}
"""
FILES = """
  types {{
    application/json json; application/ld+json jsonld; application/geo+json geojson; application/x-ndjson ndjson;
    text/csv csv;
  }}
  server {{
    listen 127.0.0.1:{port};
    root {root};
    location / {{ try_files $uri $uri.json =404; }}
  }}
"""
PROXY = (Path(__file__).parents[2] / "deploy" / "nginx.conf").read_text()


def program() -> str | None:
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


@contextmanager
def serving(root: Path, work: Path) -> Iterator[httpx.Client]:
    """A client of a server of that folder."""
    port = free_port()
    with _running(FILES.format(root=root, port=port), port, work) as client:
        yield client


@contextmanager
def in_front_of(service: int, work: Path, location: str = "") -> Iterator[httpx.Client]:
    """A client of a proxy as the project configures it, for a service on that port; `location` replaces the first."""
    port = free_port()
    configuration = PROXY.replace("listen 80;", f"listen 127.0.0.1:{port};")
    configuration = configuration.replace("server 127.0.0.1:8000;", f"server 127.0.0.1:{service};")
    configuration = configuration.replace("/var/cache/nginx/cluster-regions", str(work / "kept"))
    if location:
        configuration = configuration.replace("    location / {", f"    {location}\n    location /unused {{")
    with _running(configuration, port, work) as client:
        yield client


@contextmanager
def _running(content: str, port: int, work: Path) -> Iterator[httpx.Client]:
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = work / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(work=work, user=user, content=content))
    process = subprocess.Popen([str(program()), "-p", work, "-c", configuration, "-e", "stderr"])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            _wait(client, process)
            yield client
    finally:
        process.terminate()
        process.wait()


def _wait(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        assert process.poll() is None, "nginx did not start"
        assert time.monotonic() < deadline, "nginx did not start in time"
        try:
            client.get("/metrics")  # which the proxy answers itself
        except httpx.ConnectError:
            time.sleep(0.01)
        else:
            return

"""An nginx of the suite's own, with nothing but the tree of files and the two lines that the README gives."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.postgres import free_port

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
  types {{ application/json json; application/ld+json jsonld; application/x-ndjson ndjson; text/csv csv; }}
  server {{
    listen 127.0.0.1:{port};
    root {root};
    location / {{ try_files $uri $uri.json =404; }}
  }}
}}
"""


def program() -> str | None:
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


@contextmanager
def serving(root: Path, work: Path) -> Iterator[httpx.Client]:
    """A client of a server of that folder."""
    port, user = free_port(), "user root;" if os.geteuid() == 0 else ""
    configuration = work / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(work=work, root=root, port=port, user=user))
    process = subprocess.Popen([str(program()), "-p", work, "-c", configuration, "-e", "stderr"])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            _wait(client, process)
            yield client
    finally:
        process.terminate()
        process.wait()


def _wait(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while True:
        assert process.poll() is None, "nginx did not start"
        assert time.monotonic() < deadline, "nginx did not start in time"
        try:
            client.get("/")
        except httpx.ConnectError:
            time.sleep(0.01)
        else:
            return

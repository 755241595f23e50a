"""`python -m tools.bench.behind_nginx PORT`: nginx on that port before the service, both as they are shipped."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from tools.bench.servers import ROOT, free_port

CONFIGURATION = """
daemon off; pid {work}/pid; error_log stderr; worker_processes 1; {user}
events {{}}
http {{
  access_log off;
  client_body_temp_path {work}; proxy_temp_path {work}; fastcgi_temp_path {work};
  uwsgi_temp_path {work}; scgi_temp_path {work};
{shipped}
}}
"""


def main(port: str) -> None:
    behind = str(free_port())
    with TemporaryDirectory(prefix="nginx-") as work:
        shipped = (ROOT / "deploy" / "nginx.conf").read_text()
        for written, own in {"80;": f"127.0.0.1:{port};", "127.0.0.1:8000;": f"127.0.0.1:{behind};"}.items():
            shipped = shipped.replace(f" {written}", f" {own}", 1)
        shipped = shipped.replace("/var/cache/nginx/cluster-regions", f"{work}/kept")
        user = "user root;" if os.geteuid() == 0 else ""
        configuration = Path(work) / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(work=work, user=user, shipped=shipped))
        programs = [
            subprocess.Popen([sys.executable, "-m", "app"], env=os.environ | {"PORT": behind}),
            subprocess.Popen(["nginx", "-p", work, "-c", configuration, "-e", "stderr"]),
        ]

        def end(_number: int, _frame: FrameType | None) -> None:
            for each in programs:
                each.terminate()

        signal.signal(signal.SIGTERM, end)
        for each in programs:
            each.wait()


if __name__ == "__main__":
    main(sys.argv[1])

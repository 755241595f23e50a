"""The image, built and run of the operating system's own parts, where no registry and no engine is at hand.

`mmdebstrap` makes the base, `buildah` builds the Dockerfile on it, `unshare` and `chroot` run the result as an engine
does that was told `--read-only`: as process 1 of its own, as the image's user, without a way to more rights, on a root
that nobody can write. The network is the machine's own.
"""

import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
PACKAGES = ("python3", "python3-venv", "ca-certificates")
"""What the Dockerfile expects of its base."""

UNNEEDED = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")

SOURCES = (Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list"))
"""Where the operating system gets its packages."""

CERTIFICATES = "/etc/ssl/certs"

START = """
set -e
root=$1 directory=$2 user=$3
shift 3
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec setpriv --no-new-privs chroot --userspec="$user" --groups= "$root" /usr/bin/env --chdir="$directory" "$@"
"""


def missing() -> str | None:
    """Why this machine cannot do it."""
    for program in ("buildah", "mmdebstrap", "unshare"):
        if not shutil.which(program):
            return f"{program} is not installed (Debian: buildah, mmdebstrap, util-linux)"
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        return "it takes root and the right to mount"
    if not any(path.exists() for path in SOURCES):
        return "the operating system's packages are not Debian's"
    return None


def base(folder: Path) -> Path:
    """A root file system with Python as an archive; made once for a folder."""
    suite = platform.freedesktop_os_release()["VERSION_CODENAME"]
    archive = folder / f"{suite}.tar"
    if not archive.exists():
        options = [f"--dpkgopt=path-exclude={path}" for path in UNNEEDED]
        options += ["--quiet", "--variant=essential", "--dpkgopt=force-unsafe-io", f"--include={','.join(PACKAGES)}"]
        sources = next(path for path in SOURCES if path.exists())
        new = archive.with_suffix(".new.tar")
        subprocess.run(["mmdebstrap", *options, suite, new, sources], check=True)
        new.rename(archive)
    return archive


@dataclass(frozen=True)
class Image:
    root: Path
    """Its files."""
    settings: dict[str, Any]
    """What the Dockerfile says about running it."""

    def command(self, *command: str, **environment: str) -> list[str]:
        """Return how to run a command, by default the image's own, with these variables beside the image's own."""
        variables = [*self.settings["Env"], *(f"{name}={value}" for name, value in environment.items())]
        namespaces = ["--mount", "--pid", "--propagation=private", "--fork", "--kill-child"]
        place = [str(self.root), self.settings["WorkingDir"], self.settings["User"]]
        return [
            *("unshare", *namespaces, "sh", "-c", START, "sh", *place),
            *("--ignore-environment", *variables),
            *(command or self.settings["Cmd"]),
        ]

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        return subprocess.run(self.command(*command, **environment), capture_output=True, text=True, timeout=120)

    @contextmanager
    def started(self, **environment: str) -> Iterator["Container"]:
        output = subprocess.PIPE
        with subprocess.Popen(
            self.command(**environment), stdout=output, stderr=subprocess.STDOUT, text=True
        ) as process:
            running = Container(self, process)
            try:
                yield running
            finally:
                if process.poll() is None:
                    os.kill(running.pid, signal.SIGKILL)  # since it changed its user it does not die with its parent


@dataclass(frozen=True)
class Container:
    image: Image
    process: subprocess.Popen[str]

    @property
    def pid(self) -> int:
        """The number that the machine knows its process 1 by."""
        own = self.process.pid
        return int(Path(f"/proc/{own}/task/{own}/children").read_text())

    def ask_to_stop(self) -> None:
        """Send the signal that engines send before they lose patience."""
        os.kill(self.pid, signal.SIGTERM)

    def healthy(self) -> bool:
        """Return whether the image's own check finds it well."""
        user, group = self.image.settings["User"].split(":")
        kind, *command = self.image.settings["Healthcheck"]["Test"]
        assert kind == "CMD"
        variables = Path(f"/proc/{self.pid}/environ").read_text().rstrip("\0").split("\0")
        place = [f"--target={self.pid}", "--mount", "--pid", "--root", f"--setuid={user}", f"--setgid={group}"]
        check = ["nsenter", *place, "/usr/bin/env", "--ignore-environment", *variables, *command]
        return subprocess.run(check, capture_output=True, timeout=60).returncode == 0


@contextmanager
def built(archive: Path, work: Path) -> Iterator[Image]:
    """The image of the Dockerfile on that base; `work` holds everything that is made on the way."""

    place = [f"--root={work / 'storage'}", f"--runroot={work / 'run'}", "--storage-driver=vfs"]

    def buildah(*arguments: str) -> str:
        command = ["buildah", *place, *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=600).stdout.strip()

    try:
        container = buildah("from", "scratch")
        buildah("add", "--quiet", container, str(archive), "/")
        buildah("commit", "--quiet", container, "base")
        options = ["--isolation=chroot", "--format=docker", "--pull-never", "--build-arg=BASE=localhost/base"]
        buildah("bud", "--quiet", *options, *_reach(work / "pip.conf"), "--tag=image", str(PROJECT))
        settings = json.loads(buildah("inspect", "--type=image", "image"))["Docker"]["config"]
        container = buildah("from", "--pull-never", "image")
        yield Image(Path(buildah("mount", container)), settings)
    finally:
        subprocess.run(["rm", "-rf", work], check=False)  # several times the image; Python takes longer


def _reach(configuration: Path) -> Iterator[str]:
    """Lets the build, and only the build, fetch packages as this machine does: same index, same certificates."""
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True)
    found = re.findall(r"^\S+\.(index-url|proxy|trusted-host|cert)='(.+)'$", listed.stdout, re.MULTILINE)
    known = dict(reversed(found))  # the environment, which wins, is listed first
    configuration.write_text("\n".join(["[global]", *(f"{name} = {value}" for name, value in known.items())]))
    yield f"--volume={configuration}:/etc/pip.conf:ro"
    for path in {CERTIFICATES, known.get("cert", CERTIFICATES)}:
        if Path(path).exists():
            yield f"--volume={path}:{path}:ro"

"""Installs peers on demand, each into a folder of its own under the cache."""

import json
import subprocess
import sys
from pathlib import Path

from tools.bench.servers import CACHE, Missing

SECONDS_TO_INSTALL = 600


def python_package(name: str, requirement: str) -> tuple[Path, str]:
    """Return the folder of the package's programs, and its version."""
    folder = CACHE / name
    programs = folder / "bin"
    pip = [str(programs / "pip"), "install", "--quiet", "--disable-pip-version-check", requirement]
    _install_once(folder, requirement, [sys.executable, "-m", "venv", str(folder)], pip)
    ask = f"from importlib.metadata import version; print(version({name!r}))"
    asked = subprocess.run([str(programs / "python"), "-c", ask], capture_output=True, text=True, check=True)
    return programs, asked.stdout.strip()


def node_package(name: str, requirement: str) -> tuple[Path, str]:
    """Return the package's folder, and its version."""
    folder = CACHE / name
    npm = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", requirement]
    _install_once(folder, requirement, npm)
    package = folder / "node_modules" / name
    return package, json.loads((package / "package.json").read_text())["version"]


def _install_once(folder: Path, requirement: str, *commands: list[str]) -> None:
    done = folder / "installed.txt"
    if done.is_file() and done.read_text() == requirement:
        return
    folder.mkdir(parents=True, exist_ok=True)
    print(f"installing {requirement} …", file=sys.stderr)
    for command in commands:
        program = Path(command[0]).name
        try:
            # what the installer says goes to the terminal only: it may name hosts and paths
            subprocess.run(command, stdout=sys.stderr, check=True, timeout=SECONDS_TO_INSTALL)
        except subprocess.CalledProcessError as error:
            raise Missing(f"{program} could not install `{requirement}` (status {error.returncode})") from None
        except subprocess.TimeoutExpired:
            raise Missing(f"{program} did not install `{requirement}` in {SECONDS_TO_INSTALL} s") from None
        except OSError as error:
            raise Missing(f"{program}, which installs `{requirement}`, cannot be run: {error.strerror}") from None
    done.write_text(requirement)

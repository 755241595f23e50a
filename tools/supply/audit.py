"""Known vulnerabilities of what is locked, as `pip-audit` finds them.

`pip-audit` also ends well when a registry holds no advisories, or knows none of the packages. Here only an answer
about every package counts.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.supply import pins

SOUND, VULNERABLE, UNAVAILABLE = 0, 1, 69
"""Exit codes; the last is EX_UNAVAILABLE of sysexits.h."""


def audit(*files: Path) -> tuple[int, list[str]]:
    """An exit code, and what to say. The variables of `pip-audit`, such as PIP_AUDIT_OSV_URL, are heeded."""
    lists = [argument for file in files or (pins.TRACE, pins.DEVELOP) for argument in ("--requirement", str(file))]
    options = ["--disable-pip", "--require-hashes", "--progress-spinner=off", "--format=json"]
    service = ["--vulnerability-service=osv"]  # the other one takes a registry without advisories for good news
    done = subprocess.run(  # arguments of our own
        [sys.executable, "-m", "pip_audit", *service, *options, *lists], capture_output=True, text=True
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        why = done.stderr.strip().rpartition("\n")[2]
        return UNAVAILABLE, [f"not audited: the data on vulnerabilities is out of reach ({why})"]
    if unknown := [package["name"] for package in packages if "skip_reason" in package]:
        return UNAVAILABLE, [f"not audited: there is no data on {', '.join(unknown)}"]
    found = [_line(package, each) for package in packages for each in package["vulns"]]
    return (VULNERABLE, found) if found else (SOUND, [f"no known vulnerability in {len(packages)} packages"])


def _line(package: dict[str, Any], vulnerability: dict[str, Any]) -> str:
    mended = ", ".join(vulnerability["fix_versions"]) or "no release"
    return f"{package['name']} {package['version']}: {vulnerability['id']}, mended in {mended}"

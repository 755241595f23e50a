"""The lock files: every requirement at one version, with the hashes of the archives that may be installed."""

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker

PROJECT = Path(__file__).parents[2]
SERVE = PROJECT / "requirements.txt"
TRACE = PROJECT / "requirements-tracing.txt"
DEVELOP = PROJECT / "requirements-dev.txt"

_BLOCK = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<marker>.+))? \\\n"
    r"(?P<hashes>(?: {4}--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
    r"(?: {4}#.*\n)*"
)


class Unpinned(ValueError):
    """A line that is not part of a requirement with one version and hashes."""


@dataclass(frozen=True)
class Pin:
    name: str
    version: str
    marker: str
    """Where it is needed (PEP 508); empty: everywhere."""
    hashes: tuple[str, ...]
    """SHA-256, in hexadecimal digits."""

    def applies(self) -> bool:
        """Return whether it is installed on this machine."""
        return not self.marker or Marker(self.marker).evaluate()


def read(text: str) -> list[Pin]:
    """Every requirement of a lock file; `Unpinned` if there is anything else in it."""
    pins = []
    position = 0
    while position < len(text):
        block = _BLOCK.match(text, position)
        if block is None:
            raise Unpinned(text[position:].partition("\n")[0])
        hashes = tuple(re.findall(r"sha256:(\S+)", block["hashes"]))
        pins.append(Pin(block["name"], block["version"], block["marker"] or "", hashes))
        position = block.end()
    return pins


def shipped(file: Path = TRACE) -> list[Pin]:
    """Return what is installed to serve, with the traces or as another file says."""
    return [pin for pin in read(file.read_text()) if pin.applies()]

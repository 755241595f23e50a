"""The files that pages load, each under a name that changes with its content, so that browsers keep it for good.

Scripts import others by their names in the folder, which are rewritten when the process starts. No two may import each
other: the hash of one would depend on itself.
"""

import hashlib
import re
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

FILES = files("app.pages") / "explorer"

_MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "png": "image/png",
    "svg": "image/svg+xml",
}

_SHEETS = {"style.css": "", "views.css": "", "pages.css": "", "print.css": "print"}
"""The parts of `site.css`, in this order, and the media that a part is for."""

_SMALLER = [(rb"/\*.*?\*/", b""), (rb"\s+", b" "), (rb" ?([{};]) ?", rb"\1"), (rb"([:,]) ", rb"\1")]
"""What a style sheet can do without, comments first; no string in ours has any of it."""

_IMPORT = re.compile(r'\b((?:from|import) "\./)([\w-]+\.js)(?=")')

_FOREIGN = "fastapi-offline"
_PACKAGE = find_spec("fastapi_offline")  # its files only: importing it would make every start slower
_SHIPPED = Path(_PACKAGE.origin if _PACKAGE and _PACKAGE.origin else "").parent / "static"
_VIEWERS = {
    "swagger-ui.js": "swagger-ui-bundle.js",
    "swagger-ui.css": "swagger-ui.css",
    "redoc.js": "redoc.standalone.js",
}
_FOREIGN_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
"""ReDoc loads its logo from another host; the icon of the explorer replaces it."""


class File(NamedTuple):
    media_type: str
    load: Callable[[], bytes]
    """Returns the content, which may be megabytes."""


class Bundle:
    """The files by their hashed names, and these by the names in the folder."""

    def __init__(self) -> None:
        self._sources = {each.name: each.read_bytes() for each in FILES.iterdir() if _kind(each.name) in _MEDIA_TYPES}
        self._sources["site.css"] = b"".join(self._sheet(name, media) for name, media in _SHEETS.items())
        self._names: dict[str, str] = {}
        self.files: dict[str, File] = {}
        for name in self._sources:
            self.hashed(name)
        made = f"{version(_FOREIGN)} {self.hashed('icon.svg')}".encode()
        for name, shipped in _VIEWERS.items():  # not read at the start: their version says what is in them
            self._add(name, made, partial(self._viewer, _SHIPPED / shipped))

    def hashed(self, name: str) -> str:
        """Return the hashed name of a file; `KeyError` if there is none."""
        if name not in self._names:
            content = self._sources[name]
            if _kind(name) == "js":
                content = _IMPORT.sub(lambda found: found[1] + self.hashed(found[2]), content.decode()).encode()
            self._add(name, content, lambda: content)
        return self._names[name]

    def modules(self, name: str) -> list[str]:
        """Return the hashed names of all scripts that a script imports, directly or not, the smallest first.

        A browser loads six files at once: large scripts among the first would delay the style sheet.
        """
        found = [name]
        for each in found:
            found += (other for _, other in _IMPORT.findall(self._sources[each].decode()) if other not in found)
        return [self.hashed(each) for each in sorted(found[1:], key=lambda each: len(self._sources[each]))]

    def _add(self, name: str, made_of: bytes, load: Callable[[], bytes]) -> None:
        stem, _, kind = name.rpartition(".")
        self._names[name] = f"{stem}.{hashlib.sha256(made_of).hexdigest()[:12]}.{kind}"
        self.files[self._names[name]] = File(_MEDIA_TYPES[kind], load)

    def _sheet(self, name: str, media: str) -> bytes:
        content = self._sources[name]
        for pattern, rest in _SMALLER:
            content = re.sub(pattern, rest, content, flags=re.DOTALL)
        return b"@media %b{%b}" % (media.encode(), content) if media else content

    def _viewer(self, file: Path) -> bytes:
        return file.read_bytes().replace(_FOREIGN_LOGO, f"explorer/{self.hashed('icon.svg')}".encode())


def _kind(name: str) -> str:
    return name.rpartition(".")[2]


BUNDLE = Bundle()

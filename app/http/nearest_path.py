"""The path that was likely meant by one that does not exist."""

import re
from collections.abc import Iterable, Iterator

from starlette.routing import BaseRoute

from app.http import suggestions
from app.http.formats import SUFFIXES
from app.http.routes import Route
from app.japanese.folding import narrow

LONGEST = 100
"""Characters of the longest path for which another one is looked for."""

_VERSION = re.compile(r"v[0-9.]+")
_ID = re.compile(r"[a-z0-9-]{1,40}")
_BEFORE = ("api", "rest")
"""The first segments of paths of other APIs."""

_HOME = ("index", "index.html", "home")

_WORDS = {
    **dict.fromkeys(("cluster", "clusters", "area", "areas", "projects"), "regions"),
    **dict.fromkeys(("type", "types", "schemes"), "programs"),
    **dict.fromkeys(("subcategory", "category", "categories", "phases"), "subcategories"),
    **dict.fromkeys(("year", "years", "fy", "nendo"), "fiscal-years"),
    **dict.fromkeys(("pref", "prefs", "ken", "todofuken"), "prefectures"),
    **dict.fromkeys(("errata", "misprints", "typos"), "corrections"),
    **dict.fromkeys(("history", "releases", "versions"), "changes"),
    **dict.fromkeys(("meta", "metadata", "download", "downloads", "files"), "dataset"),
    **dict.fromkeys(("swagger", "swagger-ui", "api-docs", "documentation"), "docs"),
    **dict.fromkeys(("openapi", "swagger.json", "schema.json"), "openapi.json"),
    **dict.fromkeys(("help", "manual", "usage", "howto"), "guide"),
    **dict.fromkeys(("license", "licence", "tos", "legal"), "terms"),
    **dict.fromkeys(("health", "healthz", "healthcheck", "ping", "live"), "livez"),
    **dict.fromkeys(("ready", "readiness"), "readyz"),
}
"""Segments of other APIs and other sites, and the first segment here that means the same."""


class NearestPath:
    """Know the paths of some routes, by their first segment below `/v1` or below the root."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._alone: dict[str, Route] = {}
        """Routes without parameters, by path."""
        self._records: set[str] = set()
        """Paths before the id of a record."""
        self._below: dict[str, set[str]] = {}
        """Segments behind the id, by the path before it."""
        for route in (each for each in routes if isinstance(each, Route)):
            before, _, last = route.path.rpartition("/")
            if not route.param_convertors:
                self._alone[route.path] = route
            elif last.startswith("{") and "{" not in before:
                self._records.add(before)
            elif parts := re.fullmatch(r"([^{]+)/{[^/]+}/([^/{]+)", route.path):
                self._below.setdefault(parts[1], set()).add(parts[2])
        paths = (*self._alone, *self._records)
        self._names = tuple(sorted({path.removeprefix("/v1").removeprefix("/") for path in paths} - {""}))

    def candidates(self, path: str) -> Iterator[tuple[str, bool]]:
        """Yield what may have been meant, the nearest first, and whether it is sure to exist: no record is."""
        if len(path) > LONGEST or not path.isprintable():
            return
        bases, words = _split(path)
        if not words or words[0] in _HOME:
            yield bases[0] or "/", True
            return
        stem, dot, suffix = words[0].partition(".")
        name = self._name(words[0]) or self._name(stem)
        if name is None:
            return
        roots = [f"{base}/{name}" for base in bases]
        yield from ((record, False) for record in self._records_at(roots, words[1:]))
        yield from ((found, True) for found in self._alone_at(roots, dot + suffix))

    def _records_at(self, roots: list[str], words: list[str]) -> Iterator[str]:
        """Yield what the words behind a root mean: what is below a record, the record in a format, the record."""
        if not words or not (id_ := _id(words[0])):
            return
        roots = [root for root in roots if root in self._records]
        yield from (f"{root}/{id_}/{words[1]}" for root in roots if words[1:] and words[1] in self._below.get(root, ()))
        if ending := next((each for each in SUFFIXES if words[-1].endswith(each)), ""):
            yield from (f"{root}/{id_}{ending}" for root in roots)
        yield from (f"{root}/{id_}" for root in roots)

    def _alone_at(self, roots: list[str], suffix: str) -> Iterator[str]:
        """Yield the roots that are routes without parameters, with the suffix of a format that they have."""
        for route in (self._alone[root] for root in roots if root in self._alone):
            yield route.path + suffix if suffix in {each.suffix for each in route.formats} else route.path

    def _name(self, word: str) -> str | None:
        if word in self._names:
            return word
        known = f"{word}s" if f"{word}s" in self._names else _WORDS.get(word)
        return known if known in self._names else suggestions.nearest(word, self._names)


def _split(path: str) -> tuple[list[str], list[str]]:
    """Return where to look, the likelier place first, and the segments behind what looks like the root of an API."""
    words = [word for word in narrow(path).lower().replace("_", "-").split("/") if word.strip(".")]
    starts = [
        place + 1 for place, word in enumerate(words) if _VERSION.fullmatch(word) or (place == 0 and word in _BEFORE)
    ]
    return (["/v1", ""], words[starts[-1] :]) if starts else (["", "/v1"], words)


def _id(word: str) -> str | None:
    """Return the id that was likely meant: without what looks like a suffix, a number without leading zeros."""
    id_ = word.partition(".")[0]
    return (id_.lstrip("0") if id_.isdecimal() else id_) if _ID.fullmatch(id_) else None

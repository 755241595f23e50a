"""Hold a parsed request, and build its URL and those of requests like it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar
from urllib.parse import quote

from app.http.messages import Language
from app.http.query_string import QueryModel

Q_co = TypeVar("Q_co", bound=QueryModel, covariant=True)


@dataclass(frozen=True)
class ParsedRequest(Generic[Q_co]):
    query: Q_co
    path: str
    """The requested path, with its suffix."""
    base_url: str = ""
    language: Language = "en"

    def url(self, path: str, parameters: Mapping[str, str] | None = None) -> str:
        """Return a URL, relative or below the configured base, with its parameters in the order of their names."""
        return self._url(path, {name: _pair(name, value) for name, value in (parameters or {}).items()})

    def like_this(self, **changes: str | None) -> str:
        """Return the URL of this request with some parameters replaced, and without those that are `None`."""
        pairs = self._pairs | {name: _pair(name, value) if value else "" for name, value in changes.items()}
        return self._url(self.path, pairs)

    @cached_property
    def _pairs(self) -> dict[str, str]:
        return {name: _pair(name, value) for name, value in self.query.canonical.items()}

    def _url(self, path: str, pairs: Mapping[str, str]) -> str:
        query = "&".join(pairs[name] for name in sorted(pairs) if pairs[name])
        return f"{self.base_url}{path}?{query}" if query else f"{self.base_url}{path}"


def _pair(name: str, value: str) -> str:
    """Return a parameter as it stands in a query (RFC 3986, section 3.4); a comma stays as it is."""
    return f"{name}={quote(value, safe=',')}"

"""What a request asks for, once it is understood, and the URLs that answer it or others like it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote

from app.messages import Language
from app.parameters import Query

Q_co = TypeVar("Q_co", bound=Query, covariant=True)


@dataclass(frozen=True)
class Inquiry(Generic[Q_co]):
    query: Q_co
    path: str
    """As it was asked for, with its suffix."""
    base_url: str = ""
    language: Language = "en"

    def url(self, path: str, parameters: Mapping[str, str] | None = None) -> str:
        """Relative, or below the configured base; parameters in the order of their names (RFC 3986)."""
        pairs = sorted((parameters or {}).items())
        text = "&".join(f"{name}={quote(value, safe=',')}" for name, value in pairs)
        return f"{self.base_url}{path}?{text}" if text else f"{self.base_url}{path}"

    def like_this(self, **changes: str | None) -> str:
        """This request with some parameters replaced, and without those that are `None`."""
        parameters = self.query.canonical() | changes
        return self.url(self.path, {name: value for name, value in parameters.items() if value is not None})

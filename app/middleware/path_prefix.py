"""Take the path of the public address off, for a proxy that does not."""

from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send


class PathPrefix:
    """ASGI middleware: remove the path of `base_url` from paths that begin with it; others are left as they are."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self.app = app
        self._prefix = unquote(urlsplit(base_url).path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(f"{self._prefix}/"):
            scope["path"] = scope["path"].removeprefix(self._prefix)
        await self.app(scope, receive, send)

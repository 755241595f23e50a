"""What stays as it is while it is served: kept here with its encoded forms, instead of in the cache."""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from app.http import conditional, negotiation, query_string, responses
from app.http.encodings import ENCODERS, encode
from app.http.once import Once


class Asset:
    """Bytes and their encoded forms: each made once, in a thread, when it is first asked for.

    They are kept as long as this object is: at most one form for each coding.
    """

    digest: str
    """SHA-256 of the bytes, in hexadecimal; known once a form was asked for."""

    def __init__(self, load: Callable[[], bytes]) -> None:
        self._load = load
        self._plain = Once(partial(to_thread.run_sync, self._read))
        self._forms = {coding: Once(partial(self._encode, coding)) for coding in ENCODERS if coding != "identity"}

    async def form(self, coding: str) -> bytes:
        """Return the bytes in that coding."""
        return await self._forms.get(coding, self._plain).result()

    @property
    def kept_bytes(self) -> int:
        return sum(len(each.kept or b"") for each in (self._plain, *self._forms.values()))

    def _read(self) -> bytes:
        content = self._load()
        self.digest = hashlib.sha256(content).hexdigest()
        return content

    async def _encode(self, coding: str) -> bytes:
        return await encode(ENCODERS[coding](), await self._plain.result(), last=True)


async def respond(request: Request, asset: Asset, media_type: str, more: Mapping[str, str]) -> Response:
    """Answer with an asset, which takes no parameters, and with `more` headers."""
    query_string.parse(request.scope["query_string"], query_string.Query)
    coding = negotiation.coding_of(request.scope)
    body = await asset.form(coding)
    headers = {"content-type": media_type, "etag": conditional.etag(asset.digest, coding), **more}
    if coding != "identity":
        headers["content-encoding"] = coding
    request.scope["kept_elsewhere"] = True
    return responses.Whole(body, headers)

"""Keep bytes that do not change while they are served, with their encoded forms, instead of in the cache."""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial

from anyio import to_thread
from starlette.responses import Response

from app.http import conditional, responses
from app.http.encodings import ENCODERS, encode_once
from app.http.once import Once
from app.http.request_context import RequestContext


class Asset:
    """Bytes and their encoded forms, each made once, in a thread, when it is first requested.

    They are kept as long as this object: at most one form for each encoding.
    """

    digest: str
    """SHA-256 of the bytes, in hexadecimal; set once a form was requested."""

    def __init__(self, load: Callable[[], bytes]) -> None:
        self._load = load
        self._plain = Once(partial(to_thread.run_sync, self._read))
        self._forms = {name: Once(partial(self._encode, name)) for name in ENCODERS if name != "identity"}

    async def encoded(self, encoding: str) -> bytes:
        """Return the bytes in an encoding of `ENCODERS`."""
        return await self._forms.get(encoding, self._plain).result()

    @property
    def kept_bytes(self) -> int:
        return sum(len(each.kept or b"") for each in (self._plain, *self._forms.values()))

    def _read(self) -> bytes:
        content = self._load()
        self.digest = hashlib.sha256(content).hexdigest()
        return content

    async def _encode(self, encoding: str) -> bytes:
        return await encode_once(encoding, await self._plain.result())


async def respond(context: RequestContext, asset: Asset, media_type: str, more: Mapping[str, str]) -> Response:
    """Respond with an asset, and with `more` headers."""
    encoding = context.encoding
    body = await asset.encoded(encoding)
    own = {"content-type": media_type, "etag": conditional.etag(asset.digest, encoding), **more}
    if encoding != "identity":
        own["content-encoding"] = encoding
    context.outcome["kept_elsewhere"] = True
    return responses.BytesResponse(body, own)

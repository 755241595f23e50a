"""Content codings (RFC 9110, section 8.4.1; br: RFC 7932; zstd: RFC 8878), for whole bodies and for streams."""

import zlib
from collections.abc import Callable
from typing import Protocol, cast

import brotli
import zstandard
from anyio import to_thread

INLINE_BYTES = 64 * 1024
"""The most that is encoded in the event loop: some 2 ms. The libraries release the interpreter lock in a thread."""


class Encoder(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class _Brotli:
    def __init__(self) -> None:
        self._compressor = brotli.Compressor(quality=5)

    def compress(self, data: bytes, /) -> bytes:
        return cast(bytes, self._compressor.process(data))

    def flush(self) -> bytes:
        return cast(bytes, self._compressor.finish())


class _Identity:
    def compress(self, data: bytes, /) -> bytes:
        return data

    def flush(self) -> bytes:
        return b""


ENCODERS: dict[str, Callable[[], Encoder]] = {
    "zstd": lambda: zstandard.ZstdCompressor(level=6).compressobj(),
    "br": _Brotli,
    "gzip": lambda: zlib.compressobj(6, zlib.DEFLATED, 31),  # 31: a gzip header, the largest window
    "identity": _Identity,
}
"""The best first, where a client likes several equally."""


_SMALLEST: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda data: zstandard.ZstdCompressor(level=19).compress(data),
    "br": brotli.compress,
}
"""What takes some ten times as long for a tenth less."""


async def encode_once(encoding: str, data: bytes) -> bytes:
    """Return the encoded form of what is encoded once and sent often: as small as it gets, unless it is large."""
    if encoding in _SMALLEST and len(data) <= INLINE_BYTES:
        return await to_thread.run_sync(_SMALLEST[encoding], data)
    return await encode(ENCODERS[encoding](), data, last=True)


async def encode(encoder: Encoder, data: bytes, *, last: bool) -> bytes:
    """Return the encoded form of the next piece of a body, and of its end if it is the last."""

    def work() -> bytes:
        return encoder.compress(data) + (encoder.flush() if last else b"")

    if len(data) <= INLINE_BYTES or isinstance(encoder, _Identity):
        return work()
    return await to_thread.run_sync(work)

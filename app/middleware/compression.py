"""What the application sends, encoded: of a whole answer it makes an entry for the cache, a stream it passes on."""

from dataclasses import dataclass

from starlette.types import Message, Send

from app.http import conditional, headers
from app.http.encodings import ENCODERS, Encoder, encode

NO_BODY: Message = {"type": "http.response.body", "body": b""}


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole answer, ready to be sent, and the template of its route."""

    start: Message
    body: Message
    not_modified: Message
    tag: bytes
    modified: bytes
    varies: bytes
    template: str = ""

    def is_known(self, none_match: bytes, modified_since: bytes) -> bool:
        """Whether a 304 will do: never for a failure, which has no tag."""
        return self.tag != b"" and (none_match == self.tag or self._is_fresh(none_match, modified_since))

    def _is_fresh(self, none_match: bytes, modified_since: bytes) -> bool:
        return conditional.is_fresh(self.tag, self.modified, none_match, modified_since)


class Answer:
    """Takes the messages of one answer: `entry` is the answer if it is whole."""

    def __init__(self, send: Send, coding: str) -> None:
        self.entry: Entry | None = None
        self._send = send
        self._coding = coding
        self._start: Message = {}
        self._encoder: Encoder | None = None

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._encoder is None:
            if not more:
                self.entry = await _entry(self._start, body, self._coding)
                return
            self._encoder = ENCODERS[self._coding]()
            await self._send({**self._start, "headers": headers.of_an_answer(self._start, self._coding)})
        piece = await encode(self._encoder, body, last=not more)
        if piece or not more:
            await self._send({"type": "http.response.body", "body": piece, "more_body": more})


async def _entry(start: Message, body: bytes, coding: str) -> Entry:
    if not body or any(name == b"content-encoding" for name, _ in start["headers"]):
        coding = "identity"  # there is nothing to encode, or it has been
    body = await encode(ENCODERS[coding](), body, last=True)
    own = headers.of_an_answer(start, coding)
    if start["status"] == 304:
        own = headers.of_a_304(own)
    else:
        own.append((b"content-length", str(len(body)).encode()))
    named = dict(own)
    return Entry(
        start={**start, "headers": own},
        body={"type": "http.response.body", "body": body},
        not_modified={
            "type": "http.response.start",
            "status": 304,
            "headers": headers.of_a_304(own),
        },
        tag=named.get(b"etag", b"") if start["status"] == 200 else b"",
        modified=named.get(b"last-modified", b""),
        varies=named[b"vary"].lower(),
    )

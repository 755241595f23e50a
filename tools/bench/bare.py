"""The limit: an ASGI application that sends bytes it was given. Started by `bench.own`."""

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

ANSWERS, REQUEST_ID = "BENCH_ANSWERS", "BENCH_REQUEST_ID"
"""Environment: the file of answers; whether their `Request-Id` is `fresh` or `absent`."""

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, object, Send], Awaitable[None]]


def create_app() -> Application:
    request_id = os.environ[REQUEST_ID]
    answers: dict[tuple[bytes, bytes], tuple[Message, Message]] = {}
    for target, saved in json.loads(Path(os.environ[ANSWERS]).read_text()).items():
        headers = [(name.encode(), value.encode()) for name, value in saved["headers"]]
        start = {"type": "http.response.start", "status": saved["status"], "headers": headers}
        path, _, query = target.partition("?")
        answers[path.encode(), query.encode()] = start, {"type": "http.response.body", "body": saved["body"].encode()}

    async def repeat(scope: Message, _receive: object, send: Send) -> None:
        start, body = answers[scope["raw_path"], scope["query_string"]]
        await send(start)
        await send(body)

    async def repeat_with_fresh_id(scope: Message, _receive: object, send: Send) -> None:
        start, body = answers[scope["raw_path"], scope["query_string"]]
        await send({**start, "headers": [*start["headers"], (b"request-id", token_hex(16).encode())]})
        await send(body)

    return repeat_with_fresh_id if request_id == "fresh" else repeat

"""The limit: an ASGI application that sends bytes it was given. Started by `bench.own`."""

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

ANSWERS, REQUEST_ID = "BENCH_ANSWERS", "BENCH_REQUEST_ID"
"""Environment: the file of answers; whether their `Request-Id` is `fixed`, `fresh` or `absent`."""

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, object, Send], Awaitable[None]]


def create_app() -> Application:
    request_id = os.environ[REQUEST_ID]
    answers: dict[tuple[bytes, bytes], tuple[Message, Message]] = {}
    for target, saved in json.loads(Path(os.environ[ANSWERS]).read_text()).items():
        headers = [
            (name.encode(), value.encode())
            for name, value in saved["headers"]
            if request_id == "fixed" or name != "request-id"
        ]
        start = {"type": "http.response.start", "status": saved["status"], "headers": headers}
        path, _, query = target.partition("?")
        answers[path.encode(), query.encode()] = start, {"type": "http.response.body", "body": saved["body"].encode()}

    async def repeat(scope: Message, _receive: object, send: Send) -> None:
        start, body = answers[scope["raw_path"], scope["query_string"]]
        await send(start)
        await send(body)

    async def repeat_with_fresh_id(scope: Message, _receive: object, send: Send) -> None:
        start, body = answers[scope["raw_path"], scope["query_string"]]
        await send({**start, "headers": [*start["headers"], (b"request-id", uuid4().hex.encode())]})
        await send(body)

    return repeat_with_fresh_id if request_id == "fresh" else repeat

"""Asks the API, and says what to do where it does not answer as it should, in words for a user of the tools."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from fastmcp.exceptions import ToolError

MOST_ALLOWED = 50
"""Values named in an error, enough for the 47 prefectures."""

_LATER = "Try again {}; if that does not help, tell the user."


class Api:
    """Reads JSON and pages; what fails is a `ToolError`, whose text FastMCP passes on."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx.AsyncClient(base_url=base_url.rstrip("/"), timeout=30, follow_redirects=False)

    async def get(self, path: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the JSON of a path. Every answer of the API that succeeds has `links`."""
        given = {name: str(value) for name, value in (parameters or {}).items() if value is not None}
        answer = await self._ask(path, given, "application/json")
        document = _object(answer)
        if answer.is_success and "links" in document:
            return document
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY and "errors" in document:
            raise ToolError(_flaws(document["errors"]))
        raise ToolError(_failure(answer))

    async def text(self, path: str) -> str:
        """Return the plain text of a path."""
        answer = await self._ask(path, {}, "text/plain")
        if answer.is_success and _media_type(answer) == "text/plain":
            return answer.text
        raise ToolError(_failure(answer))

    async def _ask(self, path: str, parameters: Mapping[str, str], accept: str) -> httpx.Response:
        try:
            return await self._client.get(path, params=parameters, headers={"Accept": accept, "Accept-Language": "en"})
        except httpx.RequestError as error:
            raise ToolError(f"The API does not answer ({type(error).__name__}). {_LATER.format('later')}") from None


def _media_type(answer: httpx.Response) -> str:
    return str(answer.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


def _object(answer: httpx.Response) -> dict[str, Any]:
    """Return the JSON object of an answer; an empty one if it is something else."""
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _failure(answer: httpx.Response) -> str:
    """Say how the API failed, and what to try. No address: it may hold a password."""
    status = f"The API answered with status {answer.status_code} {answer.reason_phrase}".rstrip()
    if answer.has_redirect_location:
        return (
            f"{status} and sends to {answer.headers['Location']}. Tell the user that --base-url of this MCP server has "
            "to name the address at which the API answers itself."
        )
    if answer.status_code == httpx.codes.REQUEST_URI_TOO_LONG:
        return f"{status}. The arguments are too long: give fewer or shorter ones."
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
        wait = answer.headers.get("Retry-After", "")
        when = f"in {wait} seconds" if wait.isdecimal() else "later"
        return f"{status}. {_LATER.format(when)}"
    return (
        f"{status} and {_media_type(answer) or 'no media type'}, which is not what this API answers. Tell the user to "
        "check --base-url of this MCP server, and what stands in front of the API."
    )


def _flaws(errors: Sequence[Mapping[str, Any]]) -> str:
    """Say what is wrong with arguments, which have the names of the parameters of the API."""
    lines = ["Nothing was looked up; correct these arguments:"]
    for error in errors:
        line = f"- {error['parameter']}: {error['detail']}"
        if suggestion := error.get("suggestion"):
            line += f" Try: {suggestion}."
        elif allowed := error.get("allowed"):
            line += f" Allowed: {', '.join(map(str, allowed[:MOST_ALLOWED]))}."
        lines.append(line)
    return "\n".join(lines)

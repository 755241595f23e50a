"""Failures as problem documents (RFC 9457). Only this file knows which failure has which status."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, Field

from app.http import headers, messages

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2

MAX_FLAWS = 20
"""Errors of a request that are told one by one. Whoever looks for more may stop at the next one."""

MAX_SUGGESTIONS = 5
"""Errors of a request for which a suggestion is looked for: the first that could have one."""


class ParameterError(BaseModel):
    parameter: Annotated[str, Field(examples=["limit"])]
    code: Annotated[str, Field(examples=["out-of-range"])]
    detail: str
    allowed: Annotated[list[str], Field(default_factory=list, description="What would be right")]
    suggestion: Annotated[
        str, Field(default="", description="What was likely meant: a known name or value, or what to write instead")
    ]


class Problem(BaseModel):
    """RFC 9457, section 3."""

    type: Annotated[str, Field(examples=["/problems/invalid-parameter"])]
    title: str
    status: int
    detail: str
    instance: Annotated[str, Field(description="The request id")]
    errors: Annotated[list[ParameterError], Field(default_factory=list, description="One for each flaw")]


class Flaw(NamedTuple):
    """Describe the error of one parameter; `code` or, if set, `sentence` names it in `messages.PARAMETER_DETAILS`.

    `suggest` returns what was likely meant, or `None`. It is called only if the error is told, see `document`; what
    it returns is told only if it can be printed: it may repeat what the client sent.
    """

    parameter: str
    code: str
    values: Mapping[str, Any] = MappingProxyType({})
    allowed: tuple[str, ...] = ()
    suggest: Callable[[], str | None] | None = None
    sentence: str = ""


class Failure(Exception):
    """Raised anywhere below an endpoint; `sentence` names its detail in `messages.DETAILS`."""

    status = 500
    type = "internal-error"

    def __init__(self, sentence: str | None = None, **values: Any) -> None:
        self.sentence = sentence or self.type
        super().__init__(self.sentence)
        self.values = values
        self.headers: dict[str, str] = {}
        """Headers besides those of every problem, in lower case."""
        self.flaws: tuple[Flaw, ...] = ()


class InvalidParameters(Failure):
    status = 422
    type = "invalid-parameter"

    def __init__(self, *flaws: Flaw) -> None:
        told = flaws[:MAX_FLAWS]
        super().__init__(
            "invalid-parameter" if told == flaws else "many-invalid-parameters",
            parameters=", ".join(dict.fromkeys(flaw.parameter for flaw in told)),
            count=len(told),
        )
        self.flaws = told


class NotFound(Failure):
    status = 404
    type = "not-found"
    nearest: str | None = None
    """The nearest path that exists, if one is near."""


class Gone(Failure):
    status = 410
    type = "gone"


class MethodNotAllowed(Failure):
    status = 405
    type = "method-not-allowed"

    def __init__(self) -> None:
        super().__init__(allow=headers.ALLOW.decode())
        self.headers = {"allow": headers.ALLOW.decode()}


class NotAcceptable(Failure):
    status = 406
    type = "not-acceptable"


class UriTooLong(Failure):
    status = 414
    type = "uri-too-long"


class Unavailable(Failure):
    status = 503
    type = "unavailable"

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence, seconds=RETRY_AFTER_SECONDS)
        self.headers = {"retry-after": str(RETRY_AFTER_SECONDS)}


TYPES: dict[str, type[Failure]] = {
    failure.type: failure
    for failure in (
        InvalidParameters,
        NotFound,
        Gone,
        MethodNotAllowed,
        NotAcceptable,
        UriTooLong,
        Failure,
        Unavailable,
    )
}
"""Every type of problem that this service has."""


def document(failure: Failure, language: messages.Language, base_url: str, request_id: str) -> dict[str, Any]:
    """Return the problem document of a failure."""
    detail = messages.DETAILS[failure.sentence][language].format_map(failure.values)
    if isinstance(failure, NotFound) and failure.nearest:
        nearest = messages.NEAREST[language].format(path=f"{base_url}{failure.nearest}")
        detail = f"{detail} {nearest}" if language == "en" else detail + nearest
    body: dict[str, Any] = {
        "type": f"{base_url}/problems/{failure.type}",
        "title": messages.TITLES[failure.type][language],
        "status": failure.status,
        "detail": detail,
        "instance": request_id,
    }
    if failure.flaws:
        body["errors"] = list(_errors(failure.flaws, language))
    return body


def _errors(flaws: Iterable[Flaw], language: messages.Language) -> Iterator[dict[str, Any]]:
    """Yield the `errors` of a problem, at most `MAX_SUGGESTIONS` of them with a suggestion."""
    left = MAX_SUGGESTIONS
    for flaw in flaws:
        suggestion = None
        if flaw.suggest and left:
            suggestion, left = flaw.suggest(), left - 1
        yield _error(flaw, suggestion, language)


def _error(flaw: Flaw, suggestion: str | None, language: messages.Language) -> dict[str, Any]:
    error: dict[str, Any] = {
        "parameter": flaw.parameter,
        "code": flaw.code,
        "detail": messages.PARAMETER_DETAILS[flaw.sentence or flaw.code][language].format_map(flaw.values),
    }
    if flaw.allowed:
        error["allowed"] = flaw.allowed
    if suggestion is not None and suggestion.isprintable():
        error["suggestion"] = suggestion
    return error

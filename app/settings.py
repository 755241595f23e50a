"""The environment, typed and frozen. Nothing else reads it."""

import os
import re
from collections.abc import Mapping
from functools import cached_property
from math import ceil
from typing import Annotated, Any, Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

OWN_PATHS = frozenset(
    {
        *("v1", "docs", "redoc", "openapi.json", "explorer", "guide", "terms", "changelog", "problems", "llms.txt"),
        *(".well-known", "livez", "readyz", "metrics"),
    }
)
"""The first segments of the paths that the service answers."""

_BASE_URL = re.compile(
    r"https?://([\w~-]+(\.[\w~-]+)*\.?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?"
    r"(/([\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*",
    re.ASCII,
)

_UNCLEAR = {"/", "\N{REPLACEMENT CHARACTER}"}
"""What a segment of a path must not stand for: another segment, or bytes that are not UTF-8."""


CHANGES_ANSWERS = {"x-changes-answers": True}
"""Marks a setting on which the bytes of a response depend: as `json_schema_extra` of its field."""


class Invalid(ValueError):
    """One line for each wrong variable."""


class Settings(BaseModel):
    """Every field is an environment variable of the same name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: Annotated[
        str,
        Field(
            pattern=r"^(sqlite:///.+|postgresql(\+psycopg)?://.+)$",
            description="`sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST:PORT/NAME`",
        ),
    ] = "sqlite:///regions.sqlite"
    host: Annotated[str, Field(min_length=1, description="Address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port to listen on")] = 8000
    access_log: Annotated[bool, Field(description="Whether each request writes a line of JSON to the output")] = True
    workers: Annotated[int, Field(ge=1, le=64, description="Processes that serve")] = 1
    public_base_url: Annotated[
        str,
        Field(
            description="Where the world reaches the service, without a slash at the end, not below one of the "
            "service's own paths; links are relative to the host when it is empty",
            json_schema_extra=CHANGES_ANSWERS,
        ),
    ] = ""
    database_pool_size: Annotated[
        int,
        Field(
            ge=1, le=100, description="Quick reads of one worker that go on at the same time; half as many slow ones"
        ),
    ] = 8
    database_prepare: Annotated[
        bool,
        Field(description="Whether PostgreSQL keeps statements prepared; false behind a pooler of transactions"),
    ] = True
    cache_bytes: Annotated[
        int, Field(ge=0, le=2**40, description="How much each worker keeps of its answers; 0 turns the cache off")
    ] = 64 * 2**20
    read_timeout: Annotated[
        float, Field(gt=0, le=60, description="Seconds that a read may take before it is a 503")
    ] = 5.0
    drain_seconds: Annotated[
        float, Field(ge=0, le=300, description="Seconds after SIGTERM in which it still answers but is not ready")
    ] = 0.0
    otel_exporter_otlp_endpoint: Annotated[
        str,
        Field(pattern=r"^(https?://.+)?$", description="Where traces go, by OTLP/HTTP; none are made when it is empty"),
    ] = ""

    @property
    def finish_seconds(self) -> int:
        """How long requests in flight may take to finish at a stop: the slowest read, and a little for the client."""
        return ceil(self.read_timeout) + 2

    @cached_property
    def changing_answers(self) -> dict[str, Any]:
        """The marked settings that differ from their defaults. Every ETag of data and the description contain them."""
        return {
            name: getattr(self, name)
            for name, field in type(self).model_fields.items()
            if field.json_schema_extra == CHANGES_ANSWERS and getattr(self, name) != field.default
        }

    @field_validator("*", mode="before")
    @classmethod
    def _is_written_plainly(cls, value: object, info: ValidationInfo) -> object:
        if cls.model_fields[str(info.field_name)].annotation in (int, float) and "_" in str(value):
            raise ValueError("not a number")  # Python reads 1_0 as ten
        return value

    @field_validator("public_base_url")
    @classmethod
    def _is_a_plain_address(cls, url: str) -> str:
        if url and not _BASE_URL.fullmatch(url):
            raise ValueError(
                "not an address in ASCII such as https://example.jp or https://example.jp/clusters, without user, "
                "query, fragment, or slash at the end"
            )
        if urlsplit(url).port == 0:  # one that is too large is a ValueError, with a clear message
            raise ValueError("Port out of range 1-65535")
        segments = [unquote(segment) for segment in urlsplit(url).path.split("/")[1:]]
        if any(each in (".", "..") or not each.isprintable() or not _UNCLEAR.isdisjoint(each) for each in segments):
            raise ValueError("a segment of its path is not plain text in UTF-8")
        if segments and segments[0] in OWN_PATHS:
            # a proxy may take the path off or keep it, and of such a path nobody could tell
            raise ValueError(f"/{segments[0]} is a path of the service itself; choose another one")
        return url

    @field_validator("database_url")
    @classmethod
    def _can_be_split(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            readable = parts.port != 0 and (
                parts.scheme == "sqlite" or "@" not in parts.path + parts.query + parts.fragment
            )
        except ValueError:
            readable = False
        if not readable:
            # without the words of `urlsplit`, which may quote a piece of the password
            raise ValueError("not a URL; in a password `/ ? # @ :` are written `%2F %3F %23 %40 %3A`")
        if parts.scheme == "sqlite" and parts.query:
            raise ValueError("a URL of SQLite is a path and nothing more")
        return url

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        given = {name: environment[name.upper()] for name in cls.model_fields if name.upper() in environment}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            reasons = (
                (str(each["loc"][0]).upper(), each["msg"].removeprefix("Value error, ")) for each in error.errors()
            )
            raise Invalid("\n".join(f"{name}: {reason}" for name, reason in reasons)) from None

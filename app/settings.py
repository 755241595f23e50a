"""The settings. No other module of `app` reads the environment."""

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
        *("v1", "docs", "redoc", "openapi.json", ".well-known", "livez", "readyz", "metrics"),
        *(
            "explorer",
            "regions",
            "corrections",
            "changes",
            "guide",
            "terms",
            "changelog",
            "problems",
            "llms.txt",
            "llms-full.txt",
        ),
        *("sitemap.xml", "robots.txt"),
    }
)
"""First segments of the paths that the service answers. PUBLIC_BASE_URL must not end in a path that begins with one."""

_BASE_URL = re.compile(
    r"https?://([\w~-]+(\.[\w~-]+)*\.?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?"
    r"(/([\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*",
    re.ASCII,
)

_AMBIGUOUS = {"/", "\N{REPLACEMENT CHARACTER}"}
"""Characters that a decoded path segment must not hold: a slash would split it, the other stands for invalid UTF-8."""


CHANGES_ANSWERS = {"x-changes-answers": True}
"""Marks a setting on which the bytes of a response depend: as `json_schema_extra` of its field."""


class Invalid(ValueError):
    """Raised for wrong settings; the message has one line for each variable."""


class Settings(BaseModel):
    """The settings, immutable. Each field is an environment variable of the same name in capitals."""

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
    access_log: Annotated[
        bool, Field(description="Whether a line of JSON is written to standard output for each request")
    ] = True
    workers: Annotated[int, Field(ge=1, le=64, description="Worker processes")] = 1
    public_base_url: Annotated[
        str,
        Field(
            description="Public address of the service, without a slash at the end and not below one of the service's "
            "own paths; links are relative to the host when it is empty",
            json_schema_extra=CHANGES_ANSWERS,
        ),
    ] = ""
    database_pool_size: Annotated[
        int,
        Field(
            ge=1, le=100, description="Quick reads that one worker runs at the same time; of slow reads, half as many"
        ),
    ] = 8
    database_prepare: Annotated[
        bool,
        Field(description="Whether statements are prepared on PostgreSQL; false behind a pooler in transaction mode"),
    ] = True
    cache_bytes: Annotated[
        int, Field(ge=0, le=2**40, description="Bytes of responses that each worker caches; 0 turns the cache off")
    ] = 64 * 2**20
    read_timeout: Annotated[
        float, Field(gt=0, le=60, description="Seconds after which a read of the database is given up with a 503")
    ] = 5.0
    drain_seconds: Annotated[
        float,
        Field(
            ge=0,
            le=300,
            description="Seconds after SIGTERM in which the service still answers; `/readyz` says that it is not ready",
        ),
    ] = 0.0
    otel_exporter_otlp_endpoint: Annotated[
        str,
        Field(
            pattern=r"^(https?://.+)?$",
            description="Where traces are sent, by OTLP/HTTP; none are made when it is empty; needs "
            "`requirements-tracing.txt`",
        ),
    ] = ""

    @property
    def finish_seconds(self) -> int:
        """Return the seconds that open requests get to finish at a stop: READ_TIMEOUT, and two for sending."""
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
    def _refuse_underscores(cls, value: object, info: ValidationInfo) -> object:
        if cls.model_fields[str(info.field_name)].annotation in (int, float) and "_" in str(value):
            raise ValueError("not a number")  # Python reads `1_0` as ten
        return value

    @field_validator("public_base_url")
    @classmethod
    def _check_base_url(cls, url: str) -> str:
        if url and not _BASE_URL.fullmatch(url):
            raise ValueError(
                "not an address in ASCII such as https://example.jp or https://example.jp/clusters, without user, "
                "query, fragment, or slash at the end"
            )
        if urlsplit(url).port == 0:  # `port` itself raises a clear ValueError if it is too large
            raise ValueError("Port out of range 1-65535")
        segments = [unquote(segment) for segment in urlsplit(url).path.split("/")[1:]]
        if any(each in (".", "..") or not each.isprintable() or not _AMBIGUOUS.isdisjoint(each) for each in segments):
            raise ValueError("a segment of its path is not plain text in UTF-8")
        if segments and segments[0] in OWN_PATHS:
            # proxies may strip the path or keep it; with such a path the service could not tell which
            raise ValueError(f"/{segments[0]} is a path of the service itself; choose another one")
        return url

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            readable = parts.port != 0 and (
                parts.scheme == "sqlite" or "@" not in parts.path + parts.query + parts.fragment
            )
        except ValueError:
            readable = False
        if not readable:
            # not the message of `urlsplit`, which may quote a part of the password
            raise ValueError("not a URL; in a password `/ ? # @ :` are written `%2F %3F %23 %40 %3A`")
        if parts.scheme == "sqlite" and parts.query:
            raise ValueError("a URL of SQLite is a path and nothing more")
        return url

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the variables that are set, ignore others; raise `Invalid` if any is wrong."""
        given = {name: environment[name.upper()] for name in cls.model_fields if name.upper() in environment}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            reasons = (
                (str(each["loc"][0]).upper(), each["msg"].removeprefix("Value error, ")) for each in error.errors()
            )
            raise Invalid("\n".join(f"{name}: {reason}" for name, reason in reasons)) from None

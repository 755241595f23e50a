"""Pages of a list: `limit`, `offset`, the envelope, the links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import orjson
from pydantic import BaseModel, Field, create_model

from app.http import query_string
from app.http.formats import OF_LISTS, Format
from app.http.parsed_request import ParsedRequest

MAX_LIMIT = 100
MAX_OFFSET = 10_000
MAX_EXPORT_LIMIT = 999_999_999

R = TypeVar("R")


class ListQuery(query_string.RecordQuery):
    formats: ClassVar[tuple[Format, ...]] = OF_LISTS

    limit: Annotated[
        int,
        Field(ge=1, le=MAX_LIMIT, description="Records of a page at the most.", examples=[10]),
        query_string.INTEGER,
    ] = MAX_LIMIT
    offset: Annotated[
        int,
        Field(ge=0, le=MAX_OFFSET, description="Records to leave out before the page.", examples=[0]),
        query_string.INTEGER,
    ] = 0

    def unpaged(self) -> Mapping[str, str]:
        """Return the given parameters but those that choose a page."""
        return {name: value for name, value in self.canonical.items() if name not in ("limit", "offset", "facets")}


_EXPORT_LIMIT = (
    Annotated[
        int,
        Field(ge=1, le=MAX_EXPORT_LIMIT, description="Records at the most; without it all.", examples=[1000]),
        query_string.INTEGER,
    ],
    MAX_EXPORT_LIMIT,
)
_BOM = (
    Annotated[
        bool,
        Field(description="Whether the CSV begins with a byte order mark, which Excel needs.", examples=[False]),
        query_string.BOOLEAN,
    ],
    True,
)


@lru_cache
def exported(model: type[ListQuery], *, csv: bool) -> type[Any]:
    """Return the parameters of an export: `limit` without the bound of a page, and `bom` for a CSV."""
    extra: dict[str, Any] = {"limit": _EXPORT_LIMIT} | ({"bom": _BOM} if csv else {})
    return create_model(f"{model.__name__}Export", __base__=model, **extra)


class PageLinks(BaseModel):
    self: Annotated[str, Field(description="This request, in canonical form")]
    first: str
    prev: Annotated[str | None, Field(description="`null` on the first page")]
    next: Annotated[str | None, Field(description="`null` on the last page, or where `offset` ends")]
    last: Annotated[str | None, Field(description="`null` where it would pass the bound of `offset`")]
    all: Annotated[str, Field(description="Everything that matches, as NDJSON")]


class Page(BaseModel, Generic[R]):
    """The envelope of every list."""

    items: list[R]
    total: Annotated[int, Field(ge=0, description="Records that match, on all pages")]
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)]
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)]
    query: Annotated[
        dict[str, Any], Field(description="How the request was understood: every parameter with its canonical value")
    ]
    links: PageLinks
    dataset_version: Annotated[str, Field(description="The same version always means the same data")]


@dataclass(frozen=True)
class Slice:
    """A page before it is written: its records as JSON, how many match in all, what else the envelope gets."""

    records: Sequence[bytes]
    total: int
    extra: dict[str, Any] = field(default_factory=dict)


def cut(records: Sequence[dict[str, Any]], query: ListQuery) -> Slice:
    """Return the page of a list that is short enough to be read whole."""
    page = records[query.offset : query.offset + query.limit]
    return Slice([orjson.dumps(record) for record in page], len(records))


def links(parsed: ParsedRequest[ListQuery], total: int) -> dict[str, str | None]:
    """Return the links of a page. Where `offset` is beyond the end, `prev` is the last page."""
    query = parsed.query
    # pages are aligned with this one: for offset 5 and limit 10 they begin at 5, 15, …; beyond the end, at 0
    begin = query.offset % query.limit if query.offset < total else 0
    last = begin + max(0, total - 1 - begin) // query.limit * query.limit

    def at(offset: int) -> str | None:
        return parsed.like_this(offset=str(offset) if offset else None) if offset <= MAX_OFFSET else None

    following = query.offset + query.limit
    return {
        "self": parsed.like_this(),
        "first": at(0),
        "prev": at(min(last, max(0, query.offset - query.limit))) if query.offset else None,
        "next": at(following) if following < total else None,
        "last": at(last),
        "all": parsed.url(f"{parsed.path.removesuffix('.json')}.ndjson", query.unpaged()),
    }

"""Pages of a list: `limit`, `offset`, the envelope, the links."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import orjson
from pydantic import BaseModel, Field

from app import parameters
from app.inquiry import Inquiry

MAX_LIMIT = 100
MAX_OFFSET = 10_000

R = TypeVar("R")


class PageQuery(parameters.Query):
    limit: Annotated[
        int,
        Field(ge=1, le=MAX_LIMIT, description="Records of a page at the most.", examples=[10]),
        parameters.INTEGER,
    ] = MAX_LIMIT
    offset: Annotated[
        int,
        Field(ge=0, le=MAX_OFFSET, description="Records to leave out before the page.", examples=[0]),
        parameters.INTEGER,
    ] = 0


class PageLinks(BaseModel):
    self: Annotated[str, Field(description="This request, in canonical form")]
    first: str
    prev: Annotated[str | None, Field(description="`null` on the first page")]
    next: Annotated[str | None, Field(description="`null` on the last page, or where `offset` ends")]
    last: Annotated[str | None, Field(description="`null` where it would pass the bound of `offset`")]


class Page(BaseModel, Generic[R]):
    """The envelope of every list."""

    items: list[R]
    total: Annotated[int, Field(ge=0, description="Records that match, on all pages")]
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)]
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)]
    links: PageLinks
    dataset_version: Annotated[str, Field(description="Equal versions, equal data")]


@dataclass(frozen=True)
class Slice:
    """A page before it is written: its records as JSON, and how many match in all."""

    records: Sequence[bytes]
    total: int
    dataset_version: str


def cut(records: Sequence[dict[str, Any]], query: PageQuery, dataset_version: str) -> Slice:
    """The page of a list that is short enough to be read whole."""
    page = records[query.offset : query.offset + query.limit]
    return Slice([orjson.dumps(record) for record in page], len(records), dataset_version)


def links(inquiry: Inquiry[PageQuery], total: int) -> dict[str, str | None]:
    """The links of a page. Where `offset` is beyond the end, `prev` is the last page."""
    query = inquiry.query
    given = {name: value for name, value in query.canonical().items() if name != "offset"}
    last = max(0, total - 1) // query.limit * query.limit

    def at(offset: int) -> str | None:
        if offset > MAX_OFFSET:
            return None
        return inquiry.url(inquiry.path, given | ({"offset": str(offset)} if offset else {}))

    following = query.offset + query.limit
    return {
        "self": inquiry.url(inquiry.path, query.canonical()),
        "first": at(0),
        "prev": at(min(last, max(0, query.offset - query.limit))) if query.offset else None,
        "next": at(following) if following < total else None,
        "last": at(last),
    }

"""List the requests, and the records that have to come back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import quote, unquote

Record = Mapping[str, Any]

PROGRAM, YEAR, TERM, NUMBER = "city-area", 2010, "医療", 7

ESCAPED_TERM = quote(TERM)


class Scenario(StrEnum):
    LIST = "list"
    FILTER = "filter"
    SEARCH = "search"
    ITEM = "item"
    NOT_MODIFIED = "304"


READS = (Scenario.LIST, Scenario.FILTER, Scenario.SEARCH, Scenario.ITEM)
"""The scenarios that every server has; 304 is the list again, for those that know entity tags."""


@dataclass(frozen=True)
class Request:
    """A GET, or a POST if there is a body."""

    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"

    def __str__(self) -> str:
        return " ".join(filter(None, (self.method, unquote(self.target), self.body)))

    def unless(self, tag: str) -> "Request":
        return replace(self, headers=(*self.headers, ("If-None-Match", tag)))


OURS = {
    Scenario.LIST: Request("/v1/regions"),
    Scenario.FILTER: Request(f"/v1/regions?type={PROGRAM}&fiscal_year={YEAR}"),
    Scenario.SEARCH: Request(f"/v1/regions?q={ESCAPED_TERM}"),
    Scenario.ITEM: Request(f"/v1/regions/{NUMBER}"),
}


def records_in(answer: Any) -> list[Record]:
    """Return the records of an answer, whatever envelope they come in."""
    if isinstance(answer, list):
        return answer
    return next((answer[key] for key in ("items", "rows") if key in answer), [answer])


def expected(records: list[Record]) -> dict[Scenario, set[int]]:
    """Return the numbers that each scenario has to give, found without any server."""

    def wanted(record: Record) -> dict[Scenario, bool]:
        return {
            Scenario.LIST: True,
            Scenario.FILTER: record["program"]["id"] == PROGRAM
            and record["fiscal_year_start"] <= YEAR <= record["fiscal_year_end"],
            Scenario.SEARCH: any(TERM in (record[field] or "") for field in ("name", "title", "theme")),
            Scenario.ITEM: record["number"] == NUMBER,
        }

    return {each: {record["number"] for record in records if wanted(record)[each]} for each in READS}

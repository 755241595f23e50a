"""Read what the explorer shows: the parameters that it takes, the list, and the errors of a request for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple
from urllib.parse import parse_qsl

import orjson

from app.db.session import Read
from app.http import pagination, problems, query_pairs, query_string
from app.http.messages import Language
from app.http.page_parameters import PageParameters
from app.http.parsed_request import ParsedRequest
from app.http.request_context import RequestContext
from app.pages import fields, layout
from app.pages.fields import Record
from app.pages.records import read_list
from app.routers import dataset, prefectures, programs
from app.routers.regions import endpoints
from app.routers.regions.parameters import FACETS, Facet, RegionQuery

VIEWS = ("timeline", "table", "topics", "charts", "misprints")
"""The first is shown where none is chosen."""

OWN = {"lang", "view", "region"}
"""Parameters that are left out of links to the list: the page's own, and `lang`."""

NO_FILTERS = OWN | {"q", "facets", "fields", "limit", "offset"}
"""Parameters that are neither filters nor `sort`; `q` is one of them, because the page shows it apart."""


class ExplorerQuery(PageParameters, RegionQuery):
    """The parameters of the list, but those that choose what of a record is told; a field of a form may be empty.

    `view` and `region` are for the scripts; the server says them in the title.
    """

    lenient: ClassVar[Mapping[str, str]] = {**PageParameters.lenient, "view": "|".join(VIEWS), "region": "[0-9]{1,6}"}

    facets: tuple[Facet, ...] = FACETS
    view: str = VIEWS[0]
    region: str | None = None

    @cached_property
    def canonical(self) -> dict[str, str]:
        """Return the parameters of links from here, which close the region."""
        return {name: value for name, value in super().canonical.items() if name != "region"}

    @classmethod
    def known(cls, raw: bytes) -> bytes:
        names = {name.encode() for name in cls.model_fields} - {b"facets", b"fields"}
        known = query_pairs.only(super().known(raw), names)
        return b"&".join(pair for pair in known.split(b"&") if pair.partition(b"=")[2])


class Chip(NamedTuple):
    """A condition in words, and the URL of the page without it."""

    name: str
    text: str
    url: str


@dataclass(frozen=True)
class View:
    """Hold what the explorer shows, all of one edition."""

    dataset: Record
    programs: list[dict[str, Any]]
    areas: list[dict[str, Any]]
    """The 地方 with the codes of their prefectures."""
    regions: list[dict[str, Any]]
    total: int
    facets: dict[str, list[dict[str, Any]]]
    relax: list[dict[str, Any]]
    hints: list[dict[str, Any]]
    links: dict[str, str | None]
    exports: str
    """The query of the list's exports with these filters, with its question mark."""
    chips: list[Chip]
    errors: list[dict[str, Any]]
    """What is wrong with the request and left out here: those of a problem, with the `url` of a suggestion."""

    def group(self, subcategory: str) -> list[dict[str, Any]]:
        return [each for each in self.regions if each["subcategory"]["id"] == subcategory]

    def found(self, language: Language) -> str:
        """Return how many regions there are, in words."""
        every = self.dataset["counts"]["regions"]
        sentence: str = layout.WORDS[language]["foundAll" if self.total == every else "found"]
        return sentence.format(total=self.total, all=every)

    def subject(self, query: ExplorerQuery, language: Language) -> str:
        """Return what is shown, as `main.js` says it in the title; empty if that is everything in the first view."""
        for each in self.regions:
            if str(each["number"]) == query.region:
                return fields.title(each, language)
        view = [layout.WORDS[language][query.view]] if query.view != VIEWS[0] else []
        asked = " · ".join([chip.text for chip in self.chips] + view)
        return f"{asked} ({self.found(language)})" if asked else ""

    def facet(self, name: str, value: str) -> dict[str, Any]:
        return next(each for each in self.facets[name] if each["value"] == value)

    @cached_property
    def supported(self) -> dict[int, int]:
        """Return how many of these regions were supported in each fiscal year."""
        years = (int(each["value"]) for each in self.facets["fiscal_year"])
        spans = [(each["fiscal_year_start"], each["fiscal_year_end"]) for each in self.regions]
        return {year: sum(first <= year <= last for first, last in spans) for year in years}


def areas_of(prefectures: Sequence[Record], language: Language) -> list[dict[str, Any]]:
    """Return the 地方 with the codes of their prefectures."""
    found: dict[str, dict[str, Any]] = {}
    for each in prefectures:
        name = fields.in_language(each["area"], "name", language)[0]
        found.setdefault(each["area"]["id"], {"name": name, "codes": []})["codes"].append(each["code"])
    return [*found.values()]


def chips(
    parsed: ParsedRequest[ExplorerQuery], facets: Mapping[str, Sequence[Record]], areas: Sequence[Record]
) -> Iterator[Chip]:
    """Yield the conditions as `chips.js` shows them, so that nothing moves when its own take their place."""
    words, given = layout.WORDS[parsed.language], parsed.query.unpaged()
    others = (name for name in ExplorerQuery.model_fields if name not in ("sort", *FACETS, *NO_FILTERS))
    for name in ("q", *FACETS, *others):
        if name not in given:
            continue
        chosen = [given[name]] if name == "q" else given[name].split(",")
        labels = {each["value"]: each["label"] for each in facets.get(name, ())}
        groups = [([value], labels.get(value, value)) for value in chosen]
        if name == "prefecture":
            whole = [each for each in areas if len(each["codes"]) > 1 and {*each["codes"]} <= {*chosen}]
            single = [group for group in groups if not any(group[0][0] in each["codes"] for each in whole)]
            groups = [*((each["codes"], each["name"]) for each in whole), *single]
        elif name == "fiscal_year" and len(chosen) > 1:
            joined = ("・" if parsed.language == "ja" else ", ").join(text for _, text in groups)
            years = [*map(int, chosen)]
            if len(years) > 2 and years == [*range(years[0], years[0] + len(years))]:
                joined = f"{groups[0][1]}–{groups[-1][1]}"
            groups = [(chosen, words["anyOf"].format(values=joined))]
        for values, text in groups:
            rest = ",".join(value for value in chosen if value not in values) or None
            yield Chip(words.get(name, name), text, parsed.like_this(**{name: rest, "offset": None}))


def right_part(raw: bytes, basis: query_string.Basis) -> tuple[ExplorerQuery, tuple[problems.Flaw, ...]]:
    """Return what is left of a query string without the parameters that are wrong, and what is wrong with those."""
    try:
        return query_string.parse(raw, ExplorerQuery, basis), ()
    except problems.InvalidParameters as failure:
        wrong = {flaw.parameter.encode() for flaw in failure.flaws}
        right = {name.encode() for name in ExplorerQuery.model_fields} - wrong
        if (rest := query_pairs.only(raw, right)) == raw:
            raise
        query, flaws = right_part(rest, basis)
        return query, failure.flaws + flaws


def explain(
    context: RequestContext, parsed: ParsedRequest[ExplorerQuery], flaws: tuple[problems.Flaw, ...]
) -> list[dict[str, Any]]:
    """Return the errors of a problem, each with the `name` of its parameter in words.

    An error with a suggestion also has the `url` of this request with the suggestion instead of the wrong value.
    """
    if not flaws:
        return []
    failure = problems.InvalidParameters(*flaws)
    errors: list[dict[str, Any]] = problems.document(failure, parsed.language, "", "")["errors"]
    for flaw, error in zip(failure.flaws, errors, strict=True):
        error["name"] = layout.WORDS[parsed.language].get(flaw.parameter, flaw.parameter)
        if "suggestion" not in error:
            continue
        if error["suggestion"].startswith("fiscal_year_"):  # a span, by parameters of its own
            span = dict(parse_qsl(error["suggestion"]))
            error["url"] = parsed.like_this(**{flaw.parameter: None} | span)
            continue
        values = [error["suggestion"]]
        if isinstance(getattr(parsed.query, flaw.parameter), tuple):
            pairs = query_pairs.read(context.query_string)
            given = [value for name, text, _ in pairs if name == flaw.parameter for value in text.split(",")]
            values = [error["suggestion"] if each == flaw.values.get("value") else each for each in given]
        error["url"] = parsed.like_this(**{flaw.parameter: ",".join(values)})
    return errors


def read_view(read: Read, parsed: ParsedRequest[ExplorerQuery], errors: list[dict[str, Any]]) -> View:
    """Return what the explorer shows for a request with these errors."""
    page = endpoints.read_page(read, parsed)
    filters = {name: value for name, value in parsed.query.unpaged().items() if name not in OWN}
    known = read_list(read, prefectures.PREFECTURES)
    return View(
        dataset=dataset.describe(read),
        programs=read_list(read, programs.PROGRAMS),
        areas=(areas := areas_of(known, parsed.language)),
        regions=[orjson.loads(record) for record in page.records],
        total=page.total,
        facets=page.extra["facets"],
        relax=page.extra["relax"],
        hints=page.extra["hints"],
        links=pagination.links(parsed, page.total),
        exports=parsed.url("", filters),
        chips=[*chips(parsed, page.extra["facets"], areas)],
        errors=errors,
    )

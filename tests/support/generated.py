"""Requests recombined from valid and nasty values over all routes, parameters and headers, each with its verdict.

A `Case` knows what the answer must be: the oracle's regions, or the parameters that must be named as wrong.
"""

from dataclasses import dataclass, field
from itertools import chain
from typing import Any, get_origin

import httpx

from app.routers.regions.parameters import RegionQuery
from tests.support import nasty
from tests.support.lists import walked
from tests.support.values import Values

MANY = {name for name, field in RegionQuery.model_fields.items() if get_origin(field.annotation) is tuple}
"""The parameters that take several values."""

FORMATS = {"": None, ".json": "json", ".csv": "csv", ".ndjson": "ndjson", ".geojson": "geojson"}
ACCEPTS: dict[bytes, str | None] = {
    b"application/json": "json",
    b"*/*": "json",
    b"application/*": "json",
    b"text/csv": "csv",
    b"text/*": "csv",
    b"application/x-ndjson": "ndjson",
    b"application/geo+json": "geojson",
    b"text/csv;q=0.3, application/json;q=0.2": "csv",
    b"text/csv;q=0.3,application/x-ndjson;q=0.31": "ndjson",
    b"TEXT/CSV ; Q=1.000": "csv",
    b"text/html, application/xhtml+xml, */*;q=0.8": "json",
    b"application/json;q=0, text/csv": "csv",
    b"image/png": None,
    b"*/*;q=0": None,
    b"text/*;q=0.0, image/*": None,
}
"""What regions are answered in; `None` is 406. Other lists have no GeoJSON."""


def lists_of(client: httpx.Client) -> dict[str, list[dict[str, Any]]]:
    """Return the records of every list that the service has, by the list's path."""
    links = client.get("/v1").json()["links"].values()
    paths = [path for path in links if path.startswith("/v1/") and "dataset" not in path]
    return {path: walked(client, path) for path in paths}


@dataclass
class Case:
    method: str
    path: str
    pairs: list[bytes] = field(default_factory=list)
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    meaning: dict[str, Any] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    """Parameters that must all be named."""
    consequent: set[str] = field(default_factory=set)
    """Parameters of which at least one is named if nothing else is wrong; any may be besides."""
    format: str | None = "json"
    """`None` where nothing fits `Accept`, `?` where junk decides."""
    missing: bool = False
    not_modified: bool = False

    @property
    def target(self) -> bytes:
        return self.path.encode() + (b"?" + b"&".join(self.pairs) if self.pairs else b"")


class Generator(Values):
    def _pair(self, case: Case, name: str) -> None:
        if self.choose.random() < 0.12:
            case.pairs.append(name.encode() + b"=" + self._nasty(name))
            case.wrong.add(name)
            return
        count = self.choose.choice([1, 1, 2, 3]) if name in MANY else 1
        values = [self.valid[name]() for _ in range(count)]
        if name in ("sort", "fields", "facets"):  # a second one would be a mistake
            values = list({meaning.lstrip("-"): (written, meaning) for written, meaning in values}.values())
        if count > 1 and self.choose.random() < 0.5:
            case.pairs += [name.encode() + b"=" + self._encoded(written) for written, _ in values]
        else:
            case.pairs.append(name.encode() + b"=" + self._encoded(",".join(written for written, _ in values)))
        if name == "q" and self._is_wrong_text(*values[0]):
            case.wrong.add(name)
        else:
            meant = [meaning for _, meaning in values]
            # a place may mean several prefectures
            case.meaning[name] = [*chain(*meant)] if name == "prefecture" else meant if name in MANY else meant[0]

    def _disturb(self, case: Case) -> None:
        """A flaw of the whole query."""
        kind = self.choose.randrange(5)
        if kind == 0:
            raw = self.choose.choice(nasty.NAMES).encode()
            case.pairs.append(raw + self.choose.choice([b"", b"=", b"=1"]))
            case.wrong.add("?")
        elif kind == 1:
            case.pairs.append(self.choose.choice([b"=", b"=1", *([b""] if case.pairs else [])]))
            case.wrong.add("")
        elif kind == 2:
            name = self.choose.choice(["limit", "offset", "lang"])
            case.pairs += [name.encode() + b"=" + self.valid[name]()[0].encode("ascii", "ignore") for _ in "ab"]
            case.wrong.add(name)
        elif kind == 3 and case.path.startswith("/v1/regions"):
            name = self.choose.choice(["type", "number", "sort", "fields"])
            case.pairs.append(name.encode() + b"=" + b"," * self.choose.choice([1, 2, 1000]))
            case.wrong.add(name)
        else:
            case.pairs.append(self.choose.choice([b"%ff=1", b"%=1", b"a%00%zz"]))
            case.wrong.add("?")

    # --- whole requests -----------------------------------------------------------------------------------

    def case(self) -> Case:
        kind = self.choose.random()
        method = self.choose.choice(["GET"] * 14 + ["HEAD"] * 2)
        if kind < 0.72:
            case = self._list(method)
        elif kind < 0.84:
            case = self._record(method)
        elif kind < 0.92:
            case = Case(method, self.choose.choice(nasty.PATHS), missing=True)
        else:
            case = self._list(self.choose.choice(["OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW", "get"]))
        if self.choose.random() < 0.1:
            self._disturb(case)
        self._headers(case)
        if self._may_be_shuffled(case):
            self.choose.shuffle(case.pairs)
        return case

    def filtered(self, name: str) -> Case:
        """Return a request with this filter alone, right or wrong."""
        case = Case("GET", "/v1/regions")
        self._pair(case, name)
        return case

    def _may_be_shuffled(self, case: Case) -> bool:
        """The values of one parameter keep their order, which may mean something."""
        names = [pair.partition(b"=")[0] for pair in case.pairs]
        return len(set(names)) == len(names)

    def _list(self, method: str) -> Case:
        path = "/v1/regions" if self.choose.random() < 0.75 else self.choose.choice(sorted(self.lists))
        suffix = self.choose.choice(["", "", "", *FORMATS])
        case = Case(method, path + suffix)
        case.format = FORMATS[suffix] or "json"
        case.missing = case.format == "geojson" and path != "/v1/regions"
        names = sorted(self.valid) if path == "/v1/regions" else ["fields", "limit", "offset", "lang"]
        for name in self.choose.sample(names, min(len(names), self.choose.choice([0, 1, 1, 2, 2, 3, 4, 6]))):
            if name == "fields" and path != "/v1/regions":
                wanted = self.choose.sample(sorted(self.lists[path][0]), 2)
                case.pairs.append(b"fields=" + ",".join(wanted).encode())
                case.meaning["fields"] = wanted
            else:
                self._pair(case, name)
        if not suffix and self.choose.random() < 0.5:
            self._accept(case)
        self._consequences(case)
        return case

    def _accept(self, case: Case) -> None:
        if self.choose.random() < 0.7:
            accept = self.choose.choice(sorted(ACCEPTS))
            case.format = ACCEPTS[accept]
            if case.format == "geojson" and case.path != "/v1/regions":
                case.format = None
        else:
            accept, case.format = self.choose.choice(nasty.ACCEPT_JUNK), "?"
        case.headers.append((b"accept", accept))

    def _consequences(self, case: Case) -> None:
        """Return what is wrong only together with something else."""
        meaning, exports = case.meaning, case.format in ("csv", "ndjson", "geojson")
        if meaning.get("fiscal_year_from", 0) > meaning.get("fiscal_year_to", 9999):
            case.consequent.add("fiscal_year_from")
        if not {"relevance", "-relevance"}.isdisjoint(meaning.get("sort", ())) and "q" not in meaning:
            case.consequent.add("sort")
        if "q_in" in meaning and "q" not in meaning:
            case.consequent.add("q_in")
        if case.format == "?":
            case.consequent |= meaning.keys() & {"facets", "bom"}
        if "facets" in meaning and exports:
            case.wrong.add("facets")
        if "bom" in meaning and case.format in ("json", "ndjson", "geojson"):
            case.wrong.add("bom")

    def _record(self, method: str) -> Case:
        if self.choose.random() < 0.6:
            number = self.choose.randint(1, 29)
            suffix = self.choose.choice(["", ".json"])
            case = Case(method, f"/v1/regions/{number}{suffix}", meaning={"number": [number]}, format="record")
            for name in self.choose.sample(["fields", "lang"], self.choose.choice([0, 1, 2])):
                self._pair(case, name)
            return case
        where = self.choose.choice(["regions", "programs", "subcategories", "dataset/files/x"])
        value = self.choose.choice([*nasty.TEXTS, *nasty.NO_INTEGER, *nasty.HUGE, "0", "30", "99"])
        raw = self._encoded(value[:900]) if self.choose.random() < 0.7 else self._nasty("")
        path = f"/v1/{where}/" + raw.decode().replace("+", "%20").replace("%2F", "%252F").replace("%2f", "%252f")
        return Case(method, path, missing=True)

    def _headers(self, case: Case) -> None:
        if self.choose.random() < 0.3:
            codings = [b"gzip", b"br", b"zstd", b"gzip;q=0", b"identity;q=0", b"*;q=0", b"gzip;q=0.5, br;q=0.2, *;q=0"]
            case.headers.append((b"accept-encoding", self.choose.choice([*codings, *nasty.ENCODING_JUNK])))
        if self.choose.random() < 0.3:
            languages = [b"ja", b"en", b"ja-JP,en;q=0.5", *nasty.LANGUAGE_JUNK]
            case.headers.append((b"accept-language", self.choose.choice(languages)))
        if self.choose.random() < 0.1:
            case.not_modified = self.choose.random() < 0.5
            case.headers.append((b"if-none-match", b"*" if case.not_modified else self.choose.choice(nasty.TAG_JUNK)))
        if self.choose.random() < 0.1:
            case.headers.append((b"if-modified-since", self.choose.choice(nasty.DATE_JUNK)))
        case.headers += self.choose.sample(nasty.FORGED, self.choose.choice([0, 0, 1, 3]))

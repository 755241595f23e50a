"""Every way to fail, and that each is the same kind of document."""

import re
from typing import Any

import httpx
import pytest

from app.http import problems
from app.pages.bundle import BUNDLE
from app.routers.catalogue import RESOURCES
from app.settings import Settings
from tests.support.service import serving

LISTS = [each.path for each in RESOURCES]
PATHS = [
    *LISTS,
    "/v1",
    "/v1/programs/global",
    "/v1/subcategories/global-phase-1",
    "/v1/regions/7",
    "/v1/dataset",
    "/openapi.json",
    "/.well-known/api-catalog",
    f"/explorer/{BUNDLE.hashed('main.js')}",
    "/livez",
    "/readyz",
    "/metrics",
]
"""What knows every parameter that it takes."""

PAGES = [
    *("/", "/guide", "/guide/en", "/terms", "/terms/ja", "/changelog", "/docs", "/redoc", "/llms.txt"),
    "/problems/gone",
]
"""What people open, with whatever others added to the link."""


def problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """The document, once it was seen to be one."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    body: dict[str, Any] = answer.json() if answer.content else {"status": status, "type": f"/problems/{kind}"}
    assert (body["status"], body["type"]) == (status, f"/problems/{kind}")
    if answer.content:
        problems.Problem.model_validate(body, strict=True)
        assert body["instance"] == answer.headers["Request-Id"]
    assert not re.search(r"Traceback|sqlite|psycopg|SELECT|\.py|/app/", answer.text)
    return body


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/v2/regions",
        "/V1/regions",
        "/v1/Regions",
        "/v1/regions/",
        "/v1//regions",
        "/v1/programs/nope",
        "/v1/programs/Global",
        "/v1/subcategories/nope",
        "/v1/regions/0",
        "/v1/regions/30",
        "/v1/regions/-1",
        "/v1/regions/+7",
        "/v1/regions/07",
        "/v1/regions/7.0",
        "/v1/regions/７",
        "/v1/regions/1e1",
        "/v1/regions/999999999",
        "/v1/regions/2147483648",
        "/v1/regions/99999999999999999999",
        "/v1/regions/seven",
        "/v1/regions/7%00",
        "/v1/regions/%FF",
        "/v1/regions/7/8",
        "/problems/nope",
        "/docs/nope",
        "/docs/..%2f..%2fpyproject.toml",
    ],
)
def test_what_does_not_exist_or_cannot_is_not_found(client: httpx.Client, path: str) -> None:
    assert problem(client.get(path), 404, "not-found")["detail"]


def test_a_path_with_a_slash_too_many_is_told_so_and_not_redirected(client: httpx.Client) -> None:
    assert "slash" in problem(client.get("/v1/regions/"), 404, "not-found")["detail"]


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/regions", "/v1/regions"),
        ("/region", "/v1/regions"),
        ("/api/v1/regions", "/v1/regions"),
        ("/api/regions", "/v1/regions"),
        ("/v2/regions", "/v1/regions"),
        ("/some/where/v1/regions", "/v1/regions"),
        ("/v1/clusters", "/v1/regions"),
        ("/v1/Regions", "/v1/regions"),
        ("/V1/REGIONS", "/v1/regions"),
        ("/v1//regions", "/v1/regions"),
        ("/v1/regions/", "/v1/regions"),
        ("/v1/regions.xml", "/v1/regions"),
        ("/regions.csv", "/v1/regions.csv"),
        ("/v1/region.json", "/v1/regions.json"),
        ("/v1/regions.CSV", "/v1/regions.csv"),
        ("/v1/fiscal_years", "/v1/fiscal-years"),
        ("/v1/fiscalyears", "/v1/fiscal-years"),
        ("/v1/years", "/v1/fiscal-years"),
        ("/v1/programmes", "/v1/programs"),
        ("/v1/prefecture", "/v1/prefectures"),
        ("/v1/errata", "/v1/corrections"),
        ("/v1/region/7", "/v1/regions/7"),
        ("/v1/regions/7/", "/v1/regions/7"),
        ("/v1/regions/7/8", "/v1/regions/7"),
        ("/v1/clusters/29.json", "/v1/regions/29.json"),
        ("/regions/7.json", "/v1/regions/7.json"),
        ("/regions/7.geojson", "/v1/regions/7.geojson"),
        ("/regions/7.csv", "/regions/7"),
        ("/regions/07.html", "/regions/7"),
        ("/regions/7/EN", "/regions/7/en"),
        ("/regions/7/en/", "/regions/7/en"),
        ("/region/7/en", "/regions/7/en"),
        ("/regions/7/fr", "/regions/7"),
        ("/regions/99/en/", "/v1/regions"),
        ("/v1/region/99", "/v1/regions"),
        ("/v1/region/0", "/v1/regions"),
        ("/v1/regions/07", "/v1/regions/7"),
        ("/v1/regions/７", "/v1/regions/7"),
        ("/v1/program/global", "/v1/programs/global"),
        ("/v1/programs/City_Area", "/v1/programs/city-area"),
        ("/v1/subcategory/global-phase-1", "/v1/subcategories/global-phase-1"),
        ("/v1/", "/v1"),
        ("/v2", "/v1"),
        ("/api", "/v1"),
        ("/index.html", "/"),
        ("/guide.html", "/guide"),
        ("/Guide/ja/", "/guide/ja"),
        ("/guide/fr", "/guide"),
        ("/swagger.json", "/openapi.json"),
        ("/openapi.yaml", "/openapi.json"),
        ("/swagger-ui", "/docs"),
        ("/healthz", "/livez"),
        ("/problem/gone", "/problems/gone"),
        *(
            (path, None)
            for path in ("/favicon.ico", "/wp-login.php", "/etc/passwd", "/.env", "/admin", "/v1/x", "/医療")
        ),
        *((path, None) for path in ("/v1/regions/99", "/v1/regions/seven", "/v1/programs/nope", "/" + "regions" * 90)),
    ],
)
def test_what_does_not_exist_names_the_nearest_path_that_does(
    client: httpx.Client, path: str, nearest: str | None
) -> None:
    for language, sentence in {"en": "The nearest path that exists is ", "ja": "最も近いパスは "}.items():
        answer = client.get(path, headers={"Accept-Language": language})
        detail = problem(answer, 404, "not-found")["detail"]
        found = detail.partition(sentence)[2].rstrip(".").removesuffix(" です。")
        assert found == (nearest or "")
    if nearest:
        assert client.get(nearest).status_code == 200


@pytest.mark.parametrize(
    ("path", "available"),
    [
        *(
            (f"/v1/regions/7{suffix}", [".json", ".geojson"])
            for suffix in (".csv", ".xml", ".pdf", ".html", ".CSV", ".GEOJSON", ".Json", ".x1")
        ),
        ("/v1/subcategories/global-phase-1.xml", [".json"]),
        ("/v1/programs/global.ndjson", [".json"]),
        ("/v1.csv", [".json"]),
        ("/v1/dataset.csv", [".json", ".jsonld"]),
        ("/v1/regions.jsonld", [".json", ".csv", ".ndjson", ".geojson"]),
        ("/v1/prefectures.geojson", [".json", ".csv", ".ndjson"]),
    ],
)
def test_a_suffix_that_a_resource_lacks_is_answered_with_those_that_it_has(
    client: httpx.Client, path: str, available: list[str]
) -> None:
    detail = problem(client.get(path), 404, "not-found")["detail"]
    assert re.findall(r"(\.[a-z]+) \([a-z]+/[a-z+-]+\)", detail) == available
    assert "nearest path" not in detail


def test_the_nearest_path_is_below_the_public_base_url(sqlite_settings: Settings) -> None:
    settings = sqlite_settings.model_copy(update={"public_base_url": "https://example.org/list"})
    with serving(settings) as client:
        detail = client.get("/list/regions").json()["detail"]
    assert detail.endswith("The nearest path that exists is https://example.org/list/v1/regions.")


@pytest.mark.parametrize("path", PATHS + PAGES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods_are_not_allowed_and_told_which_are(client: httpx.Client, path: str, method: str) -> None:
    answer = client.request(method, path)
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("nope=1", "nope", "unknown"),
        ("Limit=1", "Limit", "unknown"),
        ("limit[]=1", "limit[]", "unknown"),
        ("nope", "nope", "unknown"),
        ("nope=", "nope", "unknown"),
        ("%FF=1", "\N{REPLACEMENT CHARACTER}", "encoding"),
        ("nope=%zz", "nope", "encoding"),
        ("nope=%", "nope", "encoding"),
        ("nope=%E5%8C", "nope", "encoding"),
        ("nope=%C0%80", "nope", "encoding"),
        ("nope=%ED%A0%80", "nope", "encoding"),
        ("nope=%88%E3%97%C3", "nope", "encoding"),
        ("=1", "", "nameless"),
        ("&", "", "nameless"),
        ("%00=1", "\N{REPLACEMENT CHARACTER}", "unknown"),
    ],
)
def test_a_parameter_that_no_route_knows_is_named(
    client: httpx.Client, path: str, query: str, parameter: str, code: str
) -> None:
    errors = problem(client.get(f"{path}?{query}"), 422, "invalid-parameter")["errors"]
    assert (parameter, code) in [(error["parameter"], error["code"]) for error in errors]


ISHIKAWA = "prefecture=%E7%9F%B3%E5%B7%9D"

NUMBERS = ["-1", "101", "2147483648", "9223372036854775808", "9" * 4000]
NO_NUMBERS = [
    *("x", "1_0", "%2B1", "%201", "1.0", "1e1", "0x10", "true", "NaN", "007", "-0"),
    *("%D9%A1", "%E2%91%A0", "1;limit=2", "1,2"),
]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        *((f"limit={value}", "limit", "out-of-range") for value in ("0", *NUMBERS)),
        *((f"offset={value}", "offset", "out-of-range") for value in ("-1", "10001", *NUMBERS[2:])),
        *((f"{name}={value}", name, "not-an-integer") for name in ("limit", "offset") for value in NO_NUMBERS),
        *((f"{name}{value}", name, "empty") for name in ("limit", "offset") for value in ("", "=")),
        ("limit=1&limit=1", "limit", "duplicate"),
        ("offset=1&limit=1&offset=2", "offset", "duplicate"),
        ("limit=5&&offset=1", "", "nameless"),
    ],
)
def test_a_page_that_cannot_be_is_refused_never_clamped(
    client: httpx.Client, path: str, query: str, parameter: str, code: str
) -> None:
    errors = problem(client.get(f"{path}?{query}"), 422, "invalid-parameter")["errors"]
    assert (parameter, code) in [(error["parameter"], error["code"]) for error in errors]


@pytest.mark.parametrize(
    ("query", "parameter", "code", "suggestion"),
    [
        ("typ=global", "typ", "unknown", "type"),
        ("fiscal_years=2009", "fiscal_years", "unknown", "fiscal_year"),
        ("type=globel", "type", "not-allowed", "global"),
        ("type=グローバル", "type", "not-allowed", "global"),
        ("type=global,", "type", "empty", None),
        ("type=,global", "type", "empty", None),
        ("type=", "type", "empty", None),
        ("type", "type", "empty", None),
        ("type=global&type=", "type", "empty", None),
        ("subcategory=第Ⅰ期", "subcategory", "not-allowed", "global-phase-1"),
        ("subcategory=一般", "subcategory", "not-allowed", "city-area-general"),
        ("subcategory=第II期", "subcategory", "not-allowed", "global-phase-1"),
        ("subcategory=グローバル型", "subcategory", "not-allowed", None),
        ("prefecture=48", "prefecture", "not-allowed", None),
        ("prefecture=1", "prefecture", "not-allowed", "01"),
        ("prefecture=ほっかいど", "prefecture", "not-allowed", "01"),
        ("prefecture=%00", "prefecture", "not-allowed", None),
        ("number=" + ",".join(["0"] * 3000), "number", "too-many", None),
        ("prefecture=" + ",".join(["x"] * 1000), "prefecture", "too-many", None),
        ("number=0", "number", "out-of-range", None),
        ("number=1,x", "number", "not-an-integer", None),
        ("number=1000000000", "number", "out-of-range", None),
        ("fiscal_year=09", "fiscal_year", "year-two-digits", None),
        ("fiscal_year=平成40", "fiscal_year", "year-never-was", None),
        ("fiscal_year=昭和64", "fiscal_year", "year-never-was", None),
        ("fiscal_year=2009年", "fiscal_year", "year-calendar", "2009年度"),
        ("fiscal_year=1885", "fiscal_year", "year-out-of-range", None),
        ("fiscal_year_to=2200", "fiscal_year_to", "year-out-of-range", None),
        ("fiscal_year=2009%20", "fiscal_year", "year-malformed", "2009"),
        ("fiscal_year=2009-2011", "fiscal_year", "year-malformed", "fiscal_year_from=2009&fiscal_year_to=2011"),
        ("fiscal_year_to=H21〜H23", "fiscal_year_to", "year-malformed", "fiscal_year_from=2009&fiscal_year_to=2011"),
        ("fiscal_year=2009-03-31", "fiscal_year", "year-malformed", "2008"),
        ("fiscal_year_from=H21&fiscal_year_to=H20", "fiscal_year_from", "inverted", None),
        ("fiscal_year_from=H21&fiscal_year_from=H21", "fiscal_year_from", "duplicate", None),
        ("q=", "q", "empty", None),
        ("q=%20%E3%80%80", "q", "no-text", None),
        ("q=%26", "q", "no-text", None),
        ("q=%25", "q", "no-text", None),
        ("q=_", "q", "no-text", None),
        ("q=%00", "q", "no-text", None),
        ("q=a&q=b", "q", "duplicate", None),
        (f"q={'あ' * 101}", "q", "too-long", None),
        (f"q={'ﷺ' * 21}", "q", "too-long-folded", None),
        ("q=" + "+".join("あいうえおかきくけこさ"), "q", "too-many-terms", None),
        ("q=a&q_in=title,them", "q_in", "not-allowed", "theme"),
        ("q_in=title", "q_in", "needs-q", None),
        ("sort=relevance", "sort", "needs-q", None),
        ("sort=pages", "sort", "not-allowed", "page"),
        ("sort=number;drop", "sort", "not-allowed", "number"),
        ("sort=--page", "sort", "not-allowed", "-page"),
        ("sort=page,-page", "sort", "repeated", None),
        ("sort=page&sort=page", "sort", "repeated", None),
        ("sort=NUMBER", "sort", "not-allowed", "number"),
        ("sort=name", "sort", "not-allowed", None),
        ("sort=-score", "sort", "not-allowed", "-relevance"),
        ("facets=program", "facets", "not-allowed", "type"),
        ("facets=number", "facets", "not-allowed", None),
        ("lang=jp", "lang", "not-allowed", "ja"),
        ("lang=en-US", "lang", "not-allowed", "en"),
        ("lang=fr", "lang", "not-allowed", None),
        ("prefecture=東海", "prefecture", "not-allowed", None),
        ("prefecture=010006", "prefecture", "not-allowed", None),
        ("prefecture=富士県", "prefecture", "not-allowed", None),
        ("prefecture=Tokio", "prefecture", "not-allowed", "13"),
        ("prefecture=Osaka prefecture", "prefecture", "not-allowed", "27"),
        ("prefecture=Hokaido", "prefecture", "not-allowed", "01"),
        ("prefecture=島県", "prefecture", "not-allowed", None),
        ("page=2", "page", "unknown", "offset"),
        ("per_page=10", "per_page", "unknown", "limit"),
        ("pageSize=10", "pageSize", "unknown", "limit"),
        ("query=x", "query", "unknown", "q"),
        ("keyword=x", "keyword", "unknown", "q"),
        ("search=x", "search", "unknown", "q"),
        ("year=2009", "year", "unknown", "fiscal_year"),
        ("program=global", "program", "unknown", "type"),
        ("programme=global", "programme", "unknown", "type"),
        ("cursor=x", "cursor", "unknown", "offset"),
        ("order=page", "order", "unknown", "sort"),
        ("Limit=1", "Limit", "unknown", "limit"),
        ("limit[]=1", "limit[]", "unknown", "limit"),
        ("fiscalYear=2009", "fiscalYear", "unknown", "fiscal_year"),
        ("format=csv", "format", "unknown", "/v1/regions.csv"),
        ("format=jsonl", "format", "unknown", "/v1/regions.ndjson"),
        ("format=json", "format", "unknown", "/v1/regions.json"),
        ("output=xml", "output", "unknown", None),
        ("format=", "format", "unknown", None),
        ("format=csv&type=global", "format", "unknown", "/v1/regions.csv?type=global"),
        ("facets=type&format=csv&prefecture=%E7%9F%B3%E5%B7%9D", "format", "unknown", f"/v1/regions.csv?{ISHIKAWA}"),
        ("facets=type&format=json", "format", "unknown", "/v1/regions.json?facets=type"),
        (f"format=csv&q={'%E3%81%82' * 99}", "format", "unknown", f"/v1/regions.csv?q={'%E3%81%82' * 99}"),
        (f"format=csv&number={'1,' * 99}1", "format", "unknown", f"/v1/regions.csv?number={'1,' * 99}1"),
        ("fields=name_en", "fields", "not-allowed", "annotations.name_en"),
        ("fields=title_en", "fields", "not-allowed", "annotations.title_en"),
        ("fields=theme_en", "fields", "not-allowed", "annotations.theme_en"),
        ("fields=name_kana", "fields", "not-allowed", "annotations.name_kana"),
        ("fields=nameKana", "fields", "not-allowed", "annotations.name_kana"),
        ("fields=name_romaji", "fields", "not-allowed", "annotations.name_romaji"),
        ("fields=title_kana", "fields", "not-allowed", "annotations.title_kana"),
        ("fields=prefectures", "fields", "not-allowed", "annotations.prefectures"),
        ("fields=prefecture", "fields", "not-allowed", "annotations.prefectures"),
        ("fields=prefectures.code", "fields", "not-allowed", "annotations.prefectures.code"),
        ("fields=evidence", "fields", "not-allowed", "annotations.evidence"),
        ("fields=page", "fields", "not-allowed", "source.page"),
        ("fields=lat", "fields", "not-allowed", "annotations.point.latitude"),
        ("fields=id", "fields", "not-allowed", "number"),
        ("fields=fiscal_year", "fields", "not-allowed", "fiscal_year_start"),
        ("fields=code", "fields", "not-allowed", None),
        ("fields=kana", "fields", "not-allowed", None),
        ("fields=titel", "fields", "not-allowed", "title"),
        ("q=a&q_in=name_en", "q_in", "not-allowed", "annotations"),
        ("q=a&q_in=research_fields", "q_in", "not-allowed", "annotations"),
        ("sort=number:desc", "sort", "not-allowed", "-number"),
        ("sort=number:asc", "sort", "not-allowed", "number"),
        ("sort=page desc", "sort", "not-allowed", "-page"),
        ("sort=page_desc", "sort", "not-allowed", "-page"),
        ("sort=pageDesc", "sort", "not-allowed", "-page"),
        ("sort=PAGE DESC", "sort", "not-allowed", "-page"),
        ("sort=page descending", "sort", "not-allowed", "-page"),
        ("sort=page.asc", "sort", "not-allowed", "page"),
        ("sort=desc(page)", "sort", "not-allowed", "-page"),
        ("sort=page降順", "sort", "not-allowed", "-page"),
        ("sort=-number:asc", "sort", "not-allowed", "-number"),
        ("sort=-pages", "sort", "not-allowed", "-page"),
        ("sort=−page", "sort", "not-allowed", "-page"),
        ("sort=－page", "sort", "not-allowed", "-page"),
        ("sort=%2Bpage", "sort", "not-allowed", "page"),
        ("sort=fiscal_year", "sort", "not-allowed", "fiscal_year_start"),
        ("sort=-fiscal_year", "sort", "not-allowed", "-fiscal_year_start"),
        ("sort=year desc", "sort", "not-allowed", "-fiscal_year_start"),
        ("sort=desc", "sort", "not-allowed", None),
        ("prefecture=富山・石川", "prefecture", "not-allowed", "16,17"),
        ("prefecture=富山、石川", "prefecture", "not-allowed", "16,17"),
        ("prefecture=富山 石川", "prefecture", "not-allowed", "16,17"),
        ("prefecture=富山　石川県", "prefecture", "not-allowed", "16,17"),
        ("prefecture=Toyama/Ishikawa", "prefecture", "not-allowed", "16,17"),
        ("prefecture=富山・東海", "prefecture", "not-allowed", None),
        ("type=global;city-area", "type", "not-allowed", "global,city-area"),
        ("type=グローバル型・都市エリア型", "type", "not-allowed", "global,city-area"),
        ("lang=ja/en", "lang", "not-allowed", "ja"),
        ("num=10", "num", "unknown", "limit"),
        ("count=10", "count", "unknown", "limit"),
        ("hits=10", "hits", "unknown", "limit"),
        ("pageNo=2", "pageNo", "unknown", "offset"),
        ("page_token=x", "page_token", "unknown", "offset"),
        ("program_id=global", "program_id", "unknown", "type"),
        ("subcategory_id=global-phase-1", "subcategory_id", "unknown", "subcategory"),
        ("pref_code=16", "pref_code", "unknown", "prefecture"),
        ("prefCd=16", "prefCd", "unknown", "prefecture"),
        ("prefecture_name=石川", "prefecture_name", "unknown", "prefecture"),
        ("region=7", "region", "unknown", "number"),
        ("region=石川", "region", "unknown", "prefecture"),
        ("id=global", "id", "unknown", None),
        ("freeword=x", "freeword", "unknown", "q"),
        ("direction=desc", "direction", "unknown", "sort"),
        ("fiscal_year=2009:2011", "fiscal_year", "year-malformed", "fiscal_year_from=2009&fiscal_year_to=2011"),
        ("fiscal_year=2009-", "fiscal_year", "year-malformed", "fiscal_year_from=2009"),
        ("fiscal_year=平成21年度以降", "fiscal_year", "year-malformed", "fiscal_year_from=2009"),
        ("fiscal_year=〜2011", "fiscal_year", "year-malformed", "fiscal_year_to=2011"),
        (
            "fiscal_year=平成21年-平成23年",
            "fiscal_year",
            "year-malformed",
            "fiscal_year_from=2009&fiscal_year_to=2011",
        ),
        ("fiscal_year=平成40年", "fiscal_year", "year-never-was", None),
        ("fiscal_year=1885年", "fiscal_year", "year-out-of-range", None),
        ("_=123", "_", "unknown", None),
        ("callback=f", "callback", "unknown", None),
        ("utm_source=x", "utm_source", "unknown", None),
        ("api_key=x", "api_key", "unknown", None),
        ("time=x", "time", "unknown", None),
    ],
)
def test_a_wrong_parameter_of_the_regions_is_named_explained_and_mended(
    client: httpx.Client, query: str, parameter: str, code: str, suggestion: str | None
) -> None:
    errors = problem(client.get(f"/v1/regions?{query}"), 422, "invalid-parameter")["errors"]
    assert [(error["parameter"], error["code"]) for error in errors] == [(parameter, code)]
    assert errors[0].get("suggestion") == suggestion


@pytest.mark.parametrize(
    ("path", "suggestion"),
    [
        ("/v1/regions.csv?format=json", "/v1/regions.json"),
        ("/v1/programs?format=text/csv", "/v1/programs.csv"),
        ("/v1/regions/7?format=csv", None),
        ("/v1/regions/7?fields=name&format=geojson", "/v1/regions/7.geojson?fields=name"),
        ("/v1/programs?format=geojson", None),
        ("/v1/regions.csv?bom=false&format=json&q=a", "/v1/regions.json?q=a"),
        ("/v1/prefectures?pageNo=2", "offset"),
        ("/v1/prefectures?region=7", None),
        ("/v1/dataset?fields=license_notes", "license_note"),
        ("/v1/corrections?fields=year", None),
        ("/v1/dataset?format=jsonld", "/v1/dataset.jsonld"),
        ("/livez?format=csv", None),
        ("/v1/programs?query=x", None),
        ("/v1/programs?page=2", "offset"),
    ],
)
def test_a_suggestion_is_something_that_the_resource_has(
    client: httpx.Client, path: str, suggestion: str | None
) -> None:
    (error,) = problem(client.get(path), 422, "invalid-parameter")["errors"]
    assert error.get("suggestion") == suggestion


def test_a_span_is_not_called_a_calendar_year(client: httpx.Client) -> None:
    for language in ("en", "ja"):
        query = {"fiscal_year": "平成21年-平成23年", "lang": language}
        (error,) = client.get("/v1/regions", params=query).json()["errors"]
        assert not re.search("calendar|暦年|年度」と", error["detail"])


def test_everything_that_is_wrong_is_said_at_once(client: httpx.Client) -> None:
    errors = problem(client.get("/v1/regions?foo=1&limit=0&q=%zz&type=&sort=x"), 422, "invalid-parameter")["errors"]
    assert sorted(error["parameter"] for error in errors) == ["foo", "limit", "q", "sort", "type"]


def test_what_is_allowed_comes_with_the_error(client: httpx.Client) -> None:
    answer = client.get("/v1/regions?limit=0&sort=x&fiscal_year=x&type=x&nope=1")
    allowed = {error["parameter"]: error["allowed"] for error in answer.json()["errors"]}
    assert allowed["limit"] == ["1–100"]
    assert "relevance" in allowed["sort"]
    assert "平成21年度" in allowed["fiscal_year"]
    assert allowed["type"] == ["global", "city-area"]
    assert "q_in" in allowed["nope"]


def test_a_wrong_value_is_repeated_bounded_and_without_control_characters(client: httpx.Client) -> None:
    detail = client.get(f"/v1/regions?type=%1b%00{'x' * 3000}").json()["errors"][0]["detail"]
    assert len(detail) < 200
    assert detail.isprintable()


@pytest.mark.parametrize("url", ["sqlite", "postgresql"])
def test_a_database_that_cannot_be_read_is_a_503_that_says_when_to_come_back(
    url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    broken = tmp_path_factory.mktemp("broken") / "regions.sqlite"
    broken.write_bytes(b"this is no database, but long enough to look like one" * 100)
    urls = {"sqlite": f"sqlite:///{broken}", "postgresql": "postgresql://nobody@127.0.0.1:1/nothing"}
    with serving(Settings(database_url=urls[url])) as client:
        for path in ("/v1/regions", "/v1/regions/7", "/v1", "/readyz"):
            answer = client.get(path)
            problem(answer, 503, "unavailable")
            assert int(answer.headers["Retry-After"]) > 0
        assert client.get("/livez").status_code == 200


@pytest.mark.parametrize("kind", sorted(problems.TYPES))
def test_every_type_of_problem_has_its_explanation(client: httpx.Client, kind: str) -> None:
    explained = client.get(f"/problems/{kind}").json()
    assert explained["status"] == problems.TYPES[kind].status
    assert explained["title"].keys() == explained["explanation"].keys() == {"en", "ja"}

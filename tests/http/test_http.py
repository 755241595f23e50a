"""Conformance: every status, route, format, coding and language keeps the promises of HTTP (RFC 9110, 9111)."""

import gzip
import itertools
from typing import Any

import brotli
import httpx
import pytest
import zstandard

from app import __version__
from app.http.conditional import etag
from app.pages.bundle import BUNDLE
from app.routers.catalogue import RESOURCES

DATA = [
    *(each.path for each in RESOURCES),
    "/v1",
    "/v1/programs/global",
    "/v1/subcategories/city-area-general",
    "/v1/regions?type=global&q=医療&facets=type",
    "/v1/regions/7?fields=number,name",
    "/v1/prefectures?limit=3",
    "/v1/dataset",
    "/v1/regions.json",
    "/v1/regions.csv",
    "/v1/regions.ndjson?q=a",
    "/v1/programs.csv",
]
LOCALISED = [
    *("/v1", "/v1?fields=links", "/v1/dataset", "/v1?fields=title,description", "/v1/dataset?fields=license_note"),
    *(
        "/v1/regions?facets=type",
        "/v1/regions?type=global&q=医療&facets=type",
        "/v1/regions?fields=number&facets=prefecture",
        "/v1/regions?q=H24",
        "/v1/regions?q=医療 石川&limit=1",
    ),
]
"""What holds labels in the language of the client."""
SCRIPT = f"/explorer/{BUNDLE.hashed('main.js')}"
STATIC = ["/docs", "/redoc", "/openapi.json", SCRIPT, "/problems/gone", "/.well-known/api-catalog"]
FAILING = {
    "/nope": 404,
    "/v1/regions/99": 404,
    "/v1/regions?limit=0": 422,
    "/v1/regions/7.csv": 404,
    "/v1/regions?q=" + "a" * 9000: 414,
}
CODINGS = {
    "identity": lambda body: body,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}
EXPOSED = {"ETag", "Link", "Content-Disposition", "Retry-After", "Request-Id"}


def ask(client: httpx.Client, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """The answer with its body as it came over the wire."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.stream(method, path, headers={"Accept-Encoding": "identity", **named}) as answer:
        answer._content = b"".join(answer.iter_raw())
    return answer


def headers_but_id(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in ("request-id", "date")}


@pytest.mark.parametrize("path", DATA + STATIC)
def test_every_coding_has_a_strong_tag_of_its_own_and_the_same_content(client: httpx.Client, path: str) -> None:
    seen: dict[str, bytes] = {}
    for coding, language in itertools.product(CODINGS, ("en", "ja")):
        answer = ask(client, path, accept_encoding=coding, accept_language=language)
        tag = answer.headers["ETag"]
        assert answer.status_code == 200
        assert tag.startswith('"')
        assert seen.setdefault(tag, answer.content) == answer.content
        assert answer.headers.get("Content-Encoding", "identity") == coding
        plain = CODINGS[coding](answer.content)
        assert plain == ask(client, path, accept_language=language).content
        assert int(answer.headers.get("Content-Length", len(answer.content))) == len(answer.content)
    assert len(seen) == len(CODINGS) * (2 if path in (*LOCALISED, "/docs", "/redoc", "/openapi.json") else 1)


def asked_in(client: httpx.Client, path: str, mark: str) -> dict[str, httpx.Response]:
    """The answers in both languages, by header and by parameter."""
    by_header = {f"header {each}": ask(client, path, accept_language=each) for each in ("en", "ja")}
    return by_header | {f"lang={each}": ask(client, f"{path}{mark}lang={each}") for each in ("en", "ja")}


@pytest.mark.parametrize(
    "path", [*DATA, *LOCALISED, "/v1?fields=title", "/v1/dataset?fields=title", "/v1/dataset.jsonld"]
)
def test_of_one_format_equal_bytes_have_one_tag_and_vary_by_no_language(client: httpx.Client, path: str) -> None:
    answers = asked_in(client, path, "&" if "?" in path else "?")
    for one, other in itertools.combinations(answers.values(), 2):
        assert (one.content == other.content) == (one.headers["ETag"] == other.headers["ETag"])
    for way, answer in answers.items():
        varies = "Accept-Language" in answer.headers["Vary"].split(", ")
        assert varies == (path in LOCALISED and "lang" not in way)
        unnamed = way.rpartition(" ")[2] if path in LOCALISED else "ja, en"
        assert answer.headers["Content-Language"] == (way[-2:] if "lang" in way else unnamed)
    assert (answers["header en"].content != answers["header ja"].content) == (path in LOCALISED)


@pytest.mark.parametrize("path", DATA + STATIC)
def test_a_known_tag_gives_a_304_with_the_same_validators(client: httpx.Client, path: str) -> None:
    for coding in CODINGS:
        first = ask(client, path, accept_encoding=coding)
        tag = first.headers["ETag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', f'W/"other",W/{tag}', "*"):
            second = ask(client, path, accept_encoding=coding, if_none_match=known)
            assert (second.status_code, second.content) == (304, b"")
            for name in ("ETag", "Last-Modified", "Cache-Control", "Vary", "Content-Language"):
                assert second.headers.get(name) == first.headers.get(name)
            assert "Content-Length" not in second.headers
            assert second.headers["Access-Control-Allow-Origin"] == "*"
        for unknown in ('"other"', tag.strip('"'), f'"{tag.strip(chr(34))}x"', ""):
            assert ask(client, path, accept_encoding=coding, if_none_match=unknown).status_code == 200


def test_a_tag_of_another_coding_format_or_language_is_not_known(client: httpx.Client) -> None:
    tag = ask(client, "/v1/regions", accept_encoding="gzip").headers["ETag"]
    assert ask(client, "/v1/regions", accept_encoding="br", if_none_match=tag).status_code == 200
    facets = ask(client, "/v1/regions?facets=type", accept_language="en").headers["ETag"]
    assert ask(client, "/v1/regions?facets=type", accept_language="ja", if_none_match=facets).status_code == 200
    assert ask(client, "/v1/regions.csv", accept_encoding="gzip", if_none_match=tag).status_code == 200


def test_a_date_counts_only_where_no_tag_was_sent(client: httpx.Client) -> None:
    modified = client.get("/v1/regions").headers["Last-Modified"]
    assert modified == "Sat, 28 Nov 2026 00:00:00 GMT"
    assert ask(client, "/v1/regions", if_modified_since=modified).status_code == 304
    assert ask(client, "/v1/regions", if_modified_since="Sun, 29 Nov 2026 00:00:00 GMT").status_code == 304
    assert ask(client, "/v1/regions", if_modified_since="Fri, 27 Nov 2026 23:59:59 GMT").status_code == 200
    assert ask(client, "/v1/regions", if_modified_since=modified, if_none_match='"x"').status_code == 200
    for same in ("Saturday, 28-Nov-26 00:00:00 GMT", "Sat Nov 28 00:00:00 2026", "Sat, 28 Nov 2026 00:00:00 -0000"):
        assert ask(client, "/v1/regions", if_modified_since=same).status_code == 304
    for earlier in ("Friday, 27-Nov-26 23:59:59 GMT", "Sun Nov  1 23:59:59 2026", "Fri, 27 Nov 2026 23:59:59 -0000"):
        assert ask(client, "/v1/regions", if_modified_since=earlier).status_code == 200
    for garbage in ("yesterday", "0", "", "Tue, 99 Nov 2026 00:00:00 GMT", "Sat, 28 Nov 2026 00:00:00 +99999999999999"):
        assert ask(client, "/v1/regions", if_modified_since=garbage).status_code == 200


@pytest.mark.parametrize("path", [*DATA, *STATIC, *FAILING, "/livez"])
def test_head_is_get_without_its_body(client: httpx.Client, path: str) -> None:
    get, head = ask(client, path), ask(client, path, "HEAD")
    assert head.content == b""
    assert head.status_code == get.status_code
    assert headers_but_id(head) == headers_but_id(get)


@pytest.mark.parametrize("path", [*DATA, *STATIC, "/livez", "/readyz", "/metrics"])
def test_options_and_preflights_allow_every_origin_to_read(client: httpx.Client, path: str) -> None:
    names = "if-none-match, x-requested-with, content-type, cache-control, traceparent, sentry-trace, baggage, range"
    asked = {"Origin": "https://example.org", "Access-Control-Request-Headers": names}
    answer = client.options(path, headers=asked | {"Access-Control-Request-Method": "GET"})
    assert answer.status_code == 204
    assert answer.headers["Allow"] == answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert answer.headers["Access-Control-Allow-Headers"] == "*"
    assert answer.headers["Access-Control-Max-Age"] == "86400"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", [*DATA, *STATIC, *FAILING, "/livez"])
def test_every_origin_may_read_every_answer_and_its_headers(client: httpx.Client, path: str) -> None:
    for origin in ("https://example.org", "null"):
        answer = ask(client, path, origin=origin)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert set(answer.headers["Access-Control-Expose-Headers"].split(", ")) == EXPOSED
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(("path", "status"), FAILING.items())
def test_a_failure_is_never_stored_nor_taken_for_known(client: httpx.Client, path: str, status: int) -> None:
    modified_since = "Sun, 25 Nov 2029 00:00:00 GMT"
    assert ask(client, path, if_modified_since=modified_since).status_code == status
    answer = ask(client, path, if_none_match="*", accept_encoding="gzip")
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", [path for path in DATA if path != "/v1/dataset"])
def test_answers_may_be_kept_for_an_hour_and_longer_if_need_be(client: httpx.Client, path: str) -> None:
    expected = "public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800"
    assert client.get(path).headers["Cache-Control"] == expected


@pytest.mark.parametrize(
    "path",
    [
        *("/v1/dataset", "/v1/dataset.json", "/v1/dataset.jsonld", "/v1/dataset?fields=files.url&lang=ja"),
        *("/", "/guide", "/guide/ja", "/terms", "/terms/en", "/changelog", "/docs", "/redoc", "/problems/gone"),
    ],
)
def test_what_names_things_of_this_edition_or_release_is_asked_about_each_time(client: httpx.Client, path: str) -> None:
    """Files of an edition and assets of a release may be gone when a kept answer still names them."""
    first = ask(client, path, accept="text/html, */*;q=0.5")
    known = ask(client, path, accept="text/html, */*;q=0.5", if_none_match=first.headers["ETag"])
    head = ask(client, path, "HEAD", accept="text/html, */*;q=0.5")
    assert [answer.status_code for answer in (first, known, head)] == [200, 304, 200]
    for answer in (first, known, head):
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "vary"),
    [
        ("/v1/regions", "Accept, Accept-Encoding"),
        ("/v1/regions?facets=type", "Accept, Accept-Language, Accept-Encoding"),
        ("/v1/regions?facets=type&lang=ja", "Accept, Accept-Encoding"),
        ("/v1/regions.json?facets=type", "Accept-Language, Accept-Encoding"),
        ("/v1/regions.csv", "Accept-Encoding"),
        ("/v1/regions.csv?lang=en", "Accept-Encoding"),
        ("/v1/regions/7", "Accept, Accept-Encoding"),
        ("/docs", "Accept-Language, Accept-Encoding"),
        ("/docs?lang=en", "Accept-Encoding"),
    ],
)
def test_vary_names_what_may_change_the_answer(client: httpx.Client, path: str, vary: str) -> None:
    assert client.get(path).headers["Vary"] == vary


def test_the_order_of_parameters_does_not_change_the_answer(client: httpx.Client) -> None:
    orders = itertools.permutations(("type=global", "fiscal_year=2010", "limit=3", "q=a"))
    answers = [client.get("/v1/regions?" + "&".join(order)) for order in orders]
    assert len({(answer.headers["ETag"], answer.content) for answer in answers}) == 1


def test_a_name_may_be_encoded_and_its_values_keep_their_order(client: httpx.Client) -> None:
    plain = client.get("/v1/regions?sort=page&sort=number").json()
    assert client.get("/v1/regions?sort=page&%73ort=number").json() == plain


def test_an_encoded_language_is_the_language(client: httpx.Client) -> None:
    answer = client.get("/v1/regions?lang=%6Aa")
    assert answer.headers["Content-Language"] == "ja"
    assert answer.headers["ETag"] == client.get("/v1/regions?lang=ja").headers["ETag"]


def test_the_order_of_the_values_of_one_parameter_may(client: httpx.Client) -> None:
    up, down = client.get("/v1/regions?sort=page&sort=number"), client.get("/v1/regions?sort=number&sort=page")
    assert up.headers["ETag"] != down.headers["ETag"]


def test_another_release_or_another_version_of_the_data_has_other_tags() -> None:
    parts: list[Any] = [__version__, "edition", "/v1/regions", ".json", "en", "gzip"]
    changed = [[*parts[:place], "other", *parts[place + 1 :]] for place in range(len(parts))]
    assert len({etag(*parts), *(etag(*each) for each in changed)}) == len(parts) + 1


def test_link_repeats_the_pages_and_names_the_description(client: httpx.Client) -> None:
    answer = client.get("/v1/regions?limit=10&offset=10")
    links = answer.json()["links"]
    for name in ("first", "prev", "next", "last"):
        assert answer.links[name]["url"] == links[name]
    assert answer.links["service-desc"]["url"] == "/openapi.json"
    assert answer.links["service-doc"]["url"] == "/docs"
    for path, accepted, language in (("/v1/regions?lang=ja", "en", "ja"), ("/v1", "ja", "ja"), ("/v1", "", "en")):
        answer = client.get(path, headers={"Accept-Language": accepted})
        assert answer.links["service-doc"]["url"] == f"/docs?lang={language}"
    assert "service-desc" in client.get("/v1/regions/7").links


def test_the_api_catalog_leads_to_the_description(client: httpx.Client) -> None:
    answer = client.get("/.well-known/api-catalog")
    assert answer.headers["Content-Type"] == "application/linkset+json"
    (api,) = answer.json()["linkset"]
    assert client.get(api["service-desc"][0]["href"]).json()["openapi"] == "3.1.0"

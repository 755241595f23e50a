"""Rows that attack by method, path, headers and body: negotiation, conditional requests, pages, assets, files."""

from random import Random
from urllib.parse import quote

from tools.bench.cost.row import LONG_BYTES, SHORT_BYTES, Facts, Rows, filled, kanji, request, whole, word

ROWS = Rows()
CODINGS = ["br", "gzip", "zstd"]
HEAD_BYTES = 60_000
"""Just below what a head may have."""


def _spelt(choose: Random, wanted: str) -> str:
    """Return a preference in a spelling of its own, which means the same as ever."""
    return f"{wanted}, x-{word(choose, 8)};q=0.{choose.randint(1, 9)}"


def _coding(choose: Random, wanted: str = "") -> str:
    return f"Accept-Encoding: {_spelt(choose, wanted or choose.choice(CODINGS))}"


def _language(choose: Random) -> str:
    return f"Accept-Language: {_spelt(choose, choose.choice(['ja', 'en']))}"


@ROWS.add("the largest script of `/docs`, a new spelling of `Accept-Encoding`")
def _script(choose: Random, facts: Facts) -> bytes:
    return request(facts.scripts[0], _coding(choose, "br"))


@ROWS.add("another script or style sheet, a new spelling of `Accept-Encoding`")
def _asset(choose: Random, facts: Facts) -> bytes:
    return request(choose.choice(facts.scripts[1:]), _coding(choose))


@ROWS.add("HEAD of the largest script, a new spelling of `Accept-Encoding`")
def _head_of_script(choose: Random, facts: Facts) -> bytes:
    return request(facts.scripts[0], _coding(choose), method="HEAD")


@ROWS.add("an asset with an unknown parameter")
def _asset_with_parameter(choose: Random, facts: Facts) -> bytes:
    return request(f"{facts.scripts[0]}?{word(choose, 6)}={word(choose, 6)}", _coding(choose))


@ROWS.add("`/openapi.json`, a new spelling of `Accept-Encoding`")
def _openapi(choose: Random, _: Facts) -> bytes:
    return request("/openapi.json", _coding(choose, "br"))


@ROWS.add("`/openapi.json?lang=ja`, a new spelling of `Accept-Encoding`")
def _openapi_in_japanese(choose: Random, _: Facts) -> bytes:
    return request("/openapi.json?lang=ja", _coding(choose, "br"))


@ROWS.add("the explorer, ignored parameters and new spellings")
def _explorer(choose: Random, _: Facts) -> bytes:
    return request(f"/?utm_source={word(choose, 8)}", _coding(choose), _language(choose))


@ROWS.add("the explorer, with filters")
def _explorer_with_filters(choose: Random, _: Facts) -> bytes:
    return request(
        f"/?q={quote('医療')}&limit={choose.randint(20, 100)}&offset={choose.randint(0, 9)}", _coding(choose)
    )


@ROWS.add("a page for a region, ignored parameters and new spellings")
def _region_page(choose: Random, _: Facts) -> bytes:
    path = f"/regions/{choose.randint(1, 29)}{choose.choice(['', '/en'])}"
    return request(f"{path}?fbclid={word(choose, 8)}", _coding(choose))


@ROWS.add("guide, terms, changelog, problem pages, new spellings")
def _pages(choose: Random, _: Facts) -> bytes:
    pages = ["guide", "guide/ja", "terms", "changelog", "problems/invalid-parameter", "llms.txt", "sitemap.xml"]
    pages += ["docs", "terms/en", "robots.txt", ".well-known/api-catalog"]
    return request(f"/{choose.choice(pages)}", f"Accept: {_spelt(choose, 'text/html')}", _coding(choose))


@ROWS.add("`/v1/dataset` as JSON-LD, new spellings")
def _linked_data(choose: Random, _: Facts) -> bytes:
    return request("/v1/dataset", f"Accept: {_spelt(choose, 'application/ld+json')}", _coding(choose))


@ROWS.add("the largest file of the data set, a new spelling of `Accept-Encoding`")
def _file(choose: Random, facts: Facts) -> bytes:
    return request(facts.files[0], _coding(choose, "br"))


@ROWS.add("another file of the data set, a new spelling of `Accept-Encoding`")
def _other_file(choose: Random, facts: Facts) -> bytes:
    return request(choose.choice(facts.files[1:]), _coding(choose))


@ROWS.add("`/metrics`")
def _metrics(choose: Random, _: Facts) -> bytes:
    return request("/metrics", _coding(choose))


@ROWS.add("the plain list, new spellings of every preference")
def _spellings(choose: Random, _: Facts) -> bytes:
    accept = f"Accept: {_spelt(choose, 'application/json')}"
    return request("/v1/regions", accept, _language(choose), _coding(choose, "br"))


@ROWS.add("HEAD of the plain list, invented codings")
def _head(choose: Random, _: Facts) -> bytes:
    return request("/v1/regions", f"Accept-Encoding: {word(choose, 10)}", method="HEAD")


@ROWS.add("`Accept` of 8 KB")
def _accept(choose: Random, _: Facts) -> bytes:
    ranges = filled(
        choose, lambda choose: f"{word(choose, 3)}/{word(choose, 3)};q=0.{choose.randint(1, 999)}", 8000, ","
    )
    return request(whole(choose), f"Accept: */*,{ranges}")


@ROWS.add("`Accept`, `Accept-Language`, `Accept-Encoding` of 60 KB together")
def _preferences(choose: Random, _: Facts) -> bytes:
    filling = [filled(choose, lambda choose: f"{word(choose, 2)};q=0.5", HEAD_BYTES // 3, ",") for _ in range(3)]
    fields = zip(("Accept: */*", "Accept-Language: ja", "Accept-Encoding: br"), filling, strict=True)
    return request(whole(choose), *(f"{field},{rest}" for field, rest in fields))


@ROWS.add("`If-None-Match` of 60 KB, 4,000 tags")
def _tags(choose: Random, _: Facts) -> bytes:
    tags = filled(choose, lambda choose: f'W/"{word(choose, 10)}"', HEAD_BYTES, ",")
    return request(whole(choose), f"If-None-Match: {tags}")


@ROWS.add("`If-None-Match` of 60 KB of quotes, a region")
def _quotes(choose: Random, _: Facts) -> bytes:
    tags = "W/" * 100 + '"' * (HEAD_BYTES - 1)
    return request(f"/v1/regions/{choose.randint(1, 29)}", f"If-None-Match: {tags}")


@ROWS.add("`If-Modified-Since` of 60 KB")
def _date(choose: Random, _: Facts) -> bytes:
    part = choose.choice([" ", "(", ":", "1", "Nov ", "-", ",", "+1"])
    return request(whole(choose), f"If-Modified-Since: Sun, 06 {part * (HEAD_BYTES // len(part))}")


@ROWS.add("3,000 header fields")
def _fields(choose: Random, _: Facts) -> bytes:
    names = filled(choose, lambda choose: f"{word(choose, 8)}: {word(choose, 8)}", HEAD_BYTES, "\r\n").split("\r\n")
    return request(whole(choose), *names)


@ROWS.add("`traceparent` and `Request-Id` of 30 KB each")
def _ids(choose: Random, _: Facts) -> bytes:
    return request(whole(choose), f"traceparent: {word(choose, 30_000)}", f"Request-Id: {word(choose, 30_000)}")


@ROWS.add("60 KB of raw bytes in a request line")
def _raw(choose: Random, _: Facts) -> bytes:
    return b"GET /v1/regions?q=%b HTTP/1.1\r\nHost: cost\r\n\r\n" % (kanji(choose, HEAD_BYTES // 3).encode())


@ROWS.add("8 KB of raw UTF-8 as `q`")
def _raw_q(choose: Random, _: Facts) -> bytes:
    return request(f"/v1/regions?q={kanji(choose, LONG_BYTES // 9)}")


@ROWS.add("a target of 60 KB")
def _long(choose: Random, _: Facts) -> bytes:
    return request(f"/v1/regions?q={word(choose, HEAD_BYTES)}")


@ROWS.add("an unknown path near known ones, as HTML")
def _near(choose: Random, _: Facts) -> bytes:
    known = choose.choice(["v1/regions", "v1/subcategories", "problems/invalid-parameter", "v1/fiscal-years", "docs"])
    place = choose.randrange(len(known))
    return request(f"/{known[:place]}{word(choose, 2)}{known[place:]}", "Accept: text/html", _language(choose))


@ROWS.add("an unknown path of 1 KB")
def _unknown(choose: Random, _: Facts) -> bytes:
    return request("/v1/regions" + filled(choose, lambda choose: word(choose, 9), SHORT_BYTES - 40, "/"))


@ROWS.add("an unknown path of 8 KB, percent-encoded")
def _long_unknown(choose: Random, _: Facts) -> bytes:
    return request("/v1/regions/" + quote(kanji(choose, LONG_BYTES // 9)), "Accept: text/html")


@ROWS.add("a region that does not exist, in Japanese")
def _no_region(choose: Random, _: Facts) -> bytes:
    return request(f"/v1/regions/{choose.randint(100, 10**9)}?lang=ja")


@ROWS.add("a method that does not exist")
def _method(choose: Random, _: Facts) -> bytes:
    return request(f"/v1/regions/{choose.randint(1, 10**6)}", method=choose.choice(["PUT", "PATCH", "DELETE"]))


@ROWS.add("POST with a body of 60 KB")
def _body(choose: Random, _: Facts) -> bytes:
    return request(f"/v1/regions?limit={choose.randint(1, 100)}", method="POST", body=word(choose, HEAD_BYTES).encode())


@ROWS.add("GET with a body of 60 KB that looks like request lines")
def _lines(choose: Random, _: Facts) -> bytes:
    body = f"A /{kanji(choose, 6)}\r\n".encode() * (HEAD_BYTES // 23)
    return request(whole(choose), method="GET", body=body)


@ROWS.add("POST in 10,000 chunks of one byte")
def _chunks(choose: Random, _: Facts) -> bytes:
    head = request(whole(choose), "Transfer-Encoding: chunked", method="POST")
    return head + b"1\r\nA\r\n" * 10_000 + b"0\r\n\r\n"


@ROWS.add("raw UTF-8 of 1 KB, one byte at a time", piece=1)
def _bytewise(choose: Random, _: Facts) -> bytes:
    return request(f"{whole(choose)}&q={kanji(choose, 300)}")


@ROWS.add("raw UTF-8 of 60 KB, 100 bytes at a time", piece=100)
def _piecewise(choose: Random, _: Facts) -> bytes:
    return request(f"/v1/regions?q={kanji(choose, HEAD_BYTES // 3)}")


@ROWS.add("OPTIONS with 60 KB of headers to be allowed")
def _preflight(choose: Random, _: Facts) -> bytes:
    names = filled(choose, lambda choose: word(choose, 8), HEAD_BYTES, ",")
    return request("/v1/regions", "Origin: null", f"Access-Control-Request-Headers: {names}", method="OPTIONS")


@ROWS.add("no HTTP at all, another connection each")
def _garbage(choose: Random, _: Facts) -> bytes:
    return f"GET /v1/regions?{word(choose, 8)} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".encode()


@ROWS.add("another connection each, `Connection: close`")
def _connection(choose: Random, _: Facts) -> bytes:
    return request(whole(choose), "Connection: close")


@ROWS.add("a question whether it is new, uncached")
def _conditional(choose: Random, _: Facts) -> bytes:
    return request(
        whole(choose), f'If-None-Match: "{word(choose, 24)}"', "If-Modified-Since: Thu, 01 Jan 2004 00:00:00 GMT"
    )

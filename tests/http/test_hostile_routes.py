"""Parameters, routes, methods and bodies as only a program without manners sends them."""

import json
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.test_problems import LISTS, PATHS
from tests.support import nasty
from tests.support.generated import MANY
from tests.support.raw import Wire, request

DESCRIBED = list(json.loads((Path(__file__).parents[2] / "openapi.json").read_text())["paths"])
ROUTES = [path.partition("{")[0].rstrip("/") + ("/7" if "{" in path else "") for path in DESCRIBED]
METHODS = [
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "PROPFIND",
    "LOCK",
    "M-SEARCH",
    "PURGE",
    "REPORT",
    "LINK",
    "MKCOL",
]
NO_METHODS = ["get", "Get", "GETT", "BREW", "G\0T", "GET\t", "医", "<script>", "G" * 9000, "POST/", "%47ET"]

# --- parameters -------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_a_name_that_is_no_parameter_is_refused_by_every_route(wire: Wire, path: str) -> None:
    for name in nasty.NAMES:
        for pair in (name, f"{name}=", f"{name}=1"):
            answer = wire.ask(f"{path}?{pair}".encode(), allowed={422})
            assert "unknown" in [error["code"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (b"&", {""}),
        (b"&&limit=1", {""}),
        (b"limit=1&", {""}),
        (b"=", {""}),
        (b"==", {""}),
        (b"limit", {"limit"}),
        (b"limit=", {"limit"}),
        (b"limit==1", {"limit"}),
        (b"limit=1=", {"limit"}),
        (b"limit=1;offset=1", {"limit"}),
        (b"limit=1?offset=1", {"limit"}),
        (b"?limit=1", {"?limit"}),
        (b"limit=1&limit=1", {"limit"}),
        (b"limit=1&limit", {"limit"}),
        (b"limit=1&lim%69t=1", {"limit"}),
        (b"lang=ja&lang=ja", {"lang"}),
        (b"limit=1&Limit=1", {"Limit"}),
        (b"a" * 4000 + b"=1", {"a" * 100 + "…"}),
    ],
)
def test_a_query_that_is_written_wrongly_is_named_on_every_list(wire: Wire, query: bytes, names: set[str]) -> None:
    for path in LISTS:
        assert wire.ask(path.encode() + b"?" + query, allowed={422}).wrong() == names


@pytest.mark.parametrize("name", sorted(MANY))
def test_empty_items_and_a_thousand_commas_are_refused_by_the_name_of_the_list(wire: Wire, name: str) -> None:
    for value in (b"", b",", b"%2C", b",,", b"," * 1000, b"%2c" * 1000, b"x,", b",x"):
        for target in (b"/v1/regions?%b=%b", b"/v1/regions.csv?%b=%b", b"/v1/regions.ndjson?q=a&%b=%b"):
            assert name in wire.ask(target % (name.encode(), value), allowed={422}).wrong()
    assert wire.ask(b"/v1/regions?%b=x&%b" % (name.encode(), name.encode()), allowed={422}).wrong() == {name}


@pytest.mark.parametrize("name", ["sort", "fields", "facets"])
def test_a_key_that_is_repeated_is_refused_however_the_list_is_written(wire: Wire, name: str) -> None:
    value = {"sort": "page", "fields": "name", "facets": "type"}[name]
    for query in (f"{name}={value},{value}", f"{name}={value}&{name}={value}", f"{name}={value}%2C{value}"):
        assert wire.ask(f"/v1/regions?{query}".encode(), allowed={422}).wrong() == {name}


@pytest.mark.parametrize(
    "value", ["number;drop table regions", "number--", "(select 1)", "1", "page desc", "page,", "+page"]
)
def test_a_sort_key_is_a_word_and_never_sql(wire: Wire, value: str) -> None:
    for suffix in ("", ".csv", ".ndjson"):
        target = f"/v1/regions{suffix}?sort=".encode() + nasty.escaped(value.encode())
        assert wire.ask(target, allowed={422}).wrong() == {"sort"}


def test_thousands_of_parameters_are_one_short_problem(wire: Wire) -> None:
    for pair in (b"a", b"limit=1", b"number=1,", b"q", b"%00", b"type=x", b"", b"="):
        count = 8000 // (len(pair) + 1)
        answer = wire.ask(b"/v1/regions?" + b"&".join([pair] * count), allowed={422})
        assert len(answer.json()["errors"]) <= 20
        assert len(answer.body) < 20_000
    distinct = b"&".join(b"p%d" % index for index in range(1200))
    assert len(wire.ask(b"/v1/regions?" + distinct, allowed={422}).json()["errors"]) == 20


def test_as_many_values_as_a_list_takes_are_taken_and_one_more_is_refused(wire: Wire) -> None:
    numbers = b",".join(b"%d" % number for number in range(1, 101))
    assert wire.ask(b"/v1/regions?number=" + numbers, allowed={200}).json()["total"] == 29
    assert wire.ask(b"/v1/regions?number=%b,101" % numbers, allowed={422}).wrong() == {"number"}


# --- paths ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", nasty.PATHS)
def test_a_path_that_is_almost_right_is_not_found_and_not_redirected(wire: Wire, path: str) -> None:
    for method in ("GET", "HEAD"):
        wire.ask(path.encode(), method=method, allowed={404})


@pytest.mark.parametrize("path", ["/v1/%72egions", "/%76%31/regions", "/v1/regions%2Ejson", "/v1%2Fregions"])
def test_an_encoded_letter_of_a_path_is_that_letter(wire: Wire, path: str) -> None:
    plain = wire.ask(b"/v1/regions", allowed={200}).json()
    assert wire.ask(path.encode(), allowed={200}).json()["items"] == plain["items"]


@given(
    raw=st.binary(max_size=30).map(nasty.escaped)
    | st.text("/.%25eEfFvV1regions;:@!$'()*+,=~", max_size=30).map(str.encode)
)
def test_no_generated_path_is_a_failure(wire: Wire, raw: bytes) -> None:
    answer = wire.ask(b"/" + raw, allowed={200, 404})
    if answer.status == 200:
        path = "/" + unquote(raw.decode())
        assert path.startswith(("/v1", "/explorer/")) or path in ("/", "/."), raw


def test_a_target_may_be_as_long_as_the_limit_and_no_longer(wire: Wire) -> None:
    for path in (b"/v1/regions?q=", b"/v1/programs/", b"/nope?", b"/"):
        room = 8192 - len(path)
        for length, allowed in (
            (room, {404, 422}),
            (room + 1, {414}),
            (30_000, {414}),
            (70_000, {414}),
            (300_000, {414}),
        ):
            wire.ask(path + b"a" * length, allowed=allowed)


# --- methods and bodies -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted({*ROUTES, "/", "/docs", "/redoc", "/openapi.json", "/guide", "/terms"}))
def test_no_method_but_three_does_anything_on_any_path(wire: Wire, path: str) -> None:
    for method in METHODS:
        wire.ask(path.encode(), method=method, allowed={404, 405})
    wire.ask(path.encode(), method="OPTIONS", allowed={204})


@pytest.mark.parametrize("method", NO_METHODS)
def test_what_is_no_method_is_a_bad_request(wire: Wire, method: str) -> None:
    wire.exchange(request(b"/v1/regions", method=method.encode()), b"/v1/regions", allowed={400, 405, 414})


@pytest.mark.parametrize(
    "path", [b"/v1/regions/7", b"/v1/regions?limit=1", b"/nope", b"/v1/regions?limit=0", b"/livez"]
)
@pytest.mark.parametrize("size", [1, 1000, 100_000, 1_000_000])
def test_a_body_on_a_get_is_not_read_and_disturbs_nothing(wire: Wire, path: bytes, size: int) -> None:
    body = "医療".encode() * (size // 6) + b"GET /nope HTTP/1.1\r\n\r\n"
    plain = wire.ask(path, [(b"accept-encoding", b"identity"), (b"connection", b"close")])
    length = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]
    assert wire.ask(path, length, body=body).comparable() == plain.comparable()
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:1], body[1:])) + b"0\r\n\r\n"
    assert wire.ask(path, [(b"transfer-encoding", b"chunked")], body=chunks).comparable() == plain.comparable()
    assert plain.header("connection") == "close"

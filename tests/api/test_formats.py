import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.routers.regions.filters import FILTERS
from tests.api.test_problems import problem
from tests.support.lists import LISTS, walked

MEDIA_TYPES = {".json": "application/json", ".csv": "text/csv", ".ndjson": "application/x-ndjson"}


def table(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def records(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def flattened(record: Any, names: tuple[str, ...] = ()) -> dict[str, Any]:
    """A record as the contract flattens it, written anew: keys joined by `_`, lists by `|`, gaps empty."""
    if isinstance(record, dict):
        cells: dict[str, Any] = {}
        for name, value in record.items():
            if name != "provenance":  # is in JSON only
                cells |= flattened(value, (*names, name))
        return cells
    if record == []:
        return {}  # of what, it does not say
    if isinstance(record, list) and isinstance(record[0], dict):
        rows = [flattened(item, names) for item in record]
        return {name: "|".join(row[name] for row in rows) for name in rows[0]}
    if isinstance(record, list):
        record = "|".join(map(str, record))
    return {"_".join(names): "" if record is None else str(record)}


@pytest.mark.parametrize(("path", "total"), LISTS.items())
def test_every_list_can_be_had_in_every_format_by_suffix_or_accept(client: httpx.Client, path: str, total: int) -> None:
    items = walked(client, path)
    for suffix, media_type in MEDIA_TYPES.items():
        by_suffix = client.get(path + suffix, headers={"Accept": "text/html"})
        by_accept = client.get(path, headers={"Accept": media_type})
        for answer in (by_suffix, by_accept):
            assert answer.headers["Content-Type"].partition(";")[0] == media_type
        if suffix == ".json":
            assert by_suffix.json()["items"] == items[:100]
        else:
            assert by_suffix.content == by_accept.content
    assert records(client.get(path + ".ndjson")) == items
    rows = table(client.get(path + ".csv"))
    assert len(rows) == total
    for row, item in zip(rows, items, strict=True):
        cells = flattened(item)
        assert {name: row[name] for name in cells} == cells
        assert set("".join(row[name] for name in row.keys() - cells.keys())) <= {"|"}


def test_a_csv_is_what_excel_and_rfc_4180_expect(client: httpx.Client) -> None:
    answer = client.get("/v1/regions.csv")
    assert answer.content.startswith(b"\xef\xbb\xbfnumber,name,program_id,program_name,")
    assert answer.content.count(b"\r\n") == answer.content.count(b"\n") == 30
    assert answer.headers["Content-Disposition"] == 'attachment; filename="regions.csv"'
    assert "charset=utf-8" in answer.headers["Content-Type"]
    first = table(answer)[0]
    assert (first["fiscal_year_start"], first["fiscal_year_end"]) == ("2007", "2011")
    assert first["title"] == 'さっぽろバイオクラスター構想 "Bio-S"'
    assert first["source_page"] == "10"
    assert table(answer)[6]["annotations_prefectures_name"] == "富山県|石川県"


FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


@pytest.mark.parametrize("sign", [*FORMULAS, " =", '"=', "'=", "|", ",="])
def test_no_word_of_a_client_makes_a_cell_that_a_spreadsheet_runs(client: httpx.Client, sign: str) -> None:
    query = {"q": f"{sign}LSI", "fields": "number,matches"}
    answer = client.get("/v1/regions.csv", params=query)
    if answer.status_code == 422:  # what means something to a search is refused
        return
    (row,) = table(answer)
    assert set(row["matches_term"].split("|")) == {"lsi"}
    for every in table(client.get("/v1/regions.csv", params={"q": query["q"]})):
        assert not any(cell.startswith(FORMULAS) for cell in every.values())
    (record,) = client.get("/v1/regions", params=query).json()["items"]
    assert all(match["term"].endswith("LSI") for match in record["matches"])  # in JSON as typed


@pytest.mark.parametrize("path", LISTS)
def test_no_cell_of_a_csv_is_a_formula_and_no_item_of_a_list_is_taken_for_two(client: httpx.Client, path: str) -> None:
    for row in table(client.get(path + ".csv")):
        assert not any(cell.startswith(FORMULAS) for cell in row.values())
    for record in records(client.get(path + ".ndjson")):
        for items in lists_in(record):
            assert not any("|" in text for text in texts_in(items))


def lists_in(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from lists_in(each)


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_in(each)


def test_the_byte_order_mark_can_be_left_out(client: httpx.Client) -> None:
    assert client.get("/v1/regions.csv?bom=false").content.startswith(b"number,")
    assert client.get("/v1/regions.csv?bom=true").content == client.get("/v1/regions.csv").content
    problem(client.get("/v1/regions.csv?bom=no"), 422, "invalid-parameter")


@pytest.mark.parametrize(
    "path",
    [
        *("/v1/regions", "/v1/regions.ndjson", "/v1/regions.json", "/v1/programs", "/v1/programs/global", "/v1"),
        *("/v1/regions/7", "/v1/regions/7.json", "/v1/regions/7.geojson", "/v1/dataset", "/v1/dataset.jsonld"),
    ],
)
def test_where_there_is_no_byte_order_mark_its_parameter_is_known_but_not_available(
    client: httpx.Client, path: str
) -> None:
    (error,) = problem(client.get(f"{path}?bom=false"), 422, "invalid-parameter")["errors"]
    assert (error["parameter"], error["code"], error["detail"]) == ("bom", "csv-only", "Available in CSV only.")


def test_an_empty_csv_still_has_its_header_row(client: httpx.Client) -> None:
    answer = client.get("/v1/regions.csv?q=nowhere")
    assert answer.content.count(b"\r\n") == 1
    assert answer.content == client.get("/v1/regions.csv?q=医療").content.partition(b"\r\n")[0] + b"\r\n"
    assert client.get("/v1/regions.ndjson?q=nowhere").content == b""


MATCHES = ["matches_field", "matches_start", "matches_end", "matches_term"]


@pytest.mark.parametrize(
    ("query", "has_matches"),
    [
        ("", False),
        ("?type=global", False),
        ("?number=99", False),
        ("?q=医療", True),
        ("?q=nowhere", True),
        ("?fields=number,matches", True),
        ("?fields=number,name", False),
        ("?fields=number,name&q=医療", False),
    ],
)
def test_columns_that_are_always_empty_without_q_are_not_there_without_q(
    client: httpx.Client, query: str, has_matches: bool
) -> None:
    for answer in (
        client.get(f"/v1/regions.csv{query}"),
        client.get(f"/v1/regions{query}", headers={"Accept": "text/csv"}),
    ):
        header = answer.content.decode("utf-8-sig").split("\r\n")[0].split(",")
        assert [name for name in header if name.startswith("matches")] == MATCHES * has_matches
    rows = table(client.get("/v1/regions.csv"))
    assert [name for name in rows[0] if not any(row[name] for row in rows)] == []


def test_an_export_takes_filters_sort_and_fields_and_any_limit(client: httpx.Client) -> None:
    query = "type=city-area&fiscal_year=H25&q=クラスター&sort=-page&fields=number,matches,source.page"
    exported = records(client.get(f"/v1/regions.ndjson?{query}&limit=5000"))
    assert exported == client.get(f"/v1/regions?{query}").json()["items"]
    assert list(exported[0]) == ["number", "matches", "source"]
    assert [row["number"] for row in records(client.get("/v1/regions.ndjson?limit=2&offset=3"))] == [4, 5]
    header = client.get(f"/v1/regions.csv?{query}&bom=false").text.partition("\r\n")[0]
    assert header == "number,matches_field,matches_start,matches_end,matches_term,source_page"
    for wrong in ("facets=type", "limit=0", "limit=1000000000", "offset=10001"):
        problem(client.get(f"/v1/regions.csv?{wrong}"), 422, "invalid-parameter")


def test_links_all_leads_to_everything_that_matches(client: httpx.Client) -> None:
    page = client.get("/v1/regions?type=global&limit=3&offset=6&facets=type&sort=-page").json()
    assert page["links"]["all"] == "/v1/regions.ndjson?sort=-page&type=global"
    everything = records(client.get(page["links"]["all"]))
    assert len(everything) == page["total"]
    assert everything[6:9] == page["items"]


RECORDS = ["/v1", "/v1/programs/global", "/v1/subcategories/city-area-general", "/v1/regions/7", "/v1/dataset"]


@pytest.mark.parametrize("path", RECORDS)
def test_a_record_answers_with_the_suffix_json_and_no_other(client: httpx.Client, path: str) -> None:
    assert client.get(f"{path}.json").json() == client.get(path).json()
    for suffix in (".csv", ".ndjson"):
        problem(client.get(path + suffix), 404, "not-found")
    problem(client.get(path, headers={"Accept": "text/csv"}), 406, "not-acceptable")


@pytest.mark.parametrize("path", [*LISTS, *RECORDS])
def test_what_nothing_can_satisfy_is_not_acceptable_and_says_what_there_is(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Accept": "image/png, application/json;q=0"})
    assert "application/json" in problem(answer, 406, "not-acceptable")["detail"]


def test_fields_choose_keys_in_their_order_nested_too(client: httpx.Client) -> None:
    region = client.get("/v1/regions/7?fields=name,source.page,annotations.prefectures.name,source.row,number").json()
    assert json.dumps(region, ensure_ascii=False) == json.dumps(
        {
            "name": "富山・石川地域",
            "source": {"page": 14, "row": 7},
            "annotations": {"prefectures": [{"name": "富山県"}, {"name": "石川県"}]},
            "number": 7,
        },
        ensure_ascii=False,
    )
    whole = client.get("/v1/regions/7").json()
    assert client.get("/v1/regions/7?fields=source,source.page").json() == {"source": whole["source"]}
    header = client.get("/v1/regions.csv?fields=source,source.page").text.lstrip("\ufeff").splitlines()[0]
    assert header == "source_page,source_page_label,source_row", "each column once"
    assert client.get("/v1/programs?fields=id,subcategories.label").json()["items"][1] == {
        "id": "city-area",
        "subcategories": [{"label": "都市エリア型 (一般)"}, {"label": "都市エリア型 (発展)"}],
    }


@pytest.mark.parametrize(
    ("fields", "code", "suggestion"),
    [
        ("nmae", "not-allowed", "name"),
        ("source.pages", "not-allowed", "source.page"),
        ("source.", "not-allowed", None),
        ("annotations.prefectures.0.name", "not-allowed", None),
        ("number,number", "repeated", None),
        ("number,", "empty", None),
        ("__class__", "not-allowed", None),
    ],
)
def test_a_field_that_is_not_there_is_an_error(
    client: httpx.Client, fields: str, code: str, suggestion: str | None
) -> None:
    for path in ("/v1/regions", "/v1/regions/7", "/v1/regions.csv", "/v1/regions.ndjson"):
        (error,) = problem(client.get(path, params={"fields": fields}), 422, "invalid-parameter")["errors"]
        assert (error["parameter"], error["code"]) == ("fields", code)
        assert suggestion is None or error["suggestion"] == suggestion


def test_every_key_of_a_record_can_be_chosen(client: httpx.Client) -> None:
    for path in LISTS:
        for name in client.get(path).json()["items"][0]:
            items = client.get(path, params={"fields": name}).json()["items"]
            assert all(list(item) == [name] for item in items)


def test_the_answer_says_how_it_understood_the_request(client: httpx.Client) -> None:
    query = client.get("/v1/regions?fiscal_year=H21&prefecture=石川&type=都市エリア型&q=発酵 %26&limit=５").json()[
        "query"
    ]
    assert query == {
        "fields": [],
        "lang": None,
        "limit": 5,
        "offset": 0,
        **{name: [] if entry.several else None for name, entry in FILTERS.items()},
        "type": ["city-area"],
        "prefecture": ["17"],
        "fiscal_year": [2009],
        "q": "発酵",
        "terms": ["発酵"],
        "q_in": ["name", "title", "theme", "annotations"],
        "sort": ["number"],
        "facets": [],
    }

import re
import string

import httpx
import pytest

from app.http import messages, openapi_texts
from app.pages import layout
from app.routers.regions.filters import FILTERS
from tests.api.test_problems import problem

TABLES = (messages.TITLES, messages.EXPLANATIONS, messages.DETAILS, messages.PARAMETER_DETAILS)


@pytest.mark.parametrize("table", TABLES)
def test_every_sentence_is_there_in_both_languages_with_the_same_places(
    table: dict[str, dict[messages.Language, str]],
) -> None:
    for sentences in table.values():
        places = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in sentences.values()]
        assert sentences.keys() == {"en", "ja"}
        assert places[0] == places[1]
        assert re.search("[ぁ-ん一-龥]", sentences["ja"])


@pytest.mark.parametrize(
    ("query", "language", "detail"),
    [
        ("limit=0", "en", "The request was not carried out; wrong: limit. See `errors`."),
        ("limit=0&offset=-1", "en", "The request was not carried out; wrong: limit, offset. See `errors`."),
        (
            "limit=0",
            "ja",
            "リクエストは実行されませんでした。正しくないパラメーターは limit です。`errors` をご覧ください。",
        ),
    ],
)
def test_a_problem_says_which_parameters_are_wrong(
    client: httpx.Client, query: str, language: str, detail: str
) -> None:
    answer = client.get(f"/v1/regions?{query}", headers={"Accept-Language": language})
    assert problem(answer, 422, "invalid-parameter")["detail"] == detail


@pytest.mark.parametrize("table", [*TABLES, {"": messages.LICENSE_NOTE}, {"": messages.DESCRIPTION}])
def test_japanese_is_written_as_the_field_writes_it(table: dict[str, dict[messages.Language, str]]) -> None:
    for sentences in table.values():
        assert not re.search("パラメータ(?!ー)|当方|印刷|[ぁ-ん]: |知らない", sentences["ja"])
        assert not re.search(r"can be had|never was\b|in \{count\} places", sentences["en"])


@pytest.mark.parametrize("text", [*openapi_texts.japanese().values(), openapi_texts.DESCRIPTION["ja"]])
def test_the_description_is_in_plain_japanese(text: str) -> None:
    assert not re.search("パラメータ(?!ー)|当方|印刷|[ぁ-ん]: |知らない|この表示", text)
    signs = "[ぁ-ヿ一-鿿、。（）「」]"
    assert not re.search(f"[、。] |{signs} {signs}|{signs}\n(?!\n|スキーマ)|`\n{signs}", text.rstrip())


@pytest.mark.parametrize("page", ["/guide/ja", "/terms/ja"])
def test_a_line_of_a_japanese_page_does_not_end_within_a_paragraph(client: httpx.Client, page: str) -> None:
    paragraphs = re.findall(r"(?s)<(p|li|td|dd)\b[^>]*>(.*?)</\1>", client.get(page).text)
    assert len(paragraphs) > 5
    for _, html in paragraphs:
        assert not re.search("[ぁ-ヿ一-鿿、。]\n[ぁ-ヿ一-鿿「]", re.sub("<[^>]*>", "", html))


def test_every_filter_has_a_name_on_the_page_in_both_languages() -> None:
    for language, words in layout.EXPLORER_WORDS.items():
        missing = FILTERS.keys() - words.keys()
        assert not missing, f"name {missing} in app/pages/words.json, {language}"


def test_no_view_is_called_a_notice(client: httpx.Client) -> None:
    assert not re.search("この表示[をのへ]", client.get("/?lang=ja").text)
    assert "equal versions" not in client.get("/openapi.json").text.lower()


@pytest.mark.parametrize("path", ["/nope", "/v1/regions/99", "/v1/regions?limit=0&q=&type=x&fiscal_year=09"])
def test_a_problem_is_told_in_the_language_that_is_preferred(client: httpx.Client, path: str) -> None:
    mark = "&" if "?" in path else "?"
    asked = {
        "en": [client.get(path), client.get(path, headers={"Accept-Language": "fr, en"})],
        "ja": [client.get(path, headers={"Accept-Language": "ja-JP,ja;q=0.9,en;q=0.5"})],
    }
    if "?" in path:
        asked["ja"].append(client.get(f"{path}{mark}lang=ja", headers={"Accept-Language": "en"}))
    for language, answers in asked.items():
        for answer in answers:
            told = problem(answer, answer.status_code, answer.json()["type"].rpartition("/")[2])
            assert answer.headers["Content-Language"] == language
            for text in (told["title"], told["detail"], *(error["detail"] for error in told.get("errors", []))):
                assert bool(re.search("[ぁ-ん]|一覧", text)) == (language == "ja"), text


def test_an_unknown_language_is_an_error(client: httpx.Client) -> None:
    (error,) = problem(client.get("/v1/regions?lang=fr"), 422, "invalid-parameter")["errors"]
    assert (error["parameter"], error["allowed"]) == ("lang", ["ja", "en"])

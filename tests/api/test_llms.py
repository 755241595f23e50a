"""`/llms.txt` and `/llms-full.txt`: the format, the facts, and twenty questions with the requests that answer them."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args
from urllib.parse import urlsplit

import httpx
import pytest
from llms_txt import parse_llms_file
from markupsafe import escape
from pydantic.json_schema import GenerateJsonSchema

from app.http import messages
from app.pages import guide
from app.pages.guide import QUESTIONS
from app.routers.catalogue import RESOURCES
from app.routers.regions.parameters import RegionQuery
from app.schemas.annotations import Certainty
from app.settings import Settings
from tests.support import asgi
from tests.support.service import serving


def found(document: Any, path: str) -> Any:
    """Return the value at a dotted path; in a list, at a position or of each item."""
    key, _, rest = path.partition(".")
    if isinstance(document, list) and not key.isdecimal():
        return [found(item, path) for item in document]
    inner = document[int(key)] if isinstance(document, list) else document[key]
    return found(inner, rest) if rest else inner


def agrees(answer: Any, read: Any) -> bool:
    """Compare an expected answer with what was read: the keys that it has; `…` stands for any text."""
    if isinstance(answer, dict):
        return answer.keys() <= read.keys() and all(agrees(answer[key], read[key]) for key in answer)
    if isinstance(answer, list):
        return len(answer) == len(read) and all(map(agrees, answer, read))
    if isinstance(answer, str):
        return bool(re.fullmatch(".+".join(map(re.escape, answer.split("…"))), read))
    return type(answer) is type(read) and bool(answer == read)


@pytest.fixture(scope="module")
def llms(client: httpx.Client) -> str:
    answer = client.get("/llms.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    return answer.text


def test_there_are_twenty_questions_each_with_an_answer() -> None:
    for language in ("en", "ja"):
        assert len({each[language] for each in QUESTIONS}) == len(QUESTIONS) == 20
    assert all(each.keys() == {"en", "ja", "request", "read", "answer"} for each in QUESTIONS)
    assert [each for each in QUESTIONS if each["answer"] in (None, "", [], {})] == []


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each["en"])
def test_the_request_of_a_question_answers_it(
    client: httpx.Client, question: dict[str, Any], language: messages.Language
) -> None:
    response = client.get(question["request"], headers={"Accept-Language": language})
    assert response.status_code == 200, response.text
    read, answer = (
        each[language] if isinstance(each, dict) else each for each in (question["read"], question["answer"])
    )
    assert agrees(answer, found(response.json(), read))


@pytest.mark.parametrize(
    ("answer", "read"),
    [(29, 28), (1, True), ([1], [1, 2]), ("a…c", "ac"), ("a", "ab"), ({"a": 1}, {"b": 1}), ([{"a": 1}], [{"a": 2}])],
)
def test_another_answer_does_not_agree(answer: Any, read: Any) -> None:
    assert not agrees(answer, read)


def test_bio_is_counted_as_the_texts_say(client: httpx.Client) -> None:
    (question,) = (each for each in QUESTIONS if "about bio" in each["en"])
    counts = found(client.get(question["request"]).json(), f"{question['read']}.count")
    regions = client.get("/v1/regions").json()["items"]
    with_bio = [region["program"]["id"] for region in regions if "バイオ" in str({**region, "source": None})]
    assert counts == [with_bio.count("global"), with_bio.count("city-area")]
    assert counts[0] != counts[1]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_guide_has_the_questions_with_their_answers(client: httpx.Client, language: messages.Language) -> None:
    page = re.sub("</?span[^>]*>", "", client.get(f"/guide/{language}").text)
    for question in guide.questions(language):
        for text in question:
            assert str(escape(text)) in page
    assert "<dd>29</dd>" in page
    aim = {"ja": "研究開発型の地域産業の育成を図り", "en": "The aim is to foster R&amp;D-driven local industries"}
    assert aim[language] in page


def test_the_whole_has_the_questions_with_their_answers(client: httpx.Client) -> None:
    rows = [row.split(" | ") for row in client.get("/llms-full.txt").text.splitlines() if row.startswith("| ")][2:]
    assert [len(row) for row in rows] == [4] * 20
    for row, *both in zip(rows, guide.questions("en"), guide.questions("ja"), strict=True):
        for question in both:
            assert question.text in row[0]
            assert question.answer in row[1]
            assert f"[{question.request}](" in row[2]
            assert f"`{question.read}`" in row[3]


def test_the_format_is_that_of_llmstxt_org(llms: str, client: httpx.Client) -> None:
    parsed = parse_llms_file(llms)
    assert parsed.title
    assert parsed.summary
    assert list(parsed.sections) == ["Requests", "Documents", "Optional"]
    links = [link for section in parsed.sections.values() for link in section]
    assert len(links) > 12
    for link in links:
        assert link.title
        assert link.desc
        assert client.get(link.url).status_code == 200, link.url


def test_links_are_below_the_public_base_url(sqlite_settings: Settings) -> None:
    base = "https://example.org/list"
    with serving(sqlite_settings.model_copy(update={"public_base_url": base})) as client:
        for path in ("/llms.txt", "/llms-full.txt"):
            links = re.findall(r"\]\(([^)]+)\)", client.get(urlsplit(base).path + path).text)
            assert links
            assert [link for link in links if not link.startswith(f"{base}/")] == []
        whole = client.get("/list/llms-full.txt").text
        assert f'url = "{base}/v1/regions.csv"' in whole
        assert guide.SAMPLES_URL not in whole


def test_every_parameter_and_every_id_is_named_and_the_traps_are_true(llms: str, client: httpx.Client) -> None:
    assert set(re.findall("^- `(\\w+)`:", llms, re.MULTILINE)) == RegionQuery.model_fields.keys()
    for path in ("/v1/programs", "/v1/subcategories"):
        for item in client.get(path).json()["items"]:
            assert f"`{item['id']}`" in llms
    for written in ("2009年", "21"):
        assert f"`{written}`" in llms
        assert client.get("/v1/regions", params={"fiscal_year": written}).status_code == 422
    years = [client.get("/v1/regions", params={"fiscal_year": each}).json()["total"] for each in ("2009", "H21")]
    assert years[0] == years[1]
    city = client.get("/v1/regions?type=city-area").json()["items"]
    assert {region["title"] for region in city} == {None}
    assert len(llms) < 9_000


def test_the_shape_of_a_record_is_true(llms: str, client: httpx.Client) -> None:
    shape = re.search(r"A region is `(.*?)`\.", llms)
    assert shape
    region = client.get("/v1/regions/7").json()
    named = set(re.findall(r'"(\w+)"', shape[1]))
    known = set(re.findall(r'"(\w+)":', client.get("/v1/regions/7").text))
    assert named <= known, named - known
    assert region.keys() - {"fiscal_years_label", "links"} <= named
    page = client.get("/v1/regions?limit=1").json()
    assert set(re.findall(r'"(\w+)":', re.findall(r"A list is `(.*?)`\.", llms)[0])) - {"next"} <= page.keys()


def test_the_shapes_of_the_other_lists_are_true(llms: str, client: httpx.Client) -> None:
    shapes = re.findall(r"\]\(([^)]+)\): .*?items are `(.*?)`", llms)
    others = {each.path for each in RESOURCES} - {"/v1/regions", "/v1/changes"}
    assert {url for url, _ in shapes} == others, "describe the list in app/pages/templates/llms.txt"
    for url, shape in shapes:
        (item, *_) = client.get(url).json()["items"]
        assert set(re.findall(r'"(\w+)"', shape)) <= item.keys()
    assert f"`certainty` is {' or '.join(f'`{each}`' for each in reversed(get_args(Certainty)))}" in llms


def test_the_whole_holds_the_page_the_operations_and_the_records(llms: str, client: httpx.Client) -> None:
    whole = client.get("/llms-full.txt").text
    assert llms.strip() in whole
    description = client.get("/openapi.json").json()
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            assert f"### {method.upper()} {path}\n" in whole
            assert operation["summary"] in whole
    for name, schema in description["components"]["schemas"].items():
        if "properties" in schema:
            assert f"\n### {name}\n" in whole
    assert "<" not in re.sub("`[^`]*`|```.*?```", "", whole, flags=re.DOTALL).replace("<br>", "")


def test_the_schema_is_made_once(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    original = GenerateJsonSchema.generate

    def counted(self: GenerateJsonSchema, *args: Any, **kw: Any) -> Any:
        made.append(args)
        return original(self, *args, **kw)

    monkeypatch.setattr(GenerateJsonSchema, "generate", counted)

    async def run() -> None:
        async with asgi.started(sqlite_settings.model_copy(update={"cache_bytes": 0})) as app:
            for _ in range(3):
                assert (await asgi.ask(app, "GET", b"/llms.txt")).status == 200

    with ThreadPoolExecutor(1) as thread:  # playwright keeps an event loop in the thread of the tests
        thread.submit(lambda: asyncio.run(run())).result()
    assert len(made) <= 1

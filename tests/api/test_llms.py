"""`/llms.txt` and `/llms-full.txt`: the format, the facts, and twenty questions with the requests that answer them."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args
from urllib.parse import urlsplit

import httpx
import pytest
from llms_txt import parse_llms_file
from pydantic.json_schema import GenerateJsonSchema

from app.pages import guide
from app.pages.guide import QUESTIONS
from app.routers.regions.parameters import RegionQuery
from app.schemas.annotations import Certainty
from app.settings import Settings
from tests.support import asgi
from tests.support.service import serving

ANSWERS: dict[str, Any] = {
    "How many regions are in the list?": 29,
    "How many regions were supported in FY2012?": 16,
    "Which regions worked on food?": [1, 18, 22, 23, 26, 29],
    "Which regions worked on cancer?": [11, 16],
    "Which regions lie in Kyushu?": [6, 11, 21],
    "Which medical clusters lie in Kyushu?": [11],
    "Which regions of Hokkaido are in the list?": [1, 12, 26],
    "How many regions does each programme have?": [17, 12],
    "In which fiscal years were most regions supported?": [6, 9, 22, 29, 29, 16, 6],
    "Was region 7 supported in FY2007?": 0,
    "When did the support of Kurume begin and end?": [{"start": "2009-04-01", "end": "2014-03-31"}],
    "Which regions were still supported in FY2013?": [10, 11, 12, 13, 25, 26],
    "On which page of the brochure is the Tokachi area?": [50],
    "How many misprints are suspected, and how many are confirmed?": ["confirmed"] * 4,
}
"""From the list itself, by hand; of the other questions what must stand in the answer."""

PARTS = {
    "What is misprinted in the title of region 7, and what is right?": ("ほくろく", "ほくりく健康創造クラスター"),
    "What confirms that 第Ⅰ期 should be 第Ⅱ期?": ("http://www.mext.go.jp/",),
    "What is the aim of the City Area Type?": ("local industries",),
    "What is the English title of the cluster of Hakodate?": ("Hakodate",),
    "How should the list be cited?": ("文部科学省",),
    "Are there more regions about bio in the Global Type or in the City Area Type?": (),
}


def found(document: Any, path: str) -> Any:
    """What stands at a dotted path; of a list, of each of its items."""
    key, _, rest = path.partition(".")
    if isinstance(document, list):
        return [found(item, path) for item in document]
    return found(document[key], rest) if rest else document[key] if key else document


@pytest.fixture(scope="module")
def llms(client: httpx.Client) -> str:
    answer = client.get("/llms.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    return answer.text


def test_there_are_twenty_questions_each_with_an_answer() -> None:
    assert [each["en"] for each in QUESTIONS] == list(dict.fromkeys(each["en"] for each in QUESTIONS))
    assert {each["en"] for each in QUESTIONS} == ANSWERS.keys() | PARTS.keys()
    assert len(QUESTIONS) == 20


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each["en"])
def test_the_request_of_a_question_answers_it(client: httpx.Client, question: dict[str, str]) -> None:
    answer = client.get(question["request"])
    assert answer.status_code == 200, answer.text
    read = found(answer.json(), question["read"])
    if question["en"] in ANSWERS:
        assert read == ANSWERS[question["en"]]
    for part in PARTS.get(question["en"], ()):
        assert part in str(read)


def test_bio_is_counted_as_the_texts_say(client: httpx.Client) -> None:
    (question,) = (each for each in QUESTIONS if "about bio" in each["en"])
    counts = found(client.get(question["request"]).json(), question["read"])
    regions = client.get("/v1/regions").json()["items"]
    with_bio = [region["program"]["id"] for region in regions if "バイオ" in str({**region, "source": None})]
    assert counts == [with_bio.count("global"), with_bio.count("city-area")]
    assert counts[0] != counts[1]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_guide_has_the_questions_with_their_requests(client: httpx.Client, language: str) -> None:
    page = re.sub("</?span[^>]*>", "", client.get(f"/guide/{language}").text)
    for question in QUESTIONS:
        assert question[language] in page
        assert question["request"].replace("&", "&amp;") in page


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
    assert len(shapes) == 5
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

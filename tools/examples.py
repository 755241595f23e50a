"""Ask the service itself for the examples of its description: `python -m tools.examples`."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import orjson

from app.http import openapi_examples
from app.http.messages import Language
from app.main import create_app
from app.settings import Settings
from seed import store
from seed.__main__ import OWN
from tools.static_site import asking

FILE = Path(__file__).parents[1] / "app" / "http" / openapi_examples.FILE
LANGUAGES: tuple[Language, ...] = ("en", "ja")
NO_TYPE = "image/png"
"""A media type that nothing is available in."""

UNKNOWN = {"region_number": "999999999", "name": "nope.csv"}
"""Of each parameter of a path that is no word: a value that nothing has."""

CHOSEN = {"list-regions": "facets=type&limit=1&q=医療"}
"""Operations with a query string of their own."""

TOO_LONG = "A target of more than 8 KB"
UNLIKE = ("get-metrics",)
"""Operations whose answer is another one each time."""


class Request(NamedTuple):
    """A request and the status that it is answered with."""

    target: str
    status: int
    accept: str = ""

    def __str__(self) -> str:
        return f"GET {self.target}" + (f", Accept: {self.accept}" if self.accept else "")


def requests(path: str, operation: dict[str, Any], version: str) -> Iterator[Request]:
    """Yield a request for each status of an operation that a request can provoke; `version`: of the files."""
    in_path = [each for each in operation["parameters"] if each.get("in") == "path"]
    known = {each["name"]: str(each["schema"]["examples"][0]) for each in in_path}
    if "version" in known:
        known |= {"version": version, "name": "region_prefectures.csv"}
    named = {each["name"] for each in operation["parameters"] if each.get("in") == "query"}
    target = path.format(**known)
    narrowed = "bom=false&limit=1" if "bom" in named else "limit=1" if "limit" in named else ""
    query = CHOSEN.get(operation["operationId"], narrowed)
    if operation["operationId"] not in UNLIKE:
        yield Request(f"{target}?{query}" if query else target, 200)
    if in_path:
        last = in_path[-1]["name"]
        yield Request(path.format(**known | {last: UNKNOWN.get(last, "nope")}), 404)
    if "406" in operation["responses"]:
        yield Request(target, 406, NO_TYPE)
    if not target.startswith("/problems/"):  # a page ignores what it does not know
        wrong = "limt=10" if "limit" in named else "lang=fr" if "lang" in named else "nope=1"
        yield Request(f"{target}?{wrong}", 422)


async def answered(app: Any, request: Request, language: Language) -> asking.Answer:
    headers = {"accept": request.accept, "accept-language": language, "request-id": openapi_examples.REQUEST_ID}
    answer = await asking.exchange(app, request.target, {name: value for name, value in headers.items() if value})
    if answer.status != request.status:
        raise asking.Refused(f"{request}: {answer.status}")
    return answer


def example(request: object, answer: asking.Answer) -> dict[str, Any]:
    """Return an Example Object: JSON as it is, anything else as a text."""
    is_json = answer.media_type.endswith("json") and "ndjson" not in answer.media_type
    return {"summary": str(request), "value": orjson.loads(answer.body) if is_json else answer.body.decode()}


async def record(settings: Settings) -> dict[str, Any]:
    """Return the examples by operation, status, and media type or, of a problem, language."""
    app = create_app(settings)
    found: dict[str, Any] = {}
    async with asking.running(app):
        document = orjson.loads(await asking.ask(app, "/openapi.json"))
        dataset = orjson.loads(await asking.ask(app, "/v1/dataset"))
        version = dataset["files"][0]["url"].rsplit("/", 2)[1]
        for path, item in document["paths"].items():
            operation = item["get"]
            of_operation = found[operation["operationId"]] = {}
            for request in requests(path, operation, version):
                if request.status == 200:
                    answer = await answered(app, request, "en")
                    of_operation["200"] = {answer.media_type: example(request, answer)}
                else:
                    of_operation[str(request.status)] = {
                        language: example(request, await answered(app, request, language)) for language in LANGUAGES
                    }
        too_long = Request("/v1/regions?q=" + 9_000 * "a", 414)
        of_each = {
            each: example("A target of more than 8 KB", await answered(app, too_long, each)) for each in LANGUAGES
        }
        return found | {openapi_examples.ANY: {"414": of_each}}


def _quiet(done: str, regions: int) -> None:
    """Report nothing of the seed."""


def main() -> None:
    with TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/regions.sqlite")
        store.replace(settings.database_url, store.check(OWN, _quiet), _quiet)
        FILE.write_text(
            json.dumps(asyncio.run(record(settings)), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()

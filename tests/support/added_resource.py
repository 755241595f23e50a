"""`python -m tests.support.added_resource URL FOLDER`: a list that is added to the catalogue is found everywhere.

It runs in a process of its own: the description, the index and the data set are made from the catalogue at import.
"""

import asyncio
import json
import sqlite3
import sys
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import literal, select
from starlette.responses import Response

from app.db.session import Read
from app.http import pagination, responses, routes
from app.http.pagination import ListQuery, Page
from app.http.parsed_request import ParsedRequest
from app.http.request_context import Context
from app.routers import catalogue


class Season(BaseModel):
    code: str
    name: str


def read_page(_: Read, parsed: ParsedRequest[ListQuery]) -> pagination.Slice:
    return pagination.cut([{"code": "s1", "name": "春"}, {"code": "s2", "name": "夏"}], parsed.query)


SEASONS = responses.Collection("/v1/four-seasons", ListQuery, Season, read_page)
router = APIRouter(route_class=routes.Route, tags=["vocabularies"])


@router.get(
    "/v1/four-seasons", summary="List the seasons", operation_id="list-four-seasons", response_model=Page[Season]
)
async def list_seasons(context: Context, query: Annotated[ListQuery, Query()]) -> Response:
    """The seasons."""
    return await responses.page(context, SEASONS, query)


COUNT = catalogue.DatasetCount(select(literal(2)), {"en": "Seasons with a name", "ja": "名前のある季節"})
ADDED = catalogue.Resource(SEASONS, router, "code", COUNT)


async def check(url: str, folder: Path) -> None:
    from app.settings import Settings  # what is imported here reads the catalogue
    from tests.support import asgi
    from tools.static_site.tree import write

    settings = Settings(database_url=url)
    async with asgi.started(settings) as app:

        async def ask(target: str) -> bytes:
            answer = await asgi.ask(app, "GET", target.encode())
            assert answer.status == 200, (target, answer.body)
            return answer.body

        async def load(target: str) -> Any:
            return json.loads(await ask(target))

        assert (await load("/v1"))["links"]["four_seasons"] == "/v1/four-seasons"
        assert (await load("/v1/four-seasons"))["total"] == 2
        assert (await ask("/v1/four-seasons.csv")).decode("utf-8-sig").splitlines() == ["code,name", "s1,春", "s2,夏"]
        assert len((await ask("/v1/four-seasons.ndjson")).splitlines()) == 2
        described = await load("/openapi.json")
        paths = {f"/v1/four-seasons{suffix}" for suffix in ("", ".csv", ".ndjson")}
        assert paths <= described["paths"].keys()
        schemas = described["components"]["schemas"]
        assert "four_seasons" in schemas["IndexLinks"]["required"]
        assert schemas["Counts"]["properties"]["four_seasons"]["description"] == "Seasons with a name"
        dataset = await load("/v1/dataset")
        assert dataset["counts"]["four_seasons"] == 2
        assert dataset["counted"]["four_seasons"]["ja"] == "名前のある季節"
        urls = {file["name"]: file["url"] for file in dataset["files"]}
        assert (await ask(urls["four_seasons.csv"])).decode("utf-8-sig").splitlines()[1:] == ["s1,春", "s2,夏"]
        package = {each["name"]: each for each in (await load(urls["datapackage.json"]))["resources"]}
        assert package["four_seasons"]["schema"]["primaryKey"] == ["code"]
        (folder / "regions.sqlite").write_bytes(await ask(urls["regions.sqlite"]))
    connection = sqlite3.connect(folder / "regions.sqlite")
    assert connection.execute("SELECT name FROM four_seasons WHERE code = 's2'").fetchall() == [("夏",)]
    connection.close()
    await write(settings, folder / "site")
    exported = {file.name for file in (folder / "site" / "v1").iterdir()}
    assert {f"four-seasons{suffix}" for suffix in (".json", ".csv", ".ndjson")} <= exported


if __name__ == "__main__":
    catalogue.RESOURCES += (ADDED,)  # type: ignore[assignment]  # longer by one
    asyncio.run(check(sys.argv[1], Path(sys.argv[2])))

"""Name the paths that there are, and the files that stand for them."""

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.types import ASGIApp

from app.http import formats
from app.main import create_app
from app.routers.catalogue import RESOURCES
from app.settings import Settings
from tools.static_site import asking

MANIFEST = "manifest.json"


async def write(settings: Settings, folder: Path) -> int:
    """Writes every file and then the manifest, which names each with its bytes and its hash; how many there are."""
    app = create_app(settings)
    entries = []
    async with asking.running(app):
        async for path, content in _files(app):
            _put(folder / path.removeprefix("/"), content)
            digest = hashlib.sha256(content).hexdigest()
            entries.append({"path": path.removeprefix("/"), "bytes": len(content), "sha256": digest})
    entries.sort(key=lambda entry: str(entry["path"]))
    _put(folder / MANIFEST, json.dumps({"files": entries}, indent=1).encode() + b"\n")
    return len(entries)


async def _files(app: ASGIApp) -> AsyncIterator[tuple[str, bytes]]:
    """Every answer that takes no parameter, with its path, which ends in the suffix of its format."""
    for path in ("/openapi.json", "/llms.txt", "/v1.json", "/v1/dataset.json", "/v1/dataset.jsonld"):
        yield path, await asking.ask(app, path)
    dataset = orjson.loads(await asking.ask(app, "/v1/dataset"))
    for path in (urlsplit(file["url"]).path for file in dataset["files"]):
        yield path, await asking.ask(app, path)
    for collection in (each.collection for each in RESOURCES):
        offered = collection.query.formats
        exports = {form: await asking.ask(app, collection.path + form.suffix) for form in offered}
        records = exports[formats.NDJSON].splitlines()
        exports[formats.JSON] = _whole(exports[formats.JSON], records)
        for form, content in exports.items():
            yield collection.path + form.suffix, content
        for own in filter(None, (_own(orjson.loads(record), collection.path) for record in records)):
            for form in (formats.JSON, formats.GEOJSON):
                if form in offered:
                    yield own + form.suffix, await asking.ask(app, own + form.suffix)


def _whole(content: bytes, records: Sequence[bytes]) -> bytes:
    """The first page of a list with all its records: a file server answers a link to the next page with the first."""
    page = orjson.loads(content)
    if len(page.pop("items")) == len(records):
        return content
    page["limit"] = page["query"]["limit"] = len(records)
    page["links"] |= {"next": None, "last": page["links"]["first"]}
    return formats.page(records, (), page)


def _own(record: dict[str, Any], collection: str) -> str | None:
    """The path of a record that has one of its own."""
    link = urlsplit(record.get("links", {}).get("self", "")).path
    return link if link.startswith(f"{collection}/") else None


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)

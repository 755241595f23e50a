"""Which paths there are, and the files that stand for them."""

import hashlib
import json
from collections.abc import AsyncIterator
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
        async for path in _paths(app):
            content = await asking.ask(app, path)
            _put(folder / path.removeprefix("/"), content)
            digest = hashlib.sha256(content).hexdigest()
            entries.append({"path": path.removeprefix("/"), "bytes": len(content), "sha256": digest})
    entries.sort(key=lambda entry: str(entry["path"]))
    _put(folder / MANIFEST, json.dumps({"files": entries}, indent=1).encode() + b"\n")
    return len(entries)


async def _paths(app: ASGIApp) -> AsyncIterator[str]:
    """Every answer that takes no parameter, with the suffix of its format."""
    for path in ("/openapi.json", "/llms.txt", "/v1.json", "/v1/dataset.json", "/v1/dataset.jsonld"):
        yield path
    dataset = orjson.loads(await asking.ask(app, "/v1/dataset"))
    for file in dataset["files"]:
        yield urlsplit(file["url"]).path
    for collection in (each.collection for each in RESOURCES):
        offered = collection.query.formats
        for form in offered:
            yield collection.path + form.suffix
        for record in (await asking.ask(app, f"{collection.path}.ndjson")).splitlines():
            if own := _own(orjson.loads(record), collection.path):
                yield f"{own}.json"
                if formats.GEOJSON in offered:
                    yield f"{own}.geojson"


def _own(record: dict[str, Any], collection: str) -> str | None:
    """The path of a record that has one of its own."""
    link = urlsplit(record.get("links", {}).get("self", "")).path
    return link if link.startswith(f"{collection}/") else None


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)

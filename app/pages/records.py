"""Read for pages what the API publishes."""

from typing import Any

import orjson

from app.db.session import Read
from app.http.responses import Collection


def read_list(read: Read, collection: Collection[Any], query: bytes = b"") -> list[dict[str, Any]]:
    """Return the records of a list that match a query string; of regions, one batch at the most."""
    batch = collection.read_batch(read, collection.export_of(read.edition, query), None)
    return [orjson.loads(record) for record in batch.records]

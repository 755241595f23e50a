"""Read for pages what the API publishes."""

from typing import Any

import orjson

from app.db.session import Read
from app.http import pagination, query_string
from app.http.parsed_request import ParsedRequest
from app.http.responses import Collection


def read_list(read: Read, collection: Collection[Any], query: bytes = b"") -> list[dict[str, Any]]:
    """Return the records of a list that match a query string; of regions, one batch at the most."""
    query_model: type[pagination.PageQuery] = collection.query
    model = pagination.exported(query_model, csv=False)
    checked_against = query_string.Basis(read.edition, collection.record, exports=True)
    parsed = ParsedRequest(query_string.parse(query, model, checked_against), collection.path)
    return [orjson.loads(record) for record in collection.read_batch(read, parsed, None).records]

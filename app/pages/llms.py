"""`/llms.txt`: the API in a page of plain text, for language models and scripts."""

from functools import cache

from fastapi import APIRouter
from starlette.responses import Response

from app.http import messages, openapi, responses, routes
from app.http.request_context import Context
from app.routers.regions.parameters import RegionQuery

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

_TEXT = """\
# {title}

> {summary}. Read-only, no key. Printed text is verbatim; what was added stands in `annotations`.

## The five requests that matter

- {base}/v1/regions?type=global&fiscal_year_from=H21&q=医療 : filter and search; whole records in `items`
- {base}/v1/regions/7 : one region
- {base}/v1/regions?limit=1&facets=type,prefecture : counts, with the URL of each
- {base}/v1/regions.csv : everything that matches as CSV; `.ndjson` likewise
- {base}/v1/dataset : what this is, how to cite it, files with their sha256

More: {base}/v1 leads everywhere, {base}/openapi.json describes everything.

## Parameters of /v1/regions

{parameters}

## Traps

- A fiscal year begins in April and is named after it: FY2009 is 平成21年度, 2009-04-01 to 2010-03-31.
- `2009年` is a calendar year and `21` is ambiguous: both are errors. Write 2009, FY2009, H21 or 平成21年度.
- `fiscal_year_from` and `fiscal_year_to` find regions that were active in any year of the span.
- Commas mean or, different parameters mean and, terms of `q` mean and. `q` has no operators: `-word`, AND, OR and NOT
  are errors; text in double quotes is one term. `hints` names filters that a term is a value of.
- An unknown or misspelt parameter is an error (422) that says what is right. Nothing is ignored.
- `title` is null for the 都市エリア型. Misprints are published as printed: see `annotations.corrections`.
- `annotations.editorial` names what is our own reading or translation. Do not quote that as the ministry's.
- Links are relative unless a public base URL is configured. Offsets in `matches` are code points.
"""


@router.get("/llms.txt")
async def get_llms(context: Context) -> Response:
    return responses.static(context, _text(context.state.settings.public_base_url), "text/plain; charset=utf-8")


@cache
def _text(base_url: str) -> bytes:
    """Return the text with links below `base_url`; made once, since the schema of the parameters takes milliseconds."""
    schema = RegionQuery.model_json_schema()["properties"]
    text = _TEXT.format(
        title=openapi.TITLE,
        summary=messages.SUMMARY,
        base=base_url,
        parameters="\n".join(f"- `{name}`: {field['description']}" for name, field in schema.items()),
    )
    return text.encode()

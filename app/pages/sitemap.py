"""`/sitemap.xml` and `/robots.txt`: every page in both languages, for search engines."""

from collections.abc import Iterator

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import Response

from app.db.session import Read
from app.db.statement import Statement
from app.http import problems, responses, routes
from app.http.request_context import Context
from app.pages import api_docs, changelog, changes, corrections, explorer, guide, layout, problem_types, regions, terms
from app.routers.regions.statements import NUMBER

router = APIRouter(route_class=routes.PageRoute, include_in_schema=False)

MAX_REGIONS = 10_000
"""Regions in the sitemap at the most: with both languages less than the 50,000 addresses that one may have."""

_NUMBERS = Statement(select(NUMBER).order_by(NUMBER).limit(MAX_REGIONS))

_ROBOTS = "User-agent: *\nDisallow:\n"


def every_page(read: Read) -> Iterator[layout.Paths]:
    """Yield the paths of every page, of each in every language that it has."""
    yield explorer.PATHS
    for row in read.rows(_NUMBERS):
        yield regions.paths(row.number)
    yield from (corrections.PATHS, changes.PATHS, guide.PATHS, terms.PATHS, changelog.PATHS, *api_docs.PATHS.values())
    yield from map(problem_types.paths, problems.TYPES)


@router.get("/sitemap.xml")
async def get_sitemap(context: Context) -> Response:
    """Return the sitemap (sitemaps.org, 0.9); without a public base URL its addresses are relative."""
    modified, pages = await responses.read(context, lambda read: (read.edition.modified, [*every_page(read)]))
    xml = layout.template_named("sitemap.xml").render(
        pages=pages, absolute=layout.absolute_root(context), modified=modified
    )
    return responses.static(context, xml.encode(), "application/xml; charset=utf-8", responses.REVALIDATED)


@router.get("/robots.txt")
async def get_robots(context: Context) -> Response:
    """Allow everything, and name the sitemap if its whole address is known, as it has to be here (sitemaps.org)."""
    base_url = context.state.settings.public_base_url
    text = _ROBOTS + (f"\nSitemap: {base_url}/sitemap.xml\n" if base_url else "")
    return responses.static(context, text.encode(), "text/plain; charset=utf-8", responses.REVALIDATED)

"""The nearest path for one that does not exist, among other routes than those of today."""

import pytest
from starlette.responses import Response

from app.http.nearest_path import NearestPath
from app.http.routes import Route


async def endpoint() -> Response:
    return Response()


@pytest.mark.parametrize(
    ("paths", "nearest"),
    [(["/v1/regions"], "/v1/regions"), (["/v1/regions", "/v1/areas"], "/v1/areas")],
)
def test_a_list_of_that_name_is_nearer_than_what_the_word_means_elsewhere(paths: list[str], nearest: str) -> None:
    known = NearestPath([Route(path, endpoint) for path in paths])
    for path in ("/v1/area", "/api/v1/Area"):
        assert next(iter(known.candidates(path))) == (nearest, True)

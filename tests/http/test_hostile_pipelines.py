"""Every hostile request, cut anywhere and behind any others: each answer is its request's."""

import httpx
import pytest

from app.settings import Settings
from tests.support.generated import lists_of
from tests.support.hostile_requests import corpus
from tests.support.pipelines import COUNT, SEED, Fuzzer
from tests.support.segments import Bystanders, Watched, send_apart
from tests.support.service import serving


@pytest.mark.slow
def test_every_answer_is_its_requests_however_requests_are_cut_and_mixed(
    sqlite_settings: Settings, site: httpx.Client
) -> None:
    samples = corpus(lists_of(site), SEED)
    with serving(sqlite_settings, protocol=Watched) as client, Bystanders(client.base_url):
        fuzzer = Fuzzer(client.base_url.port or 0, samples, SEED, send_apart)
        fuzzer.run(COUNT)
    assert fuzzer.asked >= COUNT

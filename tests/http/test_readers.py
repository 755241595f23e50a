"""Read the API with the libraries that people use."""

import shutil
import subprocess
from pathlib import Path

import httpx
import pandas as pd
import pytest
from hishel import SqliteStorage
from hishel.httpx import CacheTransport


def test_pandas_reads_the_csv_from_its_url(client: httpx.Client) -> None:
    frame = pd.read_csv(f"{client.base_url}/v1/regions.csv?type=global", encoding="utf-8")
    assert list(frame["number"]) == list(range(1, 18))
    assert frame.loc[6, "title"] == "ほくろく健康創造クラスター"
    assert frame["fiscal_year_start"].dtype == "int64"


def test_pandas_reads_the_ndjson_from_its_url(client: httpx.Client) -> None:
    frame = pd.read_json(f"{client.base_url}/v1/regions.ndjson?fields=number,name,source.page", lines=True)
    assert len(frame) == 29


@pytest.mark.parametrize("path", ["/v1/regions", "/v1/regions.csv"])
def test_curl_takes_compressed_answers(client: httpx.Client, path: str) -> None:
    curl = shutil.which("curl")
    assert curl, "curl is part of what the project's own check installs"
    got = subprocess.run(
        [curl, "--silent", "--compressed", f"{client.base_url}{path}"], capture_output=True, check=True
    )
    assert got.stdout == client.get(path).content


def test_a_caching_client_asks_once_and_then_only_with_the_tag(client: httpx.Client, tmp_path: Path) -> None:
    statuses: list[int] = []

    class Noting(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = super().handle_request(request)
            statuses.append(answer.status_code)
            return answer

    storage = SqliteStorage(database_path=str(tmp_path / "cache.sqlite"))
    with httpx.Client(transport=CacheTransport(Noting(), storage, rfc=True)) as caching:
        url = f"{client.base_url}/v1/regions"
        answers = [caching.get(url).content, caching.get(url).content]
        assert statuses == [200]
        answers.append(caching.get(url, headers={"Cache-Control": "no-cache"}).content)
        assert statuses == [200, 304]
    assert len(set(answers)) == 1

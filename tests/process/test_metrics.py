"""Read what Prometheus is told by the parser of its own client."""

import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import orjson
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from app.db import engines
from app.middleware.metrics import BOUNDS, Metrics
from app.settings import Settings
from tests.support.service import process, serving
from tests.support.waiting import until


def families(client: httpx.Client) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(client.get("/metrics").text)}


def value(client: httpx.Client, sample: str, **labels: str) -> float:
    """The sum of the samples with these labels, among others."""
    return sum(
        each.value
        for family in families(client).values()
        for each in family.samples
        if each.name == sample and labels.items() <= each.labels.items()
    )


def test_requests_are_counted_by_the_template_of_their_route(settings: Settings) -> None:
    with serving(settings) as client:
        for path in ("/v1/regions/7", "/v1/regions/8", "/v1/regions/99", "/v1/regions/7?lang=en", "/v1/regions.csv"):
            client.get(path)
        client.head("/v1/regions/7")
        client.post("/v1/regions/7")
        client.get("/nowhere")
        client.get("/<script>/%1f")
        template = "/v1/regions/{region_number}"
        assert value(client, "http_requests_total", route=template, method="GET", status="200") == 3
        assert value(client, "http_requests_total", route=template, method="GET", status="404") == 1
        assert value(client, "http_requests_total", route=template, method="HEAD", status="200") == 1
        assert value(client, "http_requests_total", method="other", status="405") == 1
        assert value(client, "http_requests_total", route="/v1/regions", status="200") == 1
        assert value(client, "http_requests_total", route="", status="404") == 2


def test_an_answer_from_the_cache_counts_for_the_same_route(settings: Settings) -> None:
    with serving(settings) as client:
        tag = client.get("/v1/regions").headers["ETag"]
        kept = value(client, "cache_bytes")
        for _ in range(3):
            assert client.get("/v1/regions", headers={"If-None-Match": tag}).status_code == 304
        assert value(client, "http_requests_total", route="/v1/regions", status="304") == 3
        assert value(client, "cache_hits_total") == 3
        assert value(client, "cache_misses_total") > 1
        assert kept == value(client, "cache_bytes") > 1000
        assert value(client, "cache_limit_bytes") == settings.cache_bytes


def test_durations_and_bytes_add_up(settings: Settings) -> None:
    with serving(settings) as client:
        sent = sum(len(client.get("/v1/regions/7", headers={"Accept-Encoding": "identity"}).content) for _ in range(5))
        route = {"route": "/v1/regions/{region_number}"}
        assert value(client, "http_response_body_bytes_total", **route) == sent
        assert value(client, "http_request_duration_seconds_count", **route) == 5
        assert value(client, "http_request_duration_seconds_bucket", **route, le="+Inf") == 5
        assert 0 < value(client, "http_request_duration_seconds_sum", **route) < 5
        buckets = [
            value(client, "http_request_duration_seconds_bucket", **route, le=str(bound)) for bound in (*BOUNDS, "+Inf")
        ]
        assert buckets == sorted(buckets)


def test_the_database_and_the_data_are_told_of(settings: Settings) -> None:
    with serving(settings) as client:
        version = client.get("/v1").json()["dataset_version"]
        assert value(client, "dataset_info", version=version) == 1
        assert value(client, "service_info") == 1
        limit = settings.database_pool_size + engines.slow_reads(settings)
        assert value(client, "database_reads_limit") == limit
        assert value(client, "workers") == 1
        assert value(client, "process_resident_memory_bytes") > 1e6
        told = {sample.name for family in families(client).values() for sample in family.samples}
        assert {"database_reads", "database_reads_waiting"} <= told


def test_before_the_database_was_read_there_are_metrics_as_well() -> None:
    with serving(Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing")) as client:
        assert client.get("/v1").status_code == 503
        assert value(client, "http_requests_total", route="/v1", status="503") == 1


def test_methods_and_routes_are_few_whatever_clients_send(settings: Settings) -> None:
    with serving(settings) as client:
        for index in range(50):
            client.get(f"/v1/regions/{index}?x={index}")
            client.get(f"/{index}/{index}")
            client.request(["PROPFIND", "PUT", "REPORT", "BIND"][index % 4], "/v1")
        requests = families(client)["http_requests"].samples
        assert {each.labels["method"] for each in requests} <= {"GET", "other"}
        assert {each.labels["route"] for each in requests} == {"", "/v1", "/v1/regions/{region_number}"}


def asked_anew(url: str) -> float:
    """Return how often region 7 was asked for, as the worker says that accepts a new connection."""
    with httpx.Client(base_url=url) as client:
        return value(client, "http_requests_total", route="/v1/regions/{region_number}")


def test_several_workers_answer_with_the_sum_of_all_also_after_one_was_killed(sqlite_settings: Settings) -> None:
    with process(DATABASE_URL=sqlite_settings.database_url, WORKERS="2", ACCESS_LOG="0") as running:
        for _ in range(40):  # a connection for each, or one worker gets them all
            running.get("/v1/regions/7")
        with running.client() as client:
            until(lambda: value(client, "workers") == 2)
            until(lambda: value(client, "workers_resident_memory_bytes") > 60e6)
        until(lambda: [asked_anew(running.url) for _ in range(20)] == [40] * 20)
        worker = running.children()[-1]
        os.kill(worker, signal.SIGKILL)
        until(lambda: worker not in running.children() and running.answers("/readyz"))
        assert asked_anew(running.url) == 40
        with running.client() as client:
            until(lambda: value(client, "workers") == 2)
            time.sleep(1.5)
            assert value(client, "workers") == value(client, "workers_limit") == 2


WORKER = """
import sys, time
from pathlib import Path
from app.middleware.metrics import Metrics

metrics = Metrics(Path(sys.argv[1]), workers=2)
metrics.sources.append(lambda: {"cache_hits_total": 5, "cache_bytes": 7})
metrics.count("/v1", "GET", 200, 10, 0.001)
metrics.exposition()
print("ready", flush=True)
time.sleep(60)
"""


def shared_values(metrics: Metrics) -> dict[str, float]:
    told = text_string_to_metric_families(metrics.exposition().decode())
    return {each.name: each.value for family in told for each in family.samples}


def test_a_worker_counts_as_alive_while_its_process_lives_whatever_its_number_was(tmp_path: Path) -> None:
    """A process id that is reused says nothing: this one has files of a worker that is gone and of one that is not."""
    metrics = Metrics(tmp_path, workers=2)
    command = [sys.executable, "-c", WORKER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
        for number in (signal.SIGSTOP, signal.SIGCONT):
            worker.send_signal(number)
            told = shared_values(metrics)
            assert (told["workers"], told["cache_bytes"], told["cache_hits_total"]) == (2, 7, 5)
        worker.kill()
        worker.wait()
        for file in tmp_path.glob("*.json"):
            content = orjson.loads(file.read_bytes())
            file.write_bytes(orjson.dumps(content | {"process": os.getpid()}))
        told = shared_values(metrics)
        assert (told["workers"], told.get("cache_bytes"), told["cache_hits_total"]) == (1, None, 5)
        assert told["http_requests_total"] == 1


def test_who_asks_about_a_dead_worker_does_not_make_it_look_alive_to_others(tmp_path: Path) -> None:
    dead = Metrics(tmp_path)
    dead.exposition()
    (lock,) = tmp_path.glob("*.lock")
    lock.unlink()
    with lock.open("w") as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)
        assert shared_values(Metrics(tmp_path))["workers"] == 1


def test_a_count_costs_no_more_memory_for_being_made_often() -> None:
    metrics = Metrics()
    for method in ("GET", "BREW", "PROPFIND"):
        for _ in range(1000):
            metrics.count("/v1", method, 200, 10, 0.001)
    assert metrics.exposition().count(b"http_requests_total{") == 2


def test_a_shared_folder_that_is_gone_is_said_and_does_no_more_harm(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = Metrics(tmp_path / "gone")
    metrics.count("/v1", "GET", 200, 10, 0.001)
    assert b"workers_limit 1.0" in metrics.exposition()
    assert [record.name for record in caplog.records] == ["app.metrics"]


def test_what_only_grows_is_a_counter(site: httpx.Client) -> None:
    kinds = re.findall(r"^# TYPE (\S+) (\S+)$", site.get("/metrics").text, re.MULTILINE)
    named = {name for name, _ in kinds if name.endswith("_total")}
    assert {"http_requests_total", "cache_hits_total", "log_lines_dropped_total"} <= named
    assert {name for name, kind in kinds if kind == "counter"} == named

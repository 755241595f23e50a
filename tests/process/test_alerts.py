"""The rules for Prometheus, judged by its own tool: which alert rings, and that none rings for nothing."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.needs("promtool")

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"][0]["rules"]
INSTANCE = 'job="cluster-regions", instance="a"'

WELL = {
    f"up{{{INSTANCE}}}": "1x60",
    f"workers{{{INSTANCE}}}": "2x60",
    f"workers_limit{{{INSTANCE}}}": "2x60",
    f"database_reads_waiting{{{INSTANCE}}}": "0 5 0 0x57",
    f"cache_limit_bytes{{{INSTANCE}}}": "64e6x60",
    f"workers_resident_memory_bytes{{{INSTANCE}}}": "330e6x60",
    f'dataset_info{{{INSTANCE}, version="1"}}': "1x60",
    'dataset_info{job="cluster-regions", instance="b", version="1"}': "1x60",
    'dataset_info{job="cluster-regions", instance="c", version=""}': "1x60",
    f'http_requests_total{{{INSTANCE}, route="/readyz", status="200"}}': "0+6x60",
    f'http_requests_total{{{INSTANCE}, route="/readyz", status="503"}}': "0x60",
    f'http_requests_total{{{INSTANCE}, route="/v1/regions", status="200"}}': "0+600x60",
    f'http_requests_total{{{INSTANCE}, route="/v1/regions", status="422"}}': "0+600x60",
    f'http_requests_total{{{INSTANCE}, route="/v1/regions", status="503"}}': "0+6x60",
    f'http_request_duration_seconds_bucket{{{INSTANCE}, route="/v1/regions", le="1.0"}}': "0+1200x60",
    f'http_request_duration_seconds_bucket{{{INSTANCE}, route="/v1/regions", le="5.0"}}': "0+1206x60",
    f'http_request_duration_seconds_bucket{{{INSTANCE}, route="/v1/regions", le="+Inf"}}': "0+1206x60",
}
"""A sample a minute for an hour."""

ILL = {
    "InstanceDown": {f"up{{{INSTANCE}}}": "1x50 0x10"},
    "NotReady": {f'http_requests_total{{{INSTANCE}, route="/readyz", status="503"}}': "0x50 0+6x10"},
    "Failing": {f'http_requests_total{{{INSTANCE}, route="/v1/regions", status="500"}}': "0+60x60"},
    "Slow": {f'http_request_duration_seconds_bucket{{{INSTANCE}, route="/v1/regions", le="1.0"}}': "0+1190x60"},
    "ReadsWait": {f"database_reads_waiting{{{INSTANCE}}}": "0x50 5x10"},
    "WorkerMissing": {f"workers{{{INSTANCE}}}": "2x50 1x10"},
    "EditionsDiffer": {'dataset_info{job="cluster-regions", instance="d", version="2"}': "1x60"},
    "MemoryGrows": {f"workers_resident_memory_bytes{{{INSTANCE}}}": "600e6x60"},
}


def promtool(*arguments: str | Path) -> str:
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rings(work: Path, series: dict[str, str], ringing: str | None) -> None:
    """Fails unless exactly that alert rings at the end of the hour."""
    expected: list[dict[str, Any]] = [
        {
            "expr": f'count by (alertname) (ALERTS{{alertstate="firing", alertname="{rule["alert"]}"}})',
            "eval_time": "60m",
        }
        | ({"exp_samples": [{"labels": f'{{alertname="{ringing}"}}', "value": 1}]} if rule["alert"] == ringing else {})
        for rule in RULES
    ]
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": expected,
    }
    file = work / "test.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(DEPLOY / "alerts.yml")], "tests": [test]}))
    promtool("test", "rules", file)


def test_prometheus_takes_the_configuration_and_its_rules() -> None:
    promtool("check", "config", DEPLOY / "prometheus.yml")


def test_no_alert_rings_while_all_is_well(tmp_path: Path) -> None:
    rings(tmp_path, WELL, None)


@pytest.mark.parametrize("alert", ILL)
def test_an_alert_rings_for_its_fault_and_no_other_does(alert: str, tmp_path: Path) -> None:
    rings(tmp_path, WELL | ILL[alert], alert)


def test_every_alert_has_its_fault() -> None:
    assert [rule["alert"] for rule in RULES] == [*ILL]

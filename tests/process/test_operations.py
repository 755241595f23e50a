"""Test that everything that `docs/operations.md` and its files name is there; `compose.yaml`, too."""

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from app.settings import Settings
from tests.support import nginx
from tests.support.service import process, serving

PROJECT = Path(__file__).parents[2]
DOCUMENT = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
SHELL = "\n".join(re.findall("```sh\n(.*?)```", DOCUMENT, re.DOTALL)).replace("\\\n", " ")
SETTINGS = {
    file: dict(line.split("=", 1) for line in lines.splitlines())
    for file, lines in re.findall("```ini\n# (.+?)\n(.*?)```", DOCUMENT, re.DOTALL)
}
(LINE,) = re.findall("```json\n(.*?)\n```", DOCUMENT, re.DOTALL)
RULES = yaml.safe_load((PROJECT / "deploy" / "alerts.yml").read_text())["groups"][0]["rules"]
COMPOSE = yaml.safe_load((PROJECT / "compose.yaml").read_text())

PROGRAMS = {"chmod", "cp", "curl", "grep", "make", "nginx", "podman", "promtool", "sed"}
NO_SETTINGS = {"BASE", "REQUIREMENTS", "OTEL_TRACES_SAMPLER"}
"""Arguments of the build, and what OpenTelemetry reads itself."""


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below it."""
    section = re.split(rf"\n## \d+\. {heading}\n", DOCUMENT)[1].split("\n## ")[0]
    return [re.split(r" \| ", line.strip("| ")) for line in re.findall(r"^\|.+\|$", section, re.MULTILINE)][2:]


@pytest.fixture(scope="module")
def families(sqlite_settings: Settings) -> dict[str, Metric]:
    """Metrics of one worker that was asked something, by the names of their samples and by their own."""
    with serving(sqlite_settings) as client:
        for path in ("/v1/regions/7", "/readyz"):
            client.get(path)
        return {
            name: family
            for family in text_string_to_metric_families(client.get("/metrics").text)
            for name in (family.name, *(sample.name for sample in family.samples))
        }


def test_every_link_of_the_page_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", DOCUMENT)
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        file = PROJECT / "docs" / path
        assert file.is_file(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}, link


def test_every_command_of_the_page_exists() -> None:
    commands = [part.strip() for line in SHELL.splitlines() for part in line.split(" | ") if line]
    assert {command.split()[0] for command in commands} == PROGRAMS
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert {command.split()[1] for command in commands if command.startswith("make ")} <= targets
    assert all(find_spec(name) for name in re.findall(r"python -m (\w+)", SHELL))
    for path in re.findall(r"(?<!/)\b(?:deploy/|requirements)[\w./-]+", SHELL):
        assert (PROJECT / path).is_file(), path
    arguments = set(re.findall(r"^ARG (\w+)", (PROJECT / "Dockerfile").read_text(), re.MULTILINE))
    assert set(re.findall(r"--build-arg (\w+)=", DOCUMENT)) == arguments
    known = set((PROJECT / ".dockerignore").read_text().splitlines())
    assert {f"!{name}" for name in re.findall(r"requirements[\w-]*\.txt", SHELL)} <= known


def test_every_variable_of_the_page_is_a_setting_and_its_files_are_accepted() -> None:
    known = {name.upper() for name in Settings.model_fields}
    named = set(re.findall(r"`([A-Z][A-Z_]{3,})[`=]", DOCUMENT)) | set(re.findall(r"--env (\w+)=", SHELL))
    assert named - NO_SETTINGS <= known
    for variables in SETTINGS.values():
        assert variables.keys() <= known
        assert Settings.from_environment(variables)


def test_the_stop_time_out_is_long_enough_for_a_stop() -> None:
    settings = Settings.from_environment(SETTINGS["service.env"])
    longest = settings.drain_seconds + settings.finish_seconds
    allowed = set(map(int, re.findall(r"--stop-timeout (\d+)", SHELL)))
    assert allowed == {settings.drain_seconds + settings.read_timeout + 10}
    assert longest < max(allowed)


def test_the_proxy_waits_longer_than_a_read_can_take() -> None:
    (seconds,) = re.findall(r"proxy_read_timeout (\d+)s", nginx.PROXY)
    assert int(seconds) > 2 * Settings().read_timeout


def test_the_page_explains_every_metric_and_no_other(families: dict[str, Metric]) -> None:
    named = {name for cells in rows("Watch it") for name in re.findall(r"`(\w+)`", cells[0])}
    assert named <= families.keys()
    explained = {families[name].name for name in named}
    assert {family.name for family in families.values()} - explained <= {
        *("process_virtual_memory_bytes", "process_start_time_seconds", "process_cpu_seconds"),
        *("process_open_fds", "process_max_fds"),
    }


def test_every_alert_is_of_metrics_and_labels_that_there_are(families: dict[str, Metric]) -> None:
    (scrape,) = yaml.safe_load((PROJECT / "deploy" / "prometheus.yml").read_text())["scrape_configs"]
    selectors = [each for rule in RULES for each in re.findall(r"(\w+)\{([^}]*)\}", rule["expr"])]
    assert len(selectors) > len(RULES)
    for name, given in selectors:
        labels = dict(re.findall(r'(\w+)(?:=|=~|!=|!~)"([^"]*)"', given))
        assert labels.pop("job") == scrape["job_name"]
        if name != "up":
            samples = [sample for sample in families[name].samples if sample.name == name]
            assert all(labels.keys() <= sample.labels.keys() for sample in samples)
            assert samples


def test_the_page_says_what_to_do_about_every_alert() -> None:
    named = {name for cells in rows("What to do when") for name in re.findall(r"`([A-Z]\w+[a-z])`", cells[0])}
    assert named == {rule["alert"] for rule in RULES}


def test_the_line_of_the_log_is_a_real_one(sqlite_settings: Settings) -> None:
    with process(DATABASE_URL=sqlite_settings.database_url) as running:
        (name, value) = re.findall(r"--header '(\S+): (\S+)'", SHELL)[0]
        (path,) = re.findall(r"--header .+? http://[^/]+(\S+)", SHELL)
        running.get(path, headers={name: value})
        running.terminate()
        lines: list[dict[str, Any]] = [json.loads(line) for line in running.output() if line.startswith("{")]
    (real,) = (line for line in lines if line["request_id"] == value)
    shown = json.loads(LINE)
    varying = ("time", "milliseconds", "bytes")
    assert [*shown] == [*real]
    assert [shown[key] for key in shown if key not in varying] == [real[key] for key in real if key not in varying]


def built() -> Iterator[tuple[str, dict[str, Any]]]:
    """The services of `compose.yaml` that run the image."""
    yield from ((name, service) for name, service in COMPOSE["services"].items() if "build" in service)


def test_the_composition_sets_only_what_are_settings() -> None:
    assert dict(built()).keys() == {"seed", "service", "sqlite"}
    for _, service in built():
        given = service.get("environment", {})
        variables = {name: re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value) for name, value in given.items()}
        assert variables.keys() <= {name.upper() for name in Settings.model_fields}
        assert Settings.from_environment(variables)
        command = service.get("command", ["python", "-m", "app"])
        assert command[:2] == ["python", "-m"]
        assert find_spec(command[2])


def test_the_composition_names_only_what_is_in_it() -> None:
    for service in COMPOSE["services"].values():
        assert service.get("depends_on", {}).keys() <= COMPOSE["services"].keys()
        assert {volume.partition(":")[0] for volume in service.get("volumes", [])} <= COMPOSE["volumes"].keys()
        assert {each["source"] for each in service.get("configs", [])} <= COMPOSE["configs"].keys()


def test_the_composition_has_a_profile_with_postgresql_and_one_without() -> None:
    profiles: dict[str, set[str]] = {}
    for name, service in COMPOSE["services"].items():
        for profile in service["profiles"]:
            profiles.setdefault(profile, set()).add(name)
    assert profiles == {"sqlite": {"sqlite"}, "postgresql": {"primary", "standby", "seed", "service"}}
    for names in profiles.values():
        for name in names:
            assert COMPOSE["services"][name].get("depends_on", {}).keys() <= names

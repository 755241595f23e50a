"""What the README says is so."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.routers.catalogue import RESOURCES
from app.routers.regions.parameters import RegionQuery
from app.settings import Settings

README = (Path(__file__).parents[2] / "README.md").read_text()
REQUESTS = re.findall(r"```sh\ncurl '(http://127\.0\.0\.1:8000[^']+)'\n```\n```json\n(.+)\n```", README)


def holds(shown: Any, answer: Any) -> bool:
    """Whether all that is shown is in the answer."""
    if isinstance(shown, dict):
        return isinstance(answer, dict) and all(key in answer and holds(shown[key], answer[key]) for key in shown)
    if isinstance(shown, list):
        return len(shown) <= len(answer) and all(map(holds, shown, answer))
    return bool(shown == answer)


@pytest.mark.parametrize("url", re.findall(r"curl '(http://127\.0\.0\.1:8000[^']+)'", README))
def test_every_request_of_the_readme_is_answered(client: httpx.Client, url: str) -> None:
    assert client.get(url.removeprefix("http://127.0.0.1:8000")).status_code in (200, 422)


@pytest.mark.parametrize(("url", "shown"), REQUESTS)
def test_a_request_of_the_readme_is_answered_as_shown(client: httpx.Client, url: str, shown: str) -> None:
    answer = client.get(url.removeprefix("http://127.0.0.1:8000")).json()
    assert holds(json.loads(shown), answer), answer
    assert (
        len(json.loads(shown).get("items", [])) == 1 or "items" not in answer or answer["total"] == len(answer["items"])
    )


def test_the_readme_has_five_requests_worth_knowing() -> None:
    assert len(REQUESTS) >= 5


def test_every_list_is_in_the_readme_or_the_documents() -> None:
    texts = [README, *(path.read_text() for path in (Path(__file__).parents[2] / "docs").glob("*.md"))]
    for each in RESOURCES:
        assert any(f"`{each.path}`" in text for text in texts), f"describe {each.path} where README lists the paths"


def documented(heading: str) -> set[str]:
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (.+?) \|", section, re.MULTILINE))))


def test_every_parameter_is_in_the_readme_and_no_other() -> None:
    assert documented("Parameters") == RegionQuery.model_fields.keys() | {"bom"}


def test_every_variable_is_in_the_readme_with_its_default_and_no_other() -> None:
    assert documented("Settings") == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if field.default != "" else ""
        assert f"| `{name.upper()}` | {default} |".replace("|  |", "| |") in README


@pytest.mark.parametrize("report", ["tools/bench/RESULTS.md", "tools/bench/size/SIZE.md"])
def test_what_the_readme_quotes_of_a_benchmark_is_what_it_wrote(report: str) -> None:
    (quoted,) = re.findall(f"<!-- quoted from {report} -->\n(.*?)<!-- end -->", README, re.DOTALL)
    written = (Path(__file__).parents[2] / report).read_text(encoding="utf-8").split("\n")
    rows = [line for line in quoted.split("\n") if line.startswith("|")]
    assert rows
    assert [row for row in rows if row not in written] == []

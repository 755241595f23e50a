"""The documents: their requests are answered as shown, what they name exists, and nothing is missing from them."""

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.routers.catalogue import RESOURCES
from app.routers.regions.parameters import RegionQuery

ROOT = Path(__file__).parents[2]
FILES = [ROOT / name for name in ("README.md", "README.ja.md", "CONTRIBUTING.md")] + sorted(ROOT.glob("docs/**/*.md"))
TEXTS = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in FILES}
API = TEXTS["docs/api.md"]

CURL = r"curl '(http://127\.0\.0\.1:8000[^'…]+)'"
URLS = sorted({url for text in TEXTS.values() for url in re.findall(CURL, text)})
SHOWN = {
    name: re.findall(rf"```sh\n{CURL}\n```\n```json\n(.+)\n```", text)
    for name, text in TEXTS.items()
    if name in ("README.md", "README.ja.md", "docs/api.md")
}
REQUESTS = [request for requests in SHOWN.values() for request in requests]

NAMED = r"(?:app|migrations|seed|tests|tools|clients|deploy|docs)/[\w./-]*[\w/]"
"""A path of this project, as a document writes it in backquotes."""

HISTORY = "docs/decisions/"
"""A decision is of its day: it may name files that moved later."""


def contains(response: Any, shown: Any) -> bool:
    """Return whether all that is shown is in the response."""
    if isinstance(shown, dict):
        return isinstance(response, dict) and all(
            key in response and contains(response[key], shown[key]) for key in shown
        )
    if isinstance(shown, list):
        return len(shown) <= len(response) and all(map(contains, response, shown))
    return bool(shown == response)


@pytest.mark.parametrize("url", URLS)
def test_every_request_of_the_documents_is_answered(client: httpx.Client, url: str) -> None:
    refused = "fiscal_years=" in url  # the documents show how a misspelt parameter is refused
    assert client.get(url.removeprefix("http://127.0.0.1:8000")).status_code == (422 if refused else 200)


@pytest.mark.parametrize(("url", "shown"), REQUESTS)
def test_a_request_of_the_documents_is_answered_as_shown(client: httpx.Client, url: str, shown: str) -> None:
    response, expected = client.get(url.removeprefix("http://127.0.0.1:8000")).json(), json.loads(shown)
    assert contains(response, expected), response
    if "items" in response and len(expected.get("items", [])) != 1:
        assert response["total"] == len(response["items"])


def test_each_readme_shows_three_requests_and_the_api_more() -> None:
    assert {name: len(requests) for name, requests in SHOWN.items()} == {
        "README.md": 3,
        "README.ja.md": 3,
        "docs/api.md": len(re.findall(CURL, API)) - 1,  # the table has no answer in JSON
    }
    assert len(SHOWN["docs/api.md"]) >= 8


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_a_readme_is_short_and_leads_to_every_document(name: str) -> None:
    assert len(TEXTS[name].splitlines()) <= 150
    linked = {target.partition("#")[0] for target in re.findall(r"\]\(([^)]+)\)", TEXTS[name])}
    documents = {str(path.relative_to(ROOT)) for path in ROOT.glob("docs/*.md")}
    assert documents | {"CONTRIBUTING.md", "CHANGELOG.md", "docs/decisions/"} <= linked


def test_every_list_is_in_the_documents() -> None:
    for each in RESOURCES:
        assert f"`{each.path}`" in API, f"describe {each.path} under Resources in docs/api.md"


def test_every_parameter_is_in_the_documents_and_no_other() -> None:
    section = API.split("\n## Parameters\n")[1].split("\n## ")[0]
    names = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (.+?) \|", section, re.MULTILINE))))
    assert names == RegionQuery.model_fields.keys() | {"bom"}, "the table under Parameters in docs/api.md"


@pytest.mark.parametrize("report", ["tools/bench/RESULTS.md", "tools/bench/size/SIZE.md"])
def test_what_the_documents_quote_of_a_benchmark_is_what_it_wrote(report: str) -> None:
    text = TEXTS["docs/benchmarks.md"]
    (quoted,) = re.findall(f"<!-- quoted from {report} -->\n(.*?)<!-- end -->", text, re.DOTALL)
    written = (ROOT / report).read_text(encoding="utf-8").split("\n")
    rows = [line for line in quoted.split("\n") if line.startswith("|")]
    assert rows
    assert [row for row in rows if row not in written] == []


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings, as they are made for a page."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", TEXTS)
def test_every_link_between_documents_leads_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", TEXTS[name], flags=re.DOTALL)):
        if target.startswith(("http:", "https:")):
            continue
        path, _, anchor = target.partition("#")
        file = ((ROOT / name).parent / path).resolve() if path else ROOT / name
        assert file.exists(), f"{name}: {target}"
        assert not anchor or anchor in anchors(file.read_text(encoding="utf-8")), f"{name}: {target}"


@pytest.mark.parametrize("name", [name for name in TEXTS if not name.startswith(HISTORY)])
def test_every_file_that_a_document_names_exists(name: str) -> None:
    made = {"clients/python/cluster_regions", "clients/typescript/schema.d.ts"}
    text = re.sub(r"```.*?```|New file `.*?`", "", TEXTS[name], flags=re.DOTALL)  # a recipe makes such a file
    paths = {path for path in re.findall(rf"`({NAMED})`", text) if path not in made}
    assert {path for path in paths if not (ROOT / path).exists()} == set()


def test_every_make_command_that_a_document_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {command for text in TEXTS.values() for command in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)}
    assert named - commands == set()


def thresholds() -> dict[tuple[str, str], str]:
    """Return the values of the table in docs/architecture.md, by module and name."""
    section = TEXTS["docs/architecture.md"].split("\n## Thresholds\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| `([\w.]+)` \| ([\d.,]+) \|", section, re.MULTILINE)
    return {(module, name): value.replace(",", "") for name, module, value in rows}


@pytest.mark.parametrize(("module", "name"), thresholds())
def test_a_threshold_has_the_value_that_the_documents_say(module: str, name: str) -> None:
    assert getattr(import_module(module), name) == float(thresholds()[module, name])


def test_every_threshold_of_reads_search_and_seed_is_in_the_documents() -> None:
    module = "app.db.thresholds"
    assert {(module, name) for name in vars(import_module(module)) if name.isupper()} <= thresholds().keys()

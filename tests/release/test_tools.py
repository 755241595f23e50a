"""Tools that know nothing but the description: mock servers, proxies, collections; and programs that read the files."""

import csv
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import Settings
from tests.support.service import serving
from tests.support.waiting import WAIT_SECONDS, until
from tools import clients
from tools.postgres import free_port

PRISM = clients.TOOLS / "node_modules" / ".bin" / "prism"
SAMPLES = clients.PROJECT / "app" / "pages" / "samples"

Example = tuple[str, str, Any]
"""The target of a request, the media type of its answer, the answer."""


@pytest.fixture(scope="module")
def public(sqlite_settings: Settings) -> Iterator[httpx.Client]:
    """A client of a service that knows its address."""
    port = free_port()
    settings = sqlite_settings.model_copy(update={"public_base_url": f"http://127.0.0.1:{port}"})
    with serving(settings, port) as client:
        yield client


@pytest.fixture(scope="module")
def description(public: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("description") / "openapi.json"
    file.write_bytes(public.get("/openapi.json").content)
    return file


@pytest.fixture(scope="module")
def successes(description: Path) -> list[Example]:
    """The example of each operation that has one; of the others the path, for there is nothing in it to fill in."""
    found = []
    for path, item in json.loads(description.read_text())["paths"].items():
        content = item["get"]["responses"]["200"]["content"]
        media_type = next((kind for kind in content if "examples" in content[kind]), next(iter(content)))
        example = content[media_type].get("examples", {}).get("example", {"summary": f"GET {path}", "value": None})
        found.append((example["summary"].removeprefix("GET "), media_type, example["value"]))
    return found


# --- Prism --------------------------------------------------------------------------------------------------------


@contextmanager
def prism(*arguments: str | Path) -> Iterator[httpx.Client]:
    port = free_port()
    with (
        subprocess.Popen(
            [PRISM, *arguments, "--errors", "--port", str(port)], stdout=subprocess.PIPE, text=True
        ) as process,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Accept-Encoding": "*"},  # Prism passes on what a client accepts, and cannot read zstd itself
            limits=httpx.Limits(max_keepalive_connections=0),  # Prism closes idle ones after five seconds
            timeout=WAIT_SECONDS,
        ) as client,
    ):
        try:
            until(lambda: answers(client), message="Prism did not start in time")
            yield client
        finally:
            process.terminate()
            said = process.communicate()[0]
    assert not re.search("warn|violation", said, re.IGNORECASE), said


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/livez").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def prisms(public: httpx.Client, description: Path) -> Iterator[dict[str, httpx.Client]]:
    """Prism in place of the service, and between a client and the service, started at once."""
    with ExitStack() as stack:
        yield {
            "mock": stack.enter_context(prism("mock", description)),
            "proxy": stack.enter_context(prism("proxy", description, str(public.base_url))),
        }


@pytest.mark.needs("tools")
def test_the_mock_of_prism_answers_every_operation_with_its_example(
    prisms: dict[str, httpx.Client], successes: list[Example]
) -> None:
    for target, media_type, value in successes:
        answer = prisms["mock"].get(target, headers={"Accept": media_type})
        assert answer.status_code == 200, (target, answer.text)
        assert answer.headers["Content-Type"] == media_type
        assert value is None or (answer.text if isinstance(value, str) else answer.json()) == value, target


@pytest.mark.needs("tools")
def test_through_the_proxy_of_prism_every_answer_arrives_and_fits_the_description(
    prisms: dict[str, httpx.Client], public: httpx.Client, successes: list[Example]
) -> None:
    for target, media_type, _ in successes:
        answer = prisms["proxy"].get(target, headers={"Accept": media_type})
        assert answer.status_code == 200, (target, answer.text)
        assert "sl-violations" not in answer.headers, target
        if media_type.endswith("json") and "ndjson" not in media_type:  # which Prism writes anew
            assert answer.json() == public.get(target).json()
        elif target != "/metrics":
            assert answer.content == public.get(target).content


# --- Postman and Bruno --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def collections(description: Path) -> Path:
    """The folder with the collections."""
    clients.write_collections(description.parent, description)
    return description.parent


@pytest.fixture(scope="module")
def version(public: httpx.Client) -> str:
    """The version of the files, which no example can know."""
    url: str = public.get("/v1/dataset").json()["files"][0]["url"]
    return url.rsplit("/", 2)[1]


def leaves(items: list[Any], below: str) -> Iterator[Any]:
    """Yield the requests in the folders of a collection."""
    for item in items:
        yield from leaves(item[below], below) if below in item else [item]


@pytest.mark.needs("tools")
@pytest.mark.parametrize("everything", [False, True])
def test_the_collection_for_postman_calls_this_service_and_is_answered(
    public: httpx.Client, collections: Path, version: str, successes: list[Example], *, everything: bool
) -> None:
    collection = json.loads((collections / "postman.json").read_text())
    variables = {each["key"]: each["value"] for each in collection["variable"]}
    assert variables["baseUrl"] == str(public.base_url)
    requests = list(leaves(collection["item"], "item"))
    assert len(requests) == len(successes)
    for item in requests:
        url, headers = item["request"]["url"], item["request"]["header"]
        values = {each["key"]: each["value"] for each in url["variable"]} | {"version": version}
        path = "/".join(values[part[1:]] if part[0] == ":" else part for part in url["path"])
        address = "/".join([*url["host"], path])
        for key, value in variables.items():
            address = address.replace(f"{{{{{key}}}}}", value)
        query, given = (
            {each["key"]: each["value"] for each in some if everything or not each.get("disabled")}
            for some in (url.get("query", []), headers)
        )
        answer = httpx.get(address, params=query, headers=given, timeout=WAIT_SECONDS)
        assert answer.status_code == 200, (address, query, answer.text)
        if "/files/" not in path:  # which have the one type that their name says
            assert answer.headers["Content-Type"].partition(";")[0] == given["Accept"].partition(";")[0]


@pytest.mark.needs("tools")
def test_the_collection_for_bruno_calls_this_service_and_is_answered(
    public: httpx.Client, collections: Path, version: str, successes: list[Example]
) -> None:
    collection = json.loads((collections / "bruno.json").read_text())
    (environment,) = collection["environments"]
    variables = {each["name"]: each["value"] for each in environment["variables"]}
    assert variables == {"baseUrl": str(public.base_url)}
    requests = list(leaves(collection["items"], "items"))
    assert len(requests) == len(successes)
    for item in requests:
        request = item["request"]
        address = request["url"].replace("{{baseUrl}}", variables["baseUrl"])
        given: dict[str, str] = {}
        for each in request["params"]:
            if each["type"] == "path":
                address = address.replace(f":{each['name']}", version if each["name"] == "version" else each["value"])
            elif each["enabled"]:
                given[each["name"]] = each["value"]
        headers = {each["name"]: each["value"] for each in request["headers"] if each["enabled"]}
        answer = httpx.get(address, params=given, headers=headers, timeout=WAIT_SECONDS)
        assert answer.status_code == 200, (address, given, answer.text)


# --- programs that read the files ---------------------------------------------------------------------------------


@pytest.mark.needs("r")
def test_r_reads_the_csv_by_the_sample_of_the_guide(public: httpx.Client, tmp_path: Path) -> None:
    sample = (SAMPLES / "regions.R").read_text(encoding="utf-8").replace("http://127.0.0.1:8000", str(public.base_url))
    check = 'stopifnot(nrow(regions) == 29, regions$number[7] == 7, "01" %in% regions$annotations_prefectures_code)'
    script = tmp_path / "regions.R"
    script.write_text(f"options(warn = 2)\n{sample}\n{check}\n", encoding="utf-8")
    done = subprocess.run(["Rscript", "--vanilla", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.needs("libreoffice")
def test_libreoffice_reads_the_csv_as_it_is(public: httpx.Client, tmp_path: Path) -> None:
    source = tmp_path / "regions.csv"
    source.write_bytes(public.get("/v1/regions.csv").content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    as_utf8 = "Text - txt - csv (StarCalc):44,34,76"  # what its dialog proposes for a byte order mark
    for given, target in ((source, "ods"), (tmp_path / "read" / "regions.ods", f"csv:{as_utf8}")):
        program: list[str | Path] = [
            "soffice",
            profile,
            "--headless",
            f"--infilter={as_utf8}" if target == "ods" else "--norestore",
        ]
        program += ["--convert-to", target, "--outdir", tmp_path / "read", given]
        done = subprocess.run(program, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    read = list(csv.reader((tmp_path / "read" / "regions.csv").read_text(encoding="utf-8-sig").splitlines()))
    sent = list(csv.reader(source.read_text(encoding="utf-8-sig").splitlines()))
    names = [sent[0].index(name) for name in ("number", "name", "theme", "fiscal_year_start")]
    assert [[row[place] for place in names] for row in read] == [[row[place] for place in names] for row in sent]

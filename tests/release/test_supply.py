"""Test that what others made is locked, licensed, listed, and looked up for vulnerabilities."""

import json
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement

from tools.postgres import free_port
from tools.supply import audit, bill, licences, pins
from tools.supply.parts import INSIDE, Part

HASH = f"    --hash=sha256:{'0' * 64}\n"
ONE = f"fastapi==0.165.0 \\\n{HASH}    # via cluster-regions\nalembic==1.20.1 \\\n{HASH}"


@pytest.fixture(scope="module")
def shipped() -> list[licences.Package]:
    return licences.packages()


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """A lock file of two packages."""
    file = tmp_path / "requirements.txt"
    file.write_text(ONE)
    return file


@contextmanager
def advisories(status: int, body: str) -> Iterator[str]:
    """The URL of a source of advisories that has one answer to every question."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("file", [pins.SERVE, pins.TRACE, pins.DEVELOP])
def test_everything_is_locked_to_one_version_with_hashes(file: Path) -> None:
    read = pins.read(file.read_text())
    assert len(read) > 20
    assert all(pin.hashes for pin in read)


@pytest.mark.parametrize(
    "line",
    [
        "fastapi",
        "fastapi>=0.165",
        "fastapi==0.165.0",
        f"fastapi==0.165.0 \\\n{HASH.replace('sha256', 'md5')}",
        f"fastapi>=0.165 \\\n{HASH}",
        "--index-url https://packages.example/simple",
        "--find-links wheels",
        "-e .",
        "fastapi @ git+https://example.org/fastapi",
    ],
)
def test_a_line_that_does_not_lock_is_found(line: str) -> None:
    with pytest.raises(pins.Unpinned, match=re.escape(line.partition("\n")[0])):
        pins.read(f"{ONE}{line}\n")


def test_what_serves_is_developed_with_the_same_versions() -> None:
    serve, trace, develop = (
        {(pin.name, pin.version, pin.hashes) for pin in pins.read(file.read_text())}
        for file in (pins.SERVE, pins.TRACE, pins.DEVELOP)
    )
    assert serve < trace < develop


def test_the_lock_is_in_step_with_the_project() -> None:
    project = tomllib.loads((pins.PROJECT / "pyproject.toml").read_text())
    for file, wanted in (
        (pins.SERVE, project["project"]["dependencies"]),
        (pins.TRACE, project["project"]["optional-dependencies"]["tracing"]),
        (pins.DEVELOP, project["project"]["dependencies"] + project["dependency-groups"]["dev"]),
    ):
        versions = {pin.name: pin.version for pin in pins.read(file.read_text())}
        for requirement in map(Requirement, wanted):
            assert requirement.specifier.contains(versions[requirement.name]), requirement


def test_no_file_that_installs_something_names_a_host() -> None:
    locks = (file.name for file in (pins.SERVE, pins.TRACE, pins.DEVELOP))
    for name in (*locks, "pyproject.toml", "Dockerfile", "Makefile", ".ci/run"):
        assert set(re.findall(r"://([^/:\s]+)", (pins.PROJECT / name).read_text())) <= {"127.0.0.1"}, name
    assert "://" not in (pins.PROJECT / "clients" / "typescript" / "package.json").read_text()


def test_everything_that_is_shipped_has_a_licence_that_is_all_right(shipped: list[licences.Package]) -> None:
    assert licences.objections(shipped) == []


def test_the_page_of_licences_is_what_is_installed(shipped: list[licences.Package]) -> None:
    assert (pins.PROJECT / "LICENCES.md").read_text() == licences.page(shipped), "make licences"


@pytest.mark.parametrize(
    ("expression", "permissive"),
    [
        ("MIT", True),
        ("MIT AND BSD-3-Clause", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR GPL-3.0-only) AND Apache-2.0 WITH LLVM-exception", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", False),
        ("LGPL-3.0-only", False),
        ("AGPL-3.0-or-later OR LGPL-3.0-only", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
    ],
)
def test_a_licence_is_permissive_if_a_choice_makes_it_so(expression: str, permissive: bool) -> None:
    assert licences.is_permissive(expression) is permissive


@pytest.mark.parametrize(
    ("expression", "objection"),
    [
        ("", "new: names no licence"),
        ("GPL-3.0-only", "new: GPL-3.0-only is not permissive"),
        ("BSD License", "new: 'BSD License' is no SPDX expression"),
        ("Proprietary", "new: 'Proprietary' is no SPDX expression"),
        ("MIT AND", "new: 'MIT AND' is no SPDX expression"),
    ],
)
def test_a_new_package_or_part_with_a_doubtful_licence_is_objected_to(expression: str, objection: str) -> None:
    pin = pins.Pin("new", "1", "", ("0" * 64,))
    of_itself = licences.Package(pin, expression, ())
    of_a_part = licences.Package(pins.Pin("host", "1", "", ()), "MIT", (Part("host", "new", expression),))
    for package in (of_itself, of_a_part):
        (line,) = licences.objections([package])
        assert line.startswith(objection)


def test_what_is_said_by_hand_is_needed(shipped: list[licences.Package]) -> None:
    named = {package.pin.name: package.licence for package in shipped}
    parts = {part.name: part.licence for package in shipped for part in package.parts}
    assert {name for name in licences.REASONS if licences.is_permissive((named | parts)[name])} == set()
    for name in licences.UNSAID:
        assert "License-Expression" not in distribution(name).metadata
    assert {part.package for part in INSIDE} <= {*named}


def test_every_shared_library_inside_a_package_is_listed(shipped: list[licences.Package]) -> None:
    found = {
        (package.pin.name, re.split(r"[-.]", file.name)[0])
        for package in shipped
        for file in distribution(package.pin.name).files or ()
        if file.parts[0].endswith((".libs", ".dylibs"))
    }
    assert found <= {(part.package, part.name) for part in INSIDE}


@pytest.mark.parametrize(
    ("name", "file", "said"),
    [
        ("swagger-ui", "swagger-ui-bundle.js", 'PACKAGE_VERSION:"{}"'),
        ("redoc", "redoc.standalone.js", 'ReDoc Version: ","{}"'),
    ],
)
def test_the_explorers_are_of_the_version_that_is_listed(name: str, file: str, said: str) -> None:
    text = Path(str(distribution("fastapi-offline").locate_file(f"fastapi_offline/static/{file}"))).read_text()
    (version,) = (part.version for part in INSIDE if part.name == name)
    assert said.format(version) in text


def test_the_bill_of_materials_lists_what_is_locked_to_serve(shipped: list[licences.Package]) -> None:
    text = bill.bill(shipped)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    listed = {
        (each["name"], each["version"]): {value["content"] for value in each["hashes"]}
        for each in json.loads(text)["components"]
    }
    assert listed == {(pin.name, pin.version): {*pin.hashes} for pin in pins.shipped()}


def test_the_bill_of_materials_tells_what_is_inside_the_packages(shipped: list[licences.Package]) -> None:
    components = {each["name"]: each for each in json.loads(bill.bill(shipped))["components"]}
    for package, part in (("fastapi-offline", "swagger-ui"), ("psycopg-binary", "libpq"), ("pydantic-core", "serde")):
        (inside,) = (each for each in components[package]["components"] if each["name"] == part)
        assert inside["licenses"]


def test_without_data_the_audit_fails_and_says_so_in_a_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.supply", "audit"],
        cwd=pins.PROJECT,
        env={"PIP_AUDIT_OSV_URL": f"http://127.0.0.1:{free_port()}/"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == audit.UNAVAILABLE
    assert re.fullmatch(r"not audited: the data on vulnerabilities is out of reach \(.+\)\n", done.stderr)
    assert done.stdout == ""


VULNERABLE = {
    "vulns": [
        {
            "id": "PYSEC-2026-1",
            "affected": [
                {
                    "package": {"name": "fastapi", "ecosystem": "PyPI"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "0.166.0"}]}],
                }
            ],
        }
    ]
}


@pytest.mark.parametrize(
    ("status", "body", "code", "line"),
    [
        (200, "{}", audit.SOUND, "no known vulnerability in 2 packages"),
        (200, json.dumps(VULNERABLE), audit.VULNERABLE, "fastapi 0.165.0: PYSEC-2026-1, mended in 0.166.0"),
        (200, "<html>Please log in</html>", audit.UNAVAILABLE, "not audited: "),
        (404, "{}", audit.UNAVAILABLE, "not audited: "),
        (503, "", audit.UNAVAILABLE, "not audited: "),
    ],
)
def test_only_an_answer_about_every_package_is_an_audit(
    locked: Path, monkeypatch: pytest.MonkeyPatch, status: int, body: str, code: int, line: str
) -> None:
    with advisories(status, body) as url:
        monkeypatch.setenv("PIP_AUDIT_OSV_URL", url)
        found, lines = audit.audit(locked)
    assert found == code
    assert any(each.startswith(line) for each in lines), lines

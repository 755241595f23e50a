"""The JSON-LD of the pages against the types that Google wrote of the vocabulary of schema.org (`schema-dts`)."""

import json
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from tools import clients

pytestmark = pytest.mark.needs("typescript")

PAGES = {"/": "Dataset", "/?lang=en": "Dataset"} | {
    f"/regions/{number}{end}": "ResearchProject" for number in (1, 7, 12, 18, 29) for end in ("", "/en")
}


def errors(folder: Path, statements: dict[str, str]) -> str:
    """Return what the compiler says of data, each given with its type."""
    (folder / "node_modules").symlink_to(clients.NODE / "node_modules")
    lines = [f'import type {{ {", ".join(sorted({*statements.values()}))}, WithContext }} from "schema-dts";']
    lines += [
        f"export const data{n}: WithContext<{kind}> = {data};" for n, (data, kind) in enumerate(statements.items())
    ]
    (folder / "data.ts").write_text("\n".join(lines), encoding="utf-8")
    options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "esnext", "--moduleResolution", "bundler"]
    program = clients.NODE / "node_modules" / ".bin" / "tsc"
    return subprocess.run([program, *options, "data.ts"], cwd=folder, capture_output=True, text=True).stdout


def test_the_structured_data_of_the_pages_are_of_their_types(site: httpx.Client, tmp_path: Path) -> None:
    statements = {}
    for path, kind in PAGES.items():
        (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', site.get(path).text, re.DOTALL)
        assert json.loads(block)["@type"] == kind
        statements[block] = kind
    assert errors(tmp_path, statements) == ""


def test_a_property_that_the_type_lacks_is_found(tmp_path: Path) -> None:
    wrong = '{"@context": "https://schema.org", "@type": "Dataset", "colour": "red"}'
    assert "'\"colour\"' does not exist" in errors(tmp_path, {wrong: "Dataset"})

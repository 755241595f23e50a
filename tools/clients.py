"""Typed clients, generated from `openapi.json`: `python -m tools.clients`."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
HERE = PROJECT / "clients"
DESCRIPTION = PROJECT / "openapi.json"
NODE = HERE / "typescript"
TOOLS = HERE / "tools"


def write_python(folder: Path, description: Path = DESCRIPTION) -> None:
    """A package with httpx and attrs, by openapi-python-client."""
    program = Path(sys.executable).with_name("openapi-python-client")
    config = HERE / "python" / "config.yaml"
    options: list[str | Path] = [
        "--path",
        description,
        "--output-path",
        folder,
        "--config",
        config,
        "--meta",
        "none",
        "--overwrite",
    ]
    subprocess.run([program, "generate", "--fail-on-warning", *options], check=True)


def write_typescript(file: Path) -> None:
    """The types, by openapi-typescript; openapi-fetch makes a client of them."""
    program = NODE / "node_modules" / ".bin" / "openapi-typescript"
    subprocess.run([program, DESCRIPTION, "--output", file], check=True)


def write_collections(folder: Path, description: Path = DESCRIPTION) -> None:
    """Write `postman.json` and `bruno.json`, by the converters of Postman and Bruno."""
    subprocess.run(["node", TOOLS / "collections.mjs", description, folder], check=True)


if __name__ == "__main__":
    write_python(HERE / "python" / "cluster_regions")
    write_typescript(NODE / "schema.d.ts")

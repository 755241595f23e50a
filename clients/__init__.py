"""Typed clients, generated from `openapi.json`: `python -m clients`."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
DESCRIPTION = HERE.parent / "openapi.json"
NODE = HERE / "typescript"


def write_python(folder: Path) -> None:
    """A package with httpx and attrs, by openapi-python-client."""
    program = Path(sys.executable).with_name("openapi-python-client")
    config = HERE / "python" / "config.yaml"
    options: list[str | Path] = [
        "--path",
        DESCRIPTION,
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

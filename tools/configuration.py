"""`python -m tools.configuration`: write `docs/configuration.md` from the settings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "configuration.md"

_TEXT = """# Configuration

Made from `app/settings.py` by `make docs`; a test holds this page against it. Every setting is an environment variable.
The service reads them once, when it starts. A wrong value ends the start with one line that names the variable.

| variable | default | values | meaning |
|---|---|---|---|
{rows}

In a password of `DATABASE_URL`, write `/ ? # @ :` as `%2F %3F %23 %40 %3A`. [PostgreSQL in production](postgresql.md)
describes URLs with several hosts.

## Ways to start

| command | from |
|---|---|
| `make run` | this folder; migrates and seeds first |
| `python -m app` | this folder or the image, in an environment with `requirements.txt` |
| `cluster-regions serve` | anywhere, after `pip install .` or `pip install -e .` |
| `uvicorn app.main:app` | anywhere, as the command before; for trying the application under another server |

`cluster-regions` also has `seed`, `migrate`, `export FOLDER` and `openapi`; `python -m seed`, `alembic upgrade head`,
`python -m tools.static_site FOLDER` and `python -m app --openapi` do the same in this folder. Its packages are called
`app`, `migrations`, `seed` and `tools`: install it into an environment of its own.

`uvicorn app.main:app`, and any other ASGI server, runs the application without `app/server`. It then lacks:

- raw UTF-8 in URLs: `curl '…?q=医療'` gets the server's own 400
- the limits for slow clients, for the size of a request head, for pipelined requests and for connections
- problem documents (RFC 9457) for requests that the server itself refuses
- closing the connection after a request with a body
- the checks of the settings and the database before the start
- `ACCESS_LOG`, `HOST`, `PORT`, `WORKERS`, `DRAIN_SECONDS`; each of several workers shows its own metrics only
"""


def page() -> str:
    """Return the page."""
    return _TEXT.format(rows="\n".join(f"| {' | '.join(row)} |" for row in _rows()))


def _rows() -> Iterator[tuple[str, str, str, str]]:
    """Yield the cells of each setting."""
    for name, schema in Settings.model_json_schema()["properties"].items():
        default = schema["default"]
        shown = f"`{str(default).lower() if isinstance(default, bool) else default}`" if default != "" else ""
        yield f"`{name.upper()}`", shown, _values(schema), schema["description"]


def _values(schema: dict[str, Any]) -> str:
    """Describe the type and the bounds of a setting."""
    kind = {"boolean": "`true` or `false`", "integer": "integer", "number": "number", "string": "text"}[schema["type"]]
    if "maximum" not in schema:
        return kind
    least = f"{schema['minimum']:g}" if "minimum" in schema else f"more than {schema['exclusiveMinimum']:g}"
    return f"{kind}, {least} to {int(schema['maximum'])}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""Who may know whom, read off the syntax trees."""

import ast
import tomllib
from pathlib import Path

import pytest

from app import __version__

APP = Path(__file__).parents[2] / "app"
MODULES = sorted(path.stem for path in APP.glob("*.py"))

LAYERS = [
    [
        *("__init__", "models", "settings", "messages", "folding", "coding", "conditional", "headers"),
        *("drain", "logs", "silence", "once", "suggestions", "sql", "grams"),
    ],
    ["eras", "tables", "negotiation", "fields", "models_about", "engines", "metrics", "compression"],
    ["problems", "search", "formats"],
    ["occurrences", "parameter_errors"],
    ["parameters"],
    ["edition", "inquiry"],
    ["statement", "paging"],
    ["read"],
    ["database"],
    ["withdrawals", "tracing"],
    ["answer", "access", "caching"],
    ["openapi", "assets"],
    ["fiscal_years"],
    ["regions_filters"],
    ["regions_query"],
    ["regions_select"],
    ["regions_plan"],
    ["facets", "pages"],
    ["regions", "programs", "subcategories", "prefectures", "corrections", "changes", "meta", "docs", "llms"],
    ["catalogue", "files", "linked_data"],
    ["dataset"],
    ["main", "refusals", "start"],
    ["wire"],
    ["server"],
    ["__main__"],
]
"""From the bottom up; a module imports only from layers below its own."""

PURE = {
    "models",
    "models_about",
    "linked_data",
    "files",
    "settings",
    "search",
    "occurrences",
    "folding",
    "grams",
    "eras",
    "tables",
    "engines",
    "messages",
    "parameters",
    "paging",
    "fields",
}
SQL = {
    *("models_about", "linked_data", "files", "catalogue", "llms"),
    *("models", "settings", "folding", "eras", "messages", "parameters", "paging", "fields", "formats", "problems"),
    *(
        "caching",
        "headers",
        "coding",
        "conditional",
        "negotiation",
        "access",
        "answer",
        "openapi",
        "main",
        "pages",
        "facets",
        "regions_query",
        "regions_plan",
        "grams",
    ),
}

UNKNOWN = {
    "fastapi": PURE,
    "starlette": PURE,
    "sqlalchemy": SQL,
    "sqlmodel": SQL,
    "os": set(MODULES) - {"settings", "drain", "logs", "metrics", "server", "__main__"},  # the environment, processes
}


def imports(module: str) -> set[str]:
    """The modules of the house and the packages from outside that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((APP / f"{module}.py").read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "app":
            found |= {f"app.{alias.name}" for alias in node.names if alias.name in MODULES}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module if node.module.startswith("app.") else node.module.partition(".")[0])
    return found


def test_every_module_has_its_layer() -> None:
    assert sorted(module for layer in LAYERS for module in layer) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down_only(module: str) -> None:
    layer = next(index for index, layer in enumerate(LAYERS) if module in layer)
    below = {f"app.{name}" for names in LAYERS[:layer] for name in names}
    assert {name for name in imports(module) if name.startswith("app.")} <= below


@pytest.mark.parametrize("package", UNKNOWN)
def test_modules_do_not_know_what_is_not_their_business(package: str) -> None:
    assert {module for module in UNKNOWN[package] if package in imports(module)} == set()


def test_nothing_in_the_app_knows_the_seed_or_the_migrations() -> None:
    for module in MODULES:
        assert imports(module).isdisjoint({"seed", "migrations", "export", "alembic"})


def test_the_version_is_the_same_wherever_it_stands() -> None:
    project = tomllib.loads((APP.parent / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
    assert f"## {__version__} " in (APP.parent / "CHANGELOG.md").read_text()


def test_files_are_short_enough_to_read() -> None:
    assert {path.name for path in APP.glob("*.py") if len(path.read_text().splitlines()) > 260} == set()

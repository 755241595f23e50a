"""The layers of `app`, read off the syntax trees."""

import ast
import tomllib
from pathlib import Path

import pytest

from app import __version__

PROJECT = Path(__file__).parents[2]
APP = PROJECT / "app"

LAYERS = ("server", "main", "middleware", "pages", "routers", "http", "search", "db", "schemas", "japanese")
"""From the top: a module imports its own layer and those that stand behind it. Everybody may read `settings`."""

MODULES = {str(path.relative_to(APP)): path for path in sorted(APP.rglob("*.py"))}


def imported(path: Path) -> set[str]:
    """Return the layers that a module imports, and the packages from outside."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            package, _, rest = node.module.partition(".")
            names = [rest] if rest else [alias.name for alias in node.names]
            found |= {name.partition(".")[0] for name in names} if package == "app" else {package}
    return found


def layer(module: str) -> str:
    return Path(module).parts[0].removesuffix(".py")


@pytest.mark.parametrize("module", [module for module in MODULES if layer(module) in LAYERS])
def test_imports_point_to_lower_layers_only(module: str) -> None:
    above = LAYERS[: LAYERS.index(layer(module))]
    assert imported(MODULES[module]).isdisjoint(above)


def test_every_module_has_a_layer() -> None:
    assert {layer(module) for module in MODULES} == {*LAYERS, "__init__", "__main__", "settings"}


def test_settings_read_the_environment_and_nothing_of_the_application() -> None:
    assert imported(APP / "settings.py").isdisjoint({*LAYERS, "sqlalchemy", "starlette", "fastapi"})


@pytest.mark.parametrize("name", ["schemas", "japanese"])
def test_pure_layers_know_neither_the_web_nor_a_database(name: str) -> None:
    for module in MODULES:
        if layer(module) == name:
            assert imported(MODULES[module]).isdisjoint({"fastapi", "starlette", "sqlalchemy", "sqlmodel", "os"}), (
                module
            )


def test_nothing_in_the_app_knows_who_uses_it() -> None:
    for module, path in MODULES.items():
        assert imported(path).isdisjoint({"seed", "migrations", "tools", "clients", "tests", "alembic"}), module


@pytest.mark.parametrize("folder", ["app", "clients", "migrations", "seed", "tools"])
def test_nothing_outside_tests_imports_tests(folder: str) -> None:
    for path in (PROJECT / folder).rglob("*.py"):
        if "node_modules" not in path.parts:
            assert "tests" not in imported(path), path


def test_the_version_is_the_same_wherever_it_stands() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
    assert f"## {__version__} " in (PROJECT / "CHANGELOG.md").read_text()
    assert f'image.version="{__version__}"' in (PROJECT / "Dockerfile").read_text()


def test_files_are_short_enough_to_read() -> None:
    assert {module for module, path in MODULES.items() if len(path.read_text().splitlines()) > 260} == set()

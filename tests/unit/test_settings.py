import re

import pytest
from starlette.routing import Route

from app.db.database import Database
from app.main import create_api
from app.settings import OWN_PATHS, Invalid, Settings
from tools import configuration

NO_ADDRESSES = [
    *("example.jp/a?b", "example.jp/a#b", "example.jp?b", "example.jp#b", "example.jp/a?", "example.jp/a#"),
    *("example.jp/a/", "example.jp//a", "example.jp/v1/", "user@example.jp", "user:secret@example.jp"),
    *("", ":80", ".", "a..b", "example.jp:", "example.jp:0", "example.jp:65536", "example.jp:http", "[::1"),
    *("example.jp/a b", "example.jp/a\n", "例え.jp", "example.jp/地域", 'example.jp/"', "example.jp/<a>"),
    *("example.jp/.", "example.jp/a/..", "example.jp/%2e%2e/a", "example.jp/a%2Fb", "example.jp/%zz", "example.jp/%FF"),
    "example.jp/a%00",
]


def test_without_an_environment_everything_has_its_default() -> None:
    settings = Settings.from_environment({})
    assert (settings.database_url, settings.host, settings.port) == ("sqlite:///regions.sqlite", "127.0.0.1", 8000)


def test_the_environment_is_read_by_the_names_of_the_fields_in_capitals() -> None:
    assert Settings.from_environment({"PORT": "9000", "HOME": "/", "port": "1"}).port == 9000


WRONG = {
    "DATABASE_URL": ["", "mysql://localhost/x", "sqlite://", "sqlite:///regions.sqlite?mode=rwc"],
    "PORT": ["0", "65536", "http", "80_0"],
    "ACCESS_LOG": ["perhaps"],
    "WORKERS": ["0", "many", "1_0"],
    "PUBLIC_BASE_URL": [
        *("example.jp", "https://example.jp/", "//example.jp", "ftp://example.jp", "https://example.jp/v1"),
        *(f"https://{rest}" for rest in NO_ADDRESSES),
    ],
    "DATABASE_POOL_SIZE": ["0", "1_0"],
    "CACHE_BYTES": ["64 MB", "1_000"],
    "DATABASE_PREPARE": ["maybe"],
    "READ_TIMEOUT": ["0", "-1", "nan", "1_0"],
    "DRAIN_SECONDS": ["soon", "1_0"],
    "OTEL_EXPORTER_OTLP_ENDPOINT": ["collector:4318"],
}


def test_every_setting_has_a_wrong_value_here() -> None:
    assert WRONG.keys() | {"HOST"} == {name.upper() for name in Settings.model_fields}  # who listens there finds out


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_setting_is_one_line_that_names_it(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        Settings.from_environment({name: value})
    assert str(refused.value).startswith(f"{name}: ")
    assert len(str(refused.value).splitlines()) == 1


def test_every_wrong_setting_has_its_line() -> None:
    with pytest.raises(Invalid) as refused:
        Settings.from_environment({"PORT": "x", "WORKERS": "x"})
    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == ["PORT", "WORKERS"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.jp",
        "http://127.0.0.1:8000",
        "http://[::1]:8000/a",
        "https://example.jp/clusters",
        "https://example.jp/clusters/v1",
        "https://example.jp/v10",
        "https://example.jp/%E5%9C%B0%E5%9F%9F",
        "https://docs.example.jp/data",
    ],
)
def test_a_public_address_may_have_a_path(url: str) -> None:
    assert Settings.from_environment({"PUBLIC_BASE_URL": url}).public_base_url == url


@pytest.mark.parametrize("own", [*sorted(OWN_PATHS), "v1/a", "%761"])
def test_a_public_address_is_not_below_a_path_of_the_service(own: str) -> None:
    with pytest.raises(Invalid, match=r"^PUBLIC_BASE_URL: .* is a path of the service itself; choose another one$"):
        Settings.from_environment({"PUBLIC_BASE_URL": f"https://example.jp/{own}"})


def test_the_paths_of_the_service_are_those_of_its_routes() -> None:
    settings = Settings()
    routes = create_api(settings, Database(settings)).routes
    assert {route.path.split("/")[1] for route in routes if isinstance(route, Route)} - {""} == OWN_PATHS


def test_the_page_of_settings_is_current() -> None:
    assert configuration.PAGE.read_text(encoding="utf-8") == configuration.page(), "run `make docs`"


def test_the_page_of_settings_names_each_with_its_bounds() -> None:
    rows = {line.split(" | ")[0].strip("| `"): line for line in configuration.page().splitlines() if "|" in line}
    assert {name.upper() for name in Settings.model_fields} <= rows.keys()
    assert "integer, 1 to 65535" in rows["PORT"]
    assert "number, more than 0 to 60" in rows["READ_TIMEOUT"]
    for name, field in Settings.model_fields.items():
        bounds = [getattr(each, kind) for each in field.metadata for kind in ("ge", "gt", "le") if hasattr(each, kind)]
        assert len(bounds) == (2 if field.annotation in (int, float) else 0), name
        assert not bounds or re.search(r"\b{} to {} \|".format(*bounds), rows[name.upper()]), name

import pytest

from app.settings import Invalid, Settings


def test_without_an_environment_everything_has_its_default() -> None:
    settings = Settings.from_environment({})
    assert (settings.database_url, settings.host, settings.port) == ("sqlite:///regions.sqlite", "127.0.0.1", 8000)


def test_the_environment_is_read_by_the_names_of_the_fields_in_capitals() -> None:
    assert Settings.from_environment({"PORT": "9000", "HOME": "/", "port": "1"}).port == 9000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("WORKERS", "0"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "sqlite://"),
        ("PUBLIC_BASE_URL", "example.jp"),
        ("PUBLIC_BASE_URL", "https://example.jp/"),
        ("PUBLIC_BASE_URL", "https://example.jp/a?b"),
        ("READ_TIMEOUT", "0"),
        ("READ_TIMEOUT", "nan"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        Settings.from_environment({name: value})
    assert str(refused.value).startswith(f"{name}: ")
    assert len(str(refused.value).splitlines()) == 1


def test_every_wrong_setting_has_its_line() -> None:
    with pytest.raises(Invalid) as refused:
        Settings.from_environment({"PORT": "x", "WORKERS": "x"})
    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == ["PORT", "WORKERS"]

"""Settings from the environment: every value is used or refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from pointwork.errors import ConfigurationError
from pointwork.settings import DEVELOPMENT_ORIGINS, Settings, default_data_dir

HOME = Path.home()


def test_without_any() -> None:
    settings = Settings.from_environment({})
    assert settings.host == "127.0.0.1"
    assert settings.port == 8000
    assert settings.database == settings.data_dir / "pointwork.db"
    assert (settings.log_level, settings.durability, settings.offline_demo) == ("INFO", "commit", True)
    assert settings.origins == DEVELOPMENT_ORIGINS
    assert settings.openai_api_key is None


def test_with_all() -> None:
    settings = Settings.from_environment(
        {
            "POINTWORK_DATA_DIR": "/srv/p",
            "DATABASE_URL": "sqlite:////var/other%20place.db",
            "POINTWORK_HOST": "::1",
            "PORT": "9000",
            "LOG_LEVEL": "debug",
            "POINTWORK_ORIGINS": "https://App.example/, http://localhost:5173",
            "POINTWORK_DURABILITY": "Power",
            "OPENAI_API_KEY": "sk-canary",
            "OPENAI_BASE_URL": "http://127.0.0.1:11434/v1",
            "POINTWORK_OFFLINE_DEMO": "off",
        }
    )
    assert settings == Settings(
        data_dir=Path("/srv/p"),
        database=Path("/var/other place.db"),
        host="::1",
        port=9000,
        log_level="DEBUG",
        origins=("https://app.example", "http://localhost:5173"),
        durability="power",
        openai_api_key="sk-canary",
        openai_base_url="http://127.0.0.1:11434/v1",
        offline_demo=False,
        tools_dir=Path("/srv/p/tools"),
        mcp_config=Path("/srv/p/mcp.json"),
    )
    assert "canary" not in repr(settings)


@pytest.mark.parametrize(
    ("environment", "name", "value"),
    [
        ({"POINTWORK_PORT": "1", "PORT": "2"}, "port", 1),  # our own name wins
        ({"PORT": "  "}, "port", 8000),  # empty is absent
        ({"DATA_DIR": "~/p"}, "data_dir", HOME / "p"),
        ({"DATABASE_URL": "sqlite+aiosqlite:///p.db"}, "database", Path.cwd() / "p.db"),
        ({"POINTWORK_ORIGINS": ""}, "origins", ()),
        ({"CORS_ORIGINS": "http://a.example"}, "origins", ("http://a.example",)),
        ({"HOST": "x86_64-conda-linux-gnu"}, "host", "127.0.0.1"),  # shells set HOST to what they like
    ],
)
def test_details(environment: dict[str, str], name: str, value: object) -> None:
    assert getattr(Settings.from_environment(environment), name) == value


@pytest.mark.parametrize(
    "environment",
    [
        {"PORT": "http"},
        {"PORT": "-1"},
        {"PORT": "65536"},
        {"PORT": "9" * 50},
        {"PORT": "8_0"},
        {"LOG_LEVEL": "loud"},
        {"POINTWORK_DURABILITY": "maybe"},
        {"POINTWORK_OFFLINE_DEMO": "perhaps"},
        {"POINTWORK_ORIGINS": "*"},
        {"POINTWORK_ORIGINS": "http://a.example/path"},
        {"POINTWORK_ORIGINS": "http://u:p@a.example"},
        {"POINTWORK_ORIGINS": "ftp://a.example"},
        {"POINTWORK_ORIGINS": "http://[::1"},
        {"CORS_ORIGINS": "http://a.example:99999"},
        {"DATABASE_URL": "postgresql://u:hunter2@db/p"},
        {"DATABASE_URL": "mysql://u:hunter2@db/p"},
        {"DATABASE_URL": "sqlite://"},
        {"DATABASE_URL": "sqlite:///:memory:"},
        {"DATABASE_URL": "p.db"},
        {"OPENAI_BASE_URL": "localhost:11434"},
    ],
)
def test_a_value_that_does_not_fit_is_named(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Settings.from_environment(environment)
    assert next(iter(environment)) in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {}, HOME / ".local/share/pointwork"),
        ("linux", {"XDG_DATA_HOME": "/x"}, Path("/x/pointwork")),
        ("linux", {"XDG_DATA_HOME": "relative"}, HOME / ".local/share/pointwork"),
        ("darwin", {"XDG_DATA_HOME": "/x"}, HOME / "Library/Application Support/Pointwork"),
        ("win32", {"LOCALAPPDATA": "/l"}, Path("/l/Pointwork")),
        ("win32", {}, HOME / "AppData/Local/Pointwork"),
    ],
)
def test_where_data_is_kept(platform: str, environment: dict[str, str], folder: Path) -> None:
    assert default_data_dir(environment, platform=platform) == folder

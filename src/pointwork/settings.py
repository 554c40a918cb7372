"""The settings of a server or a command: what the environment says, checked once and never changed.

Each setting is one variable; README and reference list them. A value that does not fit is refused with the name of
its variable, never replaced by a default. Secrets are left out of `repr`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar, get_args
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError

from pointwork.egress import Origin, read_allowed
from pointwork.errors import ConfigurationError
from pointwork.models.providers import Provider, configured
from pointwork.workflow import Budget

__all__ = ["DEVELOPMENT_ORIGINS", "SECRET_KEY", "LogLevel", "Settings", "default_data_dir"]

LogLevel: TypeAlias = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
SearchProvider: TypeAlias = Literal["searxng", "brave", "tavily", "duckduckgo", "wikipedia"]
Durability: TypeAlias = Literal["behind", "commit", "power"]  # as the journal means it
PythonSandbox: TypeAlias = Literal["linux-jail", "monty", "off"]
T = TypeVar("T", bound=str)

SECRET_KEY = "POINTWORK_SECRET_KEY"
NAMED_KEYS = frozenset({"OPENAI_API_KEY", "BRAVE_API_KEY", "TAVILY_API_KEY"})

# Where the web app is served from while it is developed; its proxy sends this origin on.
DEVELOPMENT_ORIGINS = ("http://localhost:3000", "http://127.0.0.1:3000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings.

    `data_dir` holds everything that Pointwork stores; `database` the file within or outside it. `origins` are the pages
    that may use this server from a browser beside its own. `durability` says when an event counts as stored.
    `offline_demo`: whether the labelled demo model answers when no provider is configured. `find_ollama`: whether
    Ollama may be used where it listens by default. `model_silence_s`: how long a model may say nothing;
    `model_concurrency`: how many requests may be under way at one provider. `tools_dir`: whose files are tools of the
    operator's own. `mcp_config`: the file that names MCP servers. `day_budget`: what all executions of a day may spend.
    `embedder`: what makes the vectors of memories. `chroma_url`: a Chroma server that keeps their index.
    `python_sandbox`: what runs Python that agents and workflows bring. `egress_allow` are servers that tools may reach
    although they are not public. `search_providers` are asked in this order by `web_search`; none: those that are
    configured, then those that need nothing. `secret_key` encrypts what is in the store of secrets; none: a key in a
    file of the data folder. `other_keys` are variables that look like keys of services; they are only hidden.
    """

    data_dir: Path
    database: Path
    host: str = "127.0.0.1"
    port: int = 8000
    log_level: LogLevel = "INFO"
    origins: tuple[str, ...] = DEVELOPMENT_ORIGINS
    durability: Durability = "commit"
    tools_dir: Path | None = None
    mcp_config: Path | None = None
    openai_api_key: str | None = field(default=None, repr=False)
    openai_base_url: str | None = None
    day_budget: Budget | None = None
    providers: tuple[Provider, ...] = field(default=(), repr=False)
    offline_demo: bool = True
    find_ollama: bool = True
    model_silence_s: int = 300
    model_concurrency: int | None = None
    embedder: str | None = None
    chroma_url: str | None = None
    python_sandbox: PythonSandbox = "linux-jail"
    egress_allow: frozenset[Origin] = frozenset()
    search_providers: tuple[SearchProvider, ...] = ()
    searxng_url: str | None = None
    brave_api_key: str | None = field(default=None, repr=False)
    tavily_api_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    other_keys: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings that these variables give; raises ConfigurationError naming the variable that is wrong.

        >>> Settings.from_environment({"POINTWORK_DATA_DIR": "/srv/pointwork", "PORT": "9000"}).port
        9000
        """
        read = _Reader(os.environ if environment is None else environment)
        data_dir = read.path("POINTWORK_DATA_DIR", "DATA_DIR") or default_data_dir(read.environment)
        silence_s = read.number("POINTWORK_MODEL_SILENCE", default=300, most=86_400) or 300
        concurrency = read.number("POINTWORK_MODEL_CONCURRENCY", default=0, most=10_000) or None
        return cls(
            data_dir=data_dir,
            database=_database(read, data_dir),
            host=read.text("POINTWORK_HOST") or "127.0.0.1",
            port=read.number("POINTWORK_PORT", "PORT", default=8000, most=65_535),
            log_level=read.choice(
                "POINTWORK_LOG_LEVEL", "LOG_LEVEL", of=get_args(LogLevel), default="INFO", upper=True
            ),
            origins=_origins(read),
            tools_dir=read.path("POINTWORK_TOOLS_DIR") or data_dir / "tools",
            mcp_config=read.path("POINTWORK_MCP_CONFIG") or data_dir / "mcp.json",
            durability=read.choice("POINTWORK_DURABILITY", of=get_args(Durability), default="commit"),
            openai_api_key=read.text("OPENAI_API_KEY"),
            openai_base_url=_url(read, "OPENAI_BASE_URL"),
            providers=configured(read.environment, silence_s=silence_s, max_concurrency=concurrency),
            day_budget=_day_budget(read),
            offline_demo=read.switch("POINTWORK_OFFLINE_DEMO", default=True),
            find_ollama=read.switch("POINTWORK_FIND_OLLAMA", default=True),
            model_silence_s=silence_s,
            model_concurrency=concurrency,
            embedder=read.text("POINTWORK_EMBEDDER"),
            chroma_url=read.text("POINTWORK_CHROMA_URL"),
            python_sandbox=read.choice("POINTWORK_PYTHON_SANDBOX", of=get_args(PythonSandbox), default="linux-jail"),
            egress_allow=read_allowed(read.text("POINTWORK_EGRESS_ALLOW") or "", setting="POINTWORK_EGRESS_ALLOW"),
            search_providers=_search_providers(read),
            searxng_url=_url(read, "SEARXNG_URL"),
            brave_api_key=read.text("BRAVE_API_KEY"),
            tavily_api_key=read.text("TAVILY_API_KEY"),
            secret_key=read.text(SECRET_KEY),
            other_keys=tuple(
                (name, value)
                for name, value in read.environment.items()
                if name.endswith("_API_KEY") and name not in NAMED_KEYS
            ),
        )

    def keys(self) -> dict[str, str]:
        """Everything in these settings that nobody may see, by the variable that it comes from."""
        named = {
            "OPENAI_API_KEY": self.openai_api_key,
            "BRAVE_API_KEY": self.brave_api_key,
            "TAVILY_API_KEY": self.tavily_api_key,
            SECRET_KEY: self.secret_key,
            "SEARXNG_URL": unquote(urlsplit(self.searxng_url or "").password or ""),
        }
        return {**dict(self.other_keys), **{name: value for name, value in named.items() if value}}


class _Reader:
    """Looks variables up, in the order given; an empty one counts as absent."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    def find(self, names: tuple[str, ...]) -> tuple[str, str] | None:
        """The name and value of the first that is set."""
        for name in names:
            value = self.environment.get(name, "").strip()
            if value:
                return name, value
        return None

    def text(self, *names: str) -> str | None:
        found = self.find(names)
        return found[1] if found else None

    def path(self, *names: str) -> Path | None:
        found = self.find(names)
        return Path(found[1]).expanduser().absolute() if found else None

    def number(self, *names: str, default: int, most: int) -> int:
        found = self.find(names)
        if found is None:
            return default
        name, value = found
        if not value.isascii() or not value.isdigit() or not 0 <= int(value[:9]) <= most:
            raise ConfigurationError(f"{name} is {value!r}, which is not a number from 0 to {most}.")
        return int(value)

    def choice(self, *names: str, of: tuple[T, ...], default: T, upper: bool = False) -> T:
        found = self.find(names)
        if found is None:
            return default
        name, value = found
        wanted = value.upper() if upper else value.lower()
        for option in of:
            if option == wanted:
                return option
        raise ConfigurationError(f"{name} is {value!r}.", hint=f"It must be one of {', '.join(of)}.")

    def switch(self, *names: str, default: bool) -> bool:
        on, off = ("on", "true", "yes", "1"), ("off", "false", "no", "0")
        return self.choice(*names, of=(*on, *off), default="on" if default else "off") in on


def default_data_dir(environment: Mapping[str, str], *, platform: str = sys.platform) -> Path:
    """Where programs of a user keep their data on this system."""
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Pointwork"
    if platform == "win32":
        base = environment.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "Pointwork"
    base = environment.get("XDG_DATA_HOME", "")
    # The XDG specification: a relative path is invalid and ignored.
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "share") / "pointwork"


def _database(read: _Reader, data_dir: Path) -> Path:
    found = read.find(("POINTWORK_DATABASE_URL", "DATABASE_URL"))
    if found is None:
        return data_dir / "pointwork.db"
    name, value = found
    scheme, _, rest = value.partition(":")
    kind = scheme.partition("+")[0].lower()  # `sqlite+aiosqlite` is how other programs spell it
    if kind in {"postgres", "postgresql"}:
        raise ConfigurationError(
            f"{name} names a PostgreSQL database; this version stores in SQLite only.",
            hint="PostgreSQL comes with a later version. Unset the variable, or use sqlite:////absolute/path.db.",
        )
    path = unquote(rest.removeprefix("///"))
    if kind != "sqlite" or not rest.startswith("///") or path in {"", ":memory:"}:
        # The value itself is not repeated: database URLs hold passwords.
        raise ConfigurationError(
            f"{name} is not the URL of a SQLite file.",
            hint="Write sqlite:///relative/path.db or sqlite:////absolute/path.db.",
        )
    return Path(path).expanduser().absolute()


def _origins(read: _Reader) -> tuple[str, ...]:
    for name in ("POINTWORK_ORIGINS", "CORS_ORIGINS"):
        if name in read.environment:  # an empty one means: no page but our own
            values = [value.strip() for value in read.environment[name].split(",")]
            return tuple(_origin(name, value) for value in values if value)
    return DEVELOPMENT_ORIGINS


def _origin(name: str, value: str) -> str:
    try:
        parts = urlsplit(value)
        fits = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        fits, parts = False, urlsplit("")
    if not fits or parts.username or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ConfigurationError(
            f"{name} contains {value!r}, which is not the origin of a web page.",
            hint="Write origins like http://localhost:3000, separated by commas; there is no wildcard.",
        )
    return f"{parts.scheme}://{parts.netloc}".lower()


def _url(read: _Reader, name: str) -> str | None:
    value = read.text(name)
    if value is not None and urlsplit(value).scheme not in {"http", "https"}:
        # The value is not repeated: addresses may hold passwords.
        raise ConfigurationError(f"{name} does not begin with http:// or https://.")
    return value


def _search_providers(read: _Reader) -> tuple[SearchProvider, ...]:
    name = "POINTWORK_SEARCH_PROVIDER"
    found: list[SearchProvider] = []
    for word in (read.text(name) or "").split(","):
        if word.strip():
            one = _Reader({name: word}).choice(name, of=get_args(SearchProvider), default="wikipedia")
            found.append(one)
    return tuple(dict.fromkeys(found))


def _day_budget(read: _Reader) -> Budget | None:
    name, kinds = "POINTWORK_DAY_BUDGET", ", ".join(Budget.model_fields)
    value = read.text(name)
    if value is None:
        return None
    pairs = [pair.partition("=") for pair in value.split(",")]
    try:
        return Budget.model_validate({kind.strip(): amount.strip() for kind, _, amount in pairs})
    except ValidationError as error:
        wrong = ".".join(map(str, error.errors()[0]["loc"]))
        raise ConfigurationError(
            f"{name} is {value!r}: {wrong!r} does not fit.",
            hint=f"Write it like cost_usd=5,tokens=2000000. The kinds are {kinds}.",
        ) from error

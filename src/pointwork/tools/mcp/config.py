"""What MCP servers there are: a file of the operator's, in the shape that other programs use too.

    {"mcpServers": {"files": {"command": "/usr/bin/mcp-files", "args": ["/srv/docs"],
                              "confine": {"read": ["/srv/docs"]}},
                    "crm": {"url": "https://mcp.example.com/mcp", "headers": {"Authorization": "Bearer ${CRM_TOKEN}"}}}}

Rules of this file: nothing but this file says what is started. No workflow, request or model leads here, and what
others may write is not read. A key that is not known is refused, because it may be a misspelt limit. An entry that is
wrong is a problem with its name; the others stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pointwork.egress.addresses import Target
from pointwork.errors import ConfigurationError, EgressRefused, Problem
from pointwork.sandbox.programs import Confinement
from pointwork.tools.ownership import not_ours

__all__ = ["Configured", "Entry", "HttpEntry", "OAuth", "StdioEntry", "read_config"]

NAME: Final = re.compile(r"[A-Za-z0-9](?:_?[A-Za-z0-9-]){0,31}\Z", re.ASCII)
VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z", re.ASCII)
MAX_FILE_BYTES: Final = 1 << 20
SECRET: Final = "{{secret."  # it has no place in a command line, which everybody on the machine can read


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Confine(_Strict):
    """How a program is confined; see `pointwork.sandbox.programs.Confinement`."""

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    network: bool = False
    local_sockets: bool = False
    memory_mb: Annotated[int, Field(ge=16, le=1 << 20)] = 2_048

    def rules(self) -> Confinement:
        return Confinement(
            read=tuple(map(_path, self.read)),
            write=tuple(map(_path, self.write)),
            network=self.network,
            local_sockets=self.local_sockets,
        )


class OAuth(_Strict):
    """A client that was registered by hand, for servers that register none by themselves."""

    client_id: str | None = None
    client_secret: str | None = Field(default=None, repr=False)
    scope: str | None = None
    redirect_port: Annotated[int, Field(ge=1, le=65_535)] | None = None


class _Options(_Strict):
    """What the operator decides about the tools of a server; what the server says about them is a hint only."""

    disabled: bool = False
    timeout_s: Annotated[float, Field(gt=0, le=86_400)] = 60.0
    start_timeout_s: Annotated[float, Field(gt=0, le=600)] = 30.0
    needs_approval: bool | tuple[str, ...] = False
    read_only: tuple[str, ...] = ()
    max_result_chars: Annotated[int, Field(ge=1_000, le=240_000)] = 100_000

    def asks_first(self, tool: str) -> bool:
        return self.needs_approval if isinstance(self.needs_approval, bool) else tool in self.needs_approval


class StdioEntry(_Options):
    """A server that is a program."""

    type: Literal["stdio"] = "stdio"
    command: Annotated[str, Field(min_length=1)]
    args: tuple[str, ...] = ()
    env: dict[str, str] = Field(default_factory=dict[str, str], repr=False)
    cwd: str | None = None
    confine: Confine | Literal[False] = Confine()

    @property
    def shown(self) -> str:
        """What it is, without arguments: people write keys there."""
        return self.command

    def fault(self) -> str | None:
        words = (self.command, *self.args)
        if any(SECRET in word for word in words):
            return "a secret in a command line can be read by everybody on the machine; put it into env"
        if any("\0" in word for word in (*words, *self.env.values())):
            return "it holds a NUL"
        wrong = [name for name in self.env if not VARIABLE.match(name)]
        return f"{wrong[0]!r} is not the name of a variable" if wrong else None


class HttpEntry(_Options):
    """A server that is reached by Streamable HTTP."""

    type: Literal["http", "streamable-http", "streamableHttp"] = "http"
    url: Annotated[str, Field(min_length=1)] = Field(repr=False)
    headers: dict[str, str] = Field(default_factory=dict[str, str], repr=False)
    oauth: OAuth = OAuth()

    @property
    def shown(self) -> str:
        """Where it is, without a query: people write keys there."""
        return Target.read(self.url).shown.strip("'")

    def fault(self) -> str | None:
        try:
            Target.read(self.url)
        except EgressRefused as error:
            return error.message
        return None


Entry = StdioEntry | HttpEntry


@dataclass(frozen=True, slots=True)
class Configured:
    """What the file holds, and what is wrong with it."""

    entries: Mapping[str, Entry] = field(default_factory=dict[str, Entry])
    problems: tuple[Problem, ...] = ()


def read_config(path: Path) -> Configured:
    """Read the file; none is fine. Raises ConfigurationError when all of it is of no use."""
    document = _document(path)
    servers = document.get("mcpServers")
    if not isinstance(servers, dict) or document.keys() != {"mcpServers"}:
        raise ConfigurationError(
            f"{str(path)!r} does not hold MCP servers.", hint='It is an object with one key: {"mcpServers": {…}}.'
        )
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    for name, given in servers.items():
        found = _entry(name, given)
        if isinstance(found, str):
            problems.append(
                Problem(
                    severity="warning",
                    code="W-MCP",
                    message=f"The MCP server {name[:64]!r} is not used: {found}.",
                    hint=f"Mend its entry in {str(path)!r} and start again.",
                )
            )
        else:
            entries[name] = found
    return Configured(entries, tuple(problems))


def _document(path: Path) -> dict[str, Any]:
    if not path.exists() and not path.is_symlink():
        return {"mcpServers": {}}
    for one in (path.parent, path):
        if (why := not_ours(one)) is not None:
            raise ConfigurationError(
                f"The MCP servers in {str(path)!r} are not used: {why} ({str(one)!r}).",
                hint=f"Whoever writes it decides what is started. Let nobody but yourself: chmod go-w {one}",
            )
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ConfigurationError(f"{str(path)!r} has more than {MAX_FILE_BYTES:,} bytes.")
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{str(path)!r} is not JSON: {error}.") from error
    return found if isinstance(found, dict) else {}


def _entry(name: str, given: Any) -> Entry | str:
    if not NAME.match(name):
        return "its name may have up to 32 letters, digits, hyphens and single underscores"
    if not isinstance(given, dict):
        return "it is not an object"
    if ("command" in given) == ("url" in given):
        return "it needs either a command or a url"
    if given.get("type") == "sse":
        return "the transport 'sse' is out of use; ask the server for its Streamable HTTP address and leave out type"
    kind = StdioEntry if "command" in given else HttpEntry
    try:
        entry = kind.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"] if part not in ("Confine", "bool"))
        return f"{where}: {first['msg'].removesuffix('.')}"
    return entry.fault() or entry


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()

"""The examinations of `pointwork doctor`: each looks at one thing, changes nothing, and says what to do."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import platform
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pointwork import __version__
from pointwork.cli.building import settings_of
from pointwork.cli.picture import size
from pointwork.cli.remote import Remote
from pointwork.db import Owners
from pointwork.db.migrate import migrations
from pointwork.errors import PointworkError, SandboxUnavailable
from pointwork.library import SecretKeys
from pointwork.memory.embedders import MiniLM
from pointwork.models import OFFLINE_DEMO
from pointwork.nodes import builtin_registry
from pointwork.redaction import Redactor
from pointwork.remembering import memory_of
from pointwork.sandbox import chosen
from pointwork.settings import Settings
from pointwork.tools import ToolRegistry
from pointwork.wiring import mcp_servers, models_of

__all__ = ["Finding", "Status", "examine"]

LOW_BYTES = 1 << 30  # a gigabyte: some hundred thousand executions
NO_BYTES = 50 << 20
OLDEST, NEWEST = (3, 11), (3, 14)


class Status(StrEnum):
    """Of one thing that was looked at."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found about one thing."""

    name: str
    status: Status
    text: str
    hint: str = ""


def examine(*, data_dir: str | None) -> Iterator[Finding]:
    """Look at everything."""
    yield _python()
    yield from _libraries()
    try:
        settings = settings_of(data_dir=data_dir)
    except PointworkError as error:
        yield Finding(name="settings", status=Status.FAIL, text=error.message, hint=error.hint)
        return
    for look in (_data_dir, _database, _owners, _secrets, _port, _models, _memory, _sandbox, _mcp):
        yield from _guarded(look, settings)
    yield from _plugins()
    yield _terminal()


def _guarded(look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except PointworkError as error:
        yield Finding(name=look.__name__.strip("_"), status=Status.FAIL, text=error.message, hint=error.hint)


def _python() -> Finding:
    version = sys.version_info[:2]
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}, Pointwork {__version__}"
    if version < OLDEST:
        return Finding(name="python", status=Status.FAIL, text=text, hint="Install Python 3.11 or newer.")
    if version > NEWEST:
        hint = "It is newer than what Pointwork is tested with; if something is odd, try 3.14."
        return Finding(name="python", status=Status.WARN, text=text, hint=hint)
    return Finding(name="python", status=Status.OK, text=text)


def _libraries() -> Iterator[Finding]:
    fast = {"uvloop": "event loop", "httptools": "HTTP parser"}
    missing = [name for name in fast if importlib.util.find_spec(name) is None]
    text = f"SQLite {sqlite3.sqlite_version}"
    if missing:
        hint = f"The server is slower without {', '.join(missing)}; install the packages if your system has them."
        yield Finding(name="libraries", status=Status.WARN, text=f"{text}, without {', '.join(missing)}", hint=hint)
    else:
        yield Finding(name="libraries", status=Status.OK, text=f"{text}, {', '.join(fast)}")


def _data_dir(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    name = "data folder"
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        hint = "Set POINTWORK_DATA_DIR to a folder that you may write to."
        yield Finding(name=name, status=Status.FAIL, text=f"{folder} cannot be written", hint=hint)
        return
    free = shutil.disk_usage(existing).free
    text = f"{folder}{'' if folder.exists() else ' (made at the first start)'}, {size(free)} free"
    if free < NO_BYTES:
        yield Finding(name=name, status=Status.FAIL, text=text, hint="Free some space on that disk.")
    elif free < LOW_BYTES:
        yield Finding(name=name, status=Status.WARN, text=text, hint="Free some space on that disk soon.")
    else:
        yield Finding(name=name, status=Status.OK, text=text)


def _database(settings: Settings) -> Iterator[Finding]:
    path = settings.database
    if not path.exists():
        yield Finding(name="database", status=Status.OK, text=f"{path.name} is made at the first start")
        return
    hint = "Move the file away to begin anew, or restore a copy."
    try:
        with _read_only(path) as connection:
            ((version,),) = connection.execute("SELECT max(number) FROM migrations").fetchall()
            ((verdict,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        yield Finding(name="database", status=Status.FAIL, text=f"{path} cannot be read: {error}", hint=hint)
        return
    newest = migrations()[-1].number
    text = f"schema {version}, {size(path.stat().st_size)}"
    if verdict != "ok":
        yield Finding(name="database", status=Status.FAIL, text=f"{path} is damaged: {verdict}", hint=hint)
    elif version > newest:
        yield Finding(
            name="database",
            status=Status.FAIL,
            text=f"{text}; this Pointwork knows {newest}",
            hint="Upgrade Pointwork, or use another data folder.",
        )
    else:
        more = f"; the next start brings it to {newest}" if version < newest else ""
        yield Finding(name="database", status=Status.OK, text=f"{text}, intact{more}")


def _owners(settings: Settings) -> Iterator[Finding]:
    if not settings.database.exists():
        return
    owners = Owners(settings.data_dir / "owners")
    try:
        with _read_only(settings.database) as connection:
            rows = connection.execute(
                "SELECT owner, count(*) FROM executions WHERE status NOT IN ('completed', 'failed', 'cancelled') "
                "GROUP BY owner"
            ).fetchall()
    except sqlite3.Error:
        return  # the line above says why
    driven = sum(count for owner, count in rows if owners.is_alive(owner))
    orphans = sum(count for _, count in rows) - driven
    processes = sum(owners.is_alive(owner) for owner, _ in rows)
    text = f"{driven} unfinished, driven by {processes} process{'es' * (processes != 1)}"
    if orphans:
        text += f"; {orphans} without a process"
        hint = "`pointwork serve` goes on with them."
        yield Finding(name="executions", status=Status.WARN, text=text, hint=hint)
    else:
        yield Finding(name="executions", status=Status.OK, text=text)


def _secrets(settings: Settings) -> Iterator[Finding]:
    """Asked of the database as it is: a schema that is too old is brought up to date by the next start."""
    keys = SecretKeys(settings.data_dir / "secret.key", settings.secret_key)
    ids = [key.id for key in keys.read()]
    found: list[tuple[str, int]] = []
    if settings.database.exists():
        try:
            with _read_only(settings.database) as connection:
                found = connection.execute("SELECT key_id, count(*) FROM secrets GROUP BY key_id").fetchall()
        except sqlite3.Error:
            return  # there is no such table yet, or the line about the database says why
    count = sum(number for _, number in found)
    lost = sum(number for key_id, number in found if key_id not in ids)
    text = f"{count} stored, the key is in {keys.source}" if count or ids else "none stored"
    if lost:
        hint = "Put back the key that they were stored with, or delete them and set them again."
        text = f"{count} stored, {lost} of them cannot be read with the key in {keys.source}"
        yield Finding(name="secrets", status=Status.FAIL, text=text, hint=hint)
    else:
        yield Finding(name="secrets", status=Status.OK, text=text)


def _port(settings: Settings) -> Iterator[Finding]:
    where = f"{settings.host}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.create_server((settings.host, settings.port), family=family):
            yield Finding(name="port", status=Status.OK, text=f"{where} is free")
            return
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
    try:
        found = Remote(f"http://{where}").get("/health")
    except PointworkError:
        hint = "Stop the other program, or choose another port with --port or POINTWORK_PORT."
        yield Finding(name="port", status=Status.WARN, text=f"{where} cannot be used: {reason}", hint=hint)
        return
    version = found.get("version") if isinstance(found, dict) else None
    yield Finding(name="port", status=Status.OK, text=f"{where}: Pointwork {version} serves there")


def _models(settings: Settings) -> Iterator[Finding]:
    models = models_of(settings)
    if models.in_use in (OFFLINE_DEMO, "none"):
        demo = models.in_use == OFFLINE_DEMO
        text = (
            f"none configured; {OFFLINE_DEMO}, the built-in demo, answers"
            if demo
            else "none configured, nobody answers"
        )
        hint = "Set OPENAI_API_KEY, or OPENAI_BASE_URL for a model server of your own; `pointwork models` shows more."
        yield Finding(name="models", status=Status.WARN, text=text, hint=hint)
    else:
        there = settings.openai_api_key or settings.openai_base_url
        key = f", {'with' if settings.openai_api_key else 'without'} a key" if there else ""
        yield Finding(name="models", status=Status.OK, text=f"{models.in_use}{key}")


def _memory(settings: Settings) -> Iterator[Finding]:
    """What memories are searched with; MiniLM is loaded and tried, endpoints are not asked."""
    found = memory_of(settings, Redactor()).chosen
    if (wrong := found.problem) is not None:
        yield Finding(name="memory", status=Status.WARN, text=wrong[0], hint=wrong[1])
        return
    text = f"searched with {found.embedder.name}"
    if isinstance(found.embedder, MiniLM):
        found.embedder.embed(["a try"])
        text += ", which works"
    yield Finding(name="memory", status=Status.OK, text=text)


def _sandbox(settings: Settings) -> Iterator[Finding]:
    sandbox = chosen(settings.python_sandbox, settings.data_dir)
    try:
        yield Finding(name="sandbox", status=Status.OK, text=asyncio.run(sandbox.layers()))
    except SandboxUnavailable as error:
        yield Finding(name="sandbox", status=Status.WARN, text=f"no Python is run: {error.message}", hint=error.hint)
    finally:
        sandbox.close_now()


def _mcp(settings: Settings) -> Iterator[Finding]:
    """What is configured and approved; no server is started."""
    found = mcp_servers(settings)
    found.load()
    if found.servers and importlib.util.find_spec("mcp") is None:
        hint = "pip install 'pointwork[mcp]' brings the library that speaks to them."
        yield Finding(name="mcp", status=Status.WARN, text="servers are configured, but cannot be used", hint=hint)
    for problem in found.problems:
        yield Finding(name="mcp", status=Status.WARN, text=problem.message, hint=problem.hint)
    for name, server in found.servers.items():
        if tools := len(found.approved(name)):
            text = f"{name}: {tools} tool{'s' * (tools != 1)} approved; kept in by: {server.confinement}"
            yield Finding(name="mcp", status=Status.OK, text=text)


def _plugins() -> Iterator[Finding]:
    nodes, tools = builtin_registry(), ToolRegistry()
    nodes.load_entry_points()
    tools.load_entry_points()
    problems = [*nodes.problems, *tools.problems]
    for problem in problems:
        hint = "Upgrade or remove the package that brings it."
        yield Finding(name="plug-ins", status=Status.WARN, text=problem.message, hint=hint)
    if not problems:
        text = f"{len(nodes.types)} node types, {len(tools.get_all_tools())} tools"
        yield Finding(name="plug-ins", status=Status.OK, text=text)


def _terminal() -> Finding:
    encoding = (sys.stdout.encoding or "none").lower()
    screen = shutil.get_terminal_size()
    kind = f"{screen.columns} × {screen.lines}" if sys.stdout.isatty() else "not a terminal"
    text = f"{kind}, {encoding}{', without colours' if os.environ.get('NO_COLOR') else ''}"
    if not encoding.startswith("utf"):
        hint = "Set LANG to a UTF-8 locale, for example C.UTF-8, for better signs."
        return Finding(name="terminal", status=Status.WARN, text=text, hint=hint)
    return Finding(name="terminal", status=Status.OK, text=text)


def _read_only(path: Path) -> closing[sqlite3.Connection]:
    """A connection that cannot change anything, and makes no file."""
    return closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5))

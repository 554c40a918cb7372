"""One configured server: started when it is first needed, compared with what was approved, called, started again.

A tool is called only if the server offers it now, word for word, as it was approved; otherwise the call fails and says
what changed. A server that dies is started again at the next call, after a pause that grows with each failure in a
row; calls within the pause fail at once with the reason.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pointwork.egress import Origin
from pointwork.errors import ConfigurationError, PointworkError, ToolError
from pointwork.files import Workspaces
from pointwork.redaction import Redactor
from pointwork.sandbox.programs import Program
from pointwork.tools.base import ToolContext
from pointwork.tools.mcp.approvals import Approvals
from pointwork.tools.mcp.config import Entry, HttpEntry, StdioEntry
from pointwork.tools.mcp.offers import Offer, differences, fault
from pointwork.tools.mcp.references import Vault, resolved
from pointwork.tools.result import failure
from pointwork.workflow import JsonObject

if TYPE_CHECKING:
    from pointwork.tools.mcp.connection import Connection

__all__ = ["Server", "Surroundings"]

log = logging.getLogger("pointwork.mcp")

PAUSES_S: Final = (0.0, 1.0, 5.0, 30.0, 120.0, 600.0)  # before it is started again, after so many failures in a row
LIST_S: Final = 30.0
PROGRESS_LINES: Final = 20  # of one call, in the log of the run
MAX_PROGRESS_CHARS: Final = 300
NOT_INSTALLED: Final = "MCP servers need a library that is not installed."
INSTALL: Final = "pip install 'pointwork[mcp]' brings it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all servers share. `home` holds a folder for each program."""

    home: Path
    approvals: Approvals
    vault: Vault
    redactor: Redactor
    allowed: Collection[Origin] = ()
    clock: Callable[[], float] = time.monotonic
    environment: Mapping[str, str] | None = field(default=None, repr=False)


class Server:
    """A server and its present session, if there is one."""

    def __init__(self, name: str, entry: Entry, around: Surroundings) -> None:
        self.name = name
        self.entry = entry
        self.around = around
        self.failures = 0
        self.problem = ""  # why it is not running, if it should be
        self.layers: tuple[str, ...] = ()
        self.pid: int | None = None
        self.connection: Connection | None = None
        self._not_before = 0.0
        self._starting = asyncio.Lock()

    @property
    def state(self) -> str:
        """`disabled`, `idle` (nobody needed it yet), `running` or `failed`."""
        if self.entry.disabled:
            return "disabled"
        if self.connection is not None and self.connection.is_open:
            return "running"
        return "failed" if self.problem else "idle"

    @property
    def confinement(self) -> str:
        """How it is kept in, in words."""
        if isinstance(self.entry, HttpEntry):
            return "remote; reached through the guard of outgoing requests"
        if self.entry.confine is False:
            return "none: the configuration says so"
        rules = self.entry.confine.rules()
        layers = "+".join(self.layers) or "landlock+seccomp when it is started"
        return f"{layers}, {rules.shown}, at most {self.entry.confine.memory_mb:,} MiB"

    # ------------------------------------------------------------------------------------------------ calling

    async def call(self, approved: Offer, arguments: JsonObject, ctx: ToolContext) -> Any:
        """Call a tool that was approved; what goes wrong is a result that says so."""
        try:
            result = await self._call(approved, arguments, ctx)
        except PointworkError as error:
            hint = {"hint": error.hint} if error.hint else {}
            result = failure(f"The MCP server {self.name!r}: {error.message}", **hint)
        return self.around.redactor.data(result)  # it may say what it was given: its keys

    async def _call(self, approved: Offer, arguments: JsonObject, ctx: ToolContext) -> Any:
        for again in (True, False):
            connection = await self.connected()
            if connection.stale:
                await connection.read_again(LIST_S)
            self._compare(approved, connection)
            try:
                return await self._ask(connection, approved, arguments, ctx)
            except ToolError as error:
                if connection.is_open:
                    raise
                if not (again and getattr(error, "unsent", False)):
                    raise await self._lost(connection, error) from error
        raise AssertionError("unreachable")

    async def _ask(self, connection: Connection, approved: Offer, arguments: JsonObject, ctx: ToolContext) -> Any:
        from pointwork.tools.mcp.results import as_json

        lines = 0

        def progress(done: float, total: float | None, message: str | None) -> None:
            nonlocal lines
            lines += 1
            if lines <= PROGRESS_LINES:
                share = f"{done:g}" if total is None else f"{done:g} of {total:g}"
                ctx.log(f"{self.name}/{approved.name}: {share} {message or ''}"[:MAX_PROGRESS_CHARS].strip())

        result = await connection.call(approved.name, arguments, timeout_s=self.entry.timeout_s, note=progress)
        self.failures = 0
        return await asyncio.to_thread(
            as_json,
            result,
            server=self.name,
            tool=approved.name,
            output_schema=approved.output_schema,
            write=lambda name, data: ctx.resource(Workspaces).of(ctx.execution_id).write(name, data),
            most=self.entry.max_result_chars,
        )

    def _compare(self, approved: Offer, connection: Connection) -> None:
        now = next((offer for offer in connection.listing.offers if offer.name == approved.name), None)
        again = f"Look at it and agree to it, if it is right: pointwork mcp approve {self.name}"
        if now is None:
            raise ToolError(f"It does not offer the tool {approved.name!r} any more.", hint=again)
        why = fault(now)  # what cannot be used may be too large to be compared
        if why is not None or now.fingerprint != approved.fingerprint:
            raise ToolError(
                f"The tool {approved.name!r} is not the one that was approved, so it is not called. "
                + (f"What changed:\n{differences(approved, now)}" if why is None else f"It cannot be used: {why}."),
                hint=again,
            )

    async def _lost(self, connection: Connection, error: ToolError) -> ToolError:
        await self._ended(connection)
        return ToolError(
            f"It ended while it was called; what it was asked may be done or not. {self.problem}".strip(),
            hint=error.hint or "It is started again at the next call.",
        )

    # ----------------------------------------------------------------------------------------------- starting

    async def connected(self) -> Connection:
        """The session, opened if there is none; raises ToolError or ConfigurationError with the reason."""
        async with self._starting:
            if self.connection is not None and not self.connection.is_open:
                await self._ended(self.connection)
            if self.connection is None:
                self._check_pause()
                self.connection = await self._start()
            return self.connection

    def _check_pause(self) -> None:
        if self.entry.disabled:
            raise ConfigurationError("It is disabled.", hint="Take `disabled` out of its entry and start again.")
        left = self._not_before - self.around.clock()
        if left > 0:
            raise ToolError(
                f"It is not started again for {left:.0f} s, because it failed {self.failures} times in a row. "
                f"{self.problem}".strip(),
                hint=f"`pointwork mcp test {self.name}` tries it at once, on its own.",
            )

    async def _start(self) -> Connection:
        try:
            from pointwork.tools.mcp.connection import Connection
        except ImportError as error:
            raise ConfigurationError(NOT_INSTALLED, hint=INSTALL) from error
        try:
            pipes, explain = await self._pipes()
            connection = Connection(self.name, pipes, explain=explain)
            await connection.open(self.entry.start_timeout_s)
        except PointworkError as error:
            self._failed(f"{error.message} {error.hint}".strip())
            raise
        self.problem = ""
        log.info("MCP server %r is there: %s, %s.", self.name, connection.server_info or "no name", self.confinement)
        return connection

    async def _pipes(self) -> tuple[Any, Callable[[], str]]:
        if isinstance(self.entry, StdioEntry):
            from pointwork.tools.mcp.stdio import StdioPipes

            running = await self._program(self.entry).start()
            self.layers, self.pid = tuple(running.layers), running.pid
            pipes = StdioPipes(self.name, running)
            return pipes, pipes.last_words
        from pointwork.tools.mcp.http import HttpPipes
        from pointwork.tools.mcp.oauth import authorization

        around = self.around
        headers = resolved(self.entry.headers, around.vault, around.redactor, environment=around.environment)
        auth = await authorization(self.name, self.entry, around.vault, around.redactor)
        remote = HttpPipes(self.entry.url, headers, allowed=around.allowed, auth=auth)
        return remote, lambda: remote.explained(self.name)

    def _program(self, entry: StdioEntry) -> Program:
        around = self.around
        home = around.home / self.name
        for folder in (home, home / "tmp"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        env = resolved(entry.env, around.vault, around.redactor, environment=around.environment)
        rules = None
        if entry.confine is not False:
            rules = entry.confine.rules()
            rules = type(rules)(
                read=rules.read,
                write=(*rules.write, home),
                network=rules.network,
                local_sockets=rules.local_sockets,
            )
        return Program(
            argv=(entry.command, *entry.args),
            cwd=Path(entry.cwd).expanduser().absolute() if entry.cwd is not None else home,
            env={"HOME": str(home), "TMPDIR": str(home / "tmp"), "LANG": "C.UTF-8", **env},
            confinement=rules,
            memory_bytes=(entry.confine.memory_mb << 20) if entry.confine is not False else 0,
        )

    async def sign_in(self, show: Callable[[str], Awaitable[None]]) -> None:
        """Let a person sign in on the page that `show` is given, and keep what comes of it; raises as `connected`."""
        entry = self.entry
        if not isinstance(entry, HttpEntry):
            raise ConfigurationError("It is a program; there is nothing to sign in to.", hint="Put its key into env.")
        try:
            from pointwork.tools.mcp.connection import Connection
            from pointwork.tools.mcp.http import HttpPipes
            from pointwork.tools.mcp.login import WAIT_S, listening
            from pointwork.tools.mcp.oauth import sign_in
        except ImportError as error:
            raise ConfigurationError(NOT_INSTALLED, hint=INSTALL) from error
        around = self.around
        headers = resolved(entry.headers, around.vault, around.redactor, environment=around.environment)
        async with listening(entry.oauth.redirect_port) as listener:
            auth, finish = sign_in(
                self.name, entry, around.vault, around.redactor,
                redirect=listener.redirect, show=show, receive=listener.receive,
            )  # fmt: skip
            pipes = HttpPipes(entry.url, headers, allowed=around.allowed, auth=auth)
            connection = Connection(self.name, pipes, explain=lambda: "")
            try:
                await connection.open(WAIT_S + entry.start_timeout_s)
            finally:
                await connection.close()
            if not await finish():
                raise ConfigurationError(
                    "It let us in without signing in.", hint="Nothing has to be done for it; its tools can be approved."
                )

    # ------------------------------------------------------------------------------------------------- ending

    def _failed(self, why: str) -> None:
        self.problem = self.around.redactor.text(why)
        self.failures += 1
        pause = PAUSES_S[min(self.failures - 1, len(PAUSES_S) - 1)]
        self._not_before = self.around.clock() + pause
        log.warning("MCP server %r failed: %s", self.name, self.problem)

    async def _ended(self, connection: Connection) -> None:
        """A session that is over is put away, once."""
        if self.connection is connection:
            self.connection, self.pid, self.layers = None, None, ()
            await connection.close()
            self._failed(connection.why_ended)

    async def close(self) -> None:
        """End the session and the program."""
        connection, self.connection, self.pid = self.connection, None, None
        if connection is not None:
            await connection.close()

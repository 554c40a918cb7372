"""One session with one server: opened, asked what it offers, called, closed. It is never opened again.

The session lives in a task of its own, because the library's scopes must be left where they were entered; everybody
else only sends requests. Whatever the server or the library does ends this session at worst, with a reason.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final, Protocol

from mcp.client.session import ClientSession
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CONNECTION_CLOSED,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    REQUEST_TIMEOUT,
    UNSUPPORTED_PROTOCOL_VERSION,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    Implementation,
    LoggingMessageNotificationParams,
    PaginatedRequestParams,
    ToolListChangedNotification,
)
from pydantic import ValidationError

from pointwork.errors import PointworkError, ToolError
from pointwork.tools.mcp.gate import MAX_TOOLS, Gate, Ration, Refusals
from pointwork.tools.mcp.offers import Offer
from pointwork.workflow import JsonObject

__all__ = ["Connection", "Ended", "Listing", "Pipes"]

log = logging.getLogger("pointwork.mcp")
# The library writes a traceback for each thing that a server does wrong. What matters of it is told here, once.
for _noisy in ("mcp.client", "mcp.shared", "client"):
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)

MAX_PAGES: Final = 50
CLOSE_S: Final = 15.0
MAX_TEXT: Final = 500
WHOLE_SESSION: Final = "Connection closed"  # as the library says it; otherwise it means one request
LOG_BURST, LOG_PER_S = 100, 2

Progress = Callable[[float, float | None, str | None], None]


class Ended(ToolError):
    """The session is over. `unsent`: the server never saw the request, so it may be sent again."""

    def __init__(self, message: str, *, hint: str = "", unsent: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.unsent = unsent


class Pipes(Protocol):
    """How messages come and go. `forgotten`: the server does not know the session any more."""

    forgotten: bool

    def streams(self) -> AbstractAsyncContextManager[tuple[Any, Any]]: ...


@dataclass(frozen=True, slots=True)
class Listing:
    """What a server offers now; `refused` are tools that were not even written as the protocol says."""

    offers: tuple[Offer, ...]
    refused: tuple[tuple[str, str], ...]


class Connection:
    """A session. `stale`: the server said that its tools changed since they were read."""

    def __init__(self, name: str, pipes: Pipes, *, explain: Callable[[], str]) -> None:
        """`explain` says what else is known about why the server is gone."""
        self.name = name
        self.pipes = pipes
        self.stale = False
        self.calls = 0  # that are under way
        self.listing = Listing((), ())
        self.server_info = ""
        self.protocol = ""
        self._explain = explain
        self._session: ClientSession | None = None
        self._gate: Gate | None = None
        self._ended = asyncio.Event()
        self._fault: str | None = None
        self._ration = Ration(LOG_BURST, LOG_PER_S)
        self._task: asyncio.Task[None] | None = None
        self._opening = True

    @property
    def is_open(self) -> bool:
        return self._session is not None and not self._ended.is_set()

    @property
    def why_ended(self) -> str:
        """In words, for whoever is told."""
        flood = self._gate.flood.message if self._gate is not None and self._gate.flood is not None else ""
        return " ".join(filter(None, (flood, self._fault, self._explain()))) or "It ended."

    # --------------------------------------------------------------------------------------- opening, closing

    async def open(self, within_s: float) -> None:
        """Greet the server and read what it offers; raises ToolError with the reason."""
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._live(ready, within_s), name=f"mcp {self.name}")
        try:
            await asyncio.shield(ready)
        except BaseException:
            await asyncio.shield(self.close())
            raise

    async def close(self) -> None:
        """End the session, and the program if it is one. It takes some seconds at most."""
        self._ended.set()
        if self._task is None:
            return
        if self._opening:  # it is still being greeted, which nobody waits for any more
            self._task.cancel()
        done, _ = await asyncio.wait({self._task}, timeout=CLOSE_S)
        if not done:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=CLOSE_S)

    async def _live(self, ready: asyncio.Future[None], within_s: float) -> None:
        try:
            async with self.pipes.streams() as (read, write):
                self._gate = Gate(read, ended=self._ended)
                async with ClientSession(
                    self._gate,
                    write,
                    client_info=Implementation(name="Pointwork", version=version("pointwork")),
                    logging_callback=self._heard,
                    message_handler=self._noticed,
                ) as session:
                    await self._greet(session, within_s)
                    self._session, self._opening = session, False
                    ready.set_result(None)
                    await self._ended.wait()
        except Exception as error:
            known = _innermost(error)
            self._fault = self._fault or f"{known.message} {known.hint}".strip()
            log.debug("The session with MCP server %r ended.", self.name, exc_info=error)
        finally:
            self._session, self._opening = None, False
            self._ended.set()
            if not ready.done():
                ready.set_exception(ToolError(self.why_ended))
                ready.exception()  # whoever waits is told; nobody else need be

    async def _greet(self, session: ClientSession, within_s: float) -> None:
        """Agree on a version and read the tools."""
        limit = asyncio.timeout(within_s)
        try:
            async with limit:
                await self._talk(session)
        except TimeoutError:
            if limit.expired():
                raise ToolError(
                    f"It did not answer within {within_s:g} s.", hint="Raise start_timeout_s if it only needs longer."
                ) from None
            raise

    async def _talk(self, session: ClientSession) -> None:
        """Greet it. Servers of the newer kind, which know no greeting, are asked in their own way."""
        try:
            await session.initialize()
        except MCPError as error:
            if error.code not in (METHOD_NOT_FOUND, UNSUPPORTED_PROTOCOL_VERSION):
                raise
            await session.discover()
        info = session.server_info
        self.server_info = f"{info.name} {info.version}"[:MAX_TEXT] if info is not None else ""
        self.protocol = session.protocol_version or ""
        self.listing = await self._list(session)

    # ------------------------------------------------------------------------------------------------ asking

    async def read_again(self, within_s: float) -> Listing:
        """What the server offers now; raises ToolError."""
        session = self._open_session()
        self.stale = False
        try:
            async with asyncio.timeout(within_s):
                self.listing = await self._list(session)
        except TimeoutError:
            self.stale = True
            raise ToolError(f"It did not say within {within_s:g} s what it offers.") from None
        except (MCPError, ValidationError, RuntimeError) as error:
            self.stale = True
            raise self._told(error) from error
        return self.listing

    async def _list(self, session: ClientSession) -> Listing:
        offers: dict[str, Offer] = {}
        refusals = Refusals()
        cursor: str | None = None
        for _ in range(MAX_PAGES):
            page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor) if cursor else None)
            assert self._gate is not None
            refusals.named += self._gate.refusals.named
            refusals.more += self._gate.refusals.more
            for tool in page.tools:
                offer = Offer.read(tool.model_dump(by_alias=True, mode="json", exclude_none=True))
                offers.setdefault(offer.name, offer)
            cursor = page.next_cursor
            if not cursor or len(offers) >= MAX_TOOLS:
                break
        if cursor:
            refusals.add("", f"it offers more than {min(len(offers), MAX_TOOLS):,} tools; the others are not looked at")
        return Listing(tuple(list(offers.values())[:MAX_TOOLS]), tuple(refusals.named))

    async def call(self, tool: str, arguments: JsonObject, *, timeout_s: float, note: Progress) -> CallToolResult:
        """Call a tool; raises ToolError when there is no answer, and Ended when there will be none any more."""
        session = self._open_session()
        self.calls += 1

        async def told(progress: float, total: float | None, message: str | None) -> None:
            note(progress, total, message)

        try:
            return await session.send_request(
                CallToolRequest(params=CallToolRequestParams(name=tool, arguments=arguments)),
                CallToolResult,
                request_read_timeout_seconds=timeout_s,
                progress_callback=told,
            )
        except ValidationError as error:
            raise ToolError("Its answer is not one that the protocol knows.", hint=str(error)[:MAX_TEXT]) from error
        except (MCPError, RuntimeError, OSError) as error:
            if isinstance(error, MCPError) and error.code == REQUEST_TIMEOUT:
                raise ToolError(f"It did not answer within {timeout_s:g} s; the call was called off.") from error
            raise self._told(error) from error
        finally:
            self.calls -= 1

    async def ended(self) -> None:
        """Wait until the session is over."""
        await self._ended.wait()

    def _open_session(self) -> ClientSession:
        if self._session is None or self._ended.is_set():
            raise Ended(self.why_ended, unsent=True)
        return self._session

    def _told(self, error: Exception) -> ToolError:
        """An error of the library in our words."""
        if isinstance(error, MCPError):
            if self.pipes.forgotten and error.code == INVALID_REQUEST:
                self._ended.set()
                return Ended("It forgot the session.", unsent=True)
            if error.code == CONNECTION_CLOSED and error.message != WHOLE_SESSION and not self._ended.is_set():
                return ToolError(f"The call may be done or not; no answer came: {error.message[:MAX_TEXT]}")
            if error.code == CONNECTION_CLOSED or self._ended.is_set():
                self._ended.set()
                return Ended("", unsent=False)
            return ToolError(f"It answered with the error {error.code}: {error.message[:MAX_TEXT]}")
        return ToolError(f"{type(error).__name__}: {str(error)[:MAX_TEXT]}")

    # ----------------------------------------------------------------------------------------------- hearing

    async def _heard(self, params: LoggingMessageNotificationParams) -> None:
        if self._ration.take():
            log.info("MCP server %r reports (%s): %s", self.name, params.level, str(params.data)[:MAX_TEXT])

    async def _noticed(self, message: object) -> None:
        if isinstance(message, ToolListChangedNotification):
            self.stale = True


def _innermost(error: BaseException) -> PointworkError:
    """Of what the library raised, possibly in groups, the one that says why."""
    found: list[BaseException] = [error]
    for one in found:
        if isinstance(one, BaseExceptionGroup):
            found += one.exceptions
        elif isinstance(one, PointworkError):
            return one
    plain = [one for one in found if not isinstance(one, BaseExceptionGroup)]
    cause = next((one for one in (plain[0].__cause__, plain[0].__context__) if isinstance(one, PointworkError)), None)
    if cause is not None:
        return cause
    told = plain[0]
    if isinstance(told, MCPError):
        text = "It closed the connection." if told.code == CONNECTION_CLOSED else f"It refused: {told.message}"
    elif isinstance(told, ValidationError):
        text = f"It does not speak the protocol: {told.errors(include_url=False)[0]['msg']}"
    else:
        text = f"{type(told).__name__}: {told}"
    wrapped = ToolError(text[:MAX_TEXT])
    wrapped.__cause__ = error
    return wrapped

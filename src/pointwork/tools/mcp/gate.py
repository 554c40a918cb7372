"""The gate: everything that a server sends passes here, one message at a time, before the library sees it.

Answers pass. Notifications pass as long as they are of a kind that is used and not too many; a server that sends more
is slowed down, and one that does not stop is given up. Requests of a server (for a model, a person, folders) pass and
are declined by the library, because nothing of that kind is offered. Of a list of tools only those pass that are
written as the protocol says, and only so many.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Protocol, Self

from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCNotification, JSONRPCRequest, JSONRPCResponse

from pointwork.errors import ToolError

__all__ = ["MAX_TOOLS", "Flood", "Gate", "Ration", "Refusals"]

WANTED: Final = frozenset(
    {
        "notifications/progress",
        "notifications/message",
        "notifications/cancelled",
        "notifications/tools/list_changed",
    }
)
BURST, PER_S = 200, 50  # notifications that are looked at
SLOW_EVERY, SLOW_S = 500, 0.02  # of those that are not: so much of a processor a flood may have
MAX_DROPPED: Final = 150_000  # in one session; then it is given up
MAX_TOOLS: Final = 1_000  # of one server
MAX_REFUSED: Final = 50  # that are named


class Flood(ToolError):
    """A server sent so much that nobody asked for that it was given up."""


class Ration:
    """So many at once, and so many in a second."""

    def __init__(self, burst: int, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._per_s, self._clock = burst, per_s, clock
        self._left, self._at = float(burst), clock()

    def take(self) -> bool:
        """Whether one more is within the ration."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


@dataclass(slots=True)
class Refusals:
    """Tools that did not get through, and why."""

    named: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    more: int = 0

    def add(self, name: object, why: str) -> None:
        if len(self.named) < MAX_REFUSED:
            self.named.append((str(name)[:128], why))
        else:
            self.more += 1


class _Stream(Protocol):
    async def receive(self) -> SessionMessage | Exception: ...
    async def aclose(self) -> None: ...
    def __aiter__(self) -> Any: ...
    async def __anext__(self) -> SessionMessage | Exception: ...


class Gate:
    """A stream of messages that reads from another one."""

    def __init__(self, source: _Stream, *, ended: asyncio.Event) -> None:
        self._source = source
        self._ration = Ration(BURST, PER_S)
        self.ended = ended
        self.dropped = 0
        self.garbage = 0
        self.flood: Flood | None = None
        self.refusals = Refusals()

    @property
    def last_context(self) -> Any:
        """What the library carries along with a message."""
        return getattr(self._source, "last_context", None)

    async def receive(self) -> SessionMessage | Exception:
        return await self.__anext__()

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        while True:
            try:
                item = await self._source.__anext__()
            except BaseException:
                self.ended.set()
                raise
            if self._passes(item):
                return item
            await self._drop()

    def _passes(self, item: SessionMessage | Exception) -> bool:
        if isinstance(item, Exception):
            self.garbage += 1
            return False
        message = item.message
        if isinstance(message, JSONRPCNotification):
            return message.method in WANTED and self._ration.take()
        if isinstance(message, JSONRPCRequest):
            return self._ration.take()
        if isinstance(message, JSONRPCResponse) and isinstance(message.result.get("tools"), list):
            self.refusals = Refusals()
            message.result["tools"] = _readable(message.result["tools"], self.refusals)
        return True

    async def _drop(self) -> None:
        self.dropped += 1
        if self.dropped >= MAX_DROPPED:
            self.flood = Flood(f"It sent more than {MAX_DROPPED:,} messages that nobody asked for, and was given up.")
            self.ended.set()
            raise StopAsyncIteration
        if not self.dropped % SLOW_EVERY:
            await asyncio.sleep(SLOW_S)

    async def aclose(self) -> None:
        await self._source.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        self.ended.set()
        await self.aclose()


def _readable(tools: list[Any], refusals: Refusals) -> list[Any]:
    found: list[Any] = []
    names: set[str] = set()
    for tool in tools[:MAX_TOOLS]:
        why = _form(tool)
        name = tool.get("name", "") if isinstance(tool, dict) else ""
        if why is None and name in names:
            why = "there is another one of this name"
        if why is None:
            names.add(name)
            found.append(tool)
        else:
            refusals.add(name, why)
    if len(tools) > MAX_TOOLS:
        refusals.add("", f"it offers {len(tools):,} tools at once; the first {MAX_TOOLS:,} are looked at")
    return found


def _form(tool: Any) -> str | None:
    """What about a tool is not as the protocol says."""
    if not isinstance(tool, dict) or not isinstance(tool.get("name"), str):
        return "it has no name"
    for key, kind in (("title", str), ("description", str), ("annotations", dict), ("outputSchema", dict)):
        if tool.get(key) is not None and not isinstance(tool[key], kind):
            return f"its {key} is no {'text' if kind is str else 'object'}"
    for key in ("inputSchema", "outputSchema"):
        if key == "inputSchema" or tool.get(key) is not None:
            schema = tool.get(key)
            if not isinstance(schema, dict) or schema.get("type") != "object":
                return f"its {key} does not describe an object"
            if not isinstance(schema.get("properties", {}), dict) or not _texts(schema.get("required", [])):
                return f"its {key} has properties or required names that are none"
    hints = tool.get("annotations") or {}
    if any(not isinstance(value, bool) for key, value in hints.items() if key.endswith("Hint")):
        return "its annotations are none"
    return None


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)

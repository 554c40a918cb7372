"""What a running handler may touch: its `NodeContext`. Steps are memoised here, text is joined, logs are written.

A step is stored before its function is called and again after. Steps are told apart by their order within the
activation, their kind and a hash of what they were given; when a handler that runs again asks for something else
than last time, the remaining recorded steps are forgotten and it goes on live.

Secrets are taken out of everything before it is written down, and before a handler gets the value of a step: what it
goes on with is what a handler that runs again would get.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import orjson

from pointwork.commands import Perform
from pointwork.errors import ConfigurationError, TypeMismatch
from pointwork.events import (
    Activation,
    Level,
    LogWritten,
    StepKind,
    StepRecorded,
    StepStarted,
    StreamKind,
    TextStreamed,
)
from pointwork.nodes import Asking
from pointwork.redaction import Sieve
from pointwork.runtime.failures import error_of
from pointwork.runtime.values import as_json, as_text
from pointwork.spending import Expected, Spent
from pointwork.workflow import Budget, JsonObject

if TYPE_CHECKING:
    from pointwork.runtime.clock import Timer
    from pointwork.runtime.driver import Driver
    from pointwork.runtime.limit import TimeLimit

__all__ = ["Context"]

T = TypeVar("T")
R = TypeVar("R")
STREAM_EVERY_US = 50_000  # at most one text record per activation in this time; the first piece goes out at once


class Context:
    """The `NodeContext` of one attempt."""

    __slots__ = (
        "_flushed_us",
        "_pieces_kind",
        "_steps",
        "_timer",
        "driver",
        "limit",
        "performing",
        "pieces",
        "redactor",
        "sieve",
    )

    def __init__(self, driver: Driver, performing: Perform) -> None:
        self.driver = driver
        self.performing = performing
        self.redactor = driver.redactor
        self.sieve: Sieve | None = None  # for the text that is being streamed, once anything is secret
        self.limit: TimeLimit | None = None
        self._steps = 0
        self.pieces: list[str] | None = None  # text that was not written down yet
        self._pieces_kind: StreamKind = "text"
        self._flushed_us = 0
        self._timer: Timer | None = None

    @property
    def activation(self) -> Activation:
        return Activation(self.performing.scope, self.performing.node)

    @property
    def attempt(self) -> int:
        return self.performing.attempt

    @property
    def execution_id(self) -> str:
        return self.driver.id

    @property
    def workflow_id(self) -> str | None:
        return self.driver.workflow_id

    @property
    def names(self) -> Mapping[str, Any]:
        return self.performing.names or {}

    @property
    def absent(self) -> Mapping[str, str]:
        return self.performing.absent or {}

    @property
    def options(self) -> Mapping[str, Any]:
        return self.driver.options

    def resource(self, kind: type[R]) -> R:
        found = self.driver.runtime.resources.get(kind)
        if found is None:
            raise ConfigurationError(
                f"This process offers no {kind.__name__}.", hint="Start executions through the server or the command."
            )
        return found  # type: ignore[return-value]

    def now_us(self) -> int:
        return self.driver.runtime.clock.now_us()

    def spent(self, *, run: bool) -> Spent:
        doing, spending, now_us = self.performing, self.driver.spending, self.now_us()
        return spending.total(now_us=now_us) if run else spending.of(doing.scope, doing.node, now_us=now_us)

    def expecting(self) -> AbstractContextManager[Expected]:
        return self.driver.spending.expecting(self.performing.scope, self.performing.node)

    @property
    def budgets(self) -> Sequence[tuple[str, Budget]]:
        return self.driver.budgets

    @property
    def untrusted(self) -> str | None:
        return self.driver.steps.untrusted

    # ------------------------------------------------------------------------------------------------ steps

    async def step(
        self,
        name: str,
        fn: Callable[[], Awaitable[T]],
        *,
        kind: StepKind = "other",
        data: Any = None,
        idempotent: bool = True,
        effects: bool = False,
        usage: Callable[[T], JsonObject | None] | None = None,
    ) -> T:
        scope, node = self.performing.scope, self.performing.node
        number, self._steps = self._steps, self._steps + 1
        name = self.redactor.text(as_text(name))
        _one_of(kind, StepKind, f"The kind of step {name!r} of {node!r}")
        data = self.redactor.data(as_json(data, f"What step {name!r} of {node!r} is given"))
        digest = hashlib.sha256(orjson.dumps([kind, name, data], option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
        key = f"{number}:{kind}:{digest}"
        known = self.driver.steps.recorded(scope, node, number, key)
        if known is not None:
            return as_json(known.value, "A recorded step")
        state = self.driver.scheduler.state
        effects = effects and not (kind == "tool" and name in state.tool_stubs)
        await self._gate({"kind": kind, "name": name, "key": key, "data": data}, effects=effects)
        self.flush()
        if kind == "tool" and (stub := state.tool_stubs.get(name)) is not None:  # perhaps set while it was held up
            return self._stand_in(stub, StepStarted(scope, node, key, kind, name, data))
        await self.driver.note_stored(StepStarted(scope, node, key, kind, name, data, idempotent))
        try:
            value = as_json(await fn(), f"The result of step {name!r} of {node!r}")
        except Exception as error:
            self.flush()
            told = error_of(error, self.redactor.text)
            self.driver.note(StepRecorded(scope, node, key, kind, name, None, told))
            raise
        self.flush()
        value = self.redactor.data(value)
        used = usage(value) if usage is not None else None
        self.driver.note(StepRecorded(scope, node, key, kind, name, value, None, used))
        return as_json(value, "A recorded step")  # the handler's own: what is recorded must not change with it

    def is_stubbed(self, tool: str) -> bool:
        return self.redactor.text(as_text(tool)) in self.driver.scheduler.state.tool_stubs

    def _stand_in(self, stub: JsonObject, step: StepStarted) -> Any:
        """Record a call that is not made; nothing was reached, so nothing of it has to be stored before."""
        step.data = {**step.data, "stubbed": True} if isinstance(step.data, dict) else {"stubbed": True}
        self.driver.note(step)
        self.driver.note(StepRecorded(step.scope, step.node, step.key, step.kind, step.name, stub["output"]))
        return as_json(stub["output"], "The output of a stub")

    async def ask(self, name: str, request: JsonObject) -> Any:
        scope, node = self.performing.scope, self.performing.node
        number, self._steps = self._steps, self._steps + 1
        name = self.redactor.text(as_text(name))
        request = self.redactor.data(as_json(request, f"What {node!r} asks"))
        digest = hashlib.sha256(orjson.dumps(["ask", name, request], option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
        key = f"{number}:other:{digest}"
        known = self.driver.steps.recorded(scope, node, number, key)
        if known is not None:
            return as_json(known.value, "An answer")
        await self._gate({"kind": "other", "name": name, "key": key, "data": request})
        self.flush()
        raise Asking({**request, "step": {"key": key, "kind": "other", "name": name}})

    async def _gate(self, step: JsonObject, *, effects: bool = False) -> None:
        """Hold while the execution is paused. Whoever is not wanted any more goes no further."""
        if self.driver.scheduler.state.breakpoints:
            self.driver.break_at(self.performing, step, effects=effects)
        if self.driver.hold:
            if self.limit is None:
                await self.driver.gate.wait()
            else:
                async with self.limit.standing_still():
                    await self.driver.gate.wait()
        if not self.driver.is_current(self.performing):
            raise asyncio.CancelledError

    # ------------------------------------------------------------------------------------------ text and logs

    def log(self, message: str, level: Level = "INFO") -> None:
        _one_of(level, Level, f"The level of a line that {self.performing.node!r} logs")
        self.flush(end=False)
        told = self.redactor.text(as_text(message))
        self._note(LogWritten(level, told, self.performing.scope, self.performing.node))

    def stream(self, text: str, kind: StreamKind = "text") -> None:
        _one_of(kind, StreamKind, f"The kind of text that {self.performing.node!r} streams")
        if type(text) is not str:
            raise TypeMismatch(f"{self.performing.node!r} streams {type(text).__name__}.", hint="Stream text.")
        if kind != self._pieces_kind:
            self.flush()
            self._pieces_kind = kind
        if not text:
            return
        self.pieces = self.pieces or []
        self.pieces.append(text)
        if self._timer is not None:
            return
        since = self.now_us() - self._flushed_us
        if since >= STREAM_EVERY_US or since < 0:  # below: the clock was set back
            self._tick()
        else:
            self._timer = self.driver.runtime.clock.call_later((STREAM_EVERY_US - since) / 1e6, self._tick)

    def _tick(self) -> None:
        self.flush(end=False)

    def flush(self, *, end: bool = True) -> None:
        """Write down the text that was streamed so far; unless it ends here, without what may begin a secret."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.pieces or self.sieve is not None:
            text = as_text("".join(self.pieces or ()))
            self.pieces = None
            self._flushed_us = self.now_us()
            if self.redactor.active:
                text = self._sifted(text, end=end)
            if text:
                doing = self.performing
                self._note(TextStreamed(doing.scope, doing.node, doing.attempt, text, self._pieces_kind))

    def _sifted(self, text: str, *, end: bool) -> str:
        sieve = self.sieve = self.sieve or self.redactor.sieve()
        shown = sieve.feed(text)
        if end:
            shown += sieve.flush()
        if not sieve.held:
            self.sieve = None
        return shown

    def _note(self, event: LogWritten | TextStreamed) -> None:
        if self.driver.is_current(self.performing):
            self.driver.note(event)


def _one_of(value: object, wanted: Any, what: str) -> None:
    if value not in get_args(wanted):
        raise TypeMismatch(f"{what} is {value!r}.", hint=f"It is one of {', '.join(map(repr, get_args(wanted)))}.")

"""`FakeContext`: what a node's handler runs in, without a runtime, with steps that are remembered.

`crash_after=n` ends the handler as the end of the process would, right after step number n was recorded; `resumed()`
is the context of the next process, which knows what had been recorded. A step that had only started runs again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import orjson

from pointwork.errors import ConfigurationError
from pointwork.events import Activation, Level, StepKind, StreamKind
from pointwork.nodes import Asking
from pointwork.spending import ABOUT_TOKENS, Expected, Spending, Spent
from pointwork.workflow import Budget, JsonObject

__all__ = ["Crash", "FakeContext", "Recorded"]

R = TypeVar("R")
T = TypeVar("T")


class Crash(BaseException):
    """The process ended. No handler may catch it."""


@dataclass(slots=True)
class Recorded:
    """A step as it would be stored."""

    kind: StepKind
    name: str
    data: Any
    idempotent: bool
    value: Any = None
    usage: JsonObject | None = None
    error: str | None = None
    ended: bool = False


@dataclass
class FakeContext:
    """A `NodeContext` that keeps everything in lists."""

    resources: Mapping[type[Any], Any] = field(default_factory=dict[type[Any], Any])
    names: Mapping[str, Any] = field(default_factory=dict[str, Any])
    activation: Activation = field(default_factory=lambda: Activation("", "node"))
    attempt: int = 1
    execution_id: str = "execution"
    workflow_id: str | None = "workflow"
    time_us: int = 1_700_000_000_000_000
    crash_after: int | None = None
    remembered: dict[int, Recorded] = field(default_factory=dict[int, Recorded])
    steps: dict[int, Recorded] = field(default_factory=dict[int, Recorded])
    performed: list[str] = field(default_factory=list[str])
    """Names of the steps that really ran, in the order in which they started."""
    streamed: list[tuple[StreamKind, str]] = field(default_factory=list[tuple[StreamKind, str]])
    logged: list[tuple[Level, str]] = field(default_factory=list[tuple[Level, str]])
    absent: Mapping[str, str] = field(default_factory=dict[str, str])
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    budgets: Sequence[tuple[str, Budget]] = ()
    untrusted: str | None = None
    spending: Spending = field(default_factory=Spending)

    def resumed(self, *, crash_after: int | None = None) -> FakeContext:
        """The context of the next attempt: finished steps are known, everything else begins again."""
        finished = {at: step for at, step in self.steps.items() if step.ended and step.error is None}
        return FakeContext(
            self.resources,
            self.names,
            self.activation,
            self.attempt + 1,
            self.execution_id,
            self.workflow_id,
            self.time_us,
            crash_after,
            finished,
            budgets=self.budgets,
            untrusted=self.untrusted,
        )

    def text(self, kind: StreamKind = "text") -> str:
        """All that was streamed of a kind."""
        return "".join(text for found, text in self.streamed if found == kind)

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
        at = len(self.steps)
        step = self.steps[at] = Recorded(kind, name, _json(data), idempotent)
        known = self.remembered.get(at)
        if known is not None:
            assert (known.kind, known.name, known.data) == (kind, name, step.data), (
                "the handler does something else now"
            )
            self.steps[at] = known
            return cast("T", known.value)
        self.performed.append(name)
        try:
            value = await fn()
        except Exception as error:
            step.ended, step.error = True, f"{type(error).__name__}: {error}"
            raise
        step.ended, step.value = True, _json(value)
        step.usage = usage(value) if usage is not None else None
        if self.crash_after is not None and sum(one.ended for one in self.steps.values()) >= self.crash_after:
            raise Crash
        return cast("T", step.value)

    def is_stubbed(self, tool: str) -> bool:
        return False

    async def ask(self, name: str, request: JsonObject) -> Any:
        at = len(self.steps)
        step = self.steps[at] = Recorded("other", name, _json(request), True)
        known = self.remembered.get(at)
        if known is None:
            raise Asking(request)
        assert (known.name, known.data) == (name, step.data), "the handler asks something else now"
        self.steps[at] = known
        return known.value

    def answered(self, value: Any) -> FakeContext:
        """The context of a handler that goes on with the answer to what it asked last."""
        asked = self.steps[max(self.steps)]
        asked.ended, asked.value = True, _json(value)
        return self.resumed()

    def spent(self, *, run: bool) -> Spent:
        spent = Spent()
        for step in self.steps.values():
            spent.model_calls += step.kind == "model"
            spent.tool_calls += step.kind == "tool"
            usage = step.usage or {}
            used = usage.get("input_tokens", 0) + usage.get("output_tokens", 0)
            spent.tokens += used or (step.data or {}).get(ABOUT_TOKENS, 0)
            spent.cost_usd += usage.get("cost_usd", 0.0)
        expected = self.spending.total(now_us=0)
        spent.tokens += expected.tokens
        spent.cost_usd += expected.cost_usd
        return spent

    def expecting(self) -> AbstractContextManager[Expected]:
        return self.spending.expecting("", self.activation.node)

    def stream(self, text: str, kind: StreamKind = "text") -> None:
        self.streamed.append((kind, text))

    def log(self, message: str, level: Level = "INFO") -> None:
        self.logged.append((level, message))

    def resource(self, kind: type[R]) -> R:
        if kind not in self.resources:
            raise ConfigurationError(f"There is no {kind.__name__} here.", hint="Pass it in `resources`.")
        return cast("R", self.resources[kind])

    def now_us(self) -> int:
        return self.time_us


def _json(value: Any) -> Any:
    """The value as the journal would give it back."""
    return orjson.loads(orjson.dumps(value))

"""What an agent needs of the node that it runs in. `nodes.base.NodeContext` has it, and more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from pointwork.events import Activation, Level, StepKind, StreamKind
from pointwork.spending import Expected, Spent
from pointwork.workflow import Budget, JsonObject

__all__ = ["AgentContext"]

R = TypeVar("R")
T = TypeVar("T")


class AgentContext(Protocol):
    """Steps that are remembered, words that are shown, lines that are logged, services that are found."""

    @property
    def activation(self) -> Activation: ...

    @property
    def execution_id(self) -> str: ...

    @property
    def options(self) -> Mapping[str, Any]: ...

    @property
    def workflow_id(self) -> str | None: ...

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
        """Run `fn` once in the life of the execution."""
        ...

    def is_stubbed(self, tool: str) -> bool:
        """Whether calls of a tool are stood in for in this execution."""
        ...

    async def ask(self, name: str, request: JsonObject) -> Any:
        """Ask a person; the handler runs again when there is an answer, and then this returns it."""
        ...

    def spent(self, *, run: bool) -> Spent:
        """What the whole run has spent, or (`run=False`) this activation; calls that are under way included."""
        ...

    @property
    def budgets(self) -> Sequence[tuple[str, Budget]]:
        """What the run may spend at most: where each budget is written, and what it allows."""
        ...

    @property
    def untrusted(self) -> str | None:
        """What brought text from outside into this run, if anything did: the first such step."""
        ...

    def expecting(self) -> AbstractContextManager[Expected]:
        """Count what a call will take as spent, while it is under way; the caller says how much that is."""
        ...

    def now_us(self) -> int:
        """The time, in microseconds since 1970."""
        ...

    def stream(self, text: str, kind: StreamKind = "text") -> None:
        """Show a piece of text at once."""
        ...

    def log(self, message: str, level: Level = "INFO") -> None:
        """Write a line for people."""
        ...

    def resource(self, kind: type[R]) -> R:
        """A service by its protocol or class."""
        ...

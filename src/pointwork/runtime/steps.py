"""The recorded steps of an execution: what handlers that run again need not do again."""

from __future__ import annotations

from collections.abc import Iterable

from pointwork.events import (
    Event,
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    OutputOverridden,
    StepRecorded,
    StepStarted,
)

__all__ = ["Steps"]


class Steps:
    """Steps by activation. Kept for as long as the activation may run again."""

    __slots__ = ("_open", "_recorded", "any", "untrusted")

    def __init__(self) -> None:
        self.any = False  # whether there ever was one
        self.untrusted: str | None = None  # the first that brought text from outside
        self._recorded: dict[tuple[str, str], dict[int, StepRecorded]] = {}
        self._open: dict[tuple[str, str], dict[str, StepStarted]] = {}

    def take(self, event: Event) -> None:
        """Remember a step that began or ended; a step that failed is done again."""
        match event:
            case StepStarted():
                self.any = True
                if self.untrusted is None and isinstance(event.data, dict) and event.data.get("untrusted"):
                    self.untrusted = event.name
                self.recorded(event.scope, event.node, _number(event.key), event.key)  # what differs is forgotten
                self._open.setdefault((event.scope, event.node), {})[event.key] = event
            case StepRecorded():
                self.any = True
                self.close(event.scope, event.node, event.key)
                if event.error is None:
                    self._recorded.setdefault((event.scope, event.node), {})[_number(event.key)] = event
            case NodeFailed(retry_in_s=float() | int()):
                self._open.pop((event.scope, event.node), None)  # the attempt is over, and so are its steps
            case NodeFailed() | NodeCompleted() | NodeCancelled() | OutputOverridden():
                self._open.pop((event.scope, event.node), None)
                self._recorded.pop((event.scope, event.node), None)
            case _:
                pass

    def load(self, events: Iterable[Event]) -> None:
        for event in events:
            self.take(event)

    def recorded(self, scope: str, node: str, number: int, key: str) -> StepRecorded | None:
        """The recorded step, if the handler asks for the same as last time."""
        known = self._recorded.get((scope, node))
        if known is None or number not in known:
            return None
        if known[number].key != key:
            for later in [n for n in known if n >= number]:
                del known[later]
            return None
        return known[number]

    def interrupted(self, scope: str, node: str) -> StepStarted | None:
        """A step that began, did not end and must not simply be done again."""
        started = self._open.get((scope, node), {}).values()
        return next((step for step in started if not step.idempotent), None)

    def close(self, scope: str, node: str, key: str) -> None:
        """A step is not open any more."""
        steps = self._open.get((scope, node), {})
        steps.pop(key, None)
        if not steps:
            self._open.pop((scope, node), None)


def _number(key: str) -> int:
    return int(key.partition(":")[0])

"""The recorded steps of an execution: what handlers that run again need not do again."""

from __future__ import annotations

from collections.abc import Iterable

from pointwork.events import Event, StepRecorded, StepStarted

__all__ = ["Steps"]


class Steps:
    """Steps by activation. Kept for as long as the activation may run again."""

    __slots__ = ("_open", "_recorded")

    def __init__(self) -> None:
        self._recorded: dict[tuple[str, str], dict[int, StepRecorded]] = {}
        self._open: dict[tuple[str, str], dict[str, StepStarted]] = {}

    def __bool__(self) -> bool:
        return bool(self._recorded or self._open)

    def take(self, event: StepStarted | StepRecorded) -> None:
        """Remember a step that began or ended; a step that failed is done again."""
        place = (event.scope, event.node)
        number = int(event.key.partition(":")[0])
        if isinstance(event, StepStarted):
            self._open.setdefault(place, {})[event.key] = event
        else:
            self._open.get(place, {}).pop(event.key, None)
            if event.error is None:
                self._recorded.setdefault(place, {})[number] = event

    def load(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, (StepStarted, StepRecorded)):
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

    def forget(self, scope: str, node: str) -> None:
        """The activation has ended."""
        self._recorded.pop((scope, node), None)
        self._open.pop((scope, node), None)

"""The calls of models and tools that a node makes, as a terminal shows them: those at work, and the last that ended.

Rule of this file: its size is bounded by what is at work. Of calls that ended the last `KEPT` are remembered, of what
they were given and told the beginning; all are counted.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Final

from pointwork.events import StepRecorded, StepStarted
from pointwork.usage import COUNTED, Usage

__all__ = ["KEPT", "Call", "Calls"]

KEPT: Final = 9  # three rounds of an agent that calls two tools at a time
BRIEF_CHARS: Final = 200


@dataclass(slots=True)
class Call:
    """One call. `given` and `told` are what it was asked and what it answered, in brief."""

    kind: str
    name: str
    started_us: int
    given: str = ""
    told: str = ""
    ended_us: int | None = None
    failed: bool = False
    usage: Usage | None = None


@dataclass(slots=True)
class Calls:
    """The calls of one activation."""

    at_work: dict[str, Call] = field(default_factory=dict[str, Call])  # by the keys of their steps
    ended: deque[Call] = field(default_factory=lambda: deque[Call](maxlen=KEPT))
    count: int = 0  # of those that ended
    talks: bool = False  # whether a model was called; a node that only calls a tool is no conversation
    used: Usage = field(default_factory=Usage)

    def begin(self, event: StepStarted, at_us: int) -> None:
        self.talks = self.talks or event.kind == "model"
        self.at_work[event.key] = Call(event.kind, event.name, at_us, _given(event))

    def end(self, event: StepRecorded, at_us: int) -> Call | None:
        """Take in the end of a call, and return the call if it is one of a model or a tool."""
        call = self.at_work.pop(event.key, None)
        self.used.take(event)
        if event.kind not in COUNTED:
            return None
        self.talks = self.talks or event.kind == "model"
        call = call or Call(event.kind, event.name, at_us)
        call.ended_us, call.usage = at_us, Usage()
        call.usage.take(event)
        call.told, call.failed = _told(event)
        self.ended.append(call)
        self.count += 1
        return call

    def cut(self) -> None:
        """The attempt is over, and so is all that it had at work."""
        self.at_work.clear()


def _given(event: StepStarted) -> str:
    data: Any = event.data
    if not isinstance(data, dict):
        return ""
    if event.kind == "tool":
        return _brief(data.get("arguments", {})) if data.get("arguments") else ""
    if event.kind == "model" and isinstance(data.get("messages"), list):
        count = len(data["messages"]) + int(data.get("earlier", 0))
        return f"{count} message{'s' * (count != 1)}"
    return ""


def _told(event: StepRecorded) -> tuple[str, bool]:
    """What came of a call in brief, and whether it failed."""
    value: Any = event.value
    if event.error is not None:
        return _brief(event.error.get("message", "")), True
    if isinstance(value, dict) and "$blob" in value:
        return _brief(value.get("preview", "")), False
    if event.kind == "model" and isinstance(value, dict):
        names = Counter(str(call.get("name", "")) for call in value.get("tool_calls") or ())
        if names:
            calls = (name if count == 1 else f"{name} ×{count}" for name, count in names.items())
            return _brief("calls " + ", ".join(calls)), False
        return _brief(value.get("text", "")), False
    if isinstance(value, dict) and "error" in value:
        return _brief(value["error"]), True
    return _brief(value), False


def _brief(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text[:BRIEF_CHARS]

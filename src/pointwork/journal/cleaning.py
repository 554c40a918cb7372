"""What is stored holds no secret: the last look at events and plans, in both journals.

Handlers and people are not trusted to keep a secret out of what they return, log or send, so their values are cleaned
before they become state (`pointwork.runtime`). What gets here all the same was put together from harmless parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from pointwork.errors import Unacceptable
from pointwork.events import Event
from pointwork.journal.base import ExecutionRow
from pointwork.redaction import Redactor

__all__ = ["check_plan", "cleaned"]

# The fields that hold values or words of users. All others are names of the plan or of the program.
_FREE: Final = (
    "inputs", "output", "result", "value", "item", "data", "request", "config", "error", "message", "text", "name",
    "options", "usage", "origin", "breakpoints", "workflow_name", "workflow_version",
)  # fmt: skip


def cleaned(events: Sequence[Event], redactor: Redactor) -> Sequence[Event]:
    """The events without secrets; an event that holds none is the same object."""
    return [_cleaned(event, redactor) for event in events]


def _cleaned(event: Event, redactor: Redactor) -> Event:
    changed: dict[str, Any] = {}
    for name in _FREE:
        value: Any = getattr(event, name, None)
        clean = redactor.data(value)
        if clean is not value:
            changed[name] = clean
    return replace(event, **changed) if changed else event


def check_plan(row: ExecutionRow, plan: bytes, redactor: Redactor) -> None:
    """Refuse what would be stored with every execution: raises Unacceptable for a plan with a secret in it."""
    if not redactor.found(plan):
        return
    names = redactor.names_in(plan.decode(errors="replace"))
    if names:
        raise Unacceptable(
            f"The workflow {row.workflow_name!r} holds the value of {' and '.join(dict.fromkeys(names))} itself.",
            hint="Write {{secret.NAME}} in its place; `pointwork check FILE` shows where it stands.",
        )

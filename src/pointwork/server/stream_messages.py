"""The messages of the live stream: what a record says to those who watch. Pure.

Rules of this file: the messages of a record follow from it and from the records before it, and from nothing else, so
a viewer who comes late or again sees exactly what the others saw. Each message carries the `seq` of its record and its
`part`, its number among the messages of that record; the pair is the cursor from which a viewer resumes. A message may
get new keys, its old ones are never changed.
"""

from __future__ import annotations

from typing import Any

from pointwork.engine.view import Change, Run, Status, View, error_text
from pointwork.events import (
    BreakpointsSet,
    ExecutionFinished,
    ExecutionPaused,
    ExecutionResumed,
    ExecutionStarted,
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    NodeResumed,
    NodeSkipped,
    NodeStarted,
    NodeWaiting,
    OutputOverridden,
    Record,
    StepRecorded,
    StepStarted,
    StubsSet,
    TextStreamed,
)
from pointwork.workflow import JsonObject

__all__ = ["Messages"]


class Messages:
    """The messages of one execution, record by record from its first one.

    >>> stream = Messages(View([("start", "start")]))
    >>> record = Record("x1", 1, 0, ExecutionStarted("w1", "Hello", "1.0.0", "", {}))
    >>> [message["type"] for message in stream.of(record, settled=True)]
    ['status', 'log']
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self._shown: Status | None = None  # the status that viewers were told last

    def of(self, record: Record, *, settled: bool) -> list[JsonObject]:
        """The messages of the next record.

        `settled`: the next record, if there is one, was not stored together with this one. Between records that were
        stored together an execution may look as if it waited although it goes on at once; nobody is told so.
        """
        change = self.view.apply(record)
        found: list[JsonObject] = []
        event = record.event
        match event:
            case NodeStarted() | NodeCompleted() | NodeFailed() | NodeSkipped() | NodeCancelled() | NodeWaiting():
                found.append(_node_update(change))
            case OutputOverridden() | NodeResumed():
                found.append(_node_update(change))
            case TextStreamed():
                place = _place(change, event.scope, attempt=event.attempt)
                found.append({"type": "token", **place, "text": event.text, "kind": event.kind})
            case StepStarted():
                found.append(_step(change, event, status="started", data=event.data, usage=None))
            case StepRecorded() if event.error is not None:
                found.append(_step(change, event, status="failed", data=event.error, usage=event.usage))
            case StepRecorded():
                found.append(_step(change, event, status="completed", data=event.value, usage=event.usage))
            case ExecutionStarted() | ExecutionPaused() | ExecutionResumed() | ExecutionFinished():
                found.append(self._status(self._data_of(event)))
            case BreakpointsSet() | StubsSet():
                found.append(self._status(self._data_of(event)))
            case _:
                pass
        if change.log is not None:
            found.append({"type": "log", "log": change.log})
        if settled and self.view.status is not self._shown:
            found.append(self._status({"waiting": self.view.waiting} if self.view.waiting else {}))
        if isinstance(event, ExecutionFinished):
            found += _end(event, completed_at=record.at, usage=self.view.usage.to_dict())
        head = {"execution_id": record.execution_id, "seq": record.seq, "timestamp": record.at}
        return [{"type": message["type"], **head, "part": part, **message} for part, message in enumerate(found)]

    def _status(self, data: JsonObject) -> JsonObject:
        self._shown = self.view.status
        return {"type": "status", "status": self._shown.value, "data": data}

    def _data_of(
        self,
        event: ExecutionStarted | ExecutionPaused | ExecutionResumed | BreakpointsSet | StubsSet | ExecutionFinished,
    ) -> JsonObject:
        match event:
            case ExecutionStarted():
                names = ("workflow_id", "workflow_name", "workflow_version", "inputs", "origin")
                return {name: getattr(event, name) for name in names}
            case ExecutionPaused():
                return self.view.pause or {}
            case ExecutionResumed():
                return {"mode": event.mode}
            case BreakpointsSet():
                return {"breakpoints": event.breakpoints}
            case StubsSet():
                return {"stubs": event.stubs}
            case ExecutionFinished():
                return {}


def _node_update(change: Change) -> JsonObject:
    run = change.run
    assert run is not None
    return {"type": "node_update", **_place(change, run.scope), "node_state": run.node_state()}


def _step(change: Change, event: StepStarted | StepRecorded, *, status: str, data: Any, usage: Any) -> JsonObject:
    return {
        "type": "step",
        **_place(change, event.scope),
        "key": event.key,
        "kind": event.kind,
        "name": event.name,
        "status": status,
        "data": data,
        "usage": usage,
    }


def _place(change: Change, scope: str, *, attempt: int | None = None) -> JsonObject:
    """Which activation a message is about."""
    run: Run | None = change.run
    return {
        "node_id": change.key,
        "path": scope.split("/") if scope else [],
        "attempt": attempt if attempt is not None else run.attempt if run is not None else 1,
    }


def _end(event: ExecutionFinished, *, completed_at: str, usage: JsonObject) -> list[JsonObject]:
    """A failed run says why just before its last message; the last message of every run is `completion`."""
    text = error_text(event.error)
    result: JsonObject = {"status": event.status, "result": event.result, "error": text, "completed_at": completed_at}
    completion: JsonObject = {"type": "completion", "result": {**result, "usage": usage}}
    if event.status != "failed":
        return [completion]
    code = (event.error or {}).get("kind", "error")
    return [{"type": "error", "error": text or "The execution failed.", "code": code}, completion]

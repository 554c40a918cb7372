"""What people see of an execution: the fold of its records into one plain JSON object, the `ExecutionState`.

Rules of this file: it decides nothing and asks nobody; the same records give the same view, live, replayed or at any
point of the past. Each record costs microseconds, because live viewers fold along.

A node is shown under its key. The key of a node of the executed document is its id; a node of a sub-workflow is shown
under `<key of its container>/<id>`, so it never hides a node of the outer document. A loop that was drawn with edges
is shown as a node of its own, `loop:<header>`, of type `cycle`. One node may be activated many times (rounds of a loop,
items of a map): its state is the latest activation, `runs` lists all of them. `path` names the scope of an activation,
one segment for each container; `"/".join(path)` is the `scope` that commands take.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias, assert_never

from pointwork.engine.plan import Plan
from pointwork.events import (
    BreakpointsSet,
    CancellationRequested,
    ExecutionFinished,
    ExecutionPaused,
    ExecutionResumed,
    ExecutionStarted,
    InputsOverridden,
    Level,
    LogWritten,
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    NodeResumed,
    NodeSkipped,
    NodeStarted,
    NodeWaiting,
    OutputOverridden,
    Record,
    ScopeClosed,
    ScopeOpened,
    StepRecorded,
    StepStarted,
    StubsSet,
    TextStreamed,
    iso,
)
from pointwork.usage import Usage
from pointwork.workflow import JsonObject

__all__ = ["Change", "NodeStatus", "Run", "Status", "View", "error_text"]

NodeEvent: TypeAlias = (
    NodeStarted
    | NodeCompleted
    | NodeFailed
    | NodeSkipped
    | NodeCancelled
    | NodeWaiting
    | NodeResumed
    | OutputOverridden
)
ExecutionEvent: TypeAlias = (
    ExecutionStarted
    | ExecutionPaused
    | ExecutionResumed
    | ExecutionFinished
    | CancellationRequested
    | BreakpointsSet
    | StubsSet
)


class Status(StrEnum):
    """Of an execution. `waiting`: nothing runs, and a person or the timer of a node is awaited."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class NodeStatus(StrEnum):
    """Of an activation. One that failed and will be tried again is still running."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


CYCLE: Final = "loop:"  # how the compiler names a loop that was drawn with edges, before the id of its header
_OPEN: Final = frozenset({NodeStatus.PENDING, NodeStatus.RUNNING, NodeStatus.WAITING})


@dataclass(slots=True)
class Run:
    """One activation of a node. Once it has ended, its values are kept only while no later one has begun."""

    key: str
    scope: str
    status: NodeStatus = NodeStatus.PENDING
    attempt: int = 1
    input: Any = None
    config: JsonObject | None = None
    output: Any = None
    ports: tuple[str, ...] = ()
    error: JsonObject | None = None
    request: JsonObject | None = None
    asked_at: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    container: bool = False
    usage: Usage | None = None  # of its calls that have ended; None: it made none

    @property
    def path(self) -> list[str]:
        return _path(self.scope)

    @property
    def busy(self) -> bool:
        """Whether a handler is at work, or will be again without anybody's doing."""
        return self.status is NodeStatus.RUNNING and not self.container

    def node_state(self) -> JsonObject:
        """The `node_state` of the stream."""
        return {
            "node_id": self.key,
            "status": self.status.value,
            "input": self.input,
            "output": self.output,
            "error": error_text(self.error),
            "started_at": self.started_at,
            "completed_at": self.completed_at,
            "usage": None if self.usage is None else self.usage.to_dict(),
        }

    def summary(self) -> JsonObject:
        """The entry in `runs`."""
        return {
            "path": self.path,
            "attempt": self.attempt,
            "status": self.status.value,
            "started_at": self.started_at,
            "completed_at": self.completed_at,
            "usage": None if self.usage is None else self.usage.to_dict(),
        }

    def forget_values(self) -> None:
        self.input = self.config = self.output = None


@dataclass(slots=True)
class Change:
    """What one record changed for those who watch.

    `key`: of the node that the record is about; `run`: its activation; `log`: the line of the log.
    """

    key: str | None = None
    run: Run | None = None
    log: JsonObject | None = None


def error_text(error: JsonObject | None) -> str | None:
    """The text of a recorded error, with what to do next."""
    if error is None:
        return None
    text = str(error.get("message") or error.get("kind") or "unknown error")
    hint = error.get("hint")
    return f"{text} {hint}" if hint else text


def _path(scope: str) -> list[str]:
    return scope.split("/") if scope else []


class View:
    """The state of one execution, as people see it.

    `nodes` are the ids and types of the document, in its order; nodes of sub-workflows may be given too, under their
    keys. What is not given appears when it is first reached. `variables` are those of the document. Without
    `keep_log` the lines of the log are told once, as changes, and not kept: for those who follow for long.
    """

    def __init__(
        self, nodes: Sequence[tuple[str, str]], *, variables: Mapping[str, Any] | None = None, keep_log: bool = True
    ) -> None:
        self.execution_id = ""
        self.last_seq = 0
        self.status = Status.PENDING
        self.result: Any = None
        self.error: JsonObject | None = None
        self.completed_at: str | None = None
        self.usage = Usage()
        self.nodes = list(nodes)
        self._types = dict(nodes)
        self._variables = dict(variables or {})
        self._start: ExecutionStarted | None = None
        self._started_at: str | None = None
        self._paused: ExecutionPaused | None = None
        self._breakpoints: list[JsonObject] = []
        self._stubs: list[JsonObject] = []
        self._paused_at = 0
        self._runs: dict[tuple[str, str], Run] = {}
        self._nodes: dict[str, list[Run]] = {}
        self._running: dict[tuple[str, str], Run] = {}  # in the order of their last start
        self._waiting: dict[tuple[str, str], Run] = {}
        self._stale: Run | None = None  # ended, and not the latest; its values are let go with the next record
        self._busy = 0  # how many of the running ones have a handler at work
        self._prefixes: dict[str, str] = {}  # scope → beginning of the keys in it; only inside sub-workflows
        self._logs: list[JsonObject] | None = [] if keep_log else None

    @classmethod
    def of(cls, plan: Plan) -> View:
        """An empty view of an execution of this plan."""
        return cls(plan.keys(), variables=plan.variables)

    def apply(self, record: Record) -> Change:
        """Take in the next record; returns what it changed."""
        event = record.event
        self.execution_id = record.execution_id
        self.last_seq = record.seq
        if self._stale is not None:
            self._stale.forget_values()
            self._stale = None
        match event:
            case (
                NodeStarted()
                | NodeCompleted()
                | NodeFailed()
                | NodeSkipped()
                | NodeCancelled()
                | NodeWaiting()
                | NodeResumed()
                | OutputOverridden()
            ):
                change = self._node_event(event, iso(record.at_us))
            case StepStarted() | StepRecorded() | TextStreamed():
                run = self._runs.get((event.scope, event.node))
                if isinstance(event, StepRecorded) and self.usage.take(event) and run is not None:
                    run.usage = run.usage or Usage()
                    run.usage.take(event)
                return Change(key=self._key(event.scope, event.node), run=run)
            case ScopeOpened():
                change = self._scope_opened(event)
            case ScopeClosed():
                return Change()  # the end of its container says it
            case InputsOverridden():
                key, at = self._key(event.scope, event.node), iso(record.at_us)
                text = f"Node {event.node!r} will receive inputs that were set by hand"
                return Change(key=key, log=self._log(at, "INFO", text, key=key, scope=event.scope))
            case LogWritten():
                key = None if event.node is None else self._key(event.scope, event.node)
                at = iso(record.at_us)
                return Change(key=key, log=self._log(at, event.level, event.message, key=key, scope=event.scope))
            case _:
                change = self._execution_event(event, iso(record.at_us))
        self.status = self._status_now()
        return change

    def _status_now(self) -> Status:
        if self.completed_at is not None or self._start is None:
            return self.status
        if self._paused is not None:
            return Status.PAUSED
        return Status.WAITING if self._waiting and not self._busy else Status.RUNNING

    # ------------------------------------------------------------------------------------------- events

    def _execution_event(self, event: ExecutionEvent, at: str) -> Change:
        level: Level = "INFO"
        match event:
            case ExecutionStarted():
                self._start, self._started_at = event, at
                text = f"Execution of {event.workflow_name!r} started" if event.workflow_name else "Execution started"
            case ExecutionPaused():
                self._paused, self._paused_at = event, self.last_seq
                place = "" if event.node is None else f" {event.when or 'at'} node {event.node!r}"
                text = f"Execution paused ({event.reason}){place}"
            case ExecutionResumed():
                self._paused = None
                text = "Execution resumed" if event.mode == "run" else "Execution resumed for one step"
                if event.node is not None:
                    text = f"Execution resumed until the end of {event.node!r}"
            case CancellationRequested():
                self._paused = None
                level, text = "WARNING", "Execution is being cancelled"
            case BreakpointsSet():
                self._breakpoints = event.breakpoints
                return Change()
            case StubsSet():
                self._stubs = event.stubs
                return Change()
            case ExecutionFinished():
                self.status, self.completed_at = Status(event.status), at
                self.result, self.error = event.result, event.error
                self._paused = None
                level = _LEVELS[self.status]
                reason = f": {error_text(event.error)}" if event.error else ""
                text = f"Execution {event.status}{reason}"
            case _:
                assert_never(event)
        return Change(log=self._log(at, level, text))

    def _scope_opened(self, event: ScopeOpened) -> Change:
        key = self._key(event.parent, event.node)
        kind = self._kind(key)
        if kind is None or kind == "workflow":  # a container that nobody described may hold any document
            self._prefixes[event.scope] = f"{key}/"
        elif prefix := self._prefixes.get(event.parent):
            self._prefixes[event.scope] = prefix
        container = self._runs.get((event.parent, event.node))
        if container is not None and not container.container:
            self._busy -= container.busy
            container.container = True
        return Change(key=key)

    def _node_event(self, event: NodeEvent, at: str) -> Change:
        run = self._run(event.scope, event.node)
        level: Level = "INFO"
        status = NodeStatus.COMPLETED
        match event:
            case NodeStarted():
                status = NodeStatus.RUNNING
                run.attempt, run.input, run.config, run.error = event.attempt, event.inputs, event.config, None
                run.started_at = run.started_at or at
                text = "started" if event.attempt == 1 else f"started (attempt {event.attempt})"
            case NodeCompleted():
                run.output, run.ports, run.error, text = event.output, event.ports, None, "completed"
            case OutputOverridden():
                run.output, run.ports, run.error, text = event.output, event.ports, None, "was given its output by hand"
                run.input = run.input if event.inputs is None else event.inputs
            case NodeFailed():
                run.attempt, run.error = event.attempt, event.error
                if event.retry_in_s is None:
                    status, level, text = NodeStatus.FAILED, "ERROR", f"failed: {error_text(event.error)}"
                else:
                    status, level = NodeStatus.RUNNING, "WARNING"
                    when = f"in {event.retry_in_s:g} s" if event.retry_in_s else "at once"
                    text = f"failed (attempt {event.attempt}) and is tried again {when}: {error_text(event.error)}"
            case NodeSkipped():
                status, text = NodeStatus.SKIPPED, f"skipped: {event.reason}" if event.reason else "skipped"
            case NodeCancelled():
                status, level, text = NodeStatus.CANCELLED, "WARNING", "cancelled"
            case NodeWaiting():
                status = NodeStatus.WAITING
                run.request, run.asked_at = event.request, at
                text = _waiting_text(event.request)
            case NodeResumed():
                status, text = NodeStatus.RUNNING, "was answered and goes on"
            case _:
                assert_never(event)
        self._move((event.scope, event.node), run, status)
        run.completed_at = None if status in _OPEN else at
        if run.completed_at and run is not self._nodes[run.key][-1]:
            self._stale = run
        place = f" in {event.scope}" if event.scope else ""
        log = self._log(at, level, f"Node {event.node!r}{place} {text}", key=run.key, scope=event.scope)
        return Change(key=run.key, run=run, log=log)

    # ------------------------------------------------------------------------------------------ keeping

    def _key(self, scope: str, node: str) -> str:
        prefix = self._prefixes.get(scope)
        return node if prefix is None else prefix + node

    def _kind(self, key: str) -> str | None:
        kind = self._types.get(key)
        return "cycle" if kind is None and key.rpartition("/")[2].startswith(CYCLE) else kind

    def _run(self, scope: str, node: str) -> Run:
        """The activation; a new one is from now on the latest of its node."""
        run = self._runs.get((scope, node))
        if run is None:
            run = self._runs[scope, node] = Run(self._key(scope, node), scope)
            runs = self._nodes.setdefault(run.key, [])
            if runs and runs[-1].status not in _OPEN:
                runs[-1].forget_values()
            runs.append(run)
        return run

    def _move(self, act: tuple[str, str], run: Run, status: NodeStatus) -> None:
        """Change the status of an activation, and what the status of the execution is derived from."""
        self._busy -= run.busy
        run.status = status
        self._busy += run.busy
        self._running.pop(act, None)
        self._waiting.pop(act, None)
        if status is NodeStatus.RUNNING:
            self._running[act] = run
        elif status is NodeStatus.WAITING:
            self._waiting[act] = run

    def _log(self, at: str, level: Level, message: str, *, key: str | None = None, scope: str = "") -> JsonObject:
        line = {"timestamp": at, "level": level, "node_id": key, "message": message, "path": _path(scope)}
        if self._logs is not None:
            self._logs.append(line)
        return line

    # ------------------------------------------------------------------------------------------ showing

    def state(self) -> JsonObject:
        """The `ExecutionState`."""
        start = self._start
        inputs = start.inputs if start else {}
        current = next(reversed(self._running.values()), None)
        return {
            "execution_id": self.execution_id,
            "workflow_id": start.workflow_id if start else None,
            "workflow_name": start.workflow_name if start else "",
            "workflow_version": start.workflow_version if start else "",
            "status": self.status.value,
            "current_node": current.key if current else None,
            "node_states": self._node_states(),
            "inputs": inputs,
            "variables": {**self._variables, **inputs},
            "result": self.result,
            "error": error_text(self.error),
            "error_detail": self.error,
            "started_at": self._started_at,
            "completed_at": self.completed_at,
            "logs": list(self._logs or ()),
            "last_seq": self.last_seq,
            "origin": start.origin if start else None,
            "paused": self.pause,
            "waiting": self.waiting,
            "breakpoints": list(self._breakpoints),
            "stubs": list(self._stubs),
            "usage": self.usage.to_dict(),
        }

    @property
    def waiting(self) -> list[JsonObject]:
        """What is waited for; `node` with `"/".join(path)` as `scope` is what an answer names."""
        return [
            {"node_id": run.key, "node": node, "path": run.path, "request": run.request, "since": run.asked_at}
            for (_, node), run in self._waiting.items()
        ]

    @property
    def pause(self) -> JsonObject | None:
        """Why and where the execution is paused, if it is."""
        event = self._paused
        if event is None:
            return None
        key = None if event.node is None else self._key(event.scope, event.node)
        return {
            "reason": event.reason,
            "node_id": key,
            "node": event.node,
            "path": _path(event.scope),
            "when": event.when,
            "step": event.step,
            "seq": self._paused_at,
        }

    def _node_states(self) -> JsonObject:
        keys = {**self._types, **dict.fromkeys(self._nodes)}
        return {key: self._node_state(key) for key in keys}

    def _node_state(self, key: str) -> JsonObject:
        runs = self._nodes.get(key)
        latest = runs[-1] if runs else Run(key, "")
        state = latest.node_state()
        state["type"] = self._kind(key)
        state["path"] = latest.path
        state["attempt"] = latest.attempt if runs else 0
        state["ports"] = list(latest.ports)
        state["config"] = latest.config
        state["error_detail"] = latest.error
        state["runs"] = [run.summary() for run in runs or ()]
        return state


_LEVELS: Final[Mapping[Status, Level]] = {
    Status.COMPLETED: "INFO",
    Status.FAILED: "ERROR",
    Status.CANCELLED: "WARNING",
}


def _waiting_text(request: JsonObject) -> str:
    if question := request.get("question"):
        return f"waits for an answer: {question}"
    if until := request.get("until"):
        return f"waits until {until}"
    return "waits for an answer"

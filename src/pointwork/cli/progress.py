"""Records folded into what a terminal shows: every scope with its nodes in the order of the plan, rounds within nodes.

Rules of this file: no clock and no terminal, so that a replayed run looks like a live one. Its size is bounded by what
is at work, not by what has happened: of the rounds that ended well only the last `KEPT` of each node are remembered,
the others are counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pointwork.cli.calls import Calls
from pointwork.engine.plan import Plan, PlanNode
from pointwork.engine.view import NodeStatus, Status
from pointwork.events import (
    Activation,
    CancellationRequested,
    ExecutionFinished,
    ExecutionPaused,
    ExecutionResumed,
    ExecutionStarted,
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
    TextStreamed,
)
from pointwork.models.offline_demo import OFFLINE_DEMO
from pointwork.usage import Usage
from pointwork.workflow import JsonObject

__all__ = ["NodeRun", "Progress", "Round"]

KEPT = 20
REPEATING = ("loop", "map", "cycle")
TAIL_CHARS = 400  # of streamed text; a line on a screen is shorter


@dataclass(slots=True)
class NodeRun:
    """One node in one scope, and what is known of it."""

    plan: PlanNode
    scope: str
    status: NodeStatus = NodeStatus.PENDING
    attempt: int = 0
    started_us: int | None = None
    ended_us: int | None = None
    retry_us: int | None = None  # when it is tried again
    error: JsonObject | None = None
    reason: str = ""  # why it was skipped
    ports: tuple[str, ...] = ()
    request: JsonObject | None = None
    calls: Calls = field(default_factory=Calls)
    tail: str = ""
    models: list[str] = field(default_factory=list[str])  # that really answered
    rounds: list[Round] = field(default_factory=list["Round"])
    opened: int = 0
    closed: int = 0
    failed: int = 0
    dropped: int = 0  # rounds that are only counted
    total: int | None = None  # rounds to come in all, when that is known

    @property
    def id(self) -> str:
        return self.plan.id

    @property
    def tool_calls(self) -> int:
        return self.calls.used.tool_calls

    @property
    def tokens(self) -> int:
        return self.calls.used.tokens

    @property
    def place(self) -> str:
        """Its name across scopes, as answers and logs have it."""
        return str(Activation(self.scope, self.plan.id))

    @property
    def repeats(self) -> bool:
        """Whether it has rounds to number; other containers open one scope only."""
        return self.plan.policy in REPEATING


@dataclass(slots=True)
class Round:
    """One scope: the root, a round of a loop, an item of a map, the inside of a sub-workflow."""

    scope: str
    index: int
    nodes: list[NodeRun]
    owner: NodeRun | None = None  # whose round it is
    item: Any = None
    started_us: int | None = None
    ended_us: int | None = None
    ok: bool | None = None  # None: open


class Progress:
    """An execution as it stands after the records that were applied."""

    def __init__(self, plan: Plan) -> None:
        self.root = _round(plan, "", 0)
        self.column = _column(plan, 0)  # where the names of all nodes end, with two columns for each level
        self.execution_id = ""
        self.name = ""
        self.inputs: JsonObject = {}
        self.result: Any = None
        self.error: JsonObject | None = None
        self.ended_us: int | None = None
        self.last_seq = 0
        self.paused: str | None = None
        self.cancelling = False
        self.used = Usage()
        self.logged: Counter[tuple[str, str, str]] = Counter()  # (level, node, message) of what went wrong, not badly
        self.demo: dict[str, None] = {}  # ids of nodes that the demo model answered for, in order
        self.waiting: dict[str, NodeRun] = {}
        self._end: Status | None = None
        self._busy = 0  # handlers at work
        self._runs: dict[tuple[str, str], NodeRun] = {("", run.id): run for run in self.root.nodes}
        self._rounds: dict[str, Round] = {"": self.root}

    @property
    def started_us(self) -> int | None:
        return self.root.started_us

    @property
    def status(self) -> Status:
        if self._end is not None:
            return self._end
        if self.started_us is None:
            return Status.PENDING
        if self.paused is not None:
            return Status.PAUSED
        return Status.WAITING if self.waiting and not self._busy else Status.RUNNING

    def find(self, scope: str, node: str) -> NodeRun | None:
        return self._runs.get((scope, node))

    def apply(self, record: Record) -> NodeRun | None:
        """Take in the next record; returns the activation that it is about."""
        self.last_seq = record.seq
        event, at_us = record.event, record.at_us
        match event:
            case ExecutionStarted():
                self.execution_id, self.name, self.inputs = record.execution_id, event.workflow_name, event.inputs
                self.root.started_us = at_us
            case ExecutionPaused():
                self.paused = event.reason
            case ExecutionResumed():
                self.paused = None
            case CancellationRequested():
                self.paused, self.cancelling = None, True
            case ExecutionFinished():
                self._end, self.result, self.error = Status(event.status), event.result, event.error
                self.ended_us, self.paused = at_us, None
            case ScopeOpened():
                self._open(event, at_us)
            case ScopeClosed():
                self._close(event, at_us)
            case LogWritten():
                if event.level in ("WARNING", "ERROR"):
                    self.logged[event.level, event.node or "", event.message] += 1
                return self.find(event.scope, event.node or "")
            case _:
                run = self.find(getattr(event, "scope", ""), getattr(event, "node", ""))
                if run is not None:
                    self._node(run, event, at_us)
                return run
        return None

    # ------------------------------------------------------------------------------------------- nodes

    def _node(self, run: NodeRun, event: Any, at_us: int) -> None:
        match event:
            case NodeStarted():
                self._start(run, event, at_us)
            case NodeCompleted() | OutputOverridden():
                run.ports, run.error = event.ports, None
                self._move(run, NodeStatus.COMPLETED, at_us)
            case NodeFailed():
                run.attempt, run.error = event.attempt, event.error
                run.calls.cut()
                if event.retry_in_s is None:
                    self._move(run, NodeStatus.FAILED, at_us)
                else:
                    run.retry_us = at_us + int(event.retry_in_s * 1e6)
                    self._move(run, NodeStatus.RUNNING)
            case NodeSkipped():
                run.reason = event.reason
                self._move(run, NodeStatus.SKIPPED, at_us)
            case NodeCancelled():
                self._move(run, NodeStatus.CANCELLED, at_us)
            case NodeWaiting():
                run.request = event.request
                self._move(run, NodeStatus.WAITING)
            case NodeResumed():
                self._move(run, NodeStatus.RUNNING)
            case StepStarted():
                run.calls.begin(event, at_us)
                run.tail = ""
            case StepRecorded():
                self._step(run, event, at_us)
            case TextStreamed() if event.kind != "tool_args":
                run.tail = (run.tail + event.text)[-TAIL_CHARS:]
            case _:
                pass

    def _start(self, run: NodeRun, event: NodeStarted, at_us: int) -> None:
        run.attempt, run.retry_us, run.error, run.tail = event.attempt, None, None, ""
        run.started_us = run.started_us or at_us
        run.calls.cut()
        for old in run.rounds:
            self._forget(old)
        run.rounds.clear()
        run.opened = run.closed = run.failed = run.dropped = 0
        run.total = _total(run.plan, event.inputs)
        self._move(run, NodeStatus.RUNNING)

    def _move(self, run: NodeRun, status: NodeStatus, ended_us: int | None = None) -> None:
        handles = run.plan.body is None
        self._busy += handles * ((status is NodeStatus.RUNNING) - (run.status is NodeStatus.RUNNING))
        run.status, run.ended_us = status, ended_us
        if status is NodeStatus.WAITING:
            self.waiting[run.place] = run
        else:
            self.waiting.pop(run.place, None)

    def _step(self, run: NodeRun, event: StepRecorded, at_us: int) -> None:
        run.calls.end(event, at_us)
        self.used.take(event)
        if event.kind != "model" or not isinstance(event.value, dict):
            return
        model = str(event.value.get("model", event.name))
        if model not in run.models:
            run.models.append(model)
        if model == OFFLINE_DEMO:
            self.demo[run.id] = None

    # ------------------------------------------------------------------------------------------- rounds

    def _open(self, event: ScopeOpened, at_us: int) -> None:
        container = self.find(event.parent, event.node)
        if container is None or container.plan.body is None:
            return
        fresh = _round(container.plan.body, event.scope, event.index)
        fresh.owner, fresh.item, fresh.started_us = container, event.item, at_us
        container.rounds.append(fresh)
        container.opened += 1
        self._rounds[event.scope] = fresh
        self._runs.update({(event.scope, run.id): run for run in fresh.nodes})

    def _close(self, event: ScopeClosed, at_us: int) -> None:
        closed = self._rounds.get(event.scope)
        if closed is None or closed.owner is None:
            return
        closed.ok, closed.ended_us = event.ok, at_us
        container = closed.owner
        container.closed += 1
        container.failed += not event.ok
        if container.closed - container.failed - container.dropped > KEPT:
            oldest = next(one for one in container.rounds if one.ok)
            container.rounds.remove(oldest)
            container.dropped += 1
            self._forget(oldest)

    def _forget(self, old: Round) -> None:
        self._rounds.pop(old.scope, None)
        for run in old.nodes:
            self._runs.pop((old.scope, run.id), None)
            self.waiting.pop(run.place, None)
            for inner in run.rounds:
                self._forget(inner)


def _round(plan: Plan, scope: str, index: int) -> Round:
    return Round(scope, index, [NodeRun(node, scope) for node in plan.nodes])


def _column(plan: Plan, depth: int) -> int:
    widest = max((2 * depth + len(node.id) for node in plan.nodes), default=0)
    inner = (_column(node.body, depth + 1 + (node.policy in REPEATING)) for node in plan.nodes if node.body is not None)
    return max(widest, *inner, 0)


def _total(node: PlanNode, inputs: JsonObject) -> int | None:
    """How many rounds there will be, where the list to go through is in plain sight."""
    if node.policy == "map" or (node.policy == "loop" and node.config.get("loop_type") == "for_each"):
        lists = [value for value in inputs.values() if isinstance(value, list)]
        source = inputs.get(node.config.get("items_source") or "items")
        items = source if isinstance(source, list) else lists[0] if len(lists) == 1 else None
        if items is not None:
            return min(len(items), int(node.config.get("max_iterations", len(items))))
    return None

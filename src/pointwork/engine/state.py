"""The state of an execution: a fold of its events.

Rules of this file: `apply` takes facts and never decides; it looks at nothing but the event, the plan and itself.
So any prefix of a journal gives a state, and no scheduler, old or new, changes what an old journal means. What may
now be due is noted in `work` for the scheduler; a state that was read from a journal notes everything (`recheck`).

Inside a scope every node ends at most once and every edge is decided exactly once, by counting: `undecided` and
`live` per node. Nothing is ever searched.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

from pointwork.engine.plan import Plan, PlanNode
from pointwork.engine.scope import (
    CANCELLED,
    COMPLETED,
    FAILED,
    MISSING,
    PENDING,
    RETRYING,
    RUNNING,
    SKIPPED,
    WAITING,
    Closed,
    Rounds,
    Scope,
)
from pointwork.events import (
    ROOT,
    BreakpointsSet,
    CancellationRequested,
    Event,
    ExecutionFinished,
    ExecutionPaused,
    ExecutionResumed,
    ExecutionStarted,
    InputsOverridden,
    LogWritten,
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    NodeResumed,
    NodeSkipped,
    NodeStarted,
    NodeWaiting,
    OutputOverridden,
    PauseReason,
    ScopeClosed,
    ScopeOpened,
    StepRecorded,
    StepStarted,
    StubsSet,
    TextStreamed,
)
from pointwork.workflow import JsonObject

__all__ = ["State", "completed", "fold", "handled", "started"]

Work: TypeAlias = "deque[tuple[Scope, int]]"
OUT: Final = ("out",)
NOWHERE: Final[frozenset[tuple[str, str]]] = frozenset()  # one for all: each execution would have its own
SCOPE: Final = -1  # in `work`, instead of a node index: the scope itself


class State:
    """Everything that is true of an execution after some prefix of its journal."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.limits = plan.limits
        self.started = False
        self.status: str | None = None  # of the end
        self.paused = False
        self.paused_by: PauseReason | None = None  # the last pause
        self.paused_in = ROOT  # the scope of the last pause
        self.stepping = False
        self.stepping_over = False  # if the next node is a container, until it has ended
        self.stepping_to_calls = False  # what is started is held up at its first call
        self.over: tuple[str, str] | None = None  # the container that is being run to its end, and nothing beside it
        self.cancelling = False
        self.running = 0  # handlers at work
        self.activations = 0
        self.root = Scope(ROOT, plan, None, 0, 0, None)
        self.scopes: dict[str, Scope] = {ROOT: self.root}
        self.breakpoints: dict[str, list[JsonObject]] = {}
        self.visits: dict[str, int] = {}  # of nodes with breakpoints, since they were set
        self.stubs: dict[str, JsonObject] = {}  # by node
        self.tool_stubs: dict[str, JsonObject] = {}  # by tool
        self.given: dict[tuple[str, str], JsonObject] = {}  # inputs that somebody set by hand
        self.waiting: dict[tuple[str, str], JsonObject] = {}  # what waits for an answer, and its request
        self.passed = NOWHERE  # breakpoints where somebody already stopped
        self.work: Work = deque()

    def apply(self, event: Event) -> None:
        """Take one fact."""
        APPLY[type(event)](self, event)

    def recheck(self) -> None:
        """Note everything as possibly due: after reading a journal, and when a pause ends."""
        self.work.clear()
        for scope in self.scopes.values():
            for node, status in zip(scope.plan.nodes, scope.status, strict=True):
                started = status == RUNNING and (node.body is not None or not handled(scope, node))
                if status == PENDING or started or (node.race is not None and status < COMPLETED):
                    self.work.append((scope, node.index))
            self.work.append((scope, SCOPE))

    def find(self, scope: str, node: str) -> tuple[Scope, int] | None:
        """The open scope and the index of an activation."""
        found = self.scopes.get(scope)
        if found is None or node not in found.plan.index:
            return None
        return found, found.plan.index[node]


def handled(scope: Scope, node: PlanNode) -> bool:
    """Whether a started node has a handler: not if it is disabled, or if its templates cannot be rendered.

    Such a node ends as soon as it has started; only a journal that ends in between shows it running.
    """
    return not node.disabled and (not node.templates or node.index in scope.configs)


def fold(plan: Plan, events: Iterable[Event]) -> State:
    """The state after these events."""
    state = State(plan)
    for event in events:
        state.apply(event)
    return state


# ---------------------------------------------------------------------------------------------- the execution


def _execution_started(state: State, event: ExecutionStarted) -> None:
    state.started = True
    state.root.inputs = event.inputs
    _enter(state, state.root)


def _execution_paused(state: State, event: ExecutionPaused) -> None:
    state.paused = True
    state.paused_by = event.reason
    state.paused_in = event.scope
    _step_no_more(state)
    if event.reason == "breakpoint" and event.node is not None and event.when == "before":
        state.passed |= {(event.scope, event.node)}


def _execution_resumed(state: State, event: ExecutionResumed) -> None:
    state.paused = False
    state.stepping = event.mode != "run"
    state.stepping_over = event.mode == "over" and event.node is None
    state.stepping_to_calls = event.mode == "call"
    state.over = None if event.node is None else (event.scope, event.node)
    state.recheck()


def _step_no_more(state: State) -> None:
    state.stepping = state.stepping_over = state.stepping_to_calls = False
    state.over = None


def _breakpoints_set(state: State, event: BreakpointsSet) -> None:
    state.breakpoints = {}
    state.visits = {}
    for breakpoint in event.breakpoints:
        state.breakpoints.setdefault(breakpoint["node"], []).append(breakpoint)


def _stubs_set(state: State, event: StubsSet) -> None:
    state.stubs = {stub["node"]: stub for stub in event.stubs if stub["node"] is not None}
    state.tool_stubs = {stub["tool"]: stub for stub in event.stubs if stub["tool"] is not None}


def _cancellation_requested(state: State, event: CancellationRequested) -> None:
    state.cancelling = True
    state.paused = False
    _step_no_more(state)
    state.root.doomed = event.error
    state.root.cancelled = event.error is None
    state.root.stopping = True
    state.recheck()  # outer scopes first, so that nothing within them starts any more


def _execution_finished(state: State, event: ExecutionFinished) -> None:
    state.status = event.status
    state.paused = False
    _step_no_more(state)
    state.work.clear()


# ---------------------------------------------------------------------------------------------------- nodes


def _node_started(state: State, event: NodeStarted) -> None:
    scope = state.scopes[event.scope]
    started(state, scope, scope.plan.nodes[scope.plan.index[event.node]], event)


def started(state: State, scope: Scope, node: PlanNode, event: NodeStarted) -> None:
    """The event for one who has the scope and the node at hand, which most events by far are applied by."""
    index = node.index
    scope.status[index] = RUNNING
    scope.attempts[index] = event.attempt
    scope.received[index] = event.inputs
    if event.config is not None:
        scope.configs[index] = event.config
    elif scope.configs:
        scope.configs.pop(index, None)
    state.activations += 1
    if node.body is None:
        state.running += 1
    else:
        keep = node.policy == "map" or (
            node.policy == "loop" and node.config.get("loop_type", "for_each") == "for_each"
        )
        scope.rounds[index] = Rounds(event.attempt, keep=keep)
        state.work.append((scope, index))
        if state.stepping_over and state.over is None:
            state.over = (scope.path, node.id)
    if state.breakpoints and event.attempt == 1 and event.node in state.breakpoints:
        state.visits[event.node] = state.visits.get(event.node, 0) + 1


def _stop(state: State, scope: Scope) -> None:
    scope.stopping = True
    state.work.append((scope, SCOPE))


def _leave(state: State, scope: Scope, index: int, status: int) -> None:
    """A node changes from running, or anything else, to another status; scopes that it had opened are orphans."""
    if scope.status[index] == RUNNING and scope.plan.nodes[index].body is None:
        state.running -= 1
    elif scope.status[index] == WAITING:
        state.waiting.pop((scope.path, scope.plan.nodes[index].id), None)
    scope.status[index] = status
    if index in scope.rounds:
        for child in scope.rounds[index].open.values():
            _stop(state, child)


def _end(state: State, scope: Scope, index: int, status: int) -> None:
    _leave(state, scope, index, status)
    scope.left -= 1
    if not scope.left:
        state.work.append((scope, SCOPE))


def _decide(state: State, scope: Scope, node: PlanNode, ports: tuple[str, ...]) -> None:
    """Every outgoing edge becomes live or dead."""
    undecided, live, work, eager = scope.undecided, scope.live, state.work, scope.plan.eager
    for edge in node.outgoing:
        alive = edge.port in ports
        target = edge.target
        if target is not None:
            undecided[target] -= 1
            live[target] += alive
            if not undecided[target] or eager[target]:
                work.append((scope, target))
        elif alive and edge.kind == "back":
            scope.back = True
        elif alive:
            scope.exits |= {edge.exit}


def _node_completed(state: State, event: NodeCompleted | OutputOverridden) -> None:
    scope = state.scopes[event.scope]
    completed(state, scope, scope.plan.nodes[scope.plan.index[event.node]], event)


def completed(state: State, scope: Scope, node: PlanNode, event: NodeCompleted | OutputOverridden) -> None:
    """The event for one who has the scope and the node at hand."""
    index = node.index
    scope.outputs[index] = event.output
    scope.ports[index] = event.ports
    if scope.status[index] == RUNNING and node.body is None:  # as `_leave`, in the case that is nearly always so
        state.running -= 1
        scope.status[index] = COMPLETED
    else:
        _leave(state, scope, index, COMPLETED)
    scope.left -= 1
    if not scope.left:
        state.work.append((scope, SCOPE))
    plan = scope.plan
    if node.plain is not None and event.ports == OUT:  # as `_decide`, where no edge is special
        undecided, live, eager = scope.undecided, scope.live, plan.eager
        for target in node.plain:
            left = undecided[target] = undecided[target] - 1
            live[target] += 1
            if not left or eager[target]:
                state.work.append((scope, target))
    elif node.outgoing:
        _decide(state, scope, node, event.ports)
    if plan.need and node.sink:
        scope.sinks_done += 1
        if scope.sinks_done >= plan.need:
            _stop(state, scope)


def _output_overridden(state: State, event: OutputOverridden) -> None:
    scope = state.scopes[event.scope]
    index = scope.plan.index[event.node]
    scope.overridden |= {index}
    if event.inputs is not None:
        scope.received[index] = event.inputs
    if scope.status[index] < COMPLETED:
        _node_completed(state, event)
    else:
        scope.outputs[index] = event.output  # its edges are decided; only later readers see the difference


def _inputs_overridden(state: State, event: InputsOverridden) -> None:
    state.given[event.scope, event.node] = event.inputs


def _node_failed(state: State, event: NodeFailed) -> None:
    scope = state.scopes[event.scope]
    index = scope.plan.index[event.node]
    if event.retry_in_s is not None:
        _leave(state, scope, index, RETRYING)
        if event.error.get("kind") != "interrupted":
            scope.tries[index] = scope.tries.get(index, 0) + 1
        return
    node = scope.plan.nodes[index]
    scope.outputs[index] = {"error": event.error}
    scope.ports[index] = ("error",)
    _end(state, scope, index, FAILED)
    _decide(state, scope, node, ("error",))
    if not node.has_error_edge:
        if scope.plan.need:  # a race goes on with those who are left
            scope.lost = scope.lost or event.error
        else:
            scope.doomed = scope.doomed or event.error
            _stop(state, scope)


def _node_skipped(state: State, event: NodeSkipped | NodeCancelled) -> None:
    scope = state.scopes[event.scope]
    index = scope.plan.index[event.node]
    _end(state, scope, index, SKIPPED if isinstance(event, NodeSkipped) else CANCELLED)
    _decide(state, scope, scope.plan.nodes[index], ())


def _node_waiting(state: State, event: NodeWaiting) -> None:
    scope = state.scopes[event.scope]
    index = scope.plan.index[event.node]
    _leave(state, scope, index, WAITING)
    state.waiting[event.scope, event.node] = event.request


def _node_resumed(state: State, event: NodeResumed) -> None:
    scope = state.scopes[event.scope]
    _leave(state, scope, scope.plan.index[event.node], RUNNING)
    state.running += 1


# --------------------------------------------------------------------------------------------------- scopes


def _scope_opened(state: State, event: ScopeOpened) -> None:
    parent = state.scopes[event.parent]
    index = parent.plan.index[event.node]
    body = parent.plan.nodes[index].body
    assert body is not None
    scope = Scope(event.scope, body, parent, index, event.index, event.item)
    if body.namespace:
        scope.inputs = parent.received[index]
    rounds = parent.rounds[index]
    rounds.opened += 1
    rounds.open[event.index] = scope
    parent.open_children += 1
    state.scopes[event.scope] = scope
    _enter(state, scope)


def _enter(state: State, scope: Scope) -> None:
    if scope.left:
        for index in scope.plan.roots:
            state.work.append((scope, index))
    else:
        state.work.append((scope, SCOPE))


def _scope_closed(state: State, event: ScopeClosed) -> None:
    scope = state.scopes.pop(event.scope)
    parent = scope.parent
    assert parent is not None
    rounds = scope.siblings
    assert rounds is not None
    rounds.closed += 1
    del rounds.open[scope.index]
    parent.open_children -= 1
    if event.ok:
        left = Closed(scope, event.result)
        if rounds.keep:
            rounds.snapshots[scope.index] = left
        else:
            rounds.results.clear()
            if rounds.latest is not None:
                _carry(rounds.latest, left)
        rounds.latest = left
        rounds.results[scope.index] = event.result
    else:
        rounds.error = rounds.error or event.error
        if parent.plan.nodes[scope.node].config.get("on_item_error") == "null":
            rounds.snapshots[scope.index] = None
    state.work.append((parent, scope.node))
    if not parent.left:
        state.work.append((parent, SCOPE))


def _carry(old: Closed, new: Closed) -> None:
    """A node that did not run in this round keeps its last value, for those who read it later."""
    for index, output in enumerate(new.outputs):
        if output is MISSING and old.outputs[index] is not MISSING:
            new.outputs[index] = old.outputs[index]
            new.received[index] = old.received[index]
            if index in old.rounds and index not in new.rounds:
                new.rounds[index] = old.rounds[index]


def _nothing(state: State, event: Event) -> None:
    """Steps, text and log lines are for the runtime and for viewers."""


APPLY: dict[type[Any], Callable[[State, Any], None]] = {
    ExecutionStarted: _execution_started,
    ExecutionPaused: _execution_paused,
    ExecutionResumed: _execution_resumed,
    BreakpointsSet: _breakpoints_set,
    StubsSet: _stubs_set,
    CancellationRequested: _cancellation_requested,
    ExecutionFinished: _execution_finished,
    NodeStarted: _node_started,
    NodeCompleted: _node_completed,
    NodeFailed: _node_failed,
    NodeSkipped: _node_skipped,
    NodeCancelled: _node_skipped,
    NodeWaiting: _node_waiting,
    NodeResumed: _node_resumed,
    ScopeOpened: _scope_opened,
    ScopeClosed: _scope_closed,
    StepStarted: _nothing,
    StepRecorded: _nothing,
    LogWritten: _nothing,
    OutputOverridden: _output_overridden,
    InputsOverridden: _inputs_overridden,
    TextStreamed: _nothing,
}

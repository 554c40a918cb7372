"""A second opinion: what the events of an execution say, read without the engine's own fold, and what they must obey.

Rules of this file: nothing of `pointwork.engine.state` or `scheduler` is used, only the plan's nodes and edges. Every
event is checked when it is taken: nothing ends twice or after its scope, every edge is decided once, every start and
skip agrees with its join, nothing starts during a pause, a scope closes when all in it has ended and not before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pointwork.engine.plan import Plan, PlanNode
from pointwork.events import (
    Activation,
    CancellationRequested,
    Event,
    ExecutionFinished,
    ExecutionPaused,
    ExecutionResumed,
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    NodeResumed,
    NodeSkipped,
    NodeStarted,
    NodeWaiting,
    OutputOverridden,
    ScopeClosed,
    ScopeOpened,
    scope_path,
)

__all__ = ["Ended", "Ledger", "OpenScope"]


@dataclass(slots=True)
class Ended:
    """How an activation ended."""

    status: str
    output: Any = None
    ports: tuple[str, ...] = ()


@dataclass(slots=True)
class OpenScope:
    """A scope and the edges in it: how many of each node's are undecided, how many are live."""

    plan: Plan
    parent: str | None
    node: str | None
    undecided: list[int]
    live: list[int]
    ended: set[str] = field(default_factory=set[str])
    children: int = 0
    opened: dict[tuple[str, int], int] = field(default_factory=dict[tuple[str, int], int])  # (node, attempt) → rounds

    @classmethod
    def of(cls, plan: Plan, parent: str | None = None, node: str | None = None) -> OpenScope:
        return cls(plan, parent, node, [len(n.incoming) for n in plan.nodes], [0] * len(plan.nodes))


class Ledger:
    """What has happened, by activation."""

    def __init__(self, plan: Plan) -> None:
        self.scopes = {"": OpenScope.of(plan)}
        self.ended: dict[Activation, Ended] = {}
        self.busy: dict[Activation, str] = {}  # "running", "waiting" or "retrying"
        self.mute: set[Activation] = set()  # started without a handler: only in a torn journal have they not ended
        self.attempts: dict[Activation, int] = {}
        self.tries: dict[Activation, int] = {}  # failures that are followed by another attempt
        self.closed: dict[str, ScopeClosed] = {}
        self.opened_by: dict[str, tuple[Activation, int]] = {}  # scope → composite activation and its attempt
        self.finished: ExecutionFinished | None = None
        self.paused = False
        self.stepping = False
        self.cancelling = False

    def take(self, event: Event) -> None:
        """One more event."""
        assert self.finished is None, f"{event} after the end"
        match event:
            case NodeStarted():
                self._started(event)
            case NodeCompleted():
                assert self._at(event) in ("running", "waiting"), event
                self._end(event, Ended("completed", event.output, tuple(event.ports)))
            case NodeFailed():
                self._failed(event)
            case NodeSkipped():
                self._skipped(event)
            case NodeCancelled():
                self._end(event, Ended("cancelled"))
            case NodeWaiting():
                assert self._at(event) == "running", event
                self.busy[Activation(event.scope, event.node)] = "waiting"
            case NodeResumed():
                assert self._at(event) == "waiting", event
                self.busy[Activation(event.scope, event.node)] = "running"
            case OutputOverridden():
                self._overridden(event)
            case ScopeOpened():
                self._opened(event)
            case ScopeClosed():
                self._closed(event)
            case ExecutionPaused():
                self.paused, self.stepping = True, False
            case ExecutionResumed():
                self.paused, self.stepping = False, event.mode == "step"
            case CancellationRequested():
                self.paused = self.stepping = False
                self.cancelling = True
            case ExecutionFinished():
                assert set(self.scopes) == {""}, f"open at the end: {list(self.scopes)}"
                self._complete(self.scopes[""], event)
                self.finished = event
            case _:
                pass

    # ------------------------------------------------------------------------------------------------ nodes

    def node(self, at: Activation) -> PlanNode:
        plan = self.scopes[at.scope].plan
        return plan.nodes[plan.index[at.node]]

    def handlers(self) -> list[Activation]:
        """Activations whose handler is at work."""
        running = [at for at, status in self.busy.items() if status == "running" and at not in self.mute]
        return [at for at in running if self.node(at).body is None]

    def _at(
        self, event: NodeStarted | NodeCompleted | NodeFailed | NodeSkipped | NodeCancelled | NodeWaiting | NodeResumed
    ) -> str:
        """The status so far, of an activation that has not ended, in a scope that is open."""
        at = Activation(event.scope, event.node)
        assert event.scope in self.scopes, f"{event} in a scope that is not open"
        assert event.node in self.scopes[event.scope].plan.index, f"{event} of an unknown node"
        assert at not in self.ended, f"{event} after {self.ended[at]}"
        return self.busy.get(at, "pending")

    def _started(self, event: NodeStarted) -> None:
        at = Activation(event.scope, event.node)
        before = self._at(event)
        assert before in ("pending", "retrying"), event
        assert not self.paused, f"{event} during a pause"
        assert not self.cancelling, f"{event} after cancellation"
        assert event.attempt == self.attempts.get(at, 0) + 1, event
        scope, node = self.scopes[event.scope], self.node(at)
        if before == "pending":
            total, undecided, live = len(node.incoming), scope.undecided[node.index], scope.live[node.index]
            assert not total or _may_run(node, total, undecided, live), f"{event}: {live} live of {total}"
        self.attempts[at] = event.attempt
        self.busy[at] = "running"
        self.mute.discard(at)
        if node.disabled or (node.templates and event.config is None):
            self.mute.add(at)

    def _failed(self, event: NodeFailed) -> None:
        at = Activation(event.scope, event.node)
        assert self._at(event) in ("running", "waiting"), event
        assert event.attempt == self.attempts[at], event
        if event.retry_in_s is None:
            self._end(event, Ended("failed", {"error": event.error}, ("error",)))
        else:
            self.busy[at] = "retrying"
            self.mute.discard(at)
            if event.error["kind"] != "interrupted":
                self.tries[at] = self.tries.get(at, 0) + 1

    def _skipped(self, event: NodeSkipped) -> None:
        assert self._at(event) == "pending", event
        scope, node = self.scopes[event.scope], self.node(Activation(event.scope, event.node))
        total, undecided, live = len(node.incoming), scope.undecided[node.index], scope.live[node.index]
        assert total, event
        assert _may_skip(node, total, undecided, live), f"{event}: {live} live of {total}"
        self._end(event, Ended("skipped"))

    def _overridden(self, event: OutputOverridden) -> None:
        at = Activation(event.scope, event.node)
        if at in self.ended:
            assert self.ended[at].status == "completed", event
            self.ended[at].output = event.output
        else:
            self._end(event, Ended("completed", event.output, tuple(event.ports)))

    def _end(self, event: Any, how: Ended) -> None:
        at = Activation(event.scope, event.node)
        if not isinstance(event, OutputOverridden):
            self._at(event)
        scope, node = self.scopes[event.scope], self.node(at)
        self.busy.pop(at, None)
        self.ended[at] = how
        scope.ended.add(event.node)
        for edge in node.outgoing:
            if edge.target is not None:
                scope.undecided[edge.target] -= 1
                scope.live[edge.target] += edge.port in how.ports
                assert scope.undecided[edge.target] >= 0, f"{edge} decided twice"

    # ----------------------------------------------------------------------------------------------- scopes

    def _opened(self, event: ScopeOpened) -> None:
        at = Activation(event.parent, event.node)
        assert self.busy.get(at) == "running", event
        parent, node, attempt = self.scopes[event.parent], self.node(at), self.attempts[at]
        assert node.body is not None, event
        index = parent.opened.get((event.node, attempt), 0)
        assert event.index == index, event
        assert event.scope == scope_path(event.parent, event.node, index, attempt), event
        assert event.scope not in self.scopes, event
        assert event.scope not in self.closed, event
        parent.opened[event.node, attempt] = index + 1
        parent.children += 1
        self.opened_by[event.scope] = (at, attempt)
        self.scopes[event.scope] = OpenScope.of(node.body, event.parent, event.node)

    def _closed(self, event: ScopeClosed) -> None:
        scope = self.scopes.pop(event.scope)
        self._complete(scope, event)
        assert scope.parent is not None
        self.scopes[scope.parent].children -= 1
        self.closed[event.scope] = event

    def _complete(self, scope: OpenScope, event: Event) -> None:
        assert scope.ended == set(scope.plan.index), f"{event} before {set(scope.plan.index) - scope.ended} ended"
        assert not any(scope.undecided), f"{event} with undecided edges"
        assert not scope.children, f"{event} before the scopes within"


def _may_run(node: PlanNode, total: int, undecided: int, live: int) -> bool:
    return {
        "all": undecided == 0 and live > 0,
        "any": live > 0,
        "n": live >= node.join_n,
        "every": undecided == 0 and live == total,
    }[node.join]


def _may_skip(node: PlanNode, total: int, undecided: int, live: int) -> bool:
    return {
        "all": undecided == 0 and live == 0,
        "any": undecided == 0 and live == 0,
        "n": live + undecided < node.join_n,
        "every": undecided == 0 and live < total,
    }[node.join]

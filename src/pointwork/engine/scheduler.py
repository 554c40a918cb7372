"""The scheduler: inputs (what happened) go in, events (facts) and commands (effects to perform) come out.

Rules of this file: no I/O, no clock, no randomness. Every decision is a function of the state and becomes an event,
which changes the state at once. It works as h11 does: an input emits its direct event, then rules run to a fixed
point over the work list of what may be due. There is one rule for a node (`_node`), one for a scope (`_scope`) and
one policy per kind of composite node (`scopes.py`). A recovered state puts everything on the work list, so a torn
journal, a fork at any record and an ordinary step are the same code.

While paused no rule runs at all: results are recorded, and their consequences wait.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable
from typing import Any, TypeAlias

from pointwork.commands import (
    Cancel,
    Command,
    Completed,
    CutOff,
    Failed,
    Input,
    Interrupted,
    Perform,
    SetTimer,
    Start,
    Suspended,
    TimerFired,
)
from pointwork.engine.breakpoints import check_breakpoints, due
from pointwork.engine.control import obey, set_breakpoints, set_stubs, too_late
from pointwork.engine.inputs import absence, implicit, names_of, received_by, result_of
from pointwork.engine.joins import joined
from pointwork.engine.plan import Plan, PlanNode
from pointwork.engine.render import render_config
from pointwork.engine.scope import COMPLETED, PENDING, RETRYING, RUNNING, SKIPPED, WAITING, Rounds, Scope
from pointwork.engine.scopes import POLICIES, Broken, Decision, Done, Note, Open, cut_off, error
from pointwork.engine.state import APPLY, SCOPE, State, completed, handled, started
from pointwork.engine.stepping import go_on_within
from pointwork.engine.stubs import check_stubs, stand_in
from pointwork.errors import Conflict, ExpressionError
from pointwork.events import (
    CancellationRequested,
    Event,
    ExecutionFinished,
    ExecutionPaused,
    ExecutionStarted,
    LogWritten,
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    NodeSkipped,
    NodeStarted,
    NodeWaiting,
    ScopeClosed,
    ScopeOpened,
    scope_path,
)
from pointwork.workflow import JsonObject

__all__ = ["Scheduler"]

# What waits for a free place: the order of its scope, its index, a number, the scope, its attempts so far.
Entry: TypeAlias = tuple[tuple[int, ...], int, int, Scope, int]


class Scheduler:
    """Decides what happens next in one execution.

    >>> from pointwork.engine.plan import Plan, PlanNode
    >>> scheduler = Scheduler(Plan(nodes=(PlanNode(id="only", type="end", index=0),)))
    >>> events, commands = scheduler.handle(Start({"x": 1}))
    >>> [event.type for event in events], commands[0].node
    (['ExecutionStarted', 'NodeStarted'], 'only')
    """

    def __init__(self, plan: Plan, *, plan_hash: str = "", state: State | None = None) -> None:
        self.plan = plan
        self.plan_hash = plan_hash
        self.width = plan.limits.max_parallel  # handlers at the same time
        self.most = plan.limits.max_activations
        self.state = state or State(plan)
        self.events: list[Event]  # of the input that is being handled
        self.commands: list[Command]
        self.ready: list[Entry] = []  # heap of what waits for a free place
        self.queued = 0  # ties in the heap are never decided by comparing scopes
        self.overdue: deque[tuple[Scope, int, int]] = deque()  # failed attempts that are repeated as soon as possible

    @classmethod
    def recover(cls, plan: Plan, events: Iterable[Event], *, plan_hash: str = "") -> Scheduler:
        """A scheduler that goes on behind any prefix of a journal; see `outstanding`."""
        state = State(plan)
        for event in events:
            state.apply(event)
        for scope in state.scopes.values():
            for index, rounds in scope.rounds.items():
                if scope.status[index] == RUNNING:  # asked only to work out the items that it goes through again
                    _ask(scope, scope.plan.nodes[index], rounds)
        state.recheck()
        return cls(plan, plan_hash=plan_hash, state=state)

    def handle(self, item: Input) -> tuple[list[Event], list[Command]]:
        """Take one input. The events must be stored before the commands are obeyed.

        Raises Conflict for an input that does not fit the state, NotFound for an activation that does not exist,
        Unacceptable for what could never be obeyed.
        """
        self.events, self.commands = [], []
        match item:
            case Completed():  # first, because most inputs are
                self._on_completed(item)
            case Failed():
                self._on_failed(item)
            case Suspended():
                self._on_suspended(item)
            case TimerFired():
                self._on_timer(item)
            case Interrupted():
                self._on_interrupted(item)
            case Start():
                self._on_start(item)
            case _:
                obey(self, item)
        if self.state.work or self.ready or self.overdue:
            self._run_rules()
        return self.events, self.commands

    def go_on(self) -> tuple[list[Event], list[Command]]:
        """Run the rules without an input: the first thing to do after `recover`."""
        self.events, self.commands = [], []
        if self.state.started and self.state.status is None:
            self._run_rules()
        return self.events, self.commands

    def outstanding(self) -> list[Command]:
        """What must be performed (again) after recovery: handlers that had started, retries that were due."""
        again: list[Command] = []
        for scope in self.state.scopes.values():
            for node in scope.plan.nodes:
                status, attempt = scope.status[node.index], scope.attempts[node.index]
                if status == RUNNING and node.body is None and handled(scope, node):
                    again.append(self.perform(scope, node))
                elif status == RUNNING and node.timeout_s:
                    again.append(SetTimer(scope.path, node.id, attempt, "timeout", node.timeout_s))
                elif status == RETRYING:
                    delay = node.retry.delay_s(scope.tries.get(node.index, 1)) if node.retry else 0.0
                    again.append(SetTimer(scope.path, node.id, attempt, "retry", delay))
        return again

    # ------------------------------------------------------------------------------------------------ rules

    def emit(self, event: Event) -> None:
        self.events.append(event)
        APPLY[type(event)](self.state, event)

    def _run_rules(self) -> None:
        state = self.state
        work = state.work
        while not state.paused and state.status is None:
            if work:
                scope, index = work.popleft()
                if index != SCOPE:
                    self._node(scope, index)
                else:
                    self._scope(scope)
            elif self.overdue:
                scope, index, attempt = self.overdue.popleft()
                if scope.status[index] == RETRYING and scope.attempts[index] == attempt:
                    self._queue(scope, scope.plan.nodes[index])
            elif state.over is not None:
                if not go_on_within(self, state.over):
                    return
            elif self.ready and (state.stepping or state.running < self.width):
                self.begin_first(heapq.heappop(self.ready))
            else:
                return
        # Going on rechecks everything but retries, whose timers have fired for good.
        for _, index, _, scope, attempt in self.ready:
            if scope.status[index] == RETRYING:
                self.overdue.append((scope, index, attempt))
        self.ready.clear()

    def begin_first(self, entry: Entry) -> None:
        """Begin what had to wait, if it still has to begin."""
        _, index, _, scope, attempt = entry
        fresh = scope.attempts[index] == attempt and not scope.stopping
        if fresh and scope.status[index] in (PENDING, RETRYING):
            self._begin(scope, scope.plan.nodes[index])

    def _node(self, scope: Scope, index: int) -> None:
        status = scope.status[index]
        if scope.stopping or status >= COMPLETED:
            return  # `_scope` clears up
        node = scope.plan.nodes[index]
        if node.race is not None and scope.status[node.race] not in (PENDING, SKIPPED):
            self._cancel_node(scope, node)
            self.call_off(scope, node)
        elif status == PENDING:
            undecided, live = scope.undecided[index], scope.live[index]
            if node.join == "all":
                if undecided:
                    return
                runs = live > 0 or not node.incoming
            else:
                verdict = joined(node, undecided, live)
                if verdict is None:
                    return
                runs = verdict
            if not runs:
                self.emit(NodeSkipped(scope.path, node.id, "no live path leads here"))
            elif self.ready or self.state.stepping or self.state.running >= self.width:
                self._queue(scope, node)
            else:
                self._begin(scope, node)
        elif status == RUNNING and not handled(scope, node):
            self.again(scope, node, None)  # the journal ended between its start and its end
        elif status == RUNNING and node.body is not None:
            self._advance(scope, node)

    def _queue(self, scope: Scope, node: PlanNode) -> None:
        """Start a node now, or when a place is free; composite nodes need none."""
        state = self.state
        if state.stepping or (node.body is None and (self.ready or state.running >= self.width)):
            self.queued += 1
            heapq.heappush(self.ready, (scope.order(), node.index, self.queued, scope, scope.attempts[node.index]))
        else:
            self._begin(scope, node)

    def _scope(self, scope: Scope) -> None:
        if self.state.scopes.get(scope.path) is not scope:
            return
        if scope.stopping and scope.left:
            for node in scope.plan.nodes:
                self._cancel_node(scope, node)
        if scope.left or scope.open_children:
            return
        won = 0 < scope.plan.need <= scope.sinks_done
        failure = scope.doomed or (None if won else scope.lost)
        ok = failure is None and (won or not scope.stopping)
        result = result_of(scope) if ok else None
        if scope.parent is not None:
            self.emit(ScopeClosed(scope.path, ok, result, failure))
        elif scope.cancelled:
            self.emit(ExecutionFinished("cancelled", None, None))
        else:
            self.emit(ExecutionFinished("completed" if ok else "failed", result, failure))

    def _advance(self, scope: Scope, node: PlanNode) -> None:
        """Ask the policy of a running composite node what is next."""
        rounds = scope.rounds[node.index]
        while True:
            decision = _ask(scope, node, rounds)
            if isinstance(decision, Open):
                path = scope_path(scope.path, node.id, rounds.opened, rounds.attempt)
                self.emit(ScopeOpened(path, scope.path, node.id, rounds.opened, decision.item))
                if node.policy != "map":
                    return  # one round at a time
                continue
            match decision:
                case Done(output, ports):
                    self.emit(NodeCompleted(scope.path, node.id, output, ports))
                    self.after(scope, node, "after")
                    return
                case Broken(problem):
                    self.fail(scope, node, rounds.attempt, problem, retryable=True)
                    return
                case Note(message):
                    self.emit(LogWritten("WARNING", message, scope.path, node.id))
                case _:  # wait until one of its scopes closes
                    return

    # ------------------------------------------------------------------------------------ beginning and ending

    def _begin(self, scope: Scope, node: PlanNode) -> None:
        state = self.state
        if state.breakpoints and node.id in state.breakpoints and due(state, scope, node, "before"):
            self.retry(scope, node)  # if it is one; a first attempt is found again when the pause ends
            self.emit(ExecutionPaused("breakpoint", scope.path, node.id, "before"))
            return
        attempt = scope.attempts[node.index] + 1
        if state.stubs and node.id in state.stubs:
            stand_in(self, scope, node)
        elif state.activations >= self.most:
            self.emit(CancellationRequested(_too_many(self.most)))
        elif node.simple and not state.given:
            received = implicit(scope, node)
            event = NodeStarted(scope.path, node.id, attempt, received)
            self.events.append(event)
            started(state, scope, node, event)
            self.commands.append(
                Perform(
                    scope.path, node.id, attempt, node.type, node.config, received, None, None, node.timeout_s,
                    node.effects,
                )
            )  # fmt: skip
        else:
            self._prepare(scope, node, attempt)
        if state.stepping and state.over is None and not state.paused:
            self.emit(ExecutionPaused("step", scope.path, node.id, "call" if state.stepping_to_calls else None))

    def _prepare(self, scope: Scope, node: PlanNode, attempt: int) -> None:
        received = self.state.given.get((scope.path, node.id)) if self.state.given else None
        if received is None:
            received = received_by(scope, node)
        if node.disabled:
            self.emit(NodeStarted(scope.path, node.id, attempt, received))
            ports = tuple({edge.port: None for edge in node.outgoing if edge.port != "error"}) or ("out",)
            value = received["output"] if received.keys() == {"output"} else received
            self.emit(NodeCompleted(scope.path, node.id, value, ports))
            return
        rendered = None
        if node.templates:
            try:
                rendered = render_config(scope, node, received)
            except ExpressionError as problem:
                self.emit(NodeStarted(scope.path, node.id, attempt, received))
                self.fail(scope, node, attempt, error("expression", problem.message, problem.hint), retryable=False)
                return
        self._start(scope, node, attempt, received, rendered)

    def _start(
        self, scope: Scope, node: PlanNode, attempt: int, received: JsonObject, rendered: JsonObject | None
    ) -> None:
        self.emit(NodeStarted(scope.path, node.id, attempt, received, rendered))
        self.call_off(scope, node)
        if node.body is None:
            self.commands.append(self.perform(scope, node))
        elif node.timeout_s:
            self.commands.append(SetTimer(scope.path, node.id, attempt, "timeout", node.timeout_s))

    def perform(self, scope: Scope, node: PlanNode) -> Perform:
        """The command to run the handler of a node that has started."""
        received, rendered = scope.received[node.index], scope.configs.get(node.index)
        looks_up = node.reads or node.roots
        return Perform(
            scope.path,
            node.id,
            scope.attempts[node.index],
            node.type,
            node.config if rendered is None else {**node.config, **rendered},
            received,
            names_of(scope, node) if looks_up else None,
            absence(scope, node, received) if len(received) < len(node.inputs) else None,
            node.timeout_s,
            node.effects,
            node.templates,
        )

    def fail(self, scope: Scope, node: PlanNode, attempt: int, problem: JsonObject, *, retryable: bool) -> None:
        """An attempt failed: try again, go on with the error as value, or end (`NodeFailed` says what that means)."""
        tries = scope.tries.get(node.index, 0) + 1
        if retryable and node.retry is not None and tries < node.retry.max_attempts:
            delay = node.retry.delay_s(tries)
            self.emit(NodeFailed(scope.path, node.id, attempt, problem, delay))
            self.commands.append(SetTimer(scope.path, node.id, attempt, "retry", delay))
            return
        where = {"node": node.id, "path": scope.path, **problem}
        if node.on_error == "continue" and not node.has_error_edge:
            self.emit(
                LogWritten("WARNING", f"{node.id!r} failed and goes on: {problem['message']}", scope.path, node.id)
            )
            self.emit(NodeCompleted(scope.path, node.id, {"error": where}))
        else:
            self.emit(NodeFailed(scope.path, node.id, attempt, where))
        self.after(scope, node, "error")

    def after(self, scope: Scope, node: PlanNode, when: str) -> None:
        state = self.state
        if state.breakpoints and node.id in state.breakpoints and due(state, scope, node, when):
            self.emit(ExecutionPaused("breakpoint", scope.path, node.id, "error" if when == "error" else "after"))

    def call_off(self, scope: Scope, node: PlanNode) -> None:
        """Cancel what only leads to a race that is over, and to races that are over with it."""
        losers = list(node.losers)
        for index in losers:
            self._cancel_node(scope, scope.plan.nodes[index])
            losers.extend(scope.plan.nodes[index].losers)

    def _cancel_node(self, scope: Scope, node: PlanNode) -> None:
        status = scope.status[node.index]
        if status >= COMPLETED:
            return
        if node.body is None and status in (RUNNING, WAITING):
            self.commands.append(Cancel(scope.path, node.id))
        self.emit(NodeCancelled(scope.path, node.id))

    # ----------------------------------------------------------------------------------------------- inputs

    def at(self, item: Any, *statuses: int) -> tuple[Scope, PlanNode] | None:
        """The activation that an input speaks of, if it is still in one of these statuses."""
        found = self.state.find(item.scope, item.node)
        if found is None or found[0].status[found[1]] not in statuses:
            return None
        return found[0], found[0].plan.nodes[found[1]]

    def _attempt(self, item: Completed | Failed | Suspended) -> tuple[Scope, PlanNode] | None:
        found = self.at(item, RUNNING)
        if found is None or found[0].attempts[found[1].index] != item.attempt:
            return None  # cancelled or overtaken meanwhile: what it says is dropped
        return found

    def _on_start(self, item: Start) -> None:
        if self.state.started:
            raise Conflict("The execution has already been started.")
        check_breakpoints(self.plan, item.breakpoints)
        check_stubs(self.plan, item.stubs)
        self.emit(
            ExecutionStarted(
                item.workflow_id,
                item.workflow_name,
                item.workflow_version,
                self.plan_hash,
                item.inputs,
                item.origin,
                item.options,
            )
        )
        if item.breakpoints:
            set_breakpoints(self, item.breakpoints)
        if item.stubs:
            set_stubs(self, item.stubs)

    def _on_completed(self, item: Completed) -> None:
        scope = self.state.scopes.get(item.scope)
        if scope is None:
            return
        index = scope.plan.index[item.node]
        if scope.status[index] != RUNNING or scope.attempts[index] != item.attempt:
            return
        node = scope.plan.nodes[index]
        event = NodeCompleted(item.scope, item.node, item.output, item.ports)
        self.events.append(event)
        completed(self.state, scope, node, event)
        if self.state.breakpoints:
            self.after(scope, node, "after")

    def _on_failed(self, item: Failed) -> None:
        if found := self._attempt(item):
            self.fail(*found, item.attempt, item.error, retryable=item.retryable)

    def _on_suspended(self, item: Suspended) -> None:
        if self._attempt(item):
            self.emit(NodeWaiting(item.scope, item.node, item.request))

    def _on_interrupted(self, item: Interrupted) -> None:
        found = self.at(item, RUNNING)
        if found is None:
            return
        scope, node = found
        if item.request is not None:
            self.emit(NodeWaiting(item.scope, item.node, item.request))
            self.emit(ExecutionPaused("interrupted", item.scope, item.node))
        else:
            self.again(scope, node, item.cause)

    def again(self, scope: Scope, node: PlanNode, cause: CutOff | None) -> None:
        """Run an attempt again that was cut off; it does not count as a failure."""
        problem = cut_off(cause, "it runs again")
        self.emit(NodeFailed(scope.path, node.id, scope.attempts[node.index], problem, 0.0))
        self.retry(scope, node)

    def retry(self, scope: Scope, node: PlanNode) -> None:
        """Begin the next attempt as soon as nothing holds it up."""
        self.overdue.append((scope, node.index, scope.attempts[node.index]))

    def _on_timer(self, item: TimerFired) -> None:
        statuses = {"retry": RETRYING, "deadline": WAITING}
        found = self.at(item, statuses.get(item.purpose, RUNNING))
        if found is None or found[0].attempts[found[1].index] != item.attempt:
            return
        scope, node = found
        if item.purpose == "retry":
            self.retry(scope, node)
        elif item.purpose == "deadline":
            too_late(self, scope, node)
        elif node.body is not None:
            problem = error("timeout", f"{node.id!r} took longer than its {node.timeout_s:g} s.", "Raise timeout_s.")
            self.fail(scope, node, item.attempt, problem, retryable=True)


def _ask(scope: Scope, node: PlanNode, rounds: Rounds) -> Decision:
    return POLICIES[node.policy or "parallel"](scope, node, rounds)


def _too_many(limit: int) -> JsonObject:
    hint = "Raise limits.max_activations, or look for a loop that never ends."
    return error("activation_limit", f"The execution has started {limit} nodes, its limit.", hint)

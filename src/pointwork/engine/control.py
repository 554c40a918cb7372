"""What people may ask of a running execution: pause, step, answer, override and so on.

Each function checks that the wish fits the state (Conflict or NotFound otherwise) and emits its direct event; the
rules of the scheduler do the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pointwork.commands import (
    Answered,
    Breakpoint,
    Cancel,
    CancelExecution,
    Input,
    Override,
    OverrideInputs,
    Pause,
    Resume,
    Retry,
    SetBreakpoints,
    SetStubs,
    Step,
    Stub,
)
from pointwork.engine.breakpoints import check_breakpoints
from pointwork.engine.inputs import received_by
from pointwork.engine.plan import PlanNode
from pointwork.engine.scope import COMPLETED, PENDING, RETRYING, RUNNING, WAITING, Scope
from pointwork.engine.scopes import cut_off, error
from pointwork.engine.stubs import check_stubs, given_ports
from pointwork.engine.unknown import not_there
from pointwork.errors import Conflict, NotFound
from pointwork.events import (
    BreakpointsSet,
    CancellationRequested,
    ExecutionPaused,
    ExecutionResumed,
    InputsOverridden,
    LogWritten,
    NodeCompleted,
    NodeResumed,
    OutputOverridden,
    StepRecorded,
    StubsSet,
)

if TYPE_CHECKING:
    from pointwork.engine.scheduler import Scheduler

__all__ = ["obey", "set_breakpoints", "set_stubs", "too_late"]


def obey(scheduler: Scheduler, item: Input) -> None:
    """Do what somebody asked of a running execution."""
    if not scheduler.state.started or scheduler.state.status is not None:
        raise Conflict(
            f"The execution has ended ({scheduler.state.status}).", hint="Fork it to go on from one of its records."
        )
    match item:
        case Answered():
            _answer(scheduler, item)
        case Pause():
            _pause(scheduler)
        case Resume():
            _resume(scheduler)
        case Step():
            _step(scheduler, item)
        case CancelExecution():
            _cancel(scheduler)
        case SetBreakpoints():
            check_breakpoints(scheduler.plan, item.breakpoints)
            set_breakpoints(scheduler, item.breakpoints)
        case SetStubs():
            check_stubs(scheduler.plan, item.stubs)
            set_stubs(scheduler, item.stubs)
        case Retry():
            _retry(scheduler, item)
        case Override():
            _override(scheduler, item)
        case OverrideInputs():
            _override_inputs(scheduler, item)
        case _:
            raise AssertionError(f"{item!r} comes from the runtime, not from people")


def _answer(scheduler: Scheduler, item: Answered) -> None:
    found = scheduler.at(item, WAITING)
    if found is None:
        why, hint = _why(scheduler, item.node, "It may have been answered already.")
        raise Conflict(f"Node {item.node!r} does not wait for an answer{why}.", hint=hint)
    scope, node = found
    request = scheduler.state.waiting[item.scope, item.node]
    if item.by:
        scheduler.emit(LogWritten("INFO", f"Node {node.id!r} was answered by {item.by}.", item.scope, item.node))
    asked = request.get("step") if item.action is None else None
    if asked is not None:
        # The handler itself asked, and goes on with the answer as the value of that step.
        scheduler.emit(StepRecorded(item.scope, item.node, asked["key"], asked["kind"], asked["name"], item.value))
        scheduler.emit(NodeResumed(item.scope, item.node))
        scheduler.commands.append(scheduler.perform(scope, node))
        return
    if item.action is None:
        scheduler.emit(NodeCompleted(item.scope, item.node, item.value, item.ports))
        scheduler.after(scope, node, "after")
        return
    if item.action == "again":
        scheduler.again(scope, node, request.get("cause", "restart"))
    elif item.action == "done":
        scheduler.emit(NodeCompleted(item.scope, item.node, item.value, item.ports))
    else:
        problem = cut_off(request.get("cause", "restart"), "it was given up by hand")
        scheduler.fail(scope, node, scope.attempts[node.index], problem, retryable=False)
    if scheduler.state.paused:
        scheduler.emit(ExecutionResumed())


def too_late(scheduler: Scheduler, scope: Scope, node: PlanNode) -> None:
    """Nobody answered in time: the way `deadline` is taken or, if there is none, the node fails."""
    until = scheduler.state.waiting[scope.path, node.id].get("deadline")
    if any(edge.port == "deadline" for edge in node.outgoing):
        scheduler.emit(NodeCompleted(scope.path, node.id, {"deadline": until}, ("deadline",)))
        scheduler.after(scope, node, "after")
        return
    hint = "Give more time, or draw an edge from its port deadline."
    problem = error("deadline", f"Nobody answered {node.id!r} by {until}.", hint)
    scheduler.fail(scope, node, scope.attempts[node.index], problem, retryable=False)


def _pause(scheduler: Scheduler) -> None:
    # The pause after a step lets running handlers go on to their ends; one that somebody asks for does not.
    if not scheduler.state.paused or scheduler.state.paused_by == "step":
        scheduler.emit(ExecutionPaused("user"))


def _resume(scheduler: Scheduler) -> None:
    if not (scheduler.state.paused or scheduler.state.stepping):
        raise Conflict("The execution is not paused.")
    scheduler.emit(ExecutionResumed())


def _step(scheduler: Scheduler, item: Step) -> None:
    state = scheduler.state
    if not (state.paused or state.stepping):
        raise Conflict("The execution is not paused.", hint="Pause it, or set a breakpoint.")
    if item.mode != "out":
        scheduler.emit(ExecutionResumed("step" if item.mode == "into" else item.mode))
        return
    scope = state.scopes.get(state.paused_in)
    if scope is None or scope.parent is None:
        raise Conflict(
            "The execution is not paused inside of a container, so there is nothing to step out of.",
            hint="Resume it, or step over the next node.",
        )
    scheduler.emit(ExecutionResumed("over", scope.parent.path, scope.parent.plan.nodes[scope.node].id))


def _cancel(scheduler: Scheduler) -> None:
    if not scheduler.state.cancelling:
        scheduler.emit(CancellationRequested())


def set_breakpoints(scheduler: Scheduler, breakpoints: Sequence[Breakpoint]) -> None:
    """Replace all breakpoints, which have been checked."""
    points = [{"node": b.node, "when": b.when, "condition": b.condition, "hits": b.hits} for b in breakpoints]
    scheduler.emit(BreakpointsSet(points))


def set_stubs(scheduler: Scheduler, stubs: Sequence[Stub]) -> None:
    """Replace all stubs, which have been checked."""
    scheduler.emit(StubsSet([{"node": s.node, "tool": s.tool, "output": s.output, "ports": s.ports} for s in stubs]))


def _retry(scheduler: Scheduler, item: Retry) -> None:
    found = scheduler.at(item, RETRYING)
    if found is None:
        why, hint = _why(scheduler, item.node, "A node of a finished execution is retried in a fork.")
        raise Conflict(f"Node {item.node!r} is not waiting for another attempt{why}.", hint=hint)
    scheduler.retry(*found)


def _override(scheduler: Scheduler, item: Override) -> None:
    place = scheduler.state.find(item.scope, item.node)
    if place is None:
        why, hint = _why(scheduler, item.node, "The state of the execution shows what is open.")
        raise NotFound(f"There is no open node {item.node!r} in scope {item.scope or 'root'!r}{why}.", hint=hint)
    scope, index = place
    status = scope.status[index]
    if status > COMPLETED:
        raise Conflict(f"Node {item.node!r} has ended without an output; it cannot be given one now.")
    ended = status == COMPLETED
    if ended and item.ports is not None and item.ports != scope.ports[index]:
        raise Conflict(f"The paths behind {item.node!r} are already decided.", hint="Fork before it to change them.")
    node = scope.plan.nodes[index]
    ports = scope.ports[index] if ended else given_ports(node, item.ports)
    if status in (RUNNING, WAITING) and node.body is None:
        scheduler.commands.append(Cancel(scope.path, item.node))
    received = received_by(scope, node) if status == PENDING else None
    scheduler.emit(OutputOverridden(item.scope, item.node, item.output, ports, received))


def _override_inputs(scheduler: Scheduler, item: OverrideInputs) -> None:
    if scheduler.at(item, PENDING, RETRYING) is None:
        found = scheduler.state.find(item.scope, item.node)
        why, hint = _why(scheduler, item.node, "The state of the execution shows what is open.")
        if found is None:
            raise NotFound(f"There is no open node {item.node!r} in scope {item.scope or 'root'!r}{why}.", hint=hint)
        raise Conflict(f"Node {item.node!r} has begun already.", hint="Fork before it to change what it receives.")
    scheduler.emit(InputsOverridden(item.scope, item.node, item.inputs))


def _why(scheduler: Scheduler, node: str, hint: str) -> tuple[str, str]:
    """What else to say about a node that is not as somebody thinks: it may not exist, else the hint."""
    return not_there(scheduler.plan, node) or ("", hint)

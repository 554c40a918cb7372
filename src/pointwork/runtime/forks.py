"""Forks: which records a new execution shares with the one it comes from, and how it goes on.

Nothing is stored before it is known that the fork can begin: what does not fit leaves no trace.
"""

from __future__ import annotations

from dataclasses import replace

from pointwork.commands import Command, ControlInput, Override, Resume, Retry
from pointwork.engine import Plan, Scheduler
from pointwork.engine.breakpoints import ANYWHERE
from pointwork.engine.stubs import possible
from pointwork.engine.unknown import nodes_by_id, not_there
from pointwork.errors import Conflict, NotFound, Unacceptable
from pointwork.events import (
    BreakpointsSet,
    CancellationRequested,
    Event,
    ExecutionFinished,
    ExecutionPaused,
    ExecutionStarted,
    NodeStarted,
    Record,
    ScopeOpened,
    StubsSet,
)
from pointwork.runtime.compiled import Compiled
from pointwork.runtime.values import as_json
from pointwork.workflow import JsonObject

__all__ = ["Fork", "forked_events", "point_before"]


class Fork:
    """A scheduler that stands behind the shared events, and what it decided when it was set going."""

    def __init__(self, compiled: Compiled, events: list[Event], override: Override | None) -> None:
        self.events = events
        self.scheduler = Scheduler.recover(compiled.plan, events, plan_hash=compiled.hash)
        self.outstanding = self.scheduler.outstanding()
        self.commands: list[Command] = []
        if override is not None:
            self._handle(replace(override, output=as_json(override.output, "The output", refusal=Unacceptable)))
        if self.scheduler.state.paused or self.scheduler.state.stepping:  # a fork goes on by itself
            self._handle(Resume())

    def _handle(self, item: ControlInput) -> None:
        events, commands = self.scheduler.handle(item)
        self.events += events
        self.commands += commands


def forked_events(records: list[Record], compiled: Compiled, origin: JsonObject, old: Compiled) -> list[Event]:
    """The events that the fork begins with.

    With another plan every activation that the events speak of must exist in it unchanged; Conflict names the others.
    """
    events = [record.event for record in records]
    if any(isinstance(event, ExecutionFinished) for event in events):
        raise Conflict("The execution had ended by then.", hint="Fork at an earlier record.")
    if any(isinstance(event, CancellationRequested) for event in events):
        raise Conflict("The execution was being cancelled by then.", hint="Fork at an earlier record.")
    first = events[0]
    assert isinstance(first, ExecutionStarted)
    events[0] = replace(first, plan_hash=compiled.hash, origin=origin)
    if compiled.hash != old.hash:
        changed = _changed(events, old.plan, compiled.plan)
        if changed:
            raise Conflict(
                f"The other version changed what has already run: {', '.join(map(repr, changed))}.",
                hint="Fork before these nodes, or leave them as they were.",
            )
        events += [*_without_lost_breakpoints(events, compiled.plan), *_without_lost_stubs(events, compiled.plan)]
    return events


def _changed(events: list[Event], old: Plan, new: Plan) -> list[str]:
    plans: dict[str, tuple[Plan, Plan]] = {"": (old, new)}
    changed: dict[str, None] = {}
    for event in events:
        scope, node = getattr(event, "scope", None), getattr(event, "node", None)
        if isinstance(event, ScopeOpened):
            scope = event.parent
        if node is None or scope not in plans or isinstance(event, ExecutionPaused):  # where it paused, nothing ran
            continue
        before, after = plans[scope]
        was = before.nodes[before.index[node]]
        if node not in after.index or after.nodes[after.index[node]].type != was.type:
            changed[node] = None
            continue
        now = after.nodes[after.index[node]]
        if isinstance(event, ScopeOpened) and was.body is not None and now.body is not None:
            plans[event.scope] = (was.body, now.body)
    return list(changed)


def _without_lost_breakpoints(events: list[Event], new: Plan) -> list[Event]:
    """The breakpoints of before, if some are at nodes that the other version does not have, without these."""
    points = next((event.breakpoints for event in reversed(events) if isinstance(event, BreakpointsSet)), [])
    known = nodes_by_id(new)
    kept = [point for point in points if point["node"] in known or point["node"] == ANYWHERE]
    return [] if kept == points else [BreakpointsSet(kept)]


def _without_lost_stubs(events: list[Event], new: Plan) -> list[Event]:
    """The stubs of before, if some of them cannot stand in for anything in the other version, without these."""
    stubs = next((event.stubs for event in reversed(events) if isinstance(event, StubsSet)), [])
    kept = possible(new, stubs)
    return [] if kept == stubs else [StubsSet(kept)]


def point_before(records: list[Record], item: Retry, plan: Plan) -> int:
    """The last record before a node started for the last time."""
    for record in reversed(records):
        event = record.event
        if (
            isinstance(event, NodeStarted)
            and (event.scope, event.node) == (item.scope, item.node)
            and event.attempt == 1
        ):
            return record.seq - 1
    why, hint = not_there(plan, item.node) or ("", "The state of the execution shows which nodes ran, and where.")
    raise NotFound(f"Node {item.node!r} did not run in this execution{why}.", hint=hint)

"""Stepping over a container: everything in it runs, nothing beside it begins, and when it has ended comes a pause."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from pointwork.engine.scope import COMPLETED, Scope
from pointwork.events import ExecutionPaused

if TYPE_CHECKING:
    from pointwork.engine.scheduler import Scheduler

__all__ = ["go_on_within"]


def go_on_within(scheduler: Scheduler, over: tuple[str, str]) -> bool:
    """Begin the next node of the container that is being run to its end, or pause when it has ended.

    False when there is nothing to be done now.
    """
    state = scheduler.state
    path, container = over
    outer = state.scopes.get(path)
    index = -1 if outer is None else outer.plan.index[container]
    if outer is None or outer.status[index] >= COMPLETED:
        scheduler.emit(ExecutionPaused("step", path, container))
        return True
    if state.running >= scheduler.width:
        return False
    for entry in sorted(scheduler.ready):
        if (entry[3] is outer and entry[1] == index) or _is_within(entry[3], outer, index):
            scheduler.ready.remove(entry)
            heapq.heapify(scheduler.ready)
            scheduler.begin_first(entry)
            return True
    return False


def _is_within(scope: Scope, outer: Scope, container: int) -> bool:
    """Whether a scope is one of those that a container opened, or within them."""
    at: Scope | None = scope
    while at is not None and not (at.parent is outer and at.node == container):
        at = at.parent
    return at is not None

"""One instance of a plan: how far each of its nodes is, what they put out, and what is left of it when it has closed.

Rule of this file: data only. Everything that happens to a scope is an event, applied in `state`.
"""

from __future__ import annotations

from typing import Any, Final

from pointwork.engine.plan import Plan
from pointwork.workflow import JsonObject

__all__ = [
    "CANCELLED",
    "COMPLETED",
    "FAILED",
    "MISSING",
    "PENDING",
    "RETRYING",
    "RUNNING",
    "SKIPPED",
    "WAITING",
    "Closed",
    "Missing",
    "Rounds",
    "Scope",
]

PENDING: Final = 0
RUNNING: Final = 1
WAITING: Final = 2
RETRYING: Final = 3
COMPLETED: Final = 4  # from here on the node has ended
FAILED: Final = 5
SKIPPED: Final = 6
CANCELLED: Final = 7


class Missing:
    """The type of `MISSING`: no value, which is not the same as null."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()
NO_NODES: Final[frozenset[int]] = frozenset()  # one for all: each scope would have its own


class Closed:
    """What remains of a scope that has closed: the values that later nodes may read."""

    __slots__ = ("back", "exits", "outputs", "overridden", "ports", "received", "result", "rounds", "status")

    def __init__(self, scope: Scope, result: Any) -> None:
        self.status = scope.status
        self.outputs = scope.outputs
        self.overridden = scope.overridden
        self.received = scope.received
        self.ports = scope.ports
        self.rounds = scope.rounds
        self.exits = scope.exits
        self.back = scope.back
        self.result = result


class Rounds:
    """The scopes that one composite activation opened: how many, which are open, what the closed ones left."""

    __slots__ = (
        "attempt",
        "closed",
        "error",
        "items",
        "keep",
        "latest",
        "open",
        "opened",
        "results",
        "snapshots",
        "surplus",
    )

    def __init__(self, attempt: int, *, keep: bool) -> None:
        self.attempt = attempt
        self.opened = 0
        self.closed = 0
        self.open: dict[int, Scope] = {}
        self.keep = keep  # all rounds (for_each, map), or only the latest
        self.snapshots: dict[int, Closed | None] = {}  # None: of an item that failed and counts as null
        self.latest: Closed | None = None
        self.results: dict[int, Any] = {}
        self.error: JsonObject | None = None  # of the first round that failed
        self.items: list[Any] | None = None  # worked out from the inputs when first needed
        self.surplus = 0  # items beyond the limit


class Scope:
    """One instance of a plan."""

    __slots__ = (
        "attempts", "back", "cancelled", "configs", "doomed", "exits", "index", "inputs", "item", "left", "live",
        "lost", "node", "open_children", "outer", "outputs", "overridden", "parent", "path", "plan", "ports",
        "received", "rounds", "siblings", "sinks_done", "status", "stopping", "tries", "undecided",
    )  # fmt: skip

    def __init__(self, path: str, plan: Plan, parent: Scope | None, node: int, index: int, item: Any) -> None:
        size = len(plan.nodes)
        self.path = path
        self.plan = plan
        self.parent = parent
        self.node = node  # index of the composite in the parent's plan
        self.index = index
        self.item = item
        self.status = [PENDING] * size
        self.undecided = plan.fan_in.copy()
        self.live = [0] * size
        self.outputs: list[Any] = [MISSING] * size
        self.received: list[Any] = [None] * size
        self.ports: list[tuple[str, ...]] = [()] * size
        self.attempts = [0] * size
        self.configs: dict[int, JsonObject] = {}  # rendered templates of nodes that have some
        self.tries: dict[int, int] = {}  # failures that count against the retry limit
        self.left = size  # nodes that have not ended
        self.open_children = 0
        self.rounds: dict[int, Rounds] = {}
        self.stopping = False  # nothing new may start: the scope failed, was cancelled, or its race is won
        self.doomed: JsonObject | None = None  # the failure that gave this scope up
        self.lost: JsonObject | None = None  # the first failure of a race that others may still win
        self.cancelled = False  # given up by a person
        self.sinks_done = 0
        self.back = False  # a way back is live
        self.exits = NO_NODES  # live exits
        self.overridden = NO_NODES  # nodes whose output somebody set by hand
        self.inputs: JsonObject = {}
        self.siblings: Rounds | None = None if parent is None else parent.rounds[node]
        self.outer = None if parent is None or plan.namespace else parent.space

    @property
    def space(self) -> Scope:
        """The scope whose inputs and variables this one sees."""
        return self if self.outer is None else self.outer

    def order(self) -> tuple[int, ...]:
        """Its place among all scopes, for sorting."""
        return () if self.parent is None else (*self.parent.order(), self.node, self.index)

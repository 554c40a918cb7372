"""The work that every engine does: seven graphs of nodes that do nothing, or only wait.

A graph says of each node which nodes it depends on. Nodes are handed the outputs of those, count that they ran and
return eight characters, so that what is measured is the engine and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["WORKLOADS", "Graph", "Work", "Workload", "workload"]

Graph = Mapping[str, tuple[str, ...]]
"""Node → the nodes it depends on; nodes stand behind those they depend on."""

LAYER_WIDTH = 50
SHORT_CHAIN = 5
UNEQUAL_BRANCHES = 3
LONG_S, SHORT_S = 1.0, 0.1  # W7: the one long pause of each branch, and its others
PAUSE_S = 0.05  # W6


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A graph, how often it runs at the same time, and how long its nodes pause."""

    name: str
    size: int
    graph: Graph
    executions: int = 1
    rounds: int = 1  # above 1: the last node leads back to the first, so often
    pauses: Mapping[str, float] = field(default_factory=dict[str, float])
    ideal_s: float | None = None  # what the pauses alone take
    is_fan: bool = False  # one source, many equal nodes, one sink: some engines have a special form for it

    @property
    def nodes(self) -> int:
        """How many nodes run when the workload is done once."""
        return len(self.graph) * self.rounds * self.executions


class Work:
    """What nodes do: count that they ran. One object for all nodes of a workload."""

    def __init__(self, rounds: int = 1) -> None:
        self.count = 0
        self._rounds = rounds
        self._round = 0

    async def step(self, inputs: object) -> str:
        """Do nothing."""
        self.count += 1
        return f"{self.count % 100_000_000:08}"

    async def pause(self, inputs: object, seconds: float) -> str:
        """Wait, then do nothing."""
        if seconds:
            await asyncio.sleep(seconds)
        return await self.step(inputs)

    def again(self) -> bool:
        """Asked once a round: is there another one?"""
        self._round += 1
        return self._round % self._rounds != 0


def chain(length: int) -> Graph:
    """Nodes in a row."""
    return {f"n{i}": ((f"n{i - 1}",) if i else ()) for i in range(length)}


def fan(width: int) -> Graph:
    """One node, many behind it, one behind all of them."""
    middle = tuple(f"m{i}" for i in range(width))
    return {"source": (), **dict.fromkeys(middle, ("source",)), "sink": middle}


def layers(count: int) -> Graph:
    """Layers of 50; each node depends on three of the layer before, so no layer is a barrier."""
    graph: dict[str, tuple[str, ...]] = {}
    for layer in range(count):
        for i in range(LAYER_WIDTH):
            before = sorted({i, (i + 1) % LAYER_WIDTH, (7 * i + layer + 2) % LAYER_WIDTH, (i + 25) % LAYER_WIDTH})[:3]
            graph[f"l{layer}_{i}"] = tuple(f"l{layer - 1}_{j}" for j in before) if layer else ()
    return graph


def unequal() -> tuple[Graph, dict[str, float]]:
    """Three branches of three nodes; in branch i the i-th node is slow. In lock-step that takes 3 s, else 1.2 s."""
    graph: dict[str, tuple[str, ...]] = {"source": ()}
    pauses: dict[str, float] = {}
    for branch in range(UNEQUAL_BRANCHES):
        for i in range(UNEQUAL_BRANCHES):
            graph[f"b{branch}_{i}"] = (f"b{branch}_{i - 1}" if i else "source",)
            pauses[f"b{branch}_{i}"] = LONG_S if i == branch else SHORT_S
    graph["sink"] = tuple(f"b{branch}_{UNEQUAL_BRANCHES - 1}" for branch in range(UNEQUAL_BRANCHES))
    return graph, pauses


def _w1(size: int) -> Workload:
    return Workload(name="W1", size=size, graph=chain(size))


def _w2(size: int) -> Workload:
    return Workload(name="W2", size=size, graph=fan(size), is_fan=True)


def _w3(size: int) -> Workload:
    return Workload(name="W3", size=size, graph=layers(size))


def _w4(size: int) -> Workload:
    return Workload(name="W4", size=size, graph=chain(2), rounds=size)


def _w5(size: int) -> Workload:
    return Workload(name="W5", size=size, graph=chain(SHORT_CHAIN), executions=size)


def _w6(size: int) -> Workload:
    graph = chain(SHORT_CHAIN)
    pauses = dict.fromkeys(graph, PAUSE_S)
    return Workload(name="W6", size=size, graph=graph, executions=size, pauses=pauses, ideal_s=SHORT_CHAIN * PAUSE_S)


def _w7(size: int) -> Workload:
    graph, pauses = unequal()
    ideal_s = LONG_S + (UNEQUAL_BRANCHES - 1) * SHORT_S
    return Workload(name="W7", size=size, graph=graph, executions=size, pauses=pauses, ideal_s=ideal_s)


WORKLOADS: dict[str, tuple[str, Callable[[int], Workload], int]] = {
    "W1": ("chain of nodes", _w1, 100),
    "W2": ("fan-out and -in", _w2, 1_000),
    "W3": ("layers of 50, three dependencies each", _w3, 20),
    "W4": ("loop of two nodes, rounds", _w4, 1_000),
    "W5": ("concurrent runs of a chain of 5", _w5, 1_000),
    "W6": ("W5 with a pause of 50 ms in each node", _w6, 1_000),
    "W7": ("branches of unequal pauses", _w7, 1),
}
"""Name → what it is, how it is made, its usual size."""


def workload(name: str, size: int | None = None) -> Workload:
    """The workload of that name, in its usual size or another one."""
    _, make, usual = WORKLOADS[name]
    return make(size or usual)


def title(name: str) -> Any:
    return WORKLOADS[name][0]

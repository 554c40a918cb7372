"""One level of a drawing made acyclic: drawn loops become nodes of their own, the rest is put in order.

Every strongly connected component is entered at one node, its header; it becomes a composite node `loop:<header>`
whose body is the component without the edges into the header, and the body is a level again (for loops within
loops). Edges that leave a component keep their meaning: inside they are exits, outside they start at the composite.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from pointwork.engine.plan import EdgeKind, Plan, PlanEdge, PlanNode, link_all
from pointwork.errors import Problem
from pointwork.graph import components
from pointwork.workflow import Node

__all__ = ["Built", "DrawnEdge", "Level", "build_level"]


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """An edge by names. `target` None: it leaves the level, as way back or exit. `origin`: where it was drawn from."""

    id: str
    source: str
    port: str
    target: str | None
    origin: str
    kind: EdgeKind = "inner"
    exit: int = 0


@dataclass(slots=True)
class Level:
    """The members of one scope in document order, and the edges between them. `owner` is the composite around."""

    owner: str | None
    members: list[str]
    edges: list[DrawnEdge]


@dataclass(slots=True)
class Built:
    """A level in topological order; `loops` holds the bodies of the drawn loops among its members."""

    order: list[str]
    edges: list[DrawnEdge]
    loops: dict[str, Level] = field(default_factory=dict[str, Level])

    def finish(self, nodes: list[PlanNode], need: int, path_to: Callable[[str], tuple[int, ...]]) -> Plan:
        """The plan, once all nodes are made. `path_to` leads from this level to any node in it, loops included."""
        index = {node.id: node.index for node in nodes}
        edges: list[PlanEdge] = []
        for edge in sorted(self.edges, key=lambda e: index[e.source]):
            target = None if edge.target is None else index[edge.target]
            origin = path_to(edge.origin) if edge.origin != edge.source else ()
            edges.append(PlanEdge(edge.id, index[edge.source], edge.port, target, edge.kind, edge.exit, origin))
        made = tuple(nodes)
        link_all(made, edges)
        _find_races(made)
        sinks = sum(node.sink for node in made)
        return Plan(nodes=made, need=min(need, sinks))


def build_level(level: Level, nodes: Mapping[str, Node], problems: list[Problem]) -> Built | None:
    """Collapse drawn loops and order the rest; None (and a problem) when a cycle has two entries."""
    follow: dict[str, list[str]] = {}
    for edge in level.edges:
        if edge.target is not None:
            follow.setdefault(edge.source, []).append(edge.target)
    home: dict[str, str] = {}  # member of a drawn loop → name of the loop
    loops: dict[str, Level] = {}
    cycles = [
        component
        for component in components(level.members, follow)
        if len(component) > 1 or component[0] in follow.get(component[0], ())
    ]
    entries = _entries(cycles, level.edges)
    for number, component in enumerate(cycles):
        header = _header(component, entries.get(number, []), nodes, problems)
        if header is None:
            return None
        name = f"loop:{header}"
        loops[name] = Level(name, component, [])
        home.update(dict.fromkeys(component, name))
    edges = _split(level.edges, home, loops)
    members = list(dict.fromkeys(home.get(member, member) for member in level.members))
    return Built(_ordered(members, edges), edges, loops)


def _entries(cycles: list[list[str]], edges: list[DrawnEdge]) -> dict[int, list[str]]:
    """The nodes of each cycle (by number) that an edge from outside leads to."""
    number = {member: index for index, members in enumerate(cycles) for member in members}
    found: dict[int, dict[str, None]] = {}
    for edge in edges:
        if edge.target in number and number.get(edge.source) != number[edge.target]:
            found.setdefault(number[edge.target], {})[edge.target] = None
    return {index: list(entries) for index, entries in found.items()}


def _header(component: list[str], entries: list[str], nodes: Mapping[str, Node], problems: list[Problem]) -> str | None:
    """The one node through which a cycle is entered."""
    if len(entries) > 1:
        names = " and ".join(repr(nodes[entry].title) for entry in entries[:5])
        problems.append(
            Problem(
                severity="error",
                code="E-IRREDUCIBLE",
                node=entries[0],
                message=f"This cycle can be entered at {len(entries)} places: {names}.",
                hint="Lead all edges from outside to the same node of the cycle, for example to a node in front of it.",
            )
        )
        return None
    if entries:
        return entries[0]
    return next((member for member in component if nodes[member].type == "start"), component[0])


def _split(edges: list[DrawnEdge], home: Mapping[str, str], loops: dict[str, Level]) -> list[DrawnEdge]:
    """Hand the edges within drawn loops to the loops; the level's own edges begin and end at the composites."""
    own: list[DrawnEdge] = []
    exits: dict[str, int] = {}
    for edge in edges:
        loop = home.get(edge.source)
        target = None if edge.target is None else home.get(edge.target, edge.target)
        if loop is None:
            own.append(replace(edge, target=target))
        elif target == loop:
            into_header = edge.target == loop.removeprefix("loop:")
            body_edge = replace(edge, target=None, kind="back") if into_header else edge
            loops[loop].edges.append(body_edge)
        else:
            number = exits.get(loop, 0)
            exits[loop] = number + 1
            loops[loop].edges.append(replace(edge, target=None, kind="exit", exit=number))
            own.append(replace(edge, source=loop, port=f"exit:{number}", target=target))
    return own


def _ordered(members: list[str], edges: list[DrawnEdge]) -> list[str]:
    """Topological order; among nodes that are free, document order."""
    rank = {member: position for position, member in enumerate(members)}
    waiting = dict.fromkeys(members, 0)
    follow: dict[str, list[str]] = {}
    for edge in edges:
        if edge.target is not None:
            waiting[edge.target] += 1
            follow.setdefault(edge.source, []).append(edge.target)
    free = [rank[member] for member in members if not waiting[member]]
    heapq.heapify(free)
    order: list[str] = []
    while free:
        member = members[heapq.heappop(free)]
        order.append(member)
        for target in follow.get(member, ()):
            waiting[target] -= 1
            if not waiting[target]:
                heapq.heappush(free, rank[target])
    return order


def _find_races(nodes: tuple[PlanNode, ...]) -> None:
    """Note at every node which race it is in, and at every race who is in it."""
    racing = {node.index for node in nodes if node.cancel_losers and node.join in ("any", "n")}
    if not racing:
        return
    races: list[int | None] = [None] * len(nodes)
    for node in reversed(nodes):
        ways = [edge.target for edge in node.outgoing]
        nearest = [races[way] if way is not None and way not in racing else way for way in ways]
        node.race = races[node.index] = _meeting(nearest, races)
    for node in nodes:
        if node.race is not None:
            nodes[node.race].losers += (node.index,)


def _meeting(starts: list[int | None], races: list[int | None]) -> int | None:
    """The first race that all of these lead to; races lead on to the race that they are in themselves."""
    here = starts[0] if starts else None
    for start in starts:
        other = start
        while here != other:
            if here is None or other is None:
                return None
            if here < other:
                here = races[here]
            else:
                other = races[other]
    return here

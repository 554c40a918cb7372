"""What a loop of an earlier version repeats, and the same drawing with that loop as a container.

Such a loop has no nodes inside. Either its nodes lead back to it, or it only leads to them:

    start -> loop -> a -> b -> loop -> after       what is on a way back is its body
    start -> loop -> a -> after                    what comes right behind it and reads from it is its body

Both are one rule: a reader of the second kind counts as leading back, and then the body is the strongly connected
component around the loop, without the loop itself. So whatever lies between two nodes of a body belongs to it too.
A body is taken apart in the same way, which finds loops within loops, and so is a cycle that is entered elsewhere
than at a loop and left by a decision: that one is a drawn cycle, and stays one.

Edges of a container cannot cross its border, so an edge between the loop and its body goes, an edge that leaves the
body becomes an edge of the loop, and an edge that leads into the body leads to the loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pointwork.errors import Problem
from pointwork.graph import components
from pointwork.legacy.rewriting import Rewriting
from pointwork.workflow import Edge, Node

__all__ = ["OldLoops"]

BRANCHING = frozenset({"condition", "router"})
KNOWN_AFTERWARDS = frozenset({"results", "total_iterations", "status", "loop_type"})  # of a loop: no round reads these
NEVER_REPEATED = frozenset({"start", "end"})


class OldLoops:
    """The loops without nodes inside: `old` lists them, `owner` says which of them repeats a node (innermost)."""

    def __init__(self, nodes: Sequence[Node], edges: Sequence[Edge], *, deepest: int) -> None:
        self.nodes = {node.id: node for node in nodes}
        self.edges = edges
        self.deepest = deepest
        containers = {node.parent for node in nodes}
        self.old = {node.id for node in nodes if node.type == "loop" and node.id not in containers}
        self.owner: dict[str, str] = {}
        self.guessed: set[str] = set()  # no way back was drawn
        self.too_deep: str | None = None  # the first loop that is nested deeper than allowed; nothing is rewritten then
        self._fields = self._fields_read()
        self._follow: dict[str, list[str]] = {}
        self._before: dict[str, list[str]] = {}
        if self.old:
            self._connect()
            for members in self._levels():
                self._take_apart(members)

    def rewritten(self) -> tuple[list[Node], list[Edge], list[Problem]]:
        """Nodes and edges with the loops as containers, and what was guessed or could not be."""
        if self.too_deep is not None:
            return list(self.nodes.values()), list(self.edges), [_too_deep(self.nodes[self.too_deep], self.deepest)]
        result = Rewriting(self.nodes, self.edges, self.old, self.owner)
        return result.nodes, result.edges, self._problems(result)

    def _problems(self, result: Rewriting) -> list[Problem]:
        found: list[Problem] = []
        explained: set[str] = set()
        bodies: dict[str, list[Node]] = {}
        for name, loop in self.owner.items():
            bodies.setdefault(loop, []).append(self.nodes[name])
        for name in self.nodes:
            if name in bodies and name in self.guessed:
                outermost = result.outermost(name)
                fixes = () if outermost in explained else (result.fix(outermost),)
                explained.add(outermost)
                found.append(_guessed(self.nodes[name], bodies[name], fixes))
            elif name in self.old and name not in bodies:
                found.append(_empty(self.nodes[name]))
        return found

    # --------------------------------------------------------------------------------------- finding bodies

    def _connect(self) -> None:
        """Who leads to whom, within one level; an `error` edge of a loop is about the loop as a whole."""
        for edge in self.edges:
            source, target = self.nodes.get(edge.source), self.nodes.get(edge.target)
            if source is None or target is None or source.parent != target.parent:
                continue
            if source.id in self.old and (source is target or edge.condition == "error"):
                continue
            self._follow.setdefault(source.id, []).append(target.id)
            self._before.setdefault(target.id, []).append(source.id)

    def _levels(self) -> Iterable[list[str]]:
        """The nodes of each container (and of the top level) that holds an old loop."""
        levels: dict[str | None, list[str]] = {}
        for node in self.nodes.values():
            levels.setdefault(node.parent, []).append(node.id)
        holders = dict.fromkeys(self.nodes[name].parent for name in self.nodes if name in self.old)
        return [levels[parent] for parent in holders if parent is None or parent in self.nodes]

    def _take_apart(self, members: list[str]) -> None:
        work = [(members, 0)]
        while work:
            level, depth = work.pop()
            for component in self._cycles(level):
                loops = [name for name in component if name in self.old]
                if not loops:
                    continue
                if depth >= self.deepest:
                    self.too_deep = loops[0]
                    return
                entries = self._entries(component)
                loop = self._loop_of(component, loops, entries)
                # A header without the ways back into it is on no cycle; without it, the cycles inside are left.
                heads = {loop} if loop is not None else set(entries)
                body = [name for name in component if name not in heads]
                if loop is not None:
                    self.owner.update(dict.fromkeys(body, loop))
                work.append((body, depth + 1))

    def _cycles(self, level: list[str]) -> list[list[str]]:
        """The cycles of a level, once its loops without a way back are led back to from their readers."""
        found = components(level, self._follow)
        alone = [part[0] for part in found if len(part) == 1 and part[0] in self.old and part[0] not in self.guessed]
        inside = set(level) if alone else set()
        again = False
        for loop in alone:
            for reader in self._readers(loop, inside):
                self._follow.setdefault(reader, []).append(loop)
                self.guessed.add(loop)
                again = True
        if again:
            found = components(level, self._follow)
        return [part for part in found if len(part) > 1]

    def _readers(self, loop: str, inside: set[str]) -> list[str]:
        """The nodes right behind a loop that read from it; without mappings a node reads all that leads to it."""
        behind = [
            self.nodes[name]
            for name in dict.fromkeys(self._follow.get(loop, ()))
            if name in inside and self.nodes[name].type not in NEVER_REPEATED
        ]
        mapped = [
            node.id for node in behind if not KNOWN_AFTERWARDS & self._fields.get((node.id, loop), KNOWN_AFTERWARDS)
        ]
        return mapped or [node.id for node in behind if not node.inputs]

    def _fields_read(self) -> dict[tuple[str, str], set[str]]:
        """Which fields of an old loop a node reads: (reader, loop) to their names."""
        fields: dict[tuple[str, str], set[str]] = {}
        for node in self.nodes.values():
            for mapping in node.inputs:
                if mapping.source_node in self.old:
                    fields.setdefault((node.id, mapping.source_node), set()).add(mapping.source_field)
        return fields

    def _entries(self, component: list[str]) -> list[str]:
        inside = set(component)
        return [name for name in component if not inside.issuperset(self._before.get(name, ()))]

    def _loop_of(self, component: list[str], loops: list[str], entries: list[str]) -> str | None:
        """The loop that repeats the rest of a cycle; None: the cycle is drawn, and `entries` are its headers."""
        doors = set(entries)
        entered = [name for name in loops if name in doors or not self._before.get(name)]
        if entered or not entries:
            return (entered or loops)[0]
        inside = set(component)
        for name in component:
            if self.nodes[name].type in BRANCHING and not inside.issuperset(self._follow.get(name, ())):
                return None
        return loops[0]


def _guessed(loop: Node, body: list[Node], fixes: tuple[dict[str, Any], ...]) -> Problem:
    names = ", ".join(repr(node.title) for node in body[:5]) + (f" and {len(body) - 5} more" if len(body) > 5 else "")
    return Problem(
        severity="note",
        code="N-LOOP-BODY",
        node=loop.id,
        message=f"No edge leads back to the loop {loop.title!r}, so it repeats what reads from it: {names}. "
        "What follows receives all results.",
        hint="Make it explicit, or draw an edge back to the loop from the last node that it shall repeat.",
        fixes=fixes,
    )


def _empty(loop: Node) -> Problem:
    return Problem(
        severity="warning",
        code="W-LOOP-EMPTY",
        node=loop.id,
        message=f"The loop {loop.title!r} repeats nothing.",
        hint="Put nodes into it, draw an edge back to it, or let the node behind it read its item.",
    )


def _too_deep(loop: Node, deepest: int) -> Problem:
    return Problem(
        severity="error",
        code="E-DEPTH",
        node=loop.id,
        message=f"The loop {loop.title!r} is nested more than {deepest} deep.",
        hint="Raise limits.max_depth, or move an inner part into a workflow of its own.",
    )

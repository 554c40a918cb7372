"""Where every input and every name in an expression is read, as climbing and going down between scopes.

The rule: a node may read what is certain to have ended (an ancestor on some level, or a node inside a container that
is an ancestor), an enclosing container, or a node of the same loop. Of a node of the same loop that is no ancestor it
reads the value of the round before, even if that node happens to have run already: order must not matter.
"""

from __future__ import annotations

from collections.abc import Mapping

from pointwork.engine.checks import Checked
from pointwork.engine.meant import Meant
from pointwork.engine.plan import Address, Plan, PlanInput, PlanNode
from pointwork.errors import Problem
from pointwork.workflow import Node

__all__ = ["Places", "resolve"]


class Places:
    """Where each node of one document stands: its composite and its index there."""

    def __init__(self) -> None:
        self.owner: dict[str, str | None] = {}
        self.index: dict[str, int] = {}

    def put(self, name: str, owner: str | None, index: int) -> None:
        self.owner[name] = owner
        self.index[name] = index

    def chain(self, name: str) -> list[str]:
        """The composites around a node, outermost first."""
        found: list[str] = []
        owner = self.owner[name]
        while owner is not None:
            found.append(owner)
            owner = self.owner[owner]
        return found[::-1]

    def path(self, name: str, *, below: str | None) -> tuple[int, ...]:
        """Node indices that lead from the body of `below` (None: the root) to a node."""
        found = [self.index[name]]
        owner = self.owner[name]
        while owner is not None and owner != below:
            found.append(self.index[owner])
            owner = self.owner[owner]
        return tuple(reversed(found))


def resolve(
    plan: Plan,
    nodes: Mapping[str, Node],
    checked: Mapping[str, Checked],
    places: Places,
    problems: list[Problem],
) -> None:
    """Give every node of the plan its inputs and the addresses that its expressions read."""
    levels: dict[str | None, Plan] = {}
    _collect(None, plan, nodes, levels)
    resolver = _Resolver(nodes, places, levels, problems)
    for owner, level in levels.items():
        for node in level.nodes:
            if node.id in nodes and places.owner[node.id] == owner:
                resolver.node(node, nodes[node.id], checked[node.id])


def _collect(owner: str | None, plan: Plan, nodes: Mapping[str, Node], levels: dict[str | None, Plan]) -> None:
    levels[owner] = plan
    for node in plan.nodes:
        if node.body is not None and node.policy != "workflow":
            _collect(node.id, node.body, nodes, levels)


class _Resolver:
    def __init__(
        self,
        nodes: Mapping[str, Node],
        places: Places,
        levels: Mapping[str | None, Plan],
        problems: list[Problem],
    ) -> None:
        self.nodes = nodes
        self.places = places
        self.levels = levels
        self.problems = problems
        self.meant = Meant()
        self.ancestors: dict[str | None, list[int]] = {}  # per level: bit sets of indices

    def node(self, planned: PlanNode, node: Node, checked: Checked) -> None:
        mapped: list[PlanInput] = []
        for mapping in node.inputs:
            address = None
            if mapping.source_node is not None:
                address = self.address(planned.id, mapping.source_node, f"inputs.{mapping.name}")
                if address is None:
                    continue
            mapped.append(
                PlanInput(
                    mapping.name, mapping.source_field, address, mapping.source_node, mapping.has_default,
                    mapping.default,
                )
            )  # fmt: skip
        planned.inputs = tuple(mapped)
        planned.roots = checked.roots
        for name, field in checked.reads:
            address = self.address(planned.id, name, field)
            if address is not None:
                planned.reads[name] = address
        planned.link(list(planned.incoming), list(planned.outgoing))

    def address(self, reader: str, source: str, field: str) -> Address | None:
        if source not in self.nodes or source not in self.places.owner:
            near = self.meant.by(source, self.nodes)
            hint = f"Did you mean {near!r}?" if near else "Choose an existing node."
            self._problem("E-READS-UNKNOWN", reader, field, f"reads {source!r}, which does not exist.", hint)
            return None
        around, target = self.places.chain(reader), self.places.chain(source)
        if source in around:
            return Address(len(around) - around.index(source) - 1, inside=True)
        common = 0
        while common < min(len(around), len(target)) and around[common] == target[common]:
            common += 1
        owner = around[common - 1] if common else None
        mine = (*around, reader)[common]
        theirs = (*target, source)[common]
        earlier = bool(self._ancestors(owner)[self.places.index[mine]] >> self.places.index[theirs] & 1)
        if not earlier and not self._in_loop(owner):
            self._problem(
                "E-READS-LATER",
                reader,
                field,
                f"reads {source!r}, which is not certain to have run before it.",
                f"Draw a path from {source!r} to {reader!r}, or read something that comes earlier.",
            )
            return None
        return Address(len(around) - common, self.places.path(source, below=owner), previous=not earlier)

    def _in_loop(self, owner: str | None) -> bool:
        if owner is None:
            return False
        level = self.levels.get(self.places.owner[owner])
        return level is not None and level.nodes[self.places.index[owner]].policy in ("cycle", "loop")

    def _ancestors(self, owner: str | None) -> list[int]:
        if owner not in self.ancestors:
            sets: list[int] = []
            for node in self.levels[owner].nodes:  # in topological order
                above = 0
                for edge in node.incoming:
                    above |= sets[edge.source] | 1 << edge.source
                sets.append(above)
            self.ancestors[owner] = sets
        return self.ancestors[owner]

    def _problem(self, code: str, node: str, field: str, message: str, hint: str) -> None:
        title = self.nodes[node].title
        self.problems.append(
            Problem(severity="error", code=code, node=node, field=field, message=f"{title!r} {message}", hint=hint)
        )

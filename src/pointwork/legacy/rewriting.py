"""Nodes and edges once it is known which loop repeats which nodes; and the same as a patch of the stored document.

Every change is noted with the outermost loop that it belongs to, so that a patch covers a loop with all loops in it
and can be applied by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pointwork.workflow import Edge, InputMapping, JsonObject, LoopConfig, Node

__all__ = ["Rewriting"]

# What these output is not what the next node receives without mappings: they hand on what they received themselves.
TRANSPARENT = frozenset({"condition", "router", "delay"})
OLD_LIMITS: JsonObject = {"max_iterations": 10, "on_limit": "cut"}
THE_ITEM = frozenset({"items", "output"})  # how a node of a body called the current item
MAX_DEPTH = 100  # of containers; limits.max_depth allows no more


class Rewriting:
    """`owner`: which loop repeats a node, innermost. `nodes` and `edges` are the result, in the given order."""

    def __init__(
        self, nodes: Mapping[str, Node], edges: Sequence[Edge], old: set[str], owner: Mapping[str, str]
    ) -> None:
        self.before = nodes
        self.old = old
        self.owner = owner
        self.repeating = {loop for loop in owner.values() if _kind(nodes[loop]) == "for_each"}
        self.patches: dict[str, list[JsonObject]] = {}
        self.dropped: dict[str, list[int]] = {}
        self.left: dict[str, list[Edge]] = {}  # edges that leave a body, by the node that they lead to
        self.leading: Counter[str] = Counter()  # how many edges lead to a node, those of its own body left out
        self.edges = self._edges(edges)
        collected = self._collected()
        self.nodes = [self._node(index, node, collected.get(name)) for index, (name, node) in enumerate(nodes.items())]

    def outermost(self, name: str) -> str:
        """The outermost loop around a node, or the loop itself."""
        while name in self.owner:
            name = self.owner[name]
        return name

    def fix(self, loop: str) -> JsonObject:
        """Makes an outermost loop a container in the stored document (RFC 6902)."""
        removed = [
            {"op": "remove", "path": f"/edges/{index}"} for index in sorted(self.dropped.get(loop, ()), reverse=True)
        ]
        return {"label": "Make it explicit", "patch": [*self.patches.get(loop, ()), *removed]}

    # ------------------------------------------------------------------------------------------------ edges

    def _edges(self, edges: Sequence[Edge]) -> list[Edge]:
        lifted = [self._lifted(edge) for edge in edges]
        self.leading.update(edge.target for edge, new in zip(edges, lifted, strict=True) if new is not None)
        drawn = {_ends(edge) for edge, new in zip(edges, lifted, strict=True) if new is edge}
        for index, (edge, new) in enumerate(zip(edges, lifted, strict=True)):
            if new is edge:
                continue
            loops = {self.outermost(edge.source), self.outermost(edge.target)} & self.old
            if new is None or _ends(new) in drawn:
                lifted[index] = None
                for loop in loops:
                    self.dropped.setdefault(loop, []).append(index)
            else:
                drawn.add(_ends(new))
                for loop in loops:
                    self._patch(loop, "replace", f"/edges/{index}", new.model_dump(mode="json", exclude_defaults=True))
        return [edge for edge in lifted if edge is not None]

    def _lifted(self, edge: Edge) -> Edge | None:
        """The edge between the loops that its ends lie in, if these differ; None between a loop and its own body."""
        if edge.source == edge.target:
            return None if edge.source in self.old and edge.condition != "error" else edge
        if edge.source not in self.owner and edge.target not in self.owner:
            return edge
        if edge.source not in self.before or edge.target not in self.before:
            return edge
        if self.before[edge.source].parent != self.before[edge.target].parent:
            return edge
        above, below = list(self._around(edge.source)), list(self._around(edge.target))
        if edge.source in below or edge.target in above:
            return edge if edge.condition == "error" else None
        chains = {self.owner.get(name): name for name in (edge.target, *below)}
        source = next(name for name in (edge.source, *above) if self.owner.get(name) in chains)
        target = chains[self.owner.get(source)]
        if (source, target) == (edge.source, edge.target):
            return edge
        if source == edge.source:
            return edge.model_copy(update={"target": target})
        if target == edge.target:
            self.left.setdefault(target, []).append(edge)
        port = "error" if edge.condition == "error" else None
        return Edge(id=edge.id, source=source, target=target, condition=port)

    def _around(self, name: str) -> Iterator[str]:
        while name in self.owner:
            name = self.owner[name]
            yield name

    # ------------------------------------------------------------------------------------------------ nodes

    def _collected(self) -> dict[str, list[InputMapping]]:
        """Mappings for nodes without any that follow nodes of a body: they receive the lists of their outputs.

        Without this they would receive the output of the loop, which nobody had in mind who drew these edges.
        """
        found: dict[str, list[InputMapping]] = {}
        for target, left in self.left.items():
            node = self.before[target]
            sources = list(dict.fromkeys(edge.source for edge in left))
            if (
                node.inputs
                or self.leading[target] > len(left)
                or not all(self._gives_its_output(edge) for edge in left)
            ):
                continue
            if node.type == "loop" and node.config().get("items_source") not in (None, "output"):
                continue
            names = ["output"] if len(sources) == 1 else sources
            found[target] = [
                InputMapping(name=name, source_node=source) for name, source in zip(names, sources, strict=True)
            ]
        return found

    def _gives_its_output(self, edge: Edge) -> bool:
        source = self.before[edge.source]
        return edge.condition != "error" and source.type not in TRANSPARENT and not source.disabled

    def _node(self, index: int, node: Node, collected: list[InputMapping] | None) -> Node:
        update: dict[str, Any] = {}
        if node.id in self.owner:
            update["parent"] = self.owner[node.id]
            self._patch(self.outermost(node.id), "add", f"/nodes/{index}/parent", update["parent"])
        if node.id in self.old:
            update["loop_config"] = self._limited(index, node)
        if collected:
            update["inputs"] = collected
            value = [mapping.model_dump(mode="json", exclude_unset=True) for mapping in collected]
            for loop in {self.outermost(mapping.source_node or "") for mapping in collected}:
                self._patch(loop, "add", f"/nodes/{index}/inputs", value)
        elif any(mapping.source_node in self.repeating for mapping in node.inputs):
            update["inputs"] = self._reading_the_item(index, node)
        return node.model_copy(update=update) if update else node

    def _limited(self, index: int, node: Node) -> LoopConfig:
        config = node.loop_config or LoopConfig()
        limits = {key: value for key, value in OLD_LIMITS.items() if key not in config.model_fields_set}
        loop, path = self.outermost(node.id), f"/nodes/{index}/loop_config"
        if node.loop_config is None:
            self._patch(loop, "add", path, limits)
        else:
            for key, value in limits.items():
                self._patch(loop, "add", f"{path}/{key}", value)
        return config.model_copy(update=limits)

    def _reading_the_item(self, index: int, node: Node) -> list[InputMapping]:
        containers = set(self._containers(node))
        inputs = list(node.inputs)
        for number, mapping in enumerate(node.inputs):
            loop = mapping.source_node
            if loop in containers and loop in self.repeating and mapping.source_field in THE_ITEM:
                inputs[number] = mapping.model_copy(update={"source_field": "item"})
                self._patch(self.outermost(loop), "add", f"/nodes/{index}/inputs/{number}/source_field", "item")
        return inputs

    def _containers(self, node: Node) -> Iterator[str]:
        """All containers around a node, old loops and others; the document may hold a circle of parents."""
        here: Node | None = node
        for _ in range(MAX_DEPTH):
            if here is None:
                return
            parent = self.owner.get(here.id, here.parent)
            if parent is None:
                return
            yield parent
            here = self.before.get(parent)

    def _patch(self, loop: str, op: str, path: str, value: Any) -> None:
        self.patches.setdefault(loop, []).append({"op": op, "path": path, "value": value})


def _ends(edge: Edge) -> tuple[str, str | None, str]:
    return edge.source, edge.condition, edge.target


def _kind(loop: Node) -> str:
    return loop.loop_config.loop_type if loop.loop_config else "for_each"

"""The plan: a compiled, validated, immutable workflow. A tree of acyclic graphs, ready for counting.

Whatever the scheduler would otherwise look up again and again is worked out here once: indices instead of names,
how many edges lead into a node, which nodes only feed a race. A plan can be written as JSON and read back, and an
execution keeps the plan that it began with: nothing is ever compiled again, so no later compiler can change what an
old journal means.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import orjson

from pointwork.spec import Policy
from pointwork.workflow import Join, JsonObject, Limits, OnError, Retry

__all__ = ["Address", "EdgeKind", "Plan", "PlanEdge", "PlanInput", "PlanNode"]

EdgeKind: TypeAlias = Literal["inner", "back", "exit"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a value is read, seen from the reader: climb `up` scopes, then go down through `path` (node indices).

    With `inside` the value is what an enclosing container offers its body (item, index, items, previous) and `path`
    is empty: the scope reached by climbing is the one that the container opened. With `previous` it is the value of
    the round before, whatever has already run in this one.
    """

    up: int
    path: tuple[int, ...] = ()
    inside: bool = False
    previous: bool = False


@dataclass(frozen=True, slots=True)
class PlanInput:
    """One input of a node. Without an address it is read from the workflow's inputs and variables."""

    name: str
    field: str
    address: Address | None
    source: str | None = None
    has_default: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class PlanEdge:
    """An edge within one graph. `target` None: it leaves the scope, as the way back or as exit number `exit`.

    `origin` leads from this graph to the node that the edge was drawn from, through drawn loops if need be.
    """

    id: str
    source: int
    port: str
    target: int | None
    kind: EdgeKind = "inner"
    exit: int = 0
    origin: tuple[int, ...] = ()


@dataclass(slots=True)
class PlanNode:
    """One node with everything that the scheduler needs to know about it."""

    id: str
    type: str
    index: int
    config: JsonObject = field(default_factory=dict[str, Any])
    inputs: tuple[PlanInput, ...] = ()
    join: Join = "all"
    join_n: int = 1
    cancel_losers: bool = False
    on_error: OnError = "fail"
    retry: Retry | None = None
    timeout_s: float | None = None
    disabled: bool = False
    effects: bool = True
    idempotent: bool = True
    transparent: bool = False
    collects: bool = False
    templates: tuple[str, ...] = ()  # configuration fields to render
    reads: dict[str, Address] = field(default_factory=dict[str, Address])  # nodes named in expressions
    roots: tuple[str, ...] = ()  # of "inputs", "vars", "item", …: what expressions read beyond the inputs
    policy: Policy | None = None
    body: Plan | None = None
    incoming: tuple[PlanEdge, ...] = ()
    outgoing: tuple[PlanEdge, ...] = ()
    has_error_edge: bool = False
    plain: tuple[int, ...] | None = None  # targets, when all edges are ordinary ones from `out`
    sink: bool = True  # no edge leads on within the graph
    race: int | None = None  # the nearest join that calls off the slower ones and that all ways from here lead to
    losers: tuple[int, ...] = ()  # the nodes whose race this is
    limit: int = 0  # rounds of a drawn loop
    simple: bool = False  # a handler with nothing to render or to look up when it starts
    single: int | None = None  # the one predecessor whose value is the whole input
    sources: tuple[tuple[str, int], ...] | None = None  # id and index of each predecessor, when their values are taken

    def link(self, incoming: list[PlanEdge], outgoing: list[PlanEdge]) -> None:
        """Set the edges and what follows from them."""
        self.incoming, self.outgoing = tuple(incoming), tuple(outgoing)
        self.has_error_edge = any(edge.port == "error" for edge in outgoing)
        self.sink = all(edge.target is None for edge in outgoing)
        if all(edge.port == "out" and edge.target is not None for edge in outgoing):
            self.plain = tuple(edge.target for edge in outgoing if edge.target is not None)
        looks_up = self.templates or self.reads or self.roots or self.inputs
        self.simple = not (looks_up or self.disabled or self.body or self.cancel_losers)


@dataclass(slots=True)
class Plan:
    """One graph in topological order: the root, or the body of a composite node."""

    nodes: tuple[PlanNode, ...]
    namespace: bool = False  # a workflow of its own: inputs and variables are its own, names outside are not seen
    variables: JsonObject = field(default_factory=dict[str, Any])
    limits: Limits = field(default_factory=Limits)
    index: dict[str, int] = field(default_factory=dict[str, int])
    fan_in: list[int] = field(default_factory=list[int])
    eager: list[bool] = field(default_factory=list[bool])  # joins that may be decided by any edge
    roots: tuple[int, ...] = ()
    need: int = 0  # completed sinks that are enough (parallel any/n); 0: all nodes must end
    backs: tuple[PlanEdge, ...] = ()  # ways back, of a drawn loop
    back: int | None = None  # the node whose value goes back as it is, if there is one way only
    exits: tuple[PlanEdge, ...] = ()  # ways out of it
    ends: tuple[int, ...] = ()  # `end` nodes
    sinks: tuple[int, ...] = ()
    tails: tuple[int, ...] = ()  # sinks that are no `end`

    def __post_init__(self) -> None:
        self.index = {node.id: node.index for node in self.nodes}
        self.fan_in = [len(node.incoming) for node in self.nodes]
        self.eager = [node.join in ("any", "n") for node in self.nodes]
        self.roots = tuple(node.index for node in self.nodes if not node.incoming)
        edges = [edge for node in self.nodes for edge in node.outgoing if edge.target is None]
        self.backs = tuple(edge for edge in edges if edge.kind == "back")
        self.exits = tuple(edge for edge in edges if edge.kind == "exit")
        if len(self.backs) == 1 and not self.backs[0].origin and not self.nodes[self.backs[0].source].transparent:
            self.back = self.backs[0].source
        self.ends = tuple(node.index for node in self.nodes if node.type == "end")
        self.sinks = tuple(node.index for node in self.nodes if node.sink)
        self.tails = tuple(index for index in self.sinks if index not in self.ends)

    def dump(self) -> bytes:
        """The plan as canonical JSON."""
        levels: list[JsonObject] = []
        _write(self, levels)
        return orjson.dumps({"levels": levels}, option=orjson.OPT_SORT_KEYS)

    @staticmethod
    def load(data: bytes) -> Plan:
        """The plan that `dump` wrote."""
        levels: list[JsonObject] = orjson.loads(data)["levels"]
        plans: dict[int, Plan] = {}
        for number in reversed(range(len(levels))):  # bodies stand behind the plans that they belong to
            plans[number] = _plan_from_dict(levels[number], plans)
        return plans[0]

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON, hexadecimal."""
        return hashlib.sha256(self.dump()).hexdigest()

    def keys(self, prefix: str = "") -> list[tuple[str, str]]:
        """Keys and types of all nodes, sub-workflows included; a node of a sub-workflow is named behind its own."""
        found: list[tuple[str, str]] = []
        for node in self.nodes:
            key = prefix + node.id
            found.append((key, node.type))
            if node.body is not None:
                found.extend(node.body.keys(f"{key}/" if node.body.namespace else prefix))
        return found

    def walk(self, prefix: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], PlanNode]]:
        """All nodes of the tree with the ids of the composites around them."""
        found: list[tuple[tuple[str, ...], PlanNode]] = []
        for node in self.nodes:
            found.append((prefix, node))
            if node.body is not None:
                found.extend(node.body.walk((*prefix, node.id)))
        return found


# ------------------------------------------------------------------------------------- reading and writing

_PLAIN = (
    "id", "type", "config", "join", "join_n", "cancel_losers", "on_error", "timeout_s", "disabled", "effects",
    "idempotent", "transparent", "collects", "templates", "roots", "policy", "race", "losers", "limit",
)  # fmt: skip


def _write(plan: Plan, levels: list[JsonObject]) -> int:
    """Add a plan and all within it, side by side: JSON may not be as deep as plans may be nested."""
    number = len(levels)
    levels.append({})
    bodies = [None if node.body is None else _write(node.body, levels) for node in plan.nodes]
    edges = [edge for node in plan.nodes for edge in node.outgoing]
    levels[number] = {
        "namespace": plan.namespace,
        "variables": plan.variables,
        "limits": plan.limits.model_dump(exclude_none=True),
        "need": plan.need,
        "nodes": [_node_to_dict(node, body) for node, body in zip(plan.nodes, bodies, strict=True)],
        "edges": [
            [edge.id, edge.source, edge.port, edge.target, edge.kind, edge.exit, list(edge.origin)] for edge in edges
        ],
    }
    return number


def _node_to_dict(node: PlanNode, body: int | None) -> JsonObject:
    data: JsonObject = {name: getattr(node, name) for name in _PLAIN}
    data["retry"] = node.retry.model_dump() if node.retry else None
    data["inputs"] = [
        [i.name, i.field, _address_to_list(i.address), i.source, i.has_default, i.default] for i in node.inputs
    ]
    data["reads"] = {name: _address_to_list(address) for name, address in node.reads.items()}
    data["body"] = body
    return data


def _address_to_list(address: Address | None) -> list[Any] | None:
    return None if address is None else [address.up, list(address.path), address.inside, address.previous]


def _address_from_list(data: list[Any]) -> Address:
    return Address(data[0], tuple(data[1]), data[2], data[3])


def _plan_from_dict(data: JsonObject, plans: dict[int, Plan]) -> Plan:
    nodes = tuple(_node_from_dict(item, index, plans) for index, item in enumerate(data["nodes"]))
    edges = [PlanEdge(e[0], e[1], e[2], e[3], e[4], e[5], tuple(e[6])) for e in data["edges"]]
    link_all(nodes, edges)
    return Plan(
        nodes=nodes,
        namespace=data["namespace"],
        variables=data["variables"],
        limits=Limits.model_validate(data["limits"]),
        need=data["need"],
    )


def _node_from_dict(data: JsonObject, index: int, plans: dict[int, Plan]) -> PlanNode:
    plain: JsonObject = {name: data[name] for name in _PLAIN}
    for name in ("templates", "roots", "losers"):
        plain[name] = tuple(plain[name])
    return PlanNode(
        **plain,
        index=index,
        retry=Retry(**data["retry"]) if data["retry"] else None,
        inputs=tuple(
            PlanInput(i[0], i[1], _address_from_list(i[2]) if i[2] else None, i[3], i[4], i[5]) for i in data["inputs"]
        ),
        reads={name: _address_from_list(item) for name, item in data["reads"].items()},
        body=None if data["body"] is None else plans[data["body"]],
    )


def link_all(nodes: tuple[PlanNode, ...], edges: list[PlanEdge]) -> None:
    """Give every node its edges, ordered by source."""
    incoming: list[list[PlanEdge]] = [[] for _ in nodes]
    outgoing: list[list[PlanEdge]] = [[] for _ in nodes]
    for edge in edges:
        outgoing[edge.source].append(edge)
        if edge.target is not None:
            incoming[edge.target].append(edge)
    for node in nodes:
        node.link(incoming[node.index], outgoing[node.index])
        others_stand_in = any(edge.origin or nodes[edge.source].transparent for edge in node.incoming)
        if not node.collects and not others_stand_in:
            node.sources = tuple((nodes[index].id, index) for index in dict.fromkeys(e.source for e in node.incoming))
            if len(node.sources) == 1:
                node.single = node.sources[0][1]

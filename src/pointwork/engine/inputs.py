"""What a node receives: mappings, implicit inputs, and the names that its expressions may read.

Rules of this file: reading never changes anything, and every place was worked out by the compiler (`Address`), so
nothing is searched. An absent value is `MISSING`, never null: a key without a value is left out of the inputs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pointwork.engine.plan import Address, Plan, PlanEdge, PlanNode
from pointwork.engine.scope import COMPLETED, FAILED, MISSING, PENDING, SKIPPED, Closed, Scope
from pointwork.workflow import JsonObject, is_object

__all__ = [
    "absence",
    "as_inputs",
    "exit_value",
    "feedback",
    "field_of",
    "implicit",
    "names_of",
    "read",
    "received_by",
    "result_of",
    "roots_of",
    "with_output",
]

_STATES = {PENDING: "has not run yet", SKIPPED: "was skipped", FAILED: "failed"}


def received_by(scope: Scope, node: PlanNode) -> JsonObject:
    """The inputs of a node that is about to start."""
    if not node.inputs:
        return implicit(scope, node)
    values: JsonObject = {}
    for mapping in node.inputs:
        value = _mapped(scope, mapping.address, mapping.field, mapping.name)
        if value is not MISSING:
            values[mapping.name] = value
        elif mapping.has_default and mapping.name not in values:
            values[mapping.name] = mapping.default
    return values


def absence(scope: Scope, node: PlanNode, values: JsonObject) -> dict[str, str] | None:
    """Why mapped inputs have no value, for error messages: name → reason."""
    missing = {m.name: m for m in node.inputs if m.name not in values}
    if not missing:
        return None
    reasons: dict[str, str] = {}
    for name, mapping in missing.items():
        if mapping.address is None:
            given = ", ".join(map(repr, scope.space.inputs)) or "nothing"
            wanted = name if mapping.field == "output" else mapping.field
            reasons[name] = f"{wanted!r} is not among the workflow inputs ({given})"
        else:
            reasons[name] = f"{mapping.source!r} {_reason(scope, mapping.address)}"
    return reasons


def _reason(scope: Scope, address: Address) -> str:
    if address.previous:
        return "had no value in the round before"
    if address.inside:
        return "has no value"
    return _STATES.get(_holder(scope, address).status[address.path[0]], "has no value")


def _mapped(scope: Scope, address: Address | None, field: str, name: str) -> Any:
    if address is None:
        space = scope.space
        for key in (field, name) if field == "output" else (field,):
            for values in (space.inputs, space.plan.variables):
                if key in values:
                    return values[key]
        return MISSING
    value = read(scope, address)
    if address.inside:
        return value.get(field, value.get("item", MISSING) if field == "output" else MISSING)
    return MISSING if value is MISSING else field_of(value, field)


def field_of(value: Any, field: str) -> Any:
    """The field of an object that has it (dots lead deeper), else the whole value.

    >>> field_of({"a": {"b": 1}}, "a.b"), field_of("text", "output")
    (1, 'text')
    """
    if not is_object(value):
        return value
    if field in value:
        return value[field]
    found: Any = value
    for part in field.split("."):
        if not is_object(found) or part not in found:
            return value
        found = found[part]
    return found


def _holder(scope: Scope, address: Address) -> Scope:
    for _ in range(address.up):
        assert scope.parent is not None
        scope = scope.parent
    return scope


def read(scope: Scope, address: Address) -> Any:
    """The value at an address; for an enclosing container, what it offers its body."""
    at = _holder(scope, address)
    if address.inside:
        return inside(at)
    value = MISSING if address.previous else _down(at, address.path)
    # A node of the same loop that has not run in this round: the value of the round before.
    if value is MISSING and at.parent is not None and at.parent.plan.nodes[at.node].policy in ("cycle", "loop"):
        latest = at.parent.rounds[at.node].latest
        return MISSING if latest is None else _down(latest, address.path)
    return value


def _down(at: Scope | Closed, path: tuple[int, ...]) -> Any:
    head, *rest = path
    if not rest:
        return at.outputs[head]
    rounds = at.rounds.get(head)
    if rounds is None:
        return MISSING
    if rounds.keep:
        closed = [rounds.snapshots[index] for index in sorted(rounds.snapshots)]
        values = [MISSING if one is None else _down(one, tuple(rest)) for one in closed]
        return [None if value is MISSING else value for value in values]
    return MISSING if rounds.latest is None else _down(rounds.latest, tuple(rest))


def inside(scope: Scope) -> JsonObject:
    """What a container offers the scope that it opened."""
    parent = scope.parent
    assert parent is not None
    rounds = parent.rounds[scope.node]
    offered: JsonObject = {**(parent.received[scope.node] or {}), "item": scope.item, "index": scope.index}
    if parent.plan.nodes[scope.node].policy != "map":  # no item sees another
        offered["previous"] = rounds.results.get(scope.index - 1)
    if rounds.items is not None:
        offered["items"] = rounds.items
    return offered


def implicit(scope: Scope, node: PlanNode) -> JsonObject:
    """Without mappings: the values of live predecessors; the first node of a scope gets what the scope was opened for.

    Objects are merged key by key, a single other value is called `output`, several have their node's id.
    """
    if node.single is not None:
        value = scope.outputs[node.single]  # as `as_inputs`, for what is met most
        if isinstance(value, str):
            return {"output": value}
        return as_inputs(value)
    if not node.incoming:
        return _entry(scope)
    if node.sources is not None and scope.live[node.index] == len(node.incoming):
        outputs = scope.outputs
        return _merged([(name, outputs[index]) for name, index in node.sources])
    found = _live_values(scope, scope.plan, node.incoming)
    return _unmerged(found) if node.collects else _merged(found)


def _entry(scope: Scope) -> JsonObject:
    parent = scope.parent
    if parent is None:
        return scope.inputs
    container = parent.plan.nodes[scope.node]
    received: JsonObject = parent.received[scope.node] or {}
    if container.policy == "cycle":
        return scope.item or {}
    if container.policy in ("parallel", "workflow"):
        return received
    if container.policy == "loop" and container.config.get("loop_type", "for_each") != "for_each":
        return received if scope.index == 0 else as_inputs(scope.item)
    return scope.item if is_object(scope.item) else {"item": scope.item}


def as_inputs(value: Any) -> JsonObject:
    """A value as the inputs of the next node: objects as they are, all else as `output`."""
    if is_object(value):
        return value
    return {} if value is MISSING else {"output": value}


Found = list[tuple[str, Any]]


def _live_values(at: Scope | Closed, plan: Plan, edges: Iterable[PlanEdge]) -> Found:
    """Node id and value of every live edge's source; transparent nodes stand for what they received."""
    found: Found = []
    seen: set[int | tuple[int, ...]] = set()
    status, ports, outputs = at.status, at.ports, at.outputs
    for edge in edges:
        source = edge.source
        if edge.port not in ports[source] or status[source] not in (COMPLETED, FAILED):
            continue
        path = edge.origin or source
        if path in seen:
            continue
        seen.add(path)
        node = plan.nodes[source]
        if edge.origin or node.transparent:
            found.append(_origin_value(at, plan, edge.origin or (source,)))
        else:
            found.append((node.id, outputs[source]))
    return found


def _origin_value(at: Scope | Closed, plan: Plan, path: tuple[int, ...]) -> tuple[str, Any]:
    for index in path[:-1]:  # through drawn loops, to the node that the edge was drawn from
        if index in at.overridden:
            return plan.nodes[index].id, at.outputs[index]
        latest = at.rounds[index].latest
        body = plan.nodes[index].body
        assert latest is not None and body is not None
        at, plan = latest, body
    node = plan.nodes[path[-1]]
    failed = at.status[node.index] == FAILED
    if not node.transparent or failed:
        return node.id, at.outputs[node.index]
    received: JsonObject = at.received[node.index] or {}
    return node.id, received["output"] if received.keys() == {"output"} else received


def _merged(found: Found) -> JsonObject:
    others = {name: value for name, value in found if not isinstance(value, dict)}
    if len(others) == len(found) > 1:
        return others
    merged: JsonObject = {}
    for _, value in found:
        if is_object(value):
            merged.update(value)
    if len(others) == 1:
        merged.setdefault("output", *others.values())
    else:
        merged.update(others)
    return merged


def _unmerged(found: Found) -> JsonObject:
    return {"output": found[0][1]} if len(found) == 1 else dict(found)


def feedback(scope: Scope, composite: PlanNode, closed: Closed) -> JsonObject:
    """What the header of a drawn loop receives in the next round: the values of the live ways back."""
    body = composite.body
    assert body is not None
    if body.back is not None:
        return as_inputs(closed.outputs[body.back])
    return _merged(_live_values(closed, body, body.backs))


def exit_value(composite: PlanNode, closed: Closed) -> Any:
    """The output of a drawn loop: the value at its live exit, or several by node id."""
    body = composite.body
    assert body is not None
    found = _live_values(closed, body, body.exits)
    return found[0][1] if len(found) == 1 else dict(found) or None


def result_of(scope: Scope) -> Any:
    """The result of a scope: the output of its `end` node, else of the nodes that nothing follows.

    One value is given as it is, several as an object by node id, none is null.
    """
    plan = scope.plan
    done = [i for i in plan.ends if scope.status[i] == COMPLETED] if plan.ends else []
    done = done or [i for i in plan.tails if scope.status[i] == COMPLETED]
    if len(done) == 1:
        return scope.outputs[done[0]]
    return {plan.nodes[i].id: scope.outputs[i] for i in done} or None


def names_of(scope: Scope, node: PlanNode) -> JsonObject:
    """The names, beyond its inputs, that the node's templates and expressions read."""
    names = roots_of(scope, node.roots)
    if node.reads:
        nodes: JsonObject = {}
        for name, address in node.reads.items():
            value = read(scope, address)
            if value is not MISSING:
                nodes[name] = with_output(value)
        names["nodes"] = nodes
    return names


def roots_of(scope: Scope, roots: Iterable[str]) -> JsonObject:
    """What these names, of "inputs", "vars", "item", …, mean in a scope; without those that mean nothing in it."""
    names: JsonObject = {}
    for root in roots:
        if root == "inputs":
            names[root] = scope.space.inputs
        elif root == "vars":
            names[root] = scope.space.plan.variables
        else:
            value = _nearest(scope, root)
            if value is not MISSING:
                names[root] = value
    return names


def with_output(value: Any) -> JsonObject:
    """`nodes.x.output` is the whole value of a node whose output is not an object with that key."""
    if not is_object(value):
        return {"output": value}
    return value if "output" in value else {**value, "output": value}


def _nearest(scope: Scope, name: str) -> Any:
    """`item`, `index`, … of the innermost loop or map around a scope."""
    at = scope
    while at.parent is not None:
        if at.parent.plan.nodes[at.node].policy in ("loop", "map", "cycle"):
            return inside(at).get(name, MISSING)
        if at.plan.namespace:
            break  # what is around a workflow is not seen in it
        at = at.parent
    return MISSING

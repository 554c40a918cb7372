"""Stubs: what stands in for nodes and tools that an execution does not run, so that nothing outside is touched.

A stub of a node gives its output without the node having begun; a stub of a tool gives the result of each of its calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pointwork.commands import MAX_STUBS, Stub
from pointwork.engine.inputs import received_by
from pointwork.engine.plan import Plan, PlanNode
from pointwork.engine.scope import Scope
from pointwork.engine.unknown import listed, nodes_by_id, suggestion
from pointwork.errors import Unacceptable
from pointwork.events import LogWritten, OutputOverridden
from pointwork.workflow import JsonObject

if TYPE_CHECKING:
    from pointwork.engine.scheduler import Scheduler

__all__ = ["check_stubs", "given_ports", "possible", "stand_in"]


def check_stubs(plan: Plan, stubs: Sequence[Stub]) -> None:
    """Refuse what could never stand in for anything."""
    if len(stubs) > MAX_STUBS:
        raise Unacceptable(f"There are {len(stubs):,} stubs.", hint=f"At most {MAX_STUBS} are taken.")
    if odd := next((stub for stub in stubs if (stub.node is None) == (stub.tool is None)), None):
        named = "both a node and a tool" if odd.node is not None else "neither a node nor a tool"
        raise Unacceptable(f"A stub names {named}.", hint="Give it node or tool, and the output.")
    known = nodes_by_id(plan) if stubs else {}
    unknown = dict.fromkeys(stub.node for stub in stubs if stub.node is not None and stub.node not in known)
    if unknown:
        raise Unacceptable(
            f"There can be no stub of {listed(unknown)}: this workflow has no such node.",
            hint=suggestion(unknown, known),
        )
    for stub in stubs:
        for node in known[stub.node] if stub.node is not None else ():
            given_ports(node, stub.ports)


def possible(plan: Plan, stubs: Sequence[JsonObject]) -> list[JsonObject]:
    """The recorded stubs that can still stand in for something in another plan."""
    found: list[JsonObject] = []
    for stub in stubs:
        try:
            ports = None if stub["ports"] is None else tuple(stub["ports"])
            check_stubs(plan, [Stub(stub["output"], stub["node"], stub["tool"], ports)])
        except Unacceptable:
            continue
        found.append(stub)
    return found


def stand_in(scheduler: Scheduler, scope: Scope, node: PlanNode) -> None:
    """Let a node that is ready end with the output of its stub, instead of starting it."""
    stub = scheduler.state.stubs[node.id]
    ports = given_ports(node, None if stub["ports"] is None else tuple(stub["ports"]))
    text = f"Node {node.id!r} was not run: a stub gives its output in this execution."
    scheduler.emit(LogWritten("INFO", text, scope.path, node.id))
    received = scheduler.state.given.get((scope.path, node.id)) or received_by(scope, node)
    scheduler.emit(OutputOverridden(scope.path, node.id, stub["output"], ports, received))
    scheduler.call_off(scope, node)


def given_ports(node: PlanNode, ports: tuple[str, ...] | None) -> tuple[str, ...]:
    """The ports of an output that is not the node's own, if edges lead on from them."""
    known = dict.fromkeys(edge.port for edge in node.outgoing)
    if ports is None and ("out" in known or not known):
        return ("out",)
    unknown = [port for port in ports or () if port not in known and port != "out"]
    if ports is None or unknown:
        raise Unacceptable(
            f"The output of {node.id!r} needs ports that lead on, not {', '.join(unknown) or 'none'}.",
            hint=f"Send ports: some of {', '.join(map(repr, known))}.",
        )
    return ports

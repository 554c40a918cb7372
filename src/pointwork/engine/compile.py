"""From a document to a plan, or to a list of problems with places, hints and fixes.

`check` and `compile` are the same walk: a problem of severity error means that there is no plan. The walk has three
parts: what a node says by itself (`checks.py`), how the nodes of one level hang together (`levels.py`: cycles,
order, races), and where every input is read (`addresses.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pointwork.engine.addresses import Places, resolve
from pointwork.engine.checks import Checked, check_nodes
from pointwork.engine.levels import DrawnEdge, Level, build_level
from pointwork.engine.plan import Plan, PlanNode
from pointwork.errors import DefinitionError, Problem
from pointwork.legacy import normalise
from pointwork.spec import NodeSpec
from pointwork.workflow import MAX_NODES, Node, Workflow

__all__ = ["check", "compile"]

Workflows = Mapping[tuple[str, int | None], Workflow]
"""Stored workflows that `workflow` nodes name, by id and pinned version (None: the newest)."""


def compile(workflow: Workflow, specs: Mapping[str, NodeSpec], workflows: Workflows | None = None) -> Plan:
    """The plan of a workflow; raises DefinitionError with all problems when there is none."""
    compiler = _Compiler(specs, workflows or {}, workflow)
    plan = compiler.build()
    problems = tuple(compiler.problems)
    if plan is None or any(problem.severity == "error" for problem in problems):
        raise DefinitionError(problems=problems)
    return plan


def check(workflow: Workflow, specs: Mapping[str, NodeSpec], workflows: Workflows | None = None) -> list[Problem]:
    """Everything that is wrong or doubtful about a workflow; it can run when no problem is an error."""
    compiler = _Compiler(specs, workflows or {}, workflow)
    compiler.build()
    return compiler.problems


@dataclass(slots=True)
class Room:
    """What a workflow and all that it runs take up together: few documents can name each other very often."""

    nodes: int = 0


class _Compiler:
    """One walk over one document; sub-workflows are walks of their own."""

    def __init__(
        self, specs: Mapping[str, NodeSpec], workflows: Workflows, workflow: Workflow, outer: _Compiler | None = None
    ) -> None:
        self.specs = specs
        self.workflows = workflows
        self.above: tuple[str, ...] = ()  # ids of the workflows that this one is called by
        self.depth = 0  # of this workflow, within those
        self.deepest = workflow.limits.max_depth
        self.room = Room()
        if outer is not None:
            self.above, self.deepest, self.room = outer.called, outer.deepest, outer.room
        self.workflow, self.problems = normalise(workflow)
        self.nodes: dict[str, Node] = {}
        self.checked: dict[str, Checked] = {}
        self.children: dict[str | None, list[str]] = {}
        self.places = Places()

    def build(self) -> Plan | None:
        self.nodes, self.checked, found = check_nodes(self.workflow, self.specs)
        self.problems.extend(found)
        if any(problem.severity == "error" for problem in self.problems):
            return None
        self.room.nodes += len(self.nodes)
        if self.room.nodes > MAX_NODES:
            self._problem("E-SIZE", None, f"With the workflows that it runs, it has more than {MAX_NODES:,} nodes.",
                          "Run the workflows one after the other, or in a loop.")  # fmt: skip
            return None
        for node in self.nodes.values():
            self.children.setdefault(node.parent, []).append(node.id)
        plan = self._level(None, self.depth)
        if plan is None:
            return None
        resolve(plan, self.nodes, self.checked, self.places, self.problems)
        plan.namespace = True
        plan.variables = dict(self.workflow.variables)
        plan.limits = self.workflow.limits
        return plan

    def _level(self, parent: str | None, depth: int, need: int = 0) -> Plan | None:
        """The plan of the root (`parent` None) or of a container's body."""
        members = self.children.get(parent, [])
        inside = set(members)
        edges = [
            DrawnEdge(edge.id, edge.source, edge.condition or "out", edge.target, origin=edge.source)
            for edge in self.workflow.edges
            if edge.source in inside and edge.target in inside
        ]
        return self._assemble(Level(parent, members, edges), depth, need)

    def _assemble(self, level: Level, depth: int, need: int = 0) -> Plan | None:
        if depth > self.deepest:
            message = f"Containers, loops and workflows are nested more than {self.deepest} deep."
            self._problem("E-DEPTH", level.owner, message, "Raise limits.max_depth, or take the inner parts out.")
            return None
        built = build_level(level, self.nodes, self.problems)
        if built is None:
            return None
        made: list[PlanNode] = []
        for index, member in enumerate(built.order):
            loop = built.loops.get(member)
            node = self._drawn_loop(member, loop, index, depth) if loop else self._node(member, index, depth)
            if node is None:
                return None
            self.places.put(member, level.owner, index)
            made.append(node)
        return built.finish(made, need, lambda name: self.places.path(name, below=level.owner))

    def _drawn_loop(self, name: str, level: Level, index: int, depth: int) -> PlanNode | None:
        header = self.nodes[name.removeprefix("loop:")]
        body = self._assemble(level, depth + 1)
        if body is None:
            return None
        own = (header.model_extra or {}).get("max_iterations")
        limit = own if isinstance(own, int) and own > 0 else self.workflow.limits.max_iterations
        return PlanNode(
            id=name, type="cycle", index=index, join=header.join, join_n=header.join_n,
            cancel_losers=header.cancel_losers, policy="cycle", body=body, limit=limit, effects=False,
        )  # fmt: skip

    def _node(self, name: str, index: int, depth: int) -> PlanNode | None:
        node, checked = self.nodes[name], self.checked[name]
        spec = checked.spec
        body = None
        if spec.policy == "workflow":
            body = self._sub_workflow(node, depth + 1)
            if body is None:
                return None
        elif spec.policy is not None:
            wait_for, total = checked.config.get("wait_for", "all"), int(checked.config.get("n", 1))
            need = 0 if spec.policy != "parallel" or wait_for == "all" else 1 if wait_for == "any" else total
            body = self._level(name, depth + 1, need)
            if body is None:
                return None
        if node.disabled:
            body = None
        return PlanNode(
            id=name, type=node.type, index=index, config=checked.config, join=node.join, join_n=node.join_n,
            cancel_losers=node.cancel_losers, on_error=node.on_error, retry=node.retry, timeout_s=node.timeout_s,
            disabled=node.disabled, effects=spec.effects, idempotent=spec.idempotent,
            transparent=spec.transparent or node.disabled, collects=spec.collects, templates=checked.templates,
            policy=None if node.disabled else spec.policy, body=body,
        )  # fmt: skip

    @property
    def called(self) -> tuple[str, ...]:
        return (*self.above, self.workflow.id) if self.workflow.id else self.above

    def _sub_workflow(self, node: Node, depth: int) -> Plan | None:
        config = self.checked[node.id].config
        wanted, version = config.get("workflow_id", ""), config.get("version")
        if wanted in self.called:
            self._problem("E-RECURSION", node.id, f"{node.title!r} runs workflow {wanted!r}, which runs this one.",
                          "A workflow cannot contain itself; use a loop.")  # fmt: skip
            return None
        found = self.workflows.get((wanted, version))
        if found is None:
            which = f"{wanted!r}" + (f" in version {version}" if version is not None else "")
            self._problem("E-WORKFLOW", node.id, f"{node.title!r} runs workflow {which}, which does not exist.",
                          "Choose a stored workflow, or save it first.")  # fmt: skip
            return None
        inner = _Compiler(self.specs, self.workflows, found, self)
        inner.above, inner.depth = (*inner.above, wanted), depth
        plan = inner.build()
        for problem in inner.problems:
            if problem.severity == "error":
                self._problem(problem.code, node.id, f"In workflow {wanted!r}: {problem.message}", problem.hint)
        return plan

    def _problem(self, code: str, node: str | None, message: str, hint: str) -> None:
        self.problems.append(Problem(severity="error", code=code, node=node, message=message, hint=hint))

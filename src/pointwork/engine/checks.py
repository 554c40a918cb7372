"""What can be said of the nodes and edges of a document one by one: ids, types, configuration, ports, borders.

Everything here becomes a `Problem` with a place; nothing is raised, so that an editor sees all findings at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from pointwork.engine.meant import Meant
from pointwork.errors import ExpressionError, Problem, Severity
from pointwork.expressions import compile_expression, compile_template
from pointwork.spec import NodeSpec
from pointwork.workflow import JsonObject, Node, Workflow

__all__ = ["Checked", "check_nodes"]

ROOTS = ("inputs", "vars", "item", "index", "previous", "items")


@dataclass(slots=True)
class Checked:
    """A node whose own parts are in order: its configuration with defaults, and what its formulas read."""

    spec: NodeSpec
    config: JsonObject
    templates: tuple[str, ...] = ()
    reads: tuple[tuple[str, str], ...] = ()  # (node id, field that reads it)
    roots: tuple[str, ...] = ()


def check_nodes(
    workflow: Workflow, specs: Mapping[str, NodeSpec]
) -> tuple[dict[str, Node], dict[str, Checked], list[Problem]]:
    """The nodes by id, what was worked out about each, and the problems found."""
    checker = _Checker(workflow, specs)
    checker.run()
    return checker.nodes, checker.checked, checker.problems


class _Checker:
    def __init__(self, workflow: Workflow, specs: Mapping[str, NodeSpec]) -> None:
        self.workflow = workflow
        self.specs = specs
        self.nodes: dict[str, Node] = {}
        self.checked: dict[str, Checked] = {}
        self.problems: list[Problem] = []
        self.meant = Meant()
        self.marks: dict[str, list[tuple[Literal["template", "expression"], str]]] = {}  # by type: fields with formulas

    def run(self) -> None:
        if not self.workflow.nodes:
            self.say("E-EMPTY", None, "The workflow has no nodes.", "Add a start node and something for it to do.")
        for node in self.workflow.nodes:
            if node.id in self.nodes:
                self.say("E-DUPLICATE", node.id, f"Two nodes have the id {node.id!r}.", "Give one of them another id.")
                continue
            self.nodes[node.id] = node
            if node.id.startswith("loop:"):
                self.say(
                    "E-ID", node.id, f"The id {node.id!r} begins with 'loop:'.", "Those names are for drawn loops."
                )
        for node in self.nodes.values():
            self.node(node)
        self.parents()
        self.edges()
        self.starts()

    def say(
        self, code: str, node: str | None, message: str, hint: str, *, field: str | None = None, fixes: Any = ()
    ) -> None:
        kinds: dict[str, Severity] = {"E": "error", "W": "warning", "N": "note"}
        self.problems.append(
            Problem(severity=kinds[code[0]], code=code, node=node, field=field, message=message, hint=hint, fixes=fixes)
        )

    # -------------------------------------------------------------------------------------------- one node

    def node(self, node: Node) -> None:
        spec = self.specs.get(node.type)
        if spec is None:
            near = self.meant.by(node.type, self.specs)
            known = f"Did you mean {near!r}?" if near else f"Known types: {', '.join(sorted(self.specs))}."
            self.say("E-TYPE", node.id, f"{node.title!r} has the unknown type {node.type[:80]!r}.", known, field="type")
            return
        raw = node.config()
        key = f"{node.type}_config"
        try:
            config = spec.config.model_validate(raw).model_dump(mode="json", by_alias=True)
        except ValidationError as error:
            for item in error.errors(include_url=False, include_context=False, include_input=False)[:20]:
                where = ".".join((key, *map(str, item["loc"])))
                self.say("E-CONFIG", node.id, f"{node.title!r}: {where}: {item['msg']}.", spec.title, field=where)
            return
        known = {*spec.config.model_fields, *(f.alias for f in spec.config.model_fields.values() if f.alias)}
        for name in raw:
            if name not in known:
                hint = "It is kept, but nothing reads it. Check the spelling."
                self.say(
                    "W-CONFIG-KEY", node.id, f"{node.title!r}: {key} has no {name!r}.", hint, field=f"{key}.{name}"
                )
        self.checked[node.id] = self.formulas(node, spec, config)

    def formulas(self, node: Node, spec: NodeSpec, config: JsonObject) -> Checked:
        key = f"{node.type}_config"
        templates: list[str] = []
        paths: list[tuple[str, tuple[str, ...]]] = []
        for mark, name in self.marks_of(spec):
            for where, text in _texts(config.get(name), f"{key}.{name}", mark):
                try:
                    if mark == "template":
                        template = compile_template(text)
                        paths += [(where, path) for path in template.names]
                        if template.secrets and name not in spec.marked("template", secrets=True):
                            self.secret(node, where, min(template.secrets))
                    else:
                        paths += [(where, path) for path in compile_expression(text).names]
                except ExpressionError as problem:
                    code = "E-TEMPLATE" if mark == "template" else "E-EXPRESSION"
                    self.say(code, node.id, f"{node.title!r}: {problem.message}", problem.hint, field=where)
                    continue
                if mark == "template" and name not in templates:
                    templates.append(name)
        own = {mapping.name for mapping in node.inputs}
        reads: dict[str, str] = {}
        roots: dict[str, None] = {}
        for where, path in sorted(paths):
            if path[0] in own:
                continue
            if path[0] == "nodes":
                if len(path) < 2:
                    hint = 'Write nodes.name.field or nodes["name"].field.'
                    self.say("E-NAMES", node.id, f"{node.title!r} must name the node that it reads.", hint, field=where)
                else:
                    reads.setdefault(path[1], where)
            elif path[0] in ROOTS:
                roots[path[0]] = None
        return Checked(spec, config, tuple(templates), tuple(reads.items()), tuple(roots))

    def secret(self, node: Node, where: str, name: str) -> None:
        message = f"{node.title!r} would hand the secret {name!r} to a model or write it down."
        self.say("E-SECRET", node.id, message, "Use secrets where the form offers them, never in prompts.", field=where)

    def marks_of(self, spec: NodeSpec) -> list[tuple[Literal["template", "expression"], str]]:
        if spec.type not in self.marks:
            self.marks[spec.type] = [
                *(("template", name) for name in sorted(spec.marked("template"))),
                *(("expression", name) for name in sorted(spec.marked("expression"))),
            ]
        return self.marks[spec.type]

    # ------------------------------------------------------------------------------------- nodes together

    def parents(self) -> None:
        for node in self.nodes.values():
            if node.parent is None:
                continue
            parent = self.nodes.get(node.parent)
            spec = self.specs.get(parent.type) if parent else None
            if parent is None:
                self.say("E-PARENT", node.id, f"{node.title!r} lives in {node.parent!r}, which does not exist.",
                         "Put it into an existing container, or on the top level.", field="parent")  # fmt: skip
            elif spec is not None and spec.policy not in ("loop", "map", "parallel"):
                self.say("E-PARENT", node.id, f"{node.title!r} lives in {parent.title!r}, which is no container.",
                         "Only loop, map and parallel nodes hold other nodes.", field="parent")  # fmt: skip
        rooted: set[str] = set()
        for node in self.nodes.values():
            trail: dict[str, None] = {}
            here: Node | None = node
            while here is not None and here.id not in rooted and here.id not in trail:
                trail[here.id] = None
                here = self.nodes.get(here.parent) if here.parent is not None else None
            if here is not None and here.id in trail:
                self.say("E-PARENT", node.id, f"{node.title!r} lives inside itself.",
                         "Containers cannot hold each other in a circle.", field="parent")  # fmt: skip
            rooted.update(trail)

    def edges(self) -> None:
        for edge in self.workflow.edges:
            ends = [("source", edge.source), ("target", edge.target)]
            missing = [(side, name) for side, name in ends if name not in self.nodes]
            for side, name in missing:
                message = f"The edge {edge.id or edge.source!r} has the {side} {name[:80]!r}, which does not exist."
                hint = "Delete the edge, or connect it to an existing node."
                self.say("E-EDGE", None, message, hint, field=f"edges.{edge.id}")
            if missing:
                continue
            source, target = self.nodes[edge.source], self.nodes[edge.target]
            if source.parent != target.parent:
                message = f"The edge from {source.title!r} to {target.title!r} crosses the border of a container."
                hint = "Connect the container itself; inside, the nodes without an incoming edge begin."
                self.say("E-BORDER", target.id, message, hint, field=f"edges.{edge.id}")
            self.port(source, edge.condition or "out", edge.id)

    def port(self, source: Node, port: str, edge: str) -> None:
        checked = self.checked.get(source.id)
        if checked is None or port == "error":
            return
        spec = checked.spec
        ports = spec.ports_of(checked.config)
        if port in spec.always and port not in ports:
            self.say("W-UNLABELLED", source.id, f"An edge of {source.title!r} is on no branch, so it is always taken.",
                     f"Choose one of {', '.join(ports)} for it.", field=f"edges.{edge}")  # fmt: skip
        elif port not in ports:
            self.say("E-PORT", source.id, f"{source.title!r} has no outlet {port[:80]!r}.",
                     f"It has {', '.join(ports)} and error.", field=f"edges.{edge}")  # fmt: skip

    def starts(self) -> None:
        fed = {edge.target for edge in self.workflow.edges}
        top = [node for node in self.nodes.values() if node.parent is None and node.id not in fed]
        others = [node for node in top if node.type != "start"]
        if len(others) < len(top) and others:
            names = ", ".join(repr(node.title) for node in others[:5])
            message = f"Besides the start, the run also begins at {names}: no edge leads there."
            self.say("W-ROOTS", others[0].id, message, "Connect them, or delete them if they are leftovers.")


def _texts(value: Any, where: str, mark: str) -> Iterator[tuple[str, str]]:
    """All formulas within a configuration field, with their places."""
    if isinstance(value, str):
        if (mark == "expression" and value.strip()) or (mark == "template" and "{{" in value):
            yield where, value
    elif isinstance(value, list):
        for index, item in enumerate(value):  # type: ignore[reportUnknownArgumentType]
            yield from _texts(item, f"{where}.{index}", mark)
    elif isinstance(value, dict):
        for key, item in value.items():  # type: ignore[reportUnknownVariableType]
            if mark == "template" or key in ("when", "condition", "expression"):
                yield from _texts(item, f"{where}.{key}", mark)

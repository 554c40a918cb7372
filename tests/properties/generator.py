"""Random workflows from a seed: small drawings with everything that a drawing can have.

Each level is drawn as stretches in which edges lead forward; a stretch may be a loop, entered only at its first node,
and may hold another. Containers hold levels of their own. Mappings are drawn at random and those that `check` refuses
are left out again, so what remains is whatever the compiler allows.

A workflow is *exact* when nothing in it is decided by who comes first (no `any`, `n` or races of branches): then every
status and every value must be the same in whatever order work is done. The others are *loose*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from pointwork.engine import Plan, check, compile
from pointwork.workflow import Workflow
from tests.engine.drawings import SPECS

__all__ = ["Sketch", "draw"]

MOST_NODES = 15
DEEPEST = 3
LISTED = ["p", "q"]  # the variable that lists of loose workflows come from, so that they do not depend on the order


@dataclass(slots=True)
class Sketch:
    """A workflow that can run, and what is known about it."""

    seed: int
    exact: bool
    failing: bool  # handlers fail now and then
    workflow: Workflow
    plan: Plan


def draw(seed: int) -> Sketch:
    """The workflow of a seed."""
    random = Random(seed)
    exact = random.random() < 0.6
    failing = random.random() < 0.5
    hand = _Hand(random, exact, failing)
    hand.root(random.randint(3, 7))
    stored: dict[tuple[str, int | None], Workflow] = {}
    for name in sorted(hand.called):
        inner = _Hand(random, exact, failing, outermost=False)
        inner.root(random.randint(1, 4))
        stored[name, None] = _readable(inner.document(name), seed, {})
    workflow = _readable(hand.document(f"Random {seed}"), seed, stored)
    return Sketch(seed, exact, failing, workflow, compile(workflow, SPECS, stored))


def _readable(document: dict[str, Any], seed: int, stored: Mapping[tuple[str, int | None], Workflow]) -> Workflow:
    """The workflow without the mappings that read what is not certain to have run."""
    workflow = Workflow.load(document)
    problems = [problem for problem in check(workflow, SPECS, stored) if problem.severity == "error"]
    for problem in problems:
        assert problem.code == "E-READS-LATER", (seed, problem)
        _leave_out(document, problem.node, problem.field)
    return Workflow.load(document) if problems else workflow


def _leave_out(document: dict[str, Any], name: str | None, field: str | None) -> None:
    node = next(node for node in document["nodes"] if node["id"] == name)
    if field is not None and field.startswith("inputs."):
        wanted = field.removeprefix("inputs.")
        node["inputs"] = [mapping for mapping in node["inputs"] if mapping["name"] != wanted]
    else:
        node.pop("work_config")


@dataclass(slots=True)
class _Hand:
    random: Random
    exact: bool
    failing: bool
    outermost: bool = True  # may run other workflows
    nodes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    edges: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    called: set[str] = field(default_factory=set[str])

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def document(self, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "nodes": self.nodes,
            "edges": self.edges,
            "variables": {"list": LISTED, "v": 1},
            "limits": {"max_iterations": self.random.randint(3, 6)},
        }

    def root(self, size: int) -> None:
        self.level(None, 0, size)
        self.mappings()
        if self.chance(0.7):
            ends = [node["id"] for node in self.nodes if node.get("parent") is None]
            for name in self.random.sample(ends, min(len(ends), self.random.randint(1, 2))):
                self.edge(name, "end")
            self.nodes.append({"id": "end", "type": "end"})

    def level(self, parent: str | None, depth: int, size: int, *, linked: float = 0.85) -> None:
        """Nodes in a row, edges forward, and stretches of the row that go round."""
        names = [self.node(parent, depth, first=parent is None and place == 0) for place in range(size)]
        loops = self.loops(size)
        for first, last in loops:
            for _ in range(self.random.choice((1, 1, 2))):
                self.back(names[self.random.randint(first, last)], names[first])
        for place in range(1, size):
            inside = [first for first, last in loops if first < place <= last]
            lowest = max(inside, default=0)
            if inside or self.chance(linked):
                self.forward(names, self.random.randint(lowest, place - 1), place, loops)
            while self.chance(0.4 * linked):
                self.forward(names, self.random.randrange(place), place, loops)

    def loops(self, size: int) -> list[tuple[int, int]]:
        """Stretches (first and last place), outer ones before those that they hold."""
        found: list[tuple[int, int]] = []
        first, last = 0, size - 1
        while self.chance(0.4) and first <= last:
            low = self.random.randint(first, last)
            high = self.random.randint(low, last)
            found.append((low, high))
            first, last = (low + 1, high) if self.chance(0.6) else (high + 1, last)
        return found

    def forward(self, names: list[str], source: int, target: int, loops: list[tuple[int, int]]) -> None:
        """An edge; where it would lead into the middle of a loop, it leads to the first node of it."""
        for first, last in loops:
            if source < first < target <= last:
                target = first
        self.edge(names[source], names[target])

    # ------------------------------------------------------------------------------------------------- nodes

    def node(self, parent: str | None, depth: int, *, first: bool) -> str:
        name = f"n{len(self.nodes)}"
        node: dict[str, Any] = {"id": name, "type": "work"}
        if parent is not None:
            node["parent"] = parent
        self.nodes.append(node)
        if first and self.chance(0.6):
            node["type"] = "start"
            return name
        if depth < DEEPEST and len(self.nodes) < MOST_NODES and self.chance(0.2):
            self.container(node, depth)
        else:
            node["type"] = self.random.choices(("work", "condition", "router", "human"), (60, 15, 6, 5))[0]
        self.character(node)
        if node["type"] == "router":
            node["router_config"] = {"cases": [{"name": "left", "when": "true"}, {"name": "right", "when": "true"}]}
        if node["type"] == "human":
            node["human_config"] = {"question": "which?", "choices": ["left", "right"]}
        if node["type"] == "work" and self.exact and self.chance(0.15):
            node["work_config"] = {"prompt": self.random.choice(self.prompts())}
        return name

    def prompts(self) -> list[str]:
        other = self.random.choice(self.nodes)["id"]
        return ["{{ vars.v }} {{ inputs.q }}", "{{ default(item, 0) }}", f"{{{{ default(nodes.{other}.n, 1) }}}}"]

    def container(self, node: dict[str, Any], depth: int) -> None:
        kind = node["type"] = self.random.choice(("loop", "loop", "map", "parallel", "workflow")[: 4 + self.outermost])
        config: dict[str, Any] = {}
        if kind == "workflow":
            called = self.random.choice(("first", "second"))
            self.called.add(called)
            node["workflow_config"] = {"workflow_id": called}
            return
        if kind == "loop" and self.chance(0.4):
            kind_of = self.random.choice(("while", "until"))
            bound = self.random.randint(0, 3)
            formula = f"index < {bound}" if kind_of == "while" else f"index >= {bound}"
            config = {"loop_type": kind_of, "condition": formula, "max_iterations": self.random.randint(1, 3)}
        elif kind == "loop":
            limit = self.random.choice(("cut", "cut", "cut", "fail"))
            config = {"max_iterations": self.random.randint(1, 4), "on_limit": limit}
        elif kind == "map":
            config = {
                "concurrency": self.random.randint(1, 3),
                "on_item_error": self.random.choice(("fail", "null", "skip")),
            }
        elif not self.exact and self.chance(0.6):
            config = {"wait_for": self.random.choice(("any", "n")), "n": self.random.randint(1, 2)}
        if kind in ("loop", "map") and (not self.exact or self.chance(0.4)):
            config["items_source"] = "list"
        node[f"{kind}_config"] = config
        if self.chance(0.3):
            node["timeout_s"] = 5
        race = kind == "parallel" and "wait_for" in config
        size = self.random.randint(2, 4) if race else self.random.randint(1, 3)
        self.level(node["id"], depth + 1, size, linked=0.15 if race else 0.85)

    def character(self, node: dict[str, Any]) -> None:
        """What any node may have."""
        if self.chance(0.2):
            node["join"] = "every"
        if not self.exact and self.chance(0.35):
            node.update(join=self.random.choice(("any", "n")), join_n=self.random.randint(1, 3))
            node["cancel_losers"] = self.chance(0.5)
        if self.chance(0.05):
            node["disabled"] = True
        if self.failing and self.chance(0.3):
            node["retry"] = {"max_attempts": self.random.randint(1, 3), "first_delay_s": 1}
        if self.failing and self.chance(0.2):
            node["on_error"] = "continue"

    def mappings(self) -> None:
        """What nodes read: any node, most of them on their own level, the container around, inputs, variables."""
        for node in self.nodes:
            if self.chance(0.4):
                node["inputs"] = [self.mapping(node) for _ in range(self.random.randint(1, 3))]

    def mapping(self, node: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"name": self.random.choice(("x", "y", "items", "output", "z"))}
        if self.chance(0.8):
            holder = node.get("parent")
            near = [other for other in self.nodes if other.get("parent") == holder]
            source = self.random.choice(near if self.chance(0.6) else self.nodes)["id"]
            found["source_node"] = holder if holder and self.chance(0.3) else source
            found["source_field"] = self.random.choice(("output", "n", "item", "index", "previous", "results", "a.b"))
        else:
            found["source_field"] = self.random.choice(("q", "v", "nothing"))
        if self.chance(0.3):
            found["default"] = "default"
        return found

    # ------------------------------------------------------------------------------------------------- edges

    def back(self, source: str, target: str) -> None:
        """A way back, most often from a decision: one from an ordinary node never ends by itself."""
        node = next(node for node in self.nodes if node["id"] == source)
        if node["type"] == "work" and self.chance(0.85):
            node["type"] = "condition"
            node.pop("work_config", None)
        self.edge(source, target, decided=True)

    def edge(self, source: str, target: str, *, decided: bool = False) -> None:
        node = next(node for node in self.nodes if node["id"] == source)
        ports: dict[str, list[str | None]] = {
            "condition": ["true", "false", "true", "false", "*"],
            "router": ["left", "right", "else"],
            "human": ["left", "right", None],
        }
        choices = ports.get(node["type"], [None])
        if decided and node["type"] == "condition":
            choices = ["true", "false"]
        port = "error" if self.failing and self.chance(0.15) else self.random.choice(choices)
        edge = {"id": f"e{len(self.edges)}", "source": source, "target": target}
        self.edges.append({**edge, "condition": port} if port else edge)

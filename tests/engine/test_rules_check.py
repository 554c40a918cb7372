"""Every problem that `check` can find, with its place, and what it does not complain about."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.config import Config, SecretTemplate, Template, ui
from pointwork.engine import check, compile
from pointwork.engine.meant import Meant
from pointwork.errors import DefinitionError
from pointwork.spec import NodeSpec
from pointwork.workflow import Workflow
from tests.engine.drawings import SPECS, document, drawing

BAD_TOOL = {"type": "tool", "tool_config": {"tool_name": "x", "arguments": {"k": ["{{ ( }}"]}}}
CALL = {"type": "workflow", "workflow_config": {"workflow_id": "x"}}
CHOICES = {"type": "human", "human_config": {"question": "?", "choices": ["yes"]}}


def router(name: Any, when: str) -> dict[str, Any]:
    return {"type": "router", "router_config": {"cases": [{"name": name, "when": when}]}}


def work(**config: Any) -> dict[str, Any]:
    return {"work_config": config}


def reads(source: str) -> dict[str, Any]:
    return {"inputs": [{"name": "x", "source_node": source}]}


def row(
    name: str, text: str, nodes: Any = None, code: str = "", node: str | None = None, field: str | None = None,
    says: str = "", hint: str = "", **more: Any,
) -> Any:  # fmt: skip
    return pytest.param(document(text, nodes, **more), code, node, field, says, hint, id=name)


# One problem each: the document, its code, node and field, and words of its message and hint.
ONE = [
    row("empty", "", {}, "E-EMPTY", says="no nodes"),
    row("loop-id", "a -> loop:b", {}, "E-ID", "loop:b", says="begins with 'loop:'"),
    row("type", "a", {"a": "wrok"}, "E-TYPE", "a", "type", "unknown type 'wrok'", "Did you mean 'work'?"),
    row("type-far-off", "a", {"a": "zzz"}, "E-TYPE", "a", "type", "'zzz'", "Known types: agent, code"),
    row("config", "m", {"m": {"type": "map", "map_config": {"concurrency": 0}}}, "E-CONFIG", "m",
        "map_config.concurrency", "greater than or equal to 1"),
    row("config-deep", "r", {"r": router(5, "n")}, "E-CONFIG", "r",
        "router_config.cases.0.name", "string"),
    row("config-key", "a", {"a": work(promt="x")}, "W-CONFIG-KEY", "a", "work_config.promt", "no 'promt'"),
    row("template", "a", {"a": work(prompt="{{ 1 + }}")}, "E-TEMPLATE", "a", "work_config.prompt"),
    row("template-deep", "a", {"a": work(texts={"k": "{{ ( }}"})}, "E-TEMPLATE", "a", "work_config.texts.k"),
    row("template-in-a-list", "t", {"t": BAD_TOOL}, "E-TEMPLATE", "t",
        "tool_config.arguments.k.0"),
    row("expression", "a", {"a": work(formula="1 +")}, "E-EXPRESSION", "a", "work_config.formula"),
    row("expression-in-a-list", "r", {"r": router("x", "1 +")}, "E-EXPRESSION", "r",
        "router_config.cases.0.when"),
    row("names-no-node", "a", {"a": work(prompt="{{ nodes }}")}, "E-NAMES", "a", "work_config.prompt",
        "must name the node"),
    row("secret", "a", {"a": work(prompt="{{secret.KEY}}")}, "E-SECRET", "a", "work_config.prompt", "the secret 'KEY'"),
    row("parent-unknown", "a", {}, "E-PARENT", "a", "parent", "'box', which does not exist", inside={"box": "a"}),
    row("parent-no-container", "a; b", {"b": {}}, "E-PARENT", "a", "parent", "no container", inside={"b": "a"}),
    row("parent-a-workflow", "a; w", {"w": CALL}, "E-PARENT", "a",
        "parent", "no container", inside={"w": "a"}),
    row("edge-crosses-a-border", "start -> m; start -> a", {"m": "map"}, "E-BORDER", "a", "edges.start->a",
        "crosses the border", inside={"m": "a"}),
    row("unlabelled", "c -> a", {"c": "condition"}, "W-UNLABELLED", "c", "edges.c->a", "always taken",
        "Choose one of true, false"),
    row("port", "a.odd -> b", {}, "E-PORT", "a", "edges.a.odd->b", "no outlet 'odd'", "It has out and error."),
    row("port-of-a-router", "r.y -> b", {"r": router("x", "n > 1")}, "E-PORT", "r", None, "no outlet 'y'",
        "It has x, else and error."),
    row("roots", "start -> a; b -> c", {}, "W-ROOTS", "b", None, "also begins at 'b'"),
    row("irreducible", "start -> a -> b -> a; start -> b", {}, "E-IRREDUCIBLE", "a", None,
        "entered at 2 places: 'a' and 'b'"),
    row("irreducible-inside", "a -> b -> c -> b; a -> c", {"m": "map"}, "E-IRREDUCIBLE", "b", None, "2 places",
        inside={"m": "a b c"}),
    row("irreducible-within-a-cycle", "start -> h -> a -> b -> a; h -> b -> h", {}, "E-IRREDUCIBLE", "a"),
    row("reads-unknown", "writer -> b", {"b": reads("witer")}, "E-READS-UNKNOWN", "b", "inputs.x", "reads 'witer'",
        "Did you mean 'writer'?"),
    row("reads-unknown-far-off", "a -> b", {"b": reads("qqqq")}, "E-READS-UNKNOWN", "b", "inputs.x", "reads 'qqqq'",
        "Choose an existing node."),
    row("reads-unknown-in-a-template", "a", {"a": work(prompt="{{ nodes.q.x }}")}, "E-READS-UNKNOWN", "a",
        "work_config.prompt"),
    row("reads-later", "a -> b", {"a": reads("b")}, "E-READS-LATER", "a", "inputs.x",
        "not certain to have run before it"),
    row("reads-itself", "a", {"a": reads("a")}, "E-READS-LATER", "a"),
    row("reads-beside", "start -> a; start -> b", {"a": reads("b")}, "E-READS-LATER", "a"),
    row("reads-into-what-is-later", "a -> m", {"m": "map", "a": reads("b")}, "E-READS-LATER", "a", inside={"m": "b"}),
    row("reads-another-item", "start -> m; b -> a", {"m": "map", "b": reads("a")}, "E-READS-LATER", "b",
        inside={"m": "b a"}),
    row("reads-later-in-a-group", "start -> g", {"g": "parallel", "b": reads("a")}, "E-READS-LATER", "b",
        inside={"g": "b a"}),
    row("reads-later-in-an-expression", "a -> b", {"a": work(formula="nodes.b.x")}, "E-READS-LATER", "a",
        "work_config.formula"),
]  # fmt: skip


@pytest.mark.parametrize(("doc", "code", "node", "field", "says", "hint"), ONE)
def test_one_problem(doc: dict[str, Any], code: str, node: str | None, field: str | None, says: str, hint: str) -> None:
    flow = Workflow.load(doc)
    problems = check(flow, SPECS)
    assert [problem.code for problem in problems] == [code], [problem.message for problem in problems]
    (problem,) = problems
    assert problem.severity == {"E": "error", "W": "warning"}[code[0]]
    assert problem.node == node
    assert field is None or problem.field == field
    assert says in problem.message
    assert problem.hint
    assert hint in problem.hint
    if problem.severity == "error":
        with pytest.raises(DefinitionError) as caught:
            compile(flow, SPECS)
        assert caught.value.problems == tuple(problems)
    else:
        assert compile(flow, SPECS).nodes


FINE = [
    ("error-port-of-all", "a.error -> b", {}, {}),
    ("choices", "h.yes -> a; h.out -> b", {"h": CHOICES}, {}),
    ("self-edge", "a -> b; b.error -> b", {}, {}),
    ("cycle-without-entry", "a -> b -> a", {}, {}),
    ("reads-the-round-before", "start -> a -> b; b.error -> a", {"a": reads("b")}, {}),
    ("reads-itself-in-a-loop", "start -> m", {"m": "loop", "a": reads("a")}, {"inside": {"m": "a"}}),
    ("reads-through-a-loop-in-a-loop", "start -> m", {"m": "loop", "g": "parallel", "a": reads("b")},
     {"inside": {"m": "g b", "g": "a"}}),
    ("reads-its-container", "start -> m", {"m": "map", "a": reads("m")}, {"inside": {"m": "a"}}),
    ("reads-the-container-of-its-container", "start -> m", {"m": "map", "g": "parallel", "a": reads("m")},
     {"inside": {"m": "g", "g": "a"}}),
    ("reads-above", "start -> b -> m", {"m": "map", "a": reads("b")}, {"inside": {"m": "a"}}),
    ("reads-into-what-ended", "start -> m -> z", {"m": "map", "z": reads("a")}, {"inside": {"m": "a"}}),
    ("own-inputs-hide-nodes", "a", {"a": {**work(prompt="{{ nodes }}"), "inputs": [{"name": "nodes"}]}}, {}),
    ("several-starts-only", "start -> a; s2 -> b", {"s2": "start"}, {}),
    ("no-start", "a; b", {}, {}),
    ("empty-formula", "a", {"a": work(formula="  ")}, {}),
    ("braces-only", "a", {"a": work(prompt="a } b { c", note="{{ kept }}")}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "nodes", "more"), [pytest.param(*rest, id=name) for name, *rest in FINE])
def test_nothing_to_say(text: str, nodes: Any, more: Any) -> None:
    flow = drawing(text, nodes, **more)
    assert [problem.message for problem in check(flow, SPECS)] == []
    assert compile(flow, SPECS).nodes


class Keyed(Config):
    """Fields that may refer to secrets, and one that may not."""

    header: SecretTemplate = ui("")
    headers: dict[str, SecretTemplate] = ui({})
    body: Template = ui("")


@pytest.mark.parametrize(
    ("config", "fields"),
    [
        ({"header": "{{secret.KEY}}", "headers": {"x": "Bearer {{secret.KEY}}"}}, []),
        ({"header": "{{secret.KEY}}", "body": "{{secret.KEY}}"}, ["keyed_config.body"]),
    ],
)
def test_secrets_where_they_may_be(config: dict[str, Any], fields: list[str]) -> None:
    specs = {**SPECS, "keyed": NodeSpec(type="keyed", title="Keyed", config=Keyed)}
    flow = drawing("a", {"a": {"type": "keyed", "keyed_config": config}})
    assert [(problem.code, problem.field) for problem in check(flow, specs)] == [
        ("E-SECRET", field) for field in fields
    ]


def test_all_problems_at_once() -> None:
    doc = {
        "nodes": [
            {"id": "a", "type": "work"},
            {"id": "a", "type": "work"},
            {"id": "b", "type": "wrok", "name": "Bee"},
            {"id": "c", "type": "map", "map_config": {"concurrency": 0, "max_items": 0}},
            {"id": "d", "type": "work", "parent": "b"},
        ],
        "edges": [
            {"id": "e1", "source": "a", "target": "q"},
            {"source": "p", "target": "q"},
            {"id": "e3", "source": "b", "target": "a", "condition": "anything"},
        ],
    }
    problems = check(Workflow.load(doc), SPECS)
    assert [(problem.code, problem.node, problem.field) for problem in problems][:4] == [
        ("E-DUPLICATE", "a", None),
        ("E-TYPE", "b", "type"),
        ("E-CONFIG", "c", "map_config.concurrency"),
        ("E-CONFIG", "c", "map_config.max_items"),
    ]
    assert [problem.code for problem in problems][4:] == ["E-EDGE"] * 3
    assert "'Bee'" in problems[1].message


def test_parents_in_a_circle() -> None:
    doc = {
        "nodes": [
            {"id": "a", "type": "map", "parent": "b"},
            {"id": "b", "type": "map", "parent": "a"},
            {"id": "c", "type": "map", "parent": "c"},
            {"id": "d", "type": "work", "parent": "a"},
        ]
    }
    problems = check(Workflow.load(doc), SPECS)
    assert {problem.code for problem in problems} == {"E-PARENT"}
    assert {problem.node for problem in problems} >= {"a", "c"}
    assert all(problem.message.endswith("lives inside itself.") for problem in problems)


@pytest.mark.parametrize(("deep", "fits"), [(4, True), (5, False)])
def test_depth_of_containers(deep: int, fits: bool) -> None:
    inside = {f"m{i}": f"m{i + 1}" for i in range(deep - 1)} | {f"m{deep - 1}": "a"}
    nodes = {f"m{i}": "map" for i in range(deep)}
    problems = check(drawing("start -> m0", nodes, inside=inside, limits={"max_depth": 4}), SPECS)
    assert [(problem.code, problem.node) for problem in problems] == ([] if fits else [("E-DEPTH", "m4")])


def test_depth_of_drawn_loops() -> None:
    text = "; ".join(f"n{i} -> n{i + 1}; n{i + 1}.error -> n{i}" for i in range(6))
    problems = check(drawing(f"start -> n0; {text}", limits={"max_depth": 3}), SPECS)
    assert {problem.code for problem in problems} == {"E-DEPTH"}


def test_a_workflow_that_is_refused_names_the_problems() -> None:
    with pytest.raises(DefinitionError) as caught:
        compile(drawing("a -> b", {"a": "wrok"}), SPECS)
    assert [problem.code for problem in caught.value.problems] == ["E-TYPE"]
    assert "unknown type 'wrok'" in str(caught.value)


def test_a_warning_is_no_obstacle() -> None:
    flow = drawing("start -> a; b -> c")
    assert [problem.severity for problem in check(flow, SPECS)] == ["warning"]
    assert len(compile(flow, SPECS).nodes) == 4


def test_many_roots_are_not_all_named() -> None:
    (problem,) = check(drawing("start -> a; " + "; ".join(f"r{i}" for i in range(9))), SPECS)
    assert problem.message.count("'") == 10


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("wrok", ["work", "walk"], "work"),
        ("zzz", ["work"], None),
        ("wor", [], None),
        ("w" * 61, ["w" * 60], None),
        ("w" * 60, ["w" * 61, "w" * 59], "w" * 59),
    ],
)
def test_what_was_meant(name: str, known: list[str], near: str | None) -> None:
    assert Meant().by(name, known) == near


def test_what_was_meant_is_not_worked_out_for_everybody() -> None:
    meant = Meant()
    assert [meant.by("wrok", ["work"]) for _ in range(25)] == ["work"] * 20 + [None] * 5

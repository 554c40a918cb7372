"""Workflows within workflows: names, inputs, versions, failures; and those that cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.engine import check
from pointwork.engine.plan import Plan
from pointwork.errors import DefinitionError
from pointwork.events import NodeStarted
from pointwork.workflow import Workflow
from tests.engine.acting import Broke, acted, retold
from tests.engine.drawings import SPECS, drawing
from tests.engine.simulator import Play, at


def calls(name: str | None = None, version: int | None = None, **more: Any) -> dict[str, Any]:
    config = {key: value for key, value in (("workflow_id", name), ("version", version)) if value is not None}
    return {"type": "workflow", "workflow_config": config, **more}


def stored(**flows: Workflow) -> dict[tuple[str, int | None], Workflow]:
    return {(name, None): flow for name, flow in flows.items()}


INNER = drawing(
    "start -> a -> end", {"a": {"work_config": {"prompt": "{{ inputs.n }} {{ vars.v }}"}}}, variables={"v": "in"}
)


def test_the_result_of_the_other_workflow_is_the_output() -> None:
    outer = drawing("start -> w -> end", {"w": calls("inner")}, variables={"v": "out"})
    play = acted(outer, {"n": 1}, {"a": lambda p: p.config["prompt"]}, workflows=stored(inner=INNER))
    assert retold(play.events)[3:-3] == [
        "Started w", "ScopeOpened w[0]", "Started w[0]/start", "Completed w[0]/start", "Started w[0]/a",
        "Completed w[0]/a", "Started w[0]/end", "Completed w[0]/end", "ScopeClosed w[0]", "Completed w",
    ]  # fmt: skip
    assert play.result == ("completed", "1 in")


def test_the_same_ids_inside_and_outside_are_different_nodes() -> None:
    inner = drawing("start -> a -> b", {"b": {"inputs": [{"name": "x", "source_node": "a"}]}})
    outer = drawing("start -> a -> w -> b", {"w": calls("inner"), "b": {"inputs": [{"name": "x", "source_node": "a"}]}})
    play = acted(outer, {}, {"a": ["outer", "inner"], "b": lambda p: p.inputs["x"]}, workflows=stored(inner=inner))
    assert play.output("w[0]/b") == "inner"
    assert play.output("b") == "outer"


def test_the_inner_one_sees_only_what_the_node_received() -> None:
    mapping = [{"name": "n", "source_node": "a"}]
    outer = drawing("start -> a -> w", {"w": calls("inner", inputs=mapping)})
    play = acted(outer, {"n": 1, "secret": 2}, {"a": 5}, workflows=stored(inner=drawing("start -> z")))
    started = next(e for e in play.events if isinstance(e, NodeStarted) and e.scope == "w[0]" and e.node == "start")
    assert started.inputs == {"n": 5}


def test_nothing_inside_can_be_read_from_outside() -> None:
    outer = drawing("start -> w -> z", {"w": calls("inner"), "z": {"inputs": [{"name": "x", "source_node": "a"}]}})
    problems = check(outer, SPECS, stored(inner=INNER))
    assert [problem.code for problem in problems] == ["E-READS-UNKNOWN"]


def test_the_item_of_a_loop_around_a_workflow_is_not_seen_in_it() -> None:
    """It is among the inputs here, because the workflow is the first node in the map; its name alone gives nothing."""
    parts = {
        "work_config": {"prompt": "{{ default(item, 'none') }}"},
        "inputs": [{"name": "n", "source_field": "item"}],
    }
    inner = drawing("a", {"a": parts})
    outer = drawing("start -> m", {"m": "map", "w": calls("inner")}, inside={"m": "w"})
    play = Play(outer, {"items": [7]}, workflows=stored(inner=inner))
    assert play.performing[at("m[0]/w[0]/a")].inputs == {"n": 7}
    assert play.performing[at("m[0]/w[0]/a")].config["prompt"] == "none"


def test_versions() -> None:
    flows = {("inner", None): drawing("newest"), ("inner", 1): drawing("first")}
    newest = Play(drawing("w", {"w": calls("inner")}), workflows=flows)
    first = Play(drawing("w", {"w": calls("inner", 1)}), workflows=flows)
    assert (newest.at_work, first.at_work) == (["w[0]/newest"], ["w[0]/first"])


def test_a_failure_inside_fails_the_node() -> None:
    outer = drawing("start -> w; w.error -> z", {"w": calls("inner")})
    play = acted(
        outer, {"n": 1}, {"a": Broke("odd"), "z": lambda p: p.inputs["error"]["path"]}, workflows=stored(inner=INNER)
    )
    assert play.result == ("completed", "w[0]")


def test_inner_loops_and_levels_have_their_own_limits() -> None:
    inner = drawing("start -> a -> c; c.false -> a; c.true -> end", {"c": "condition"}, limits={"max_iterations": 2})
    play = Play(drawing("w", {"w": calls("inner")}), workflows=stored(inner=inner))
    body = play.plan.nodes[0].body
    assert body is not None
    assert [node.limit for node in body.nodes if node.policy == "cycle"] == [2]


def test_an_empty_answer_of_nothing() -> None:
    """A disabled workflow node opens nothing, but the workflow must exist all the same."""
    outer = drawing("start -> w -> end", {"w": calls("inner", disabled=True)})
    assert acted(outer, {"n": 1}, workflows=stored(inner=INNER)).result == ("completed", {"n": 1})


def test_a_plan_with_workflows_inside_survives_being_written() -> None:
    outer = drawing("start -> w -> end", {"w": calls("inner")})
    plan = Play(outer, begin=False, workflows=stored(inner=INNER)).plan
    assert Plan.load(plan.dump()).dump() == plan.dump()
    assert acted(Plan.load(plan.dump()), {"n": 1}).result == ("completed", "a")


def chain(length: int) -> dict[tuple[str, int | None], Workflow]:
    flows = {
        f"w{i}": Workflow.load({"id": f"w{i}", "nodes": [{"id": "w", **calls(f"w{i + 1}")}]}) for i in range(length)
    }
    return stored(**flows, **{f"w{length}": drawing("a")})


SELF = Workflow.load({"id": "self", "nodes": [{"id": "w", **calls("self")}]})
PING = Workflow.load({"id": "ping", "nodes": [{"id": "w", **calls("pong")}]})
PONG = Workflow.load({"id": "pong", "nodes": [{"id": "w", **calls("ping")}]})
NAMELESS = drawing("w", {"w": calls("again")})
BAD = drawing("a -> nowhere", {"a": {"type": "wrok"}, "nowhere": {}})

REFUSED: list[tuple[str, Workflow, dict[tuple[str, int | None], Workflow], list[str], str]] = [
    ("none-named", drawing("w", {"w": calls()}), {}, ["E-CONFIG"], "'w': workflow_config.workflow_id: Field required."),
    ("unknown", drawing("w", {"w": calls("inner")}), {}, ["E-WORKFLOW"],
     "'w' runs workflow 'inner', which does not exist."),
    ("unknown-version", drawing("w", {"w": calls("inner", 3)}), stored(inner=INNER), ["E-WORKFLOW"],
     "'w' runs workflow 'inner' in version 3, which does not exist."),
    ("itself", SELF, stored(self=SELF), ["E-RECURSION"], "'w' runs workflow 'self', which runs this one."),
    ("each-other", PING, stored(ping=PING, pong=PONG), ["E-RECURSION"],
     "In workflow 'pong': 'w' runs workflow 'ping', which runs this one."),
    ("without-an-id", NAMELESS, stored(again=NAMELESS), ["E-RECURSION"],
     "In workflow 'again': 'w' runs workflow 'again', which runs this one."),
    ("faulty", drawing("w", {"w": calls("bad")}), stored(bad=BAD), ["E-TYPE"],
     "In workflow 'bad': 'a' has the unknown type 'wrok'."),
]  # fmt: skip


@pytest.mark.parametrize(("flow", "flows", "codes", "message"), [pytest.param(*row, id=name) for name, *row in REFUSED])
def test_refused(flow: Workflow, flows: Any, codes: list[str], message: str) -> None:
    problems = check(flow, SPECS, flows)
    assert [(problem.code, problem.node) for problem in problems] == [(code, "w") for code in codes]
    assert problems[0].message == message
    with pytest.raises(DefinitionError):
        Play(flow, workflows=flows)


def test_workflows_within_workflows_have_a_depth() -> None:
    flows = chain(60)
    problems = check(flows["w0", None], SPECS, flows)
    assert {problem.code for problem in problems} == {"E-DEPTH"}
    assert problems[0].message.endswith("Containers, loops and workflows are nested more than 32 deep.")
    assert check(flows["w28", None], SPECS, flows) == []
    assert [problem.code for problem in check(flows["w27", None], SPECS, flows)] == ["E-DEPTH"]


def test_workflows_that_run_workflows_have_a_size_together() -> None:
    many = drawing("; ".join(f"w{i}" for i in range(101)), {f"w{i}": calls("inner") for i in range(101)})
    (problem,) = check(many, SPECS, stored(inner=drawing("; ".join(f"a{i}" for i in range(100)))))
    assert problem.code == "E-SIZE"
    assert problem.message == "In workflow 'inner': With the workflows that it runs, it has more than 10,000 nodes."


def test_warnings_of_the_inner_workflow_are_its_own() -> None:
    inner = drawing("c -> a", {"c": "condition"})
    assert [p.code for p in check(inner, SPECS)] == ["W-UNLABELLED"]
    assert check(drawing("w", {"w": calls("inner")}), SPECS, stored(inner=inner)) == []

"""From which port an edge starts: every way in which documents have said it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.legacy.drawing import checked, codes, patched

CONDITION = {"type": "condition", "condition_config": {"field": "output"}}
ROUTER = {
    "type": "router",
    "router_config": {"cases": [{"name": "Spam", "when": "true"}, {"name": "spam", "when": "1"}]},
}
HUMAN = {"type": "human", "human_config": {"question": "Well?", "choices": ["approve", "reject"]}}
AGENT = {"type": "agent"}
LOOP = {"type": "map"}
PLUGIN = {"type": "lookup"}


def document(source: dict[str, Any], *edges: dict[str, Any]) -> dict[str, Any]:
    nodes = [{"id": "a", **source}, {"id": "b", "type": "agent"}, {"id": "c", "type": "agent"}]
    return {"name": "Ports", "nodes": nodes, "edges": [{"source": "a", "target": "b", **edge} for edge in edges]}


@pytest.mark.parametrize(
    ("source", "edge", "port"),
    [
        # -- a condition
        (CONDITION, {"condition": "true"}, "true"),
        (CONDITION, {"condition": "false"}, "false"),
        (CONDITION, {"condition": True}, "true"),
        (CONDITION, {"condition": "True"}, "true"),
        (CONDITION, {"condition": " FALSE "}, "false"),
        (CONDITION, {"condition": "yes"}, "true"),
        (CONDITION, {"condition": "no"}, "false"),
        (CONDITION, {"condition": "default"}, "*"),
        (CONDITION, {"condition": "*"}, "*"),
        (CONDITION, {"condition": "out"}, "*"),
        (CONDITION, {"condition": None}, "*"),
        (CONDITION, {"condition": ""}, "*"),
        (CONDITION, {}, "*"),
        (CONDITION, {"condition": "error"}, "error"),
        (CONDITION, {"condition": "Error"}, "error"),
        (CONDITION, {"condition": "maybe"}, "maybe"),  # check says that there is no such outlet
        (CONDITION, {"sourceHandle": "true"}, "true"),
        (CONDITION, {"sourceHandle": False}, "false"),
        (CONDITION, {"source_handle": "false"}, "false"),
        (CONDITION, {"sourceHandle": None, "source_handle": "false"}, "false"),
        (CONDITION, {"sourceHandle": 5}, "*"),
        (CONDITION, {"sourceHandle": "source"}, "*"),
        (CONDITION, {"sourceHandle": "bottom", "label": "false"}, "false"),
        (CONDITION, {"sourceHandle": "default"}, "*"),
        (CONDITION, {"condition": "true", "sourceHandle": "false"}, "true"),
        (CONDITION, {"condition": None, "sourceHandle": "false"}, "false"),
        (CONDITION, {"label": "True"}, "true"),
        (CONDITION, {"label": "no"}, "false"),
        (CONDITION, {"label": "when it is true"}, "*"),  # only the name itself is a name
        (CONDITION, {"label": "false", "condition": "true"}, "true"),
        # -- nodes with named ways out
        (ROUTER, {"condition": "spam"}, "spam"),
        (ROUTER, {"condition": "Spam"}, "Spam"),
        (ROUTER, {"condition": "SPAM"}, "Spam"),
        (ROUTER, {"condition": "ELSE"}, "else"),
        (ROUTER, {"condition": "ham"}, "ham"),
        (ROUTER, {"sourceHandle": "spam"}, "spam"),
        (ROUTER, {"label": " Else "}, "else"),
        (ROUTER, {"label": "otherwise"}, None),
        (ROUTER, {}, None),
        (ROUTER | {"router_config": {"cases": "none"}}, {"label": "else"}, "else"),
        (ROUTER | {"router_config": {"cases": [5, {"name": 5}, {}]}}, {"label": "x"}, None),
        (HUMAN, {"condition": "approve"}, "approve"),
        (HUMAN, {"label": "Reject"}, "reject"),
        (HUMAN, {"sourceHandle": "bottom"}, None),
        (HUMAN | {"human_config": {"choices": ["bottom"]}}, {"sourceHandle": "bottom"}, "bottom"),
        (HUMAN | {"human_config": {"choices": 5}}, {"label": "reject"}, None),
        # -- nodes with one way out
        (AGENT, {}, None),
        (AGENT, {"condition": "default"}, None),
        (AGENT, {"condition": "out"}, None),
        (AGENT, {"condition": ""}, None),
        (AGENT, {"condition": "error"}, "error"),
        (AGENT, {"condition": "true"}, "true"),  # check says that there is no such outlet
        (AGENT, {"sourceHandle": "source"}, None),
        (AGENT, {"sourceHandle": "agent-1-right"}, None),
        (AGENT, {"sourceHandle": "error"}, "error"),
        (AGENT, {"label": "true"}, None),
        (LOOP, {"sourceHandle": "done"}, None),
        # -- types that are not known here
        (PLUGIN, {"sourceHandle": "found"}, "found"),
        (PLUGIN, {"sourceHandle": "output"}, None),
        (PLUGIN, {"condition": "found"}, "found"),
        (PLUGIN, {"condition": "default"}, None),
        (PLUGIN, {"label": "found"}, None),
    ],
)
def test_port(source: dict[str, Any], edge: dict[str, Any], port: str | None) -> None:
    workflow, problems = checked(document(source, edge))
    assert [item.condition for item in workflow.edges] == [port]
    assert problems == []


@pytest.mark.parametrize("kind", ["start", "end", "agent", "tool", "map", "parallel", "workflow", "delay"])
def test_handles_of_nodes_with_one_way_out_say_nothing(kind: str) -> None:
    workflow, _ = checked(document({"type": kind}, {"sourceHandle": f"{kind}-1"}))
    assert [edge.condition for edge in workflow.edges] == [None]


@pytest.mark.parametrize("handle", ["", " ", "out", "Output", "source", "default", "right", "bottom"])
def test_handles_that_every_node_has_say_nothing(handle: str) -> None:
    workflow, _ = checked(document(PLUGIN, {"sourceHandle": handle}))
    assert [edge.condition for edge in workflow.edges] == [None]


@pytest.mark.parametrize(
    ("branches", "edges", "ports", "said"),
    [
        ({"true_branch": "b", "false_branch": "c"}, [{}, {"target": "c"}], ["true", "false"], ""),
        ({"true_branch": "b"}, [{}, {"target": "c"}], ["true", "*"], ""),
        ({"true_branch": "b", "false_branch": "b"}, [{}], ["*"], ""),  # next in any case
        ({"true_branch": "b"}, [{"condition": "false"}, {"target": "c", "condition": "true"}], ["false", "true"], ""),
        ({"true_branch": "b"}, [{"condition": "default"}], ["*"], "W-BRANCH-EDGE a"),
        ({"true_branch": "b"}, [{"sourceHandle": "source"}], ["true"], ""),
        ({"true_branch": "c"}, [{}], ["*"], "W-BRANCH-EDGE a"),
        ({"true_branch": "nobody"}, [{"condition": "true"}], ["true"], "W-BRANCH-EDGE a"),
        ({"true_branch": None, "false_branch": ["b"]}, [{}], ["*"], ""),
    ],
)
def test_branches_by_node_id(
    branches: dict[str, Any], edges: list[dict[str, Any]], ports: list[str], said: str
) -> None:
    source = {"type": "condition", "condition_config": {"field": "output", **branches}}
    workflow, problems = checked(document(source, *edges))
    assert [edge.condition for edge in workflow.edges] == ports
    assert codes(problems) == said


def test_an_edge_that_was_not_drawn_can_be() -> None:
    source = {"type": "condition", "condition_config": {"field": "output", "true_branch": "c"}}
    drawn = document(source, {})
    _, [problem] = checked(drawn)
    [fix] = problem.fixes
    workflow, problems = checked(patched(drawn, fix["patch"]))
    assert problems == []
    assert [(edge.target, edge.condition) for edge in workflow.edges] == [("b", "*"), ("c", "true")]


def test_branch_ids_are_no_configuration_any_more() -> None:
    source = {"type": "condition", "condition_config": {"field": "output", "true_branch": "b", "mine": 1}}
    workflow, _ = checked(document(source, {}))
    assert workflow.nodes[0].config() == {"field": "output", "mine": 1}


def test_edges_without_an_id_are_called_after_their_ends() -> None:
    edges = [{}, {"id": ""}, {"id": None}, {"id": "a.out->b#3"}, {"id": "mine"}, {"condition": "error"}]
    workflow, _ = checked(document(AGENT, *edges))
    assert [edge.id for edge in workflow.edges] == [
        "a.out->b",
        "a.out->b#2",
        "a.out->b#4",
        "a.out->b#3",
        "mine",
        "a.error->b",
    ]


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        ({"type": "tool"}, "W-TOOL-EMPTY a"),
        ({"type": "tool", "tool_config": {}}, "W-TOOL-EMPTY a"),
        ({"type": "tool", "tool_config": None}, "W-TOOL-EMPTY a"),
        ({"type": "tool", "tool_config": {"tool_name": "calculator"}}, ""),
    ],
)
def test_tool_without_a_tool(tool: dict[str, Any], said: str) -> None:
    _, problems = checked(document(tool, {}))
    assert codes(problems) == said

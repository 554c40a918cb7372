"""The fold of records: always the status that the engine's view has, and a size that does not grow with time."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.cli.progress import KEPT, Progress, Round
from pointwork.engine import View
from pointwork.engine.view import NodeStatus, Status
from pointwork.events import NodeCompleted, NodeFailed, NodeStarted, Record, StepRecorded, TextStreamed
from pointwork.workflow import JsonObject
from tests.cli.stage import ADD, ASK, FAIL, WAIT, calculate, chain, document, story, told

LOOP = document(
    "Loop",
    {"id": "start", "type": "start"},
    {"id": "each", "type": "loop", "loop_config": {"loop_type": "for_each", "items_source": "items"}},
    calculate("twice", "{{ item }} * 2", parent="each"),
    {"id": "end", "type": "end"},
    edges=["start -> each", "each -> end"],
)
MAP = document(
    "Map",
    {"id": "start", "type": "start"},
    {"id": "all", "type": "map", "map_config": {"items_source": "items", "on_item_error": "null", "concurrency": 3}},
    calculate("ratio", "1 / {{ item }}", parent="all"),
    {"id": "end", "type": "end"},
    edges=["start -> all", "all -> end"],
)
RETRY = chain("Retry", calculate("ratio", "1 / 0", retry={"max_attempts": 3, "first_delay_s": 0}))
STORIES: list[tuple[JsonObject, JsonObject]] = [
    (ADD, {}),
    (FAIL, {}),
    (ASK, {}),
    (WAIT, {}),
    (LOOP, {"items": [1, 2, 3]}),
    (MAP, {"items": [1, 0, 2]}),
    (RETRY, {}),
]


def names(story: Any) -> str:
    return story[0]["name"]


@pytest.mark.parametrize("found", STORIES, ids=names)
def test_agrees_with_the_view_at_every_record(found: tuple[JsonObject, JsonObject]) -> None:
    plan, records = story(*found)
    progress, view = Progress(plan), View.of(plan)
    for record in records:
        view.apply(record)
        progress.apply(record)
        assert progress.status == view.status, record
        assert len(progress.waiting) == len(view.waiting)
    assert (progress.result, progress.error, progress.last_seq) == (view.result, view.error, view.last_seq)
    states = view.state()["node_states"]
    assert {run.id: run.status for run in progress.root.nodes} == {
        run.id: NodeStatus(states[run.id]["status"]) for run in progress.root.nodes
    }


@pytest.mark.parametrize("found", STORIES, ids=names)
def test_records_of_another_plan_do_no_harm(found: tuple[JsonObject, JsonObject]) -> None:
    _, records = story(*found)
    plan, _ = story(chain("Other"))
    progress = Progress(plan)
    for record in records:
        progress.apply(record)
    assert progress.last_seq == len(records)


def size(scope: Round) -> int:
    return 1 + sum(1 + sum(map(size, run.rounds)) for run in scope.nodes)


def test_long_loops_are_counted_not_kept() -> None:
    short, long = told(LOOP, {"items": list(range(KEPT))}), told(LOOP, {"items": list(range(300))})
    assert size(long.root) == size(short.root)
    each = long.root.nodes[1]
    assert (each.opened, each.closed, each.dropped, each.total) == (300, 300, 300 - KEPT, 300)
    assert [one.index for one in each.rounds] == list(range(300 - KEPT, 300))
    assert long.find("each[0]", "twice") is None
    assert long.find("each[299]", "twice") is not None


def test_failed_rounds_are_kept() -> None:
    every = told(MAP, {"items": [0, 1] * 30}).root.nodes[1]
    assert (every.closed, every.failed) == (60, 30)
    assert [one.index for one in every.rounds if one.ok is False] == list(range(0, 60, 2))


def test_a_second_attempt_of_a_container_begins_anew() -> None:
    again = {**LOOP, "nodes": [dict(node) for node in LOOP["nodes"]]}
    again["nodes"][1]["retry"] = {"max_attempts": 2, "first_delay_s": 0}
    again["nodes"][2]["tool_config"] = {"tool_name": "calculator", "arguments": {"expression": "1 / {{ item }}"}}
    each = told(again, {"items": [1, 0, 2]}).root.nodes[1]
    assert (each.status, each.attempt, each.opened, [one.scope for one in each.rounds]) == (
        NodeStatus.FAILED, 2, 2, ["each#2[0]", "each#2[1]"],
    )  # fmt: skip


AGENT = chain("Agent", {"id": "solver", "type": "agent", "agent_config": {"prompt": "2 + 3", "tools": ["calculator"]}})


def test_what_an_agent_did() -> None:
    progress = told(AGENT)
    solver = progress.root.nodes[1]
    assert (solver.models, solver.tool_calls, list(progress.demo)) == (["offline-demo"], 1, ["solver"])
    assert progress.logged == {("WARNING", "solver", "gpt-4o-mini is not configured: offline-demo answered."): 1}


def test_streamed_text_is_of_the_attempt_at_work() -> None:
    plan, records = story(AGENT)
    progress = Progress(plan)
    progress.apply(records[0])
    seq = 1

    def apply(event: Any) -> None:
        nonlocal seq
        seq += 1
        progress.apply(Record("story", seq, seq, event))

    apply(NodeStarted("", "solver", 1, {}))
    apply(TextStreamed("", "solver", 1, "cut "))
    apply(TextStreamed("", "solver", 1, "{}", "tool_args"))
    apply(TextStreamed("", "solver", 1, "off"))
    solver = progress.root.nodes[1]
    assert solver.tail == "cut off"
    apply(NodeFailed("", "solver", 1, {"kind": "interrupted", "message": "gone"}, 0))
    apply(NodeStarted("", "solver", 2, {}))
    assert (solver.tail, solver.attempt, solver.error) == ("", 2, None)
    apply(TextStreamed("", "solver", 2, "x" * 10_000))
    assert len(solver.tail) <= 400
    apply(
        StepRecorded("", "solver", "k", "model", "gpt", {"model": "gpt"}, None, {"input_tokens": 3, "output_tokens": 4})
    )
    apply(NodeCompleted("", "solver", "done"))
    assert (solver.status, solver.tokens, solver.models) == (NodeStatus.COMPLETED, 7, ["gpt"])


def test_statuses_before_the_first_record() -> None:
    plan, _ = story(ADD)
    assert Progress(plan).status is Status.PENDING

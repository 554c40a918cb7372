"""The view of an execution, as stories: records go in, the state that people see comes out."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.engine.plan import Plan, PlanNode
from pointwork.engine.view import Change, Status, View, error_text
from pointwork.events import (
    BreakpointsSet,
    CancellationRequested,
    Event,
    ExecutionFinished,
    ExecutionPaused,
    ExecutionResumed,
    ExecutionStarted,
    LogWritten,
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    NodeResumed,
    NodeSkipped,
    NodeStarted,
    NodeWaiting,
    OutputOverridden,
    Record,
    ScopeClosed,
    ScopeOpened,
    StepRecorded,
    StepStarted,
    TextStreamed,
)

SECOND = 1_000_000
START_US = 1_700_000_000 * SECOND  # 2023-11-14T22:13:20Z
STARTED = ExecutionStarted("w1", "Hello", "1.0.0", "hash", {"x": 1})


def at(seq: int) -> str:
    """The time of record number `seq` in these stories: one a second."""
    return f"2023-11-14T22:13:{19 + seq:02d}.000000Z"


def record(seq: int, event: Event) -> Record:
    return Record("x1", seq, START_US + (seq - 1) * SECOND, event)


def tell(view: View, *events: Event) -> list[Change]:
    """Apply events as the next records."""
    return [view.apply(record(view.last_seq + 1, event)) for event in events]


def shown(view: View, key: str, *names: str) -> dict[str, Any]:
    state = view.state()["node_states"][key]
    return {name: state[name] for name in names}


def lines(view: View) -> list[tuple[str, str | None, str]]:
    return [(line["level"], line["node_id"], line["message"]) for line in view.state()["logs"]]


NOTHING_USED = {"model_calls": 0, "tool_calls": 0, "input_tokens": 0, "output_tokens": 0, "cost_usd": None}


def test_nothing_has_happened_yet() -> None:
    assert View([("start", "start")], variables={"v": 1}).state() == {
        "execution_id": "",
        "workflow_id": None,
        "workflow_name": "",
        "workflow_version": "",
        "status": "pending",
        "current_node": None,
        "node_states": {
            "start": {
                "node_id": "start",
                "status": "pending",
                "input": None,
                "output": None,
                "error": None,
                "started_at": None,
                "completed_at": None,
                "usage": None,
                "type": "start",
                "path": [],
                "attempt": 0,
                "ports": [],
                "config": None,
                "error_detail": None,
                "runs": [],
            }
        },
        "inputs": {},
        "variables": {"v": 1},
        "result": None,
        "error": None,
        "error_detail": None,
        "started_at": None,
        "completed_at": None,
        "logs": [],
        "last_seq": 0,
        "origin": None,
        "paused": None,
        "waiting": [],
        "breakpoints": [],
        "stubs": [],
        "usage": NOTHING_USED,
    }


def test_a_run_from_beginning_to_end() -> None:
    view = View([("ask", "agent"), ("other", "agent")], variables={"x": 0, "tone": "dry"})
    tell(
        view,
        STARTED,
        NodeStarted("", "ask", 1, {"q": 2}, {"prompt": "2?"}),
        StepStarted("", "ask", "1", "model", "gpt"),
        TextStreamed("", "ask", 1, "fo"),
        StepRecorded("", "ask", "1", "model", "gpt", "four"),
        NodeCompleted("", "ask", "four", ("out",)),
        NodeSkipped("", "other"),
    )
    running = view.state()
    assert (running["status"], running["current_node"], running["completed_at"]) == ("running", None, None)
    tell(view, ExecutionFinished("completed", "four"))
    state = view.state()
    assert {name: state[name] for name in ("execution_id", "workflow_id", "workflow_name", "status", "result")} == {
        "execution_id": "x1",
        "workflow_id": "w1",
        "workflow_name": "Hello",
        "status": "completed",
        "result": "four",
    }
    assert (state["inputs"], state["variables"]) == ({"x": 1}, {"x": 1, "tone": "dry"})
    assert (state["started_at"], state["completed_at"], state["last_seq"]) == (at(1), at(8), 8)
    assert state["node_states"]["ask"] == {
        "node_id": "ask",
        "status": "completed",
        "input": {"q": 2},
        "output": "four",
        "error": None,
        "started_at": at(2),
        "completed_at": at(6),
        "usage": {**NOTHING_USED, "model_calls": 1},
        "type": "agent",
        "path": [],
        "attempt": 1,
        "ports": ["out"],
        "config": {"prompt": "2?"},
        "error_detail": None,
        "runs": [
            {
                "path": [],
                "attempt": 1,
                "status": "completed",
                "started_at": at(2),
                "completed_at": at(6),
                "usage": {**NOTHING_USED, "model_calls": 1},
            }
        ],
    }
    assert shown(view, "other", "status", "started_at", "completed_at") == {
        "status": "skipped",
        "started_at": None,
        "completed_at": at(7),
    }


def test_the_lines_of_a_run() -> None:
    view = View([("ask", "agent")])
    tell(
        view,
        STARTED,
        NodeStarted("", "ask", 1, {}),
        LogWritten("INFO", "thought about it", "", "ask"),
        LogWritten("DEBUG", "to everybody"),
        NodeCompleted("", "ask", "four"),
        NodeSkipped("", "other"),
        ExecutionFinished("completed", "four"),
    )
    state = view.state()
    assert lines(view) == [
        ("INFO", None, "Execution of 'Hello' started"),
        ("INFO", "ask", "Node 'ask' started"),
        ("INFO", "ask", "thought about it"),
        ("DEBUG", None, "to everybody"),
        ("INFO", "ask", "Node 'ask' completed"),
        ("INFO", "other", "Node 'other' skipped"),
        ("INFO", None, "Execution completed"),
    ]
    assert state["logs"][1] == {
        "timestamp": at(2),
        "level": "INFO",
        "node_id": "ask",
        "message": "Node 'ask' started",
        "path": [],
    }


ERROR = {"kind": "model_error", "message": "No answer.", "hint": "Try later."}


def test_a_failed_attempt_is_still_running_and_then_starts_again() -> None:
    view = View([("ask", "agent")])
    tell(view, STARTED, NodeStarted("", "ask", 1, {}), NodeFailed("", "ask", 1, ERROR, 2.0))
    assert shown(view, "ask", "status", "attempt", "error", "completed_at") == {
        "status": "running",
        "attempt": 1,
        "error": "No answer. Try later.",
        "completed_at": None,
    }
    assert view.status is Status.RUNNING
    tell(view, NodeStarted("", "ask", 2, {}))
    assert shown(view, "ask", "status", "attempt", "error", "started_at") == {
        "status": "running",
        "attempt": 2,
        "error": None,
        "started_at": at(2),
    }
    tell(view, NodeFailed("", "ask", 2, ERROR, 0.0), NodeStarted("", "ask", 3, {}), NodeFailed("", "ask", 3, ERROR))
    tell(view, ExecutionFinished("failed", error=ERROR))
    state = view.state()
    assert (state["status"], state["error"], state["error_detail"]) == ("failed", "No answer. Try later.", ERROR)
    assert shown(view, "ask", "status", "error_detail") == {"status": "failed", "error_detail": ERROR}
    assert len(state["node_states"]["ask"]["runs"]) == 1
    assert lines(view)[1:] == [
        ("INFO", "ask", "Node 'ask' started"),
        ("WARNING", "ask", "Node 'ask' failed (attempt 1) and is tried again in 2 s: No answer. Try later."),
        ("INFO", "ask", "Node 'ask' started (attempt 2)"),
        ("WARNING", "ask", "Node 'ask' failed (attempt 2) and is tried again at once: No answer. Try later."),
        ("INFO", "ask", "Node 'ask' started (attempt 3)"),
        ("ERROR", "ask", "Node 'ask' failed: No answer. Try later."),
        ("ERROR", None, "Execution failed: No answer. Try later."),
    ]


def test_rounds_of_a_loop_are_runs_of_one_node() -> None:
    view = View([("topics", "loop"), ("research", "agent")])
    tell(
        view,
        ExecutionStarted(None, "", "", "hash", {}),
        NodeStarted("", "topics", 1, {}),
        ScopeOpened("topics[0]", "", "topics", 0, "a"),
        NodeStarted("topics[0]", "research", 1, {"item": "a"}),
        NodeCompleted("topics[0]", "research", "A"),
        ScopeClosed("topics[0]", ok=True, result="A"),
        ScopeOpened("topics[1]", "", "topics", 1, "b"),
        NodeStarted("topics[1]", "research", 1, {"item": "b"}),
    )
    assert view.state()["current_node"] == "research"
    assert shown(view, "research", "status", "path", "input", "output") == {
        "status": "running",
        "path": ["topics[1]"],
        "input": {"item": "b"},
        "output": None,
    }
    tell(view, NodeSkipped("topics[1]", "end", "no live path"))
    state = view.state()
    assert [(run["path"], run["status"]) for run in state["node_states"]["research"]["runs"]] == [
        (["topics[0]"], "completed"),
        (["topics[1]"], "running"),
    ]
    assert state["node_states"]["end"]["type"] is None  # not in the document, shown nevertheless
    assert lines(view)[0] == ("INFO", None, "Execution started")
    assert lines(view)[-1] == ("INFO", "end", "Node 'end' in topics[1] skipped: no live path")
    assert state["logs"][-1]["path"] == ["topics[1]"]


def test_items_of_a_map_end_in_any_order() -> None:
    view = View([("all", "map"), ("work", "agent")])
    tell(view, STARTED, NodeStarted("", "all", 1, {}))
    for index in range(3):
        scope = f"all[{index}]"
        tell(view, ScopeOpened(scope, "", "all", index), NodeStarted(scope, "work", 1, {"item": index}))
    change = tell(view, NodeCompleted("all[0]", "work", "first"))[0]
    assert change.run is not None
    assert change.run.node_state()["output"] == "first"  # told once, to those who watch
    assert shown(view, "work", "status", "path", "input") == {
        "status": "running",
        "path": ["all[2]"],
        "input": {"item": 2},
    }
    tell(view, NodeCompleted("all[2]", "work", "third"))
    assert change.run.output is None  # values of earlier activations are let go
    assert view.state()["current_node"] == "work"  # the one that is still running
    tell(view, NodeCompleted("all[1]", "work", "second"), NodeCompleted("", "all", []))
    assert [run["status"] for run in view.state()["node_states"]["work"]["runs"]] == ["completed"] * 3
    assert shown(view, "work", "output") == {"output": "third"}


def test_nodes_of_a_sub_workflow_do_not_hide_those_of_the_document() -> None:
    view = View([("sub", "workflow"), ("end", "end")])
    tell(
        view,
        STARTED,
        NodeStarted("", "sub", 1, {}),
        ScopeOpened("sub[0]", "", "sub", 0),
        NodeStarted("sub[0]", "tries", 1, {}),  # a loop within; nobody described the inner document
        ScopeOpened("sub[0]/tries[0]", "sub[0]", "tries", 0),
        NodeCompleted("sub[0]/tries[0]", "end", "inner"),
        NodeStarted("sub[0]", "loop:b", 1, {}),  # drawn with edges: certainly of the same document
        ScopeOpened("sub[0]/loop:b[0]", "sub[0]", "loop:b", 0),
        NodeCompleted("sub[0]/loop:b[0]", "b", "round"),
        NodeCompleted("", "end", "outer"),
        LogWritten("INFO", "hm", "sub[0]", "deep"),
        ExecutionPaused("breakpoint", "sub[0]", "deep", "before"),
    )
    state = view.state()
    assert {key: node["output"] for key, node in state["node_states"].items()} == {
        "sub": None,
        "end": "outer",
        "sub/tries": None,
        "sub/tries/end": "inner",
        "sub/loop:b": None,
        "sub/b": "round",
    }
    assert state["node_states"]["sub/loop:b"]["type"] == "cycle"
    assert state["paused"] == {
        "reason": "breakpoint", "node_id": "sub/deep", "node": "deep", "path": ["sub[0]"], "when": "before",
        "step": None, "seq": 12,
    }  # fmt: skip
    assert state["logs"][-2]["node_id"] == "sub/deep"


def test_a_plan_describes_all_documents() -> None:
    inner = Plan(nodes=(PlanNode(id="end", type="end", index=0),), namespace=True)
    rounds = Plan(nodes=(PlanNode(id="sub", type="workflow", index=0, policy="workflow", body=inner),))
    plan = Plan(
        nodes=(
            PlanNode(id="each", type="loop", index=0, policy="loop", body=rounds),
            PlanNode(id="end", type="end", index=1),
        ),
        variables={"v": 1},
    )
    view = View.of(plan)
    assert list(view.state()["node_states"]) == ["each", "sub", "sub/end", "end"]
    assert view.state()["variables"] == {"v": 1}
    tell(
        view,
        STARTED,
        NodeStarted("", "each", 1, {}),
        ScopeOpened("each[0]", "", "each", 0),
        NodeStarted("each[0]", "sub", 1, {}),
        ScopeOpened("each[0]/sub[0]", "each[0]", "sub", 0),
        NodeCompleted("each[0]/sub[0]", "end", 1),
    )
    assert shown(view, "sub/end", "output", "path", "type") == {
        "output": 1,
        "path": ["each[0]", "sub[0]"],
        "type": "end",
    }


def test_waiting_is_when_nothing_runs_and_somebody_is_asked() -> None:
    view = View([("ask", "human"), ("later", "delay"), ("work", "agent"), ("group", "parallel")])
    tell(
        view,
        STARTED,
        NodeStarted("", "group", 1, {}),
        ScopeOpened("group[0]", "", "group", 0),
        ScopeOpened("group[1]", "", "group", 1),  # a container is counted out once
        NodeStarted("group[0]", "ask", 1, {}),
        NodeStarted("", "work", 1, {}),
        NodeWaiting("group[0]", "ask", {"kind": "human", "question": "Shall we?"}),
    )
    assert view.status is Status.RUNNING  # `work` runs; the container `group` does not count
    tell(view, NodeStarted("", "later", 1, {}), NodeWaiting("", "later", {"until": "tomorrow"}))
    tell(view, NodeCompleted("", "work", 1))
    assert view.status is Status.WAITING
    waiting = view.state()["waiting"]
    assert all(one.pop("since").startswith("2023-11-14T") for one in waiting)
    assert waiting == [
        {
            "node_id": "ask",
            "node": "ask",
            "path": ["group[0]"],
            "request": {"kind": "human", "question": "Shall we?"},
        },
        {"node_id": "later", "node": "later", "path": [], "request": {"until": "tomorrow"}},
    ]
    assert shown(view, "ask", "status", "completed_at") == {"status": "waiting", "completed_at": None}
    tell(view, ExecutionPaused("user"))
    assert view.status is Status.PAUSED  # a pause wins
    tell(view, ExecutionResumed())
    assert view.status is Status.WAITING
    tell(view, NodeCompleted("group[0]", "ask", "yes"))
    assert view.status is Status.WAITING
    tell(view, NodeCompleted("", "later", {}))
    assert view.status is Status.RUNNING
    assert view.state()["waiting"] == []
    tell(view, NodeWaiting("", "x", {}))
    assert [message for _, _, message in lines(view) if "wait" in message] == [
        "Node 'ask' in group[0] waits for an answer: Shall we?",
        "Node 'later' waits until tomorrow",
        "Node 'x' waits for an answer",
    ]


def test_pauses_breakpoints_and_steps() -> None:
    view = View([("a", "agent")])
    points = [{"node": "a", "when": "before", "condition": None, "hits": 1}]
    tell(view, STARTED, BreakpointsSet(points))
    assert view.status is Status.RUNNING
    tell(view, ExecutionPaused("breakpoint", "", "a", "before"))
    assert view.status is Status.PAUSED
    state = view.state()
    assert state["breakpoints"] == points
    assert state["paused"] == {
        "reason": "breakpoint", "node_id": "a", "node": "a", "path": [], "when": "before", "step": None, "seq": 3,
    }  # fmt: skip
    tell(view, ExecutionResumed("step"), NodeStarted("", "a", 1, {}))
    assert (view.state()["status"], view.state()["paused"]) == ("running", None)
    tell(view, ExecutionPaused("step"), ExecutionPaused("interrupted", "", "a"), ExecutionResumed("run"))
    assert [message for _, node, message in lines(view)[1:] if node is None] == [
        "Execution paused (breakpoint) before node 'a'",
        "Execution resumed for one step",
        "Execution paused (step)",
        "Execution paused (interrupted) at node 'a'",
        "Execution resumed",
    ]


def test_cancelling_a_paused_execution() -> None:
    view = View([("a", "agent"), ("b", "agent")])
    tell(view, STARTED, NodeStarted("", "a", 1, {}), ExecutionPaused("user"))
    tell(view, CancellationRequested())
    assert view.status is Status.RUNNING
    tell(view, NodeCancelled("", "a"), ExecutionFinished("cancelled"))
    assert view.status is Status.CANCELLED
    assert shown(view, "a", "status", "completed_at") == {"status": "cancelled", "completed_at": at(5)}
    assert (view.state()["current_node"], view.state()["error"]) == (None, None)
    assert lines(view)[-3:] == [
        ("WARNING", None, "Execution is being cancelled"),
        ("WARNING", "a", "Node 'a' cancelled"),
        ("WARNING", None, "Execution cancelled"),
    ]


def test_an_output_set_by_hand() -> None:
    view = View([("all", "map"), ("work", "agent")])
    tell(
        view,
        STARTED,
        OutputOverridden("", "work", 1, ("true",)),
        NodeCompleted("all[0]", "work", 2),
        OutputOverridden("", "work", 3),  # of an activation that is not the latest
    )
    assert shown(view, "work", "output", "path") == {"output": 2, "path": ["all[0]"]}
    assert ("INFO", "work", "Node 'work' was given its output by hand") in lines(view)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (None, None),
        ({"message": "Broken.", "hint": "Mend it."}, "Broken. Mend it."),
        ({"message": "Broken.", "hint": ""}, "Broken."),
        ({"kind": "timeout"}, "timeout"),
        ({}, "unknown error"),  # of a foreign journal
    ],
)
def test_text_of_an_error(error: dict[str, Any] | None, text: str | None) -> None:
    assert error_text(error) == text


def test_any_prefix_gives_the_view_of_that_moment() -> None:
    events: list[Event] = [
        STARTED,
        NodeStarted("", "a", 1, {}),
        NodeCompleted("", "a", 1),
        ExecutionFinished("completed"),
    ]
    live = View([("a", "agent")])
    seen: list[Any] = []
    for event in events:
        tell(live, event)
        seen.append(live.state())
    for length, expected in enumerate(seen, start=1):
        later = View([("a", "agent")])
        tell(later, *events[:length])
        assert later.state() == expected


def test_lines_that_are_told_and_not_kept() -> None:
    view = View([], keep_log=False)
    [change] = tell(view, STARTED)
    assert change.log is not None
    assert view.state()["logs"] == []


def test_a_handler_that_was_answered_runs_again() -> None:
    view = View([("ask", "agent")])
    tell(
        view, STARTED, NodeStarted("", "ask", 1, {}), NodeWaiting("", "ask", {"question": "?"}), NodeResumed("", "ask")
    )
    assert shown(view, "ask", "status", "completed_at") == {"status": "running", "completed_at": None}
    assert view.state()["waiting"] == []
    assert view.state()["logs"][-1]["message"] == "Node 'ask' was answered and goes on"

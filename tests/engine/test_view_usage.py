"""What people see of what calls used: by node, by activation, and of the whole execution."""

from __future__ import annotations

from pointwork.engine import View
from pointwork.events import ExecutionStarted, NodeStarted, Record, StepRecorded, StepStarted

NOTHING = {"model_calls": 0, "tool_calls": 0, "input_tokens": 0, "output_tokens": 0, "cost_usd": None}


def test_what_calls_used_is_added_up() -> None:
    view = View([("a", "agent"), ("b", "agent")])
    events = (
        ExecutionStarted("w1", "Hello", "1.0.0", "", {}),
        NodeStarted("", "a", 1, {}),
        NodeStarted("", "b", 1, {}),
        StepStarted("", "a", "0", "model"),
        StepRecorded("", "a", "0", "model", usage={"input_tokens": 10, "output_tokens": 5, "cost_usd": 0.25}),
        StepRecorded("", "a", "1", "tool", error={"kind": "tool_error"}),
        StepRecorded("", "a", "2", "other"),
        StepRecorded("", "b", "0", "model", usage={"input_tokens": 1, "output_tokens": 1}),
        StepRecorded("", "b", "1", "model", error={"kind": "budget_exceeded"}),  # was never made
    )
    for seq, event in enumerate(events, start=1):
        view.apply(Record("x1", seq, 0, event))
    state = view.state()
    expected = {"model_calls": 1, "tool_calls": 1, "input_tokens": 10, "output_tokens": 5, "cost_usd": 0.25}
    assert state["node_states"]["a"]["usage"] == expected
    assert state["node_states"]["a"]["runs"][0]["usage"] == expected
    assert state["node_states"]["b"]["usage"] == {
        **NOTHING,
        "model_calls": 1,
        "input_tokens": 1,
        "output_tokens": 1,
    }
    assert state["usage"] == {**expected, "model_calls": 2, "input_tokens": 11, "output_tokens": 6}

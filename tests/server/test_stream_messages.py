"""The messages of the live stream, word for word: what the first version promised, with keys added and none changed."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.engine.view import View
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
from pointwork.server.stream_messages import Messages

AT_US = 1_700_000_000_000_000
AT = "2023-11-14T22:13:20.000000Z"
NOTHING_USED = {"model_calls": 0, "tool_calls": 0, "input_tokens": 0, "output_tokens": 0, "cost_usd": None}
STARTED = ExecutionStarted("w1", "Hello", "1.0.0", "hash", {"x": 1})


def messages_of(*events: Event) -> list[dict[str, Any]]:
    """All messages of an execution whose events were stored one by one."""
    stream = Messages(View([("ask", "agent"), ("sub", "workflow")]))
    records = [Record("x1", seq, AT_US, event) for seq, event in enumerate(events, start=1)]
    return [message for record in records for message in stream.of(record, settled=True)]


def bare(message: dict[str, Any]) -> dict[str, Any]:
    """A message as the first version had it, with nothing added."""
    added = {"execution_id", "seq", "part", "timestamp", "path", "attempt"}
    return {key: value for key, value in message.items() if key not in added}


def last_record(*events: Event) -> list[dict[str, Any]]:
    """The messages of the last of these events, without what all messages have."""
    return [bare(message) for message in messages_of(*events) if message["seq"] == len(events)]


def log(level: str, message: str, node_id: str | None = None, path: tuple[str, ...] = ()) -> dict[str, Any]:
    line = {"timestamp": AT, "level": level, "node_id": node_id, "message": message, "path": list(path)}
    return {"type": "log", "log": line}


def update(node_id: str, status: str, **values: Any) -> dict[str, Any]:
    state = {"node_id": node_id, "status": status, "input": None, "output": None, "error": None}
    state |= {"started_at": None, "completed_at": None, "usage": None} | values
    return {"type": "node_update", "node_id": node_id, "node_state": state}


def test_a_run_as_everybody_sees_it() -> None:
    head = {"execution_id": "x1", "timestamp": AT}
    assert messages_of(
        STARTED,
        NodeStarted("", "ask", 1, {"q": 2}),
        NodeCompleted("", "ask", "four"),
        ExecutionFinished("completed", "four"),
    ) == [
        {
            "type": "status",
            **head,
            "seq": 1,
            "part": 0,
            "status": "running",
            "data": {
                "workflow_id": "w1",
                "workflow_name": "Hello",
                "workflow_version": "1.0.0",
                "inputs": {"x": 1},
                "origin": None,
            },
        },
        {**head, "seq": 1, "part": 1, **log("INFO", "Execution of 'Hello' started")},
        {
            **head,
            "seq": 2,
            "part": 0,
            **update("ask", "running", input={"q": 2}, started_at=AT),
            "path": [],
            "attempt": 1,
        },
        {**head, "seq": 2, "part": 1, **log("INFO", "Node 'ask' started", "ask")},
        {
            **head,
            "seq": 3,
            "part": 0,
            **update("ask", "completed", input={"q": 2}, output="four", started_at=AT, completed_at=AT),
            "path": [],
            "attempt": 1,
        },
        {**head, "seq": 3, "part": 1, **log("INFO", "Node 'ask' completed", "ask")},
        {**head, "seq": 4, "part": 0, "type": "status", "status": "completed", "data": {}},
        {**head, "seq": 4, "part": 1, **log("INFO", "Execution completed")},
        {
            **head,
            "seq": 4,
            "part": 2,
            "type": "completion",
            "result": {
                "status": "completed",
                "result": "four",
                "error": None,
                "completed_at": AT,
                "usage": NOTHING_USED,
            },
        },
    ]


BEGUN = (STARTED, NodeStarted("", "ask", 1, {}))
ERROR = {"kind": "model_error", "message": "No answer.", "hint": "Try later."}
SAID = "No answer. Try later."


@pytest.mark.parametrize(
    ("before", "event", "expected"),
    [
        # a node that ends in each way there is
        (
            BEGUN,
            NodeFailed("", "ask", 1, ERROR),
            [
                update("ask", "failed", input={}, error=SAID, started_at=AT, completed_at=AT),
                log("ERROR", f"Node 'ask' failed: {SAID}", "ask"),
            ],
        ),
        (
            BEGUN,
            NodeFailed("", "ask", 1, ERROR, 1.5),
            [
                update("ask", "running", input={}, error=SAID, started_at=AT),
                log("WARNING", f"Node 'ask' failed (attempt 1) and is tried again in 1.5 s: {SAID}", "ask"),
            ],
        ),
        (
            BEGUN,
            NodeSkipped("", "end"),
            [update("end", "skipped", completed_at=AT), log("INFO", "Node 'end' skipped", "end")],
        ),
        (
            BEGUN,
            NodeCancelled("", "ask"),
            [
                update("ask", "cancelled", input={}, started_at=AT, completed_at=AT),
                log("WARNING", "Node 'ask' cancelled", "ask"),
            ],
        ),
        (
            BEGUN,
            OutputOverridden("", "ask", 5),
            [
                update("ask", "completed", input={}, output=5, started_at=AT, completed_at=AT),
                log("INFO", "Node 'ask' was given its output by hand", "ask"),
            ],
        ),
        # what goes on within a node
        (
            BEGUN,
            TextStreamed("", "ask", 1, "Hel", "text"),
            [{"type": "token", "node_id": "ask", "text": "Hel", "kind": "text"}],
        ),
        (
            BEGUN,
            StepStarted("", "ask", "0:model:ab", "model", "gpt", {"messages": []}),
            [
                {
                    "type": "step",
                    "node_id": "ask",
                    "key": "0:model:ab",
                    "kind": "model",
                    "name": "gpt",
                    "status": "started",
                    "data": {"messages": []},
                    "usage": None,
                }
            ],
        ),
        (
            BEGUN,
            StepRecorded("", "ask", "k", "tool", "calculator", {"result": 8}, usage={"tokens": 3}),
            [
                {
                    "type": "step",
                    "node_id": "ask",
                    "key": "k",
                    "kind": "tool",
                    "name": "calculator",
                    "status": "completed",
                    "data": {"result": 8},
                    "usage": {"tokens": 3},
                }
            ],
        ),
        (
            BEGUN,
            StepRecorded("", "ask", "k", "memory", "recall", error=ERROR),
            [
                {
                    "type": "step",
                    "node_id": "ask",
                    "key": "k",
                    "kind": "memory",
                    "name": "recall",
                    "status": "failed",
                    "data": ERROR,
                    "usage": None,
                }
            ],
        ),
        (BEGUN, LogWritten("DEBUG", "hm", "", "ask"), [log("DEBUG", "hm", "ask")]),
        (BEGUN, LogWritten("INFO", "hm"), [log("INFO", "hm")]),
        (BEGUN, ScopeOpened("sub[0]", "", "sub", 0), []),
        (BEGUN, ScopeClosed("sub[0]", ok=True), []),
        # the execution as a whole
        (
            BEGUN,
            ExecutionPaused("breakpoint", "", "ask", "before"),
            [
                {
                    "type": "status",
                    "status": "paused",
                    "data": {
                        "reason": "breakpoint",
                        "node_id": "ask",
                        "node": "ask",
                        "path": [],
                        "when": "before",
                        "step": None,
                        "seq": 3,
                    },
                },
                log("INFO", "Execution paused (breakpoint) before node 'ask'"),
            ],
        ),
        (
            (*BEGUN, ExecutionPaused("user")),
            ExecutionResumed("step"),
            [
                {"type": "status", "status": "running", "data": {"mode": "step"}},
                log("INFO", "Execution resumed for one step"),
            ],
        ),
        (
            BEGUN,
            BreakpointsSet([{"node": "ask"}]),
            [{"type": "status", "status": "running", "data": {"breakpoints": [{"node": "ask"}]}}],
        ),
        (
            (*BEGUN, ExecutionPaused("user")),
            CancellationRequested(),
            [
                log("WARNING", "Execution is being cancelled"),
                {"type": "status", "status": "running", "data": {}},
            ],
        ),
        (
            BEGUN,
            NodeWaiting("", "ask", {"question": "Well?"}),
            [
                update("ask", "waiting", input={}, started_at=AT),
                log("INFO", "Node 'ask' waits for an answer: Well?", "ask"),
                {
                    "type": "status",
                    "status": "waiting",
                    "data": {
                        "waiting": [
                            {"node_id": "ask", "node": "ask", "path": [], "request": {"question": "Well?"}, "since": AT}
                        ]
                    },
                },
            ],
        ),
        (
            BEGUN,
            ExecutionFinished("failed", error=ERROR),
            [
                {"type": "status", "status": "failed", "data": {}},
                log("ERROR", f"Execution failed: {SAID}"),
                {"type": "error", "error": SAID, "code": "model_error"},
                {
                    "type": "completion",
                    "result": {
                        "status": "failed",
                        "result": None,
                        "error": SAID,
                        "completed_at": AT,
                        "usage": NOTHING_USED,
                    },
                },
            ],
        ),
        (
            BEGUN,
            ExecutionFinished("failed"),  # of a foreign journal: nobody said why
            [
                {"type": "status", "status": "failed", "data": {}},
                log("ERROR", "Execution failed"),
                {"type": "error", "error": "The execution failed.", "code": "error"},
                {
                    "type": "completion",
                    "result": {
                        "status": "failed",
                        "result": None,
                        "error": None,
                        "completed_at": AT,
                        "usage": NOTHING_USED,
                    },
                },
            ],
        ),
        (
            BEGUN,
            ExecutionFinished("cancelled"),
            [
                {"type": "status", "status": "cancelled", "data": {}},
                log("WARNING", "Execution cancelled"),
                {
                    "type": "completion",
                    "result": {
                        "status": "cancelled",
                        "result": None,
                        "error": None,
                        "completed_at": AT,
                        "usage": NOTHING_USED,
                    },
                },
            ],
        ),
    ],
)
def test_what_each_record_says(before: tuple[Event, ...], event: Event, expected: list[dict[str, Any]]) -> None:
    assert last_record(*before, event) == expected


def test_where_a_message_comes_from() -> None:
    found = messages_of(
        STARTED,
        NodeStarted("", "sub", 1, {}),
        ScopeOpened("sub[0]", "", "sub", 0),
        NodeStarted("sub[0]", "ask", 2, {}),
        StepStarted("sub[0]", "ask", "k", "model"),
        StepStarted("sub[0]", "unheard of", "k", "model"),
        TextStreamed("sub[0]", "ask", 2, "x"),
    )
    places = [
        (message["seq"], message["part"], message["path"], message["attempt"])
        for message in found[4:]
        if "path" in message
    ]
    assert places == [
        (4, 0, ["sub[0]"], 2),
        (5, 0, ["sub[0]"], 2),
        (6, 0, ["sub[0]"], 1),
        (7, 0, ["sub[0]"], 2),
    ]
    assert {message["node_id"] for message in found[4:] if "path" in message} == {"sub/ask", "sub/unheard of"}


def test_nobody_is_told_of_a_wait_that_is_over_at_once() -> None:
    """A node ends and the next begins in one append; meanwhile somebody else is being asked."""
    stream = Messages(View([]))

    def statuses(seq: int, event: Event, *, settled: bool) -> list[str]:
        told = stream.of(Record("x1", seq, AT_US, event), settled=settled)
        return [message["status"] for message in told if message["type"] == "status"]

    assert statuses(1, STARTED, settled=False) == ["running"]
    assert statuses(2, NodeStarted("", "a", 1, {}), settled=False) == []
    assert statuses(3, NodeStarted("", "ask", 1, {}), settled=True) == []
    assert statuses(4, NodeWaiting("", "ask", {}), settled=True) == []
    assert statuses(5, NodeCompleted("", "a", 1), settled=False) == []  # for a moment nothing runs
    assert statuses(6, NodeStarted("", "b", 1, {}), settled=True) == []
    assert statuses(7, NodeCompleted("", "b", 1), settled=True) == ["waiting"]
    assert statuses(8, NodeCompleted("", "ask", 1), settled=False) == []
    assert statuses(9, NodeStarted("", "c", 1, {}), settled=True) == ["running"]

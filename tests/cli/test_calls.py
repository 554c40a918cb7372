"""What an agent does, call by call: while it works, in a window of any height, and as lines of a log."""

from __future__ import annotations

import io
from typing import Any

import pytest

from pointwork.cli.calls import KEPT, Calls
from pointwork.cli.display import Lines
from pointwork.cli.picture import LAMPS, lines, outcome
from pointwork.cli.progress import Progress
from pointwork.engine.plan import Plan, PlanNode
from pointwork.events import ExecutionStarted, NodeCompleted, NodeFailed, NodeStarted, Record, StepRecorded, StepStarted

PLAN = Plan(nodes=(PlanNode("agent", "agent", 0),))
USAGE = {"input_tokens": 900, "output_tokens": 100, "cost_usd": 0.002}


def model(key: str) -> StepStarted:
    return StepStarted("", "agent", key, "model", "gpt", {"messages": [{}, {}], "earlier": 3})


def said(key: str, *calls: str, text: str = "") -> StepRecorded:
    value = {"model": "gpt", "text": text, "tool_calls": [{"name": name} for name in calls]}
    return StepRecorded("", "agent", key, "model", "gpt", value, None, USAGE)


def tool(key: str, **arguments: Any) -> StepStarted:
    return StepStarted("", "agent", key, "tool", "look", {"call_id": key, "arguments": arguments})


def found(key: str, value: Any = None, error: Any = None) -> StepRecorded:
    return StepRecorded("", "agent", key, "tool", "look", value, error)


def progress_of(*events: Any) -> tuple[Progress, str]:
    """The progress after these events of an agent, one each millisecond, and the lines of a log."""
    progress, out = Progress(PLAN), io.StringIO()
    display = Lines(progress, out.write, LAMPS)
    for seq, event in enumerate((ExecutionStarted("w", "Flow", "1", "", {}), NodeStarted("", "agent", 1, {}), *events)):
        record = Record("x1", seq + 1, seq * 1_000 + 1_000, event)
        display.take(record, progress.apply(record))
    return progress, out.getvalue()


def picture(progress: Progress, height: int = 30, now_us: int = 60_000) -> list[str]:
    return [" ".join(line.plain.split()) for line in lines(progress, now_us=now_us, width=70, height=height)]


def test_what_was_called_and_what_is_at_work() -> None:
    progress, _ = progress_of(
        model("0"), said("0", "look", "look"), tool("1", n=1), tool("2", n=2), found("2", {"error": "gone"})
    )
    assert picture(progress) == [
        "● Flow running 59 ms 1 000 tokens $0.0020",
        "● agent running 1 000 tokens · $0.0020 58 ms",
        "✓ gpt model calls look ×2 · 1 000 tokens · $0.0020 1 ms",
        '✗ look tool {"n": 2} → gone 1 ms',
        '● look tool {"n": 1} 55 ms',
    ]


def rounds(count: int) -> list[Any]:
    events: list[Any] = []
    for number in range(count):
        a, b = f"{number}a", f"{number}b"
        events += [model(a), said(a, "look"), tool(b, n=number), found(b, number)]
    return events


def test_a_long_conversation_shows_its_end_and_counts_the_rest() -> None:
    progress, _ = progress_of(*rounds(50), model("end"))
    drawn = picture(progress)
    assert drawn[2] == f"… {100 - KEPT} earlier calls"
    assert len([line for line in drawn if "look" in line]) >= KEPT // 2
    assert "● gpt model 5 messages" in drawn[-1]
    for height in range(3, 20):
        assert len(picture(progress, height)) <= height
    assert any("● gpt" in line for line in picture(progress, 6))


def test_what_is_kept_does_not_grow() -> None:
    calls = Calls()
    for number in range(1_000):
        calls.begin(tool(str(number), text="x" * 10_000), 0)
        calls.end(found(str(number), "y" * 10_000), 1)
    assert (len(calls.ended), calls.count, len(calls.at_work)) == (KEPT, 1_000, 0)
    assert max(len(call.given) + len(call.told) for call in calls.ended) <= 400


def test_an_agent_that_has_ended_is_one_line() -> None:
    progress, _ = progress_of(model("0"), said("0", text="Yes."), NodeCompleted("", "agent", "Yes."))
    assert len(picture(progress)) == 2
    assert "gpt · 1 000 tokens · $0.0020" in picture(progress)[1]


def test_what_was_cut_off_is_not_at_work_any_more() -> None:
    progress, _ = progress_of(model("0"), NodeFailed("", "agent", 1, {"kind": "interrupted", "message": "gone"}, 0.0))
    assert not progress.root.nodes[0].calls.at_work


def test_each_call_of_an_agent_is_a_line_of_the_log() -> None:
    _, log = progress_of(
        model("0"), said("0", "look"), tool("1", n=1), found("1", "it\x1b[2Jself"), model("2"), said("2", text="Yes.")
    )
    assert log.splitlines()[1:] == [
        "    0.00 s  ├ agent  model gpt  calls look · 1 000 tokens · $0.0020  1 ms",
        '    0.01 s  ├ agent  tool look  {"n": 1} → it[2Jself  1 ms',
        "    0.01 s  ├ agent  model gpt  Yes. · 1 000 tokens · $0.0020  1 ms",
    ]


def test_a_node_that_only_calls_a_tool_has_no_lines_for_it() -> None:
    progress, log = progress_of(tool("0", n=1), found("0", 1), tool("1", n=2))
    assert "├" not in log
    assert picture(progress)[1:] == ["● agent running look 58 ms"]


@pytest.mark.parametrize(
    ("event", "told", "failed"),
    [
        (found("0", {"n": 1}), '{"n": 1}', False),
        (found("0", {"error": {"no": "text"}}), '{"no": "text"}', True),
        (found("0", error={"kind": "x", "message": "broken"}), "broken", True),
        (found("0", {"$blob": "h", "bytes": 9, "preview": "begin"}), "begin", False),
        (found("0"), "null", False),
        (said("0", "a", "b", "a"), "calls a ×2, b", False),
        (StepRecorded("", "agent", "0", "model", "gpt", "odd", None, {"input_tokens": "many"}), "odd", False),
    ],
)
def test_what_came_of_a_call(event: StepRecorded, told: str, failed: bool) -> None:
    call = Calls().end(event, 0)
    assert call is not None
    assert (call.told, call.failed) == (told, failed)
    assert outcome(call).startswith(told)

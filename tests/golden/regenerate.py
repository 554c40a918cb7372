"""Writes the golden journals: executions as an earlier version told them, which every later one must still read.

`REWRITE_GOLDEN=1 python -m tests.golden.regenerate [NAME ...]` plays the stories below and writes for each the plan,
the records and what they mean. A journal that users may already have is never rewritten: add a story instead.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson

from pointwork.commands import Answered, Breakpoint, Override, Pause, Resume, SetBreakpoints, Step
from pointwork.engine import Plan, View, fold
from pointwork.engine.scope import MISSING
from pointwork.events import Record, event_from_dict
from tests.engine.acting import Broke, Out, acted, go_through
from tests.engine.drawings import drawing
from tests.engine.simulator import Play, contents

__all__ = ["FOLDER", "STORIES", "meaning", "read_records"]

FOLDER = Path(__file__).parent
SECOND = 1_000_000
BEGAN_US = 1_700_000_000 * SECOND


def branch() -> Play:
    """A condition, one branch skipped, both meeting again; a template filled in."""
    flow = drawing(
        "start -> large; large.true -> yes -> end; large.false -> no -> end",
        {"large": "condition", "yes": {"work_config": {"prompt": "{{ n }} of {{ inputs.n }}"}}},
    )
    return acted(flow, {"n": 11}, {"large": Out({"branch": "true"}, "true", "*"), "yes": {"answer": 22}})


def quality_loop() -> Play:
    """A loop drawn with edges, three rounds, drafts read from the round before."""
    mappings = [
        {"name": "draft", "source_node": "write", "source_field": "draft"},
        {"name": "draft", "source_node": "improve", "source_field": "draft"},
    ]
    flow = drawing(
        "start -> write -> check; check.false -> improve -> check; check.true -> end",
        {"check": "condition", "improve": {"inputs": mappings}, "end": {"inputs": mappings}},
    )
    script = {
        "write": {"draft": "v0"},
        "check": [Out(0, "false", "*"), Out(0, "false", "*"), Out(1, "true", "*")],
        "improve": lambda perform: {"draft": perform.inputs["draft"] + "+"},
    }
    return acted(flow, {"topic": "tides"}, script)


def map_with_failure() -> Play:
    """Three items, two at a time; one fails for good, one at the first attempt; a list is read from inside."""
    flow = drawing(
        "start -> each -> sum",
        {
            "each": {"type": "map", "map_config": {"concurrency": 2, "on_item_error": "null"}},
            "work": {"retry": {"max_attempts": 2, "first_delay_s": 0.5}},
            "sum": {"inputs": [{"name": "all", "source_node": "work"}]},
        },
        inside={"each": "work"},
    )
    answers = [Broke(), Broke("odd", retryable=False), "third", "first"]
    return acted(flow, {"items": ["x", "y", "z"]}, {"work": answers, "sum": lambda perform: perform.inputs})


def race() -> Play:
    """A race in a container, a race between edges, a failure that is handled, a limit of two handlers."""
    flow = drawing(
        "start -> group -> first; start -> slow -> first -> risky -> end; risky.error -> mend -> end",
        {
            "group": {"type": "parallel", "parallel_config": {"wait_for": "any"}, "timeout_s": 30},
            "first": {"join": "any", "cancel_losers": True},
        },
        inside={"group": "one two"},
        limits={"max_parallel": 2},
    )
    play = Play(flow, {"q": "?"})
    play.done("group[0]/one", "won")
    go_through(play, {"risky": Broke("odd")})
    return play


def pause_and_answer() -> Play:
    """Breakpoints, pause, steps, an answer, an output set by hand."""
    flow = drawing(
        "start -> ask; ask.yes -> pay -> end; ask.no -> stop -> end; start -> note",
        {"ask": {"type": "human", "human_config": {"question": "Pay?", "choices": ["yes", "no"]}}},
    )
    play = Play(flow, {"sum": 5})
    play.say(SetBreakpoints([Breakpoint("pay", "before", "inputs.sum > 1"), Breakpoint("end", "after", None, 2)]))
    play.ask("ask", kind="human", question="Pay?", choices=["yes", "no"])
    play.say(Pause())
    play.say(Answered("ask", "yes", ports=("yes",)))
    play.say(Step())
    play.say(Resume())
    play.say(Override("note", "by hand"))
    play.done("pay", "paid")
    return play


def sub_workflow() -> Play:
    """A workflow in a workflow in a loop, its second call failing and run again as a whole."""
    inner = drawing("start -> a -> end", {"a": {"work_config": {"prompt": "{{ item }}"}}}, variables={"v": 1})
    flow = drawing(
        "start -> each -> end",
        {
            "each": "loop",
            "call": {"type": "workflow", "workflow_config": {"workflow_id": "inner"}, "retry": {"max_attempts": 2}},
        },
        inside={"each": "call"},
    )
    return acted(flow, {"items": ["p", "q"]}, {"a": ["P", Broke(), "Q"]}, workflows={("inner", None): inner})


STORIES: dict[str, Callable[[], Play]] = {
    story.__name__: story for story in (branch, quality_loop, map_with_failure, race, pause_and_answer, sub_workflow)
}


def read_records(data: bytes) -> list[Record]:
    """The records of a journal, one a line."""
    records: list[Record] = []
    for line in data.splitlines():
        item = orjson.loads(line)
        records.append(Record(item["execution_id"], item["seq"], item["at_us"], event_from_dict(item["event"])))
    return records


def meaning(plan: Plan, records: Iterable[Record]) -> dict[str, Any]:
    """What records mean: the engine's state, and what people see."""
    records = list(records)
    view = View.of(plan)
    for record in records:
        view.apply(record)
    return orjson.loads(
        orjson.dumps(
            {"engine": _plain(contents(fold(plan, (record.event for record in records)))), "view": view.state()},
        )
    )


def _plain(value: Any) -> Any:
    """Values of the state as JSON: pairs as keys become text, sets lists."""
    if value is MISSING:
        return {"missing": True}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def write(name: str) -> None:
    play = STORIES[name]()
    records = [Record(name, seq, BEGAN_US + seq * SECOND // 4, event) for seq, event in enumerate(play.events, 1)]
    (FOLDER / f"{name}.plan.json").write_bytes(play.plan.dump() + b"\n")
    (FOLDER / f"{name}.jsonl").write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    (FOLDER / f"{name}.state.json").write_bytes(orjson.dumps(meaning(play.plan, records), option=options))


if __name__ == "__main__":
    if os.environ.get("REWRITE_GOLDEN") != "1":
        sys.exit("Golden journals stand for those that users have. Set REWRITE_GOLDEN=1 if none of these was released.")
    for chosen in sys.argv[1:] or STORIES:
        write(chosen)

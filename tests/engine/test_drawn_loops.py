"""What a drawn loop puts out, and what its ways out hand on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.acting import Out, acted
from tests.engine.drawings import drawing
from tests.engine.simulator import Play

AGAIN, ON = Out(None, "false", "*"), Out(None, "true", "*")

# `c` decides whether there is another round; `z`, `y` come after the loop.
EXITS: list[tuple[str, str, list[Out], Any]] = [
    ("one", "start -> a -> c; c.false -> a; c.true -> z", [ON], {"draft": 1}),
    ("two-nodes", "start -> a -> c; c.false -> a; c.true -> z; a -> y", [ON], {"a": {"draft": 1}, "c": {"draft": 1}}),
    ("two-of-one-node", "start -> a -> c; c.false -> a; c.true -> z; c.true -> y", [ON], {"draft": 1}),
    ("of-the-last-round", "start -> a -> c; c.false -> a; c.true -> z; c.false -> y", [AGAIN, ON], {"draft": 1}),
    ("none-live", "start -> a -> c; c.false -> a; a.error -> z", [ON], None),
    ("none-drawn", "start -> a -> c; c.false -> a", [ON], None),
]


@pytest.mark.parametrize(("text", "script", "output"), [row[1:] for row in EXITS], ids=[row[0] for row in EXITS])
def test_output_of_a_drawn_loop(text: str, script: list[Out], output: Any) -> None:
    play = acted(drawing(text, {"c": "condition"}), {}, {"a": {"draft": 1}, "c": script})
    assert play.result[0] == "completed"
    assert play.output("loop:a") == output


def test_a_way_out_of_an_earlier_round_does_not_count() -> None:
    text = "start -> a -> c; c.false -> a; c.true -> z; c.false -> y"
    play = acted(drawing(text, {"c": "condition"}), {}, {"c": [AGAIN, ON]})
    assert (play.statuses["z"], play.statuses["y"]) == ("completed", "skipped")


def test_the_next_round_receives_what_leads_back() -> None:
    flow = drawing("start -> a -> c; c.false -> b -> a; c.false -> d -> a; c.true -> end", {"c": "condition"})
    play = Play(flow, {"topic": 1})
    assert play.inputs("loop:a[0]/a") == {"topic": 1}
    play.done("loop:a[0]/a", {"n": 1})
    play.done("loop:a[0]/c", None, "false")
    play.done("loop:a[0]/b", {"b": 1})
    play.done("loop:a[0]/d", "text")
    assert play.inputs("loop:a[1]/a") == {"b": 1, "output": "text"}


def test_a_condition_reads_nodes_that_ran_before_the_loop() -> None:
    flow = drawing(
        "start -> judge -> l",
        {"l": {"type": "loop", "loop_config": {"loop_type": "until", "condition": "index >= nodes.judge.wanted"}}},
        inside={"l": "a"},
    )
    play = acted(flow, {}, {"judge": {"wanted": 3}})
    assert play.output("l")["total_iterations"] == 3

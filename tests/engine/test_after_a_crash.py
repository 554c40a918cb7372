"""What a handler is given that is performed again after a crash: the same as before, paused or not."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.commands import Override, Pause
from tests.engine.drawings import drawing
from tests.engine.simulator import Play

LOOPS: list[tuple[str, dict[str, Any]]] = [
    ("loop", {}),
    ("loop", {"loop_config": {"max_iterations": 2, "on_limit": "cut"}}),
    ("loop", {"loop_config": {"loop_type": "while", "condition": "index < 3"}}),
    ("map", {}),
    ("map", {"map_config": {"concurrency": 1}}),
]


@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize(("kind", "config"), LOOPS)
def test_a_handler_is_given_the_same_again(kind: str, config: dict[str, Any], *, paused: bool) -> None:
    formula = "[default(items, 0), index, nodes.l, nodes.before, vars.v]"
    work = {"prompt": "{{ default(item, 0) }}", "formula": formula}
    flow = drawing(
        "start -> before -> l",
        {"l": {"type": kind, **config}, "a": {"work_config": work, "inputs": [{"name": "x", "source_node": "l"}]}},
        inside={"l": "a"},
        variables={"v": 1},
    )
    play = Play(flow, {"q": 1})
    play.done("before", {"items": ["p", "q", "r"]})
    if paused:
        play.say(Pause())
    before = dict(play.performing)
    assert before
    play.recover()
    assert play.performing == before


def test_a_prompt_is_not_written_anew() -> None:
    """What it was made from has been changed by hand meanwhile; the attempt has begun with the old one."""
    flow = drawing("start -> a -> b", {"b": {"work_config": {"prompt": "{{ nodes.a.text }}"}}})
    play = Play(flow)
    play.done("a", {"text": "old"})
    assert play.performing["", "b"].config["prompt"] == "old"
    play.say(Override("a", {"text": "new"}))
    play.recover()
    assert play.performing["", "b"].config["prompt"] == "old"
    assert play.performing["", "b"].names == {"nodes": {"a": {"text": "new", "output": {"text": "new"}}}}


def test_a_prompt_is_written_anew_for_another_attempt() -> None:
    flow = drawing("start -> a -> b", {"b": {"work_config": {"prompt": "{{ nodes.a.text }}"}, "retry": {}}})
    play = Play(flow)
    play.done("a", {"text": "old"})
    play.fail("b")
    play.say(Override("a", {"text": "new"}))
    play.fire("b")
    assert play.performing["", "b"].config["prompt"] == "new"
    play.fail("b")
    play.say(Override("a", {"no": "text"}))
    play.fire("b")
    assert play.result[0] == "failed"
    assert "prompt of 'b'" in play.error["message"]


def test_a_long_loop_keeps_its_last_round_only() -> None:
    config = {"loop_type": "while", "condition": "true", "max_iterations": 50}
    play = Play(drawing("start -> l", {"l": {"type": "loop", "loop_config": config}}, inside={"l": "a"}))
    for number in range(49):
        play.done(f"l[{number}]/a", number)
    rounds = play.scheduler.state.root.rounds[1]
    assert rounds.results == {48: 48}
    assert rounds.snapshots == {}
    assert list(play.scheduler.state.scopes) == ["", "l[49]"]

"""Limits of a run: handlers at work at once, nodes started in all."""

from __future__ import annotations

import pytest

from pointwork.commands import Pause, Resume
from tests.engine.acting import Broke, acted, retold
from tests.engine.drawings import drawing
from tests.engine.simulator import Play

FAN = "start -> a; start -> b; start -> c; start -> d"


@pytest.mark.parametrize(("most", "at_work"), [(1, "a"), (2, "a b"), (3, "a b c"), (9, "a b c d")])
def test_handlers_at_once(most: int, at_work: str) -> None:
    play = Play(drawing(FAN, limits={"max_parallel": most}))
    assert play.at_work == at_work.split()
    order = []
    while play.performing:
        assert len(play.performing) <= most
        order.append(play.at_work[0])
        play.done(play.at_work[0])
    assert order == ["a", "b", "c", "d"]


def test_a_free_place_goes_to_the_first_in_the_order_of_the_plan() -> None:
    play = Play(drawing("start -> x; start -> y; x -> b; y -> a", {"a": {}, "b": {}}, limits={"max_parallel": 2}))
    play.done("y")
    assert play.at_work == ["x", "a"]


def test_containers_need_no_place() -> None:
    flow = drawing("start -> g", {"g": "parallel", "m": "map"}, inside={"g": "m", "m": "a"}, limits={"max_parallel": 1})
    play = Play(flow, {"items": [1, 2]})
    assert play.at_work == ["g[0]/m[0]/a"]
    play.done("g[0]/m[0]/a")
    assert play.at_work == ["g[0]/m[1]/a"]


def test_what_waits_for_an_answer_needs_no_place() -> None:
    play = Play(drawing(FAN, limits={"max_parallel": 1}))
    play.ask("a")
    assert play.at_work == ["b"]


def test_disabled_nodes_take_their_turn_but_no_place() -> None:
    play = Play(drawing(FAN, {"b": {"disabled": True}}, limits={"max_parallel": 1}))
    play.done("a")
    assert play.told == ["Completed a", "Started b", "Completed b", "Started c"]


def test_retries_take_their_turn() -> None:
    play = Play(drawing("start -> a; start -> b; start -> c", {"a": {"retry": {"max_attempts": 2}}},
                        limits={"max_parallel": 1}))  # fmt: skip
    play.fail("a")
    assert play.at_work == ["b"]
    play.fire("a")
    assert play.at_work == ["b"]
    play.done("b")
    assert retold(play.said) == ["Completed b", "Started a again"]


def test_a_retry_in_the_queue_survives_a_pause() -> None:
    retry = {"retry": {"max_attempts": 2}}
    play = Play(drawing("start -> a; start -> b", {"a": retry}, limits={"max_parallel": 1}))
    play.fail("a")
    play.fire("a")
    assert play.at_work == ["b"]
    play.say(Pause())
    play.done("b")
    play.say(Resume())
    assert play.at_work == ["a"]


def test_what_waits_for_a_place_is_dropped_with_its_scope() -> None:
    flow = drawing("start -> g; start -> z; g.error -> w", {"g": "parallel"}, inside={"g": "a b c"},
                   limits={"max_parallel": 2})  # fmt: skip
    play = Play(flow)
    while "g[0]/a" not in play.at_work:
        play.done(play.at_work[0])
    play.fail("g[0]/a")
    assert play.statuses["g[0]/c"] == "cancelled"
    assert "w" in play.at_work


def test_nodes_in_all() -> None:
    play = acted(drawing("start -> a -> b -> c", limits={"max_activations": 3}))
    assert retold(play.events)[-4:] == ["Completed b", "CancellationRequested", "Cancelled c", "Finished"]
    assert play.result == ("failed", None)
    assert play.error["kind"] == "activation_limit"
    assert play.error["message"] == "The execution has started 3 nodes, its limit."


def test_attempts_and_containers_count_too() -> None:
    retry = {"a": {"retry": {"max_attempts": 5, "first_delay_s": 0}}}
    play = acted(drawing("a", retry, limits={"max_activations": 2}), {}, {"a": Broke()})
    assert play.error["kind"] == "activation_limit"
    flow = drawing("start -> m", {"m": "map"}, inside={"m": "a"}, limits={"max_activations": 4})
    assert acted(flow, {"items": [1, 2]}).result[0] == "completed"
    assert acted(flow, {"items": [1, 2, 3]}).error["kind"] == "activation_limit"


def test_the_limit_stops_all_that_are_at_work() -> None:
    play = Play(drawing(FAN, limits={"max_activations": 3}))
    assert play.result[0] == "failed"
    assert sorted(map(str, play.cancelled)) == ["a", "b"]


def test_exactly_the_limit_is_allowed() -> None:
    assert acted(drawing("start -> a -> b", limits={"max_activations": 3})).result[0] == "completed"

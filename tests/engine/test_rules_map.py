"""Maps: every item, so many at a time, in any order of completion; and what a failing item means."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from pointwork.commands import Pause, Resume
from tests.engine.acting import Broke, acted, retold
from tests.engine.drawings import drawing
from tests.engine.simulator import Play


def mapped(text: str = "start -> m", inside: str = "a", **config: Any) -> Any:
    return drawing(text, {"m": {"type": "map", "map_config": config}}, inside={"m": inside})


def summary(items: list[Any], results: list[Any]) -> dict[str, Any]:
    return {
        "items": items, "results": results, "total_iterations": len(items), "loop_type": "map", "status": "completed",
    }  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_results_are_in_the_order_of_the_items(order: tuple[int, ...]) -> None:
    play = Play(mapped(), {"items": ["x", "y", "z"]})
    assert play.at_work == ["m[0]/a", "m[1]/a", "m[2]/a"]
    for index in order:
        play.done(f"m[{index}]/a", index)
    assert play.result == ("completed", summary(["x", "y", "z"], [0, 1, 2]))


@pytest.mark.parametrize(("concurrency", "at_once"), [(1, 1), (2, 2), (3, 3), (10, 4)])
def test_concurrency(concurrency: int, at_once: int) -> None:
    play = Play(mapped(concurrency=concurrency), {"items": [1, 2, 3, 4]})
    assert play.at_work == [f"m[{index}]/a" for index in range(at_once)]
    for index in range(4):
        assert len(play.at_work) == min(at_once, 4 - index)
        play.done(f"m[{index}]/a")
    assert play.result[0] == "completed"


# What the items do: . completes, x fails.
MODES = [
    ("fail", "...", "completed", ["0", "1", "2"]),
    ("fail", ".x.", "failed", None),
    ("fail", "xxx", "failed", None),
    ("null", "...", "completed", ["0", "1", "2"]),
    ("null", ".x.", "completed", ["0", None, "2"]),
    ("null", "xxx", "completed", [None, None, None]),
    ("skip", "...", "completed", ["0", "1", "2"]),
    ("skip", ".x.", "completed", ["0", "2"]),
    ("skip", "xxx", "completed", []),
]


@pytest.mark.parametrize(("mode", "items", "status", "results"), MODES)
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("concurrency", [1, 3])
def test_failing_items(
    mode: str, items: str, status: str, results: list[Any] | None, backwards: bool, concurrency: int
) -> None:
    play = Play(mapped(on_item_error=mode, concurrency=concurrency), {"items": list(items)})
    while play.performing:
        where = play.at_work[-1 if backwards else 0]
        index = int(where[2])
        if items[index] == "x":
            play.fail(where)
        else:
            play.done(where, str(index))
    assert play.result == (status, None if results is None else summary(list(items), results))


def test_the_first_failure_stops_the_other_items() -> None:
    play = Play(mapped(concurrency=2), {"items": [1, 2, 3]})
    play.fail("m[1]/a")
    assert play.told == [
        "Failed m[1]/a", "ScopeClosed m[1]", "Failed m", "Cancelled m[0]/a", "ScopeClosed m[0]", "Finished",
    ]  # fmt: skip


def test_two_failures_at_once_are_one_failure_of_the_map() -> None:
    """The second arrives while the execution is paused, so the map has not been asked in between."""
    play = Play(mapped(), {"items": [1, 2]})
    play.say(Pause())
    play.fail("m[0]/a", "first")
    play.fail("m[1]/a", "second")
    play.say(Resume())
    assert retold(play.said)[-2:] == ["Failed m", "Finished"]
    assert play.error["kind"] == "first"


@pytest.mark.parametrize("mode", ["fail", "null", "skip"])
def test_a_map_around_nothing_hands_its_items_on(mode: str) -> None:
    flow = drawing("start -> m", {"m": {"type": "map", "map_config": {"on_item_error": mode}}})
    play = acted(flow, {"items": [1, 2]})
    assert play.result[1]["total_iterations"] == 2
    assert play.result[1]["results"] == [1, 2]


def test_no_items_no_rounds() -> None:
    play = acted(mapped(), {"items": []}, {"a": Broke()})
    assert play.result == ("completed", summary([], []))


def test_a_list_that_is_too_long_fails_before_the_first_item() -> None:
    play = acted(mapped(max_items=2), {"items": [1, 2, 3]})
    assert play.error["kind"] == "loop_limit"
    assert play.error["message"] == "'m' received 3 items, more than its limit of 2."


def test_a_map_of_maps() -> None:
    flow = drawing("start -> m", {"m": "map", "inner": "map"}, inside={"m": "inner", "inner": "a"})
    play = acted(flow, {"items": [{"xs": [1, 2]}, {"xs": [3]}]}, {"a": lambda p: p.inputs["item"] * 10})
    assert [result["results"] for result in play.result[1]["results"]] == [[10, 20], [30]]

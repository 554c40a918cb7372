"""Parallel containers: all, any, n; with branches that fail, skip and lose."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from tests.engine.acting import Broke, acted
from tests.engine.drawings import drawing
from tests.engine.simulator import Play


def group(inside: str = "a b c", text: str = "start -> g -> end", **config: Any) -> Any:
    return drawing(text, {"g": {"type": "parallel", "parallel_config": config}}, inside={"g": inside})


# What branches do, in the order in which they do it: . completes, x fails. Then: does the group complete, and after
# how many of them is that certain?
TABLE = [
    ("all", 1, "...", "completed", 3),
    ("all", 1, "x..", "failed", 1),
    ("all", 1, "..x", "failed", 3),
    ("any", 1, "...", "completed", 1),
    ("any", 1, "x..", "completed", 2),
    ("any", 1, "xx.", "completed", 3),
    ("any", 1, "xxx", "failed", 3),
    ("n", 1, "x..", "completed", 2),
    ("n", 2, "...", "completed", 2),
    ("n", 2, ".x.", "completed", 3),
    ("n", 2, "x..", "completed", 3),
    ("n", 2, "xx.", "failed", 3),
    ("n", 2, ".xx", "failed", 3),
    ("n", 3, "...", "completed", 3),
    ("n", 3, "..x", "failed", 3),
    ("n", 9, "...", "completed", 3),  # more than there are means all
]


@pytest.mark.parametrize(("wait_for", "n", "branches", "status", "after"), TABLE)
def test_wait_for(wait_for: str, n: int, branches: str, status: str, after: int) -> None:
    for order in permutations("abc"):
        play = Play(group(wait_for=wait_for, n=n))
        for index, (name, does) in enumerate(zip(order, branches, strict=True)):
            if index >= after:
                break
            assert play.ledger.finished is None
            if does == "x":
                play.fail(f"g[0]/{name}", name)
            else:
                play.done(f"g[0]/{name}", name)
        assert play.result[0] == status
        if status == "failed":
            assert play.error["kind"] == order[branches.index("x")], "the first failure is the one that counts"
        play.check_state()


def test_the_result_of_all() -> None:
    play = acted(group(), {"x": 1}, {"a": 1, "b": lambda p: p.inputs})
    assert play.result == ("completed", {"a": 1, "b": {"x": 1}, "c": "c"})


def test_the_result_of_a_race_is_the_value_of_the_winner() -> None:
    play = Play(group(wait_for="any"), {})
    play.done("g[0]/b", "first")
    assert play.told == [
        "Completed g[0]/b", "Cancelled g[0]/a", "Cancelled g[0]/c", "ScopeClosed g[0]", "Completed g", "Started end",
        "Completed end", "Finished",
    ]  # fmt: skip
    assert play.result == ("completed", "first")


def test_the_result_of_a_quorum_is_the_values_by_node() -> None:
    play = Play(group(wait_for="n", n=2), {})
    play.done("g[0]/c", 3)
    play.done("g[0]/a", 1)
    assert play.result == ("completed", {"a": 1, "c": 3})


def test_only_last_nodes_win() -> None:
    flow = drawing("start -> g; a -> a2", {"g": {"type": "parallel", "parallel_config": {"wait_for": "any"}}},
                   inside={"g": "a a2 b"})  # fmt: skip
    play = Play(flow)
    play.done("g[0]/a")
    assert play.at_work == ["g[0]/b", "g[0]/a2"]
    play.done("g[0]/a2", "far")
    assert play.result == ("completed", "far")


def test_a_failure_that_was_handled_does_not_lose_the_race() -> None:
    flow = drawing("start -> g; a.error -> mend", {"g": {"type": "parallel", "parallel_config": {"wait_for": "any"}}},
                   inside={"g": "a mend b"})  # fmt: skip
    play = Play(flow)
    play.fail("g[0]/a")
    play.done("g[0]/mend", "mended")
    assert play.result == ("completed", "mended")


def test_a_race_that_everybody_skips_completes_with_nothing() -> None:
    group = {"type": "parallel", "parallel_config": {"wait_for": "any"}}
    flow = drawing("start -> g; a.error -> b; a.error -> c", {"g": group}, inside={"g": "a b c"})
    play = acted(flow)
    assert play.statuses == {
        "start": "completed", "g[0]/a": "completed", "g[0]/b": "skipped", "g[0]/c": "skipped", "g": "completed",
    }  # fmt: skip
    assert play.result == ("completed", None)


def test_a_won_race_in_a_failing_graph() -> None:
    """What a container in a race has opened is called off with it."""
    flow = drawing(
        "start -> g -> end",
        {"g": {"type": "parallel", "parallel_config": {"wait_for": "any"}}, "m": "map"},
        inside={"g": "quick m", "m": "deep"},
    )
    play = Play(flow, {"items": [1, 2]})
    play.done("g[0]/quick", 5)
    assert play.told[:3] == ["Completed g[0]/quick", "Cancelled g[0]/m", "Cancelled g[0]/m[0]/deep"]
    assert sorted(map(str, play.cancelled)) == ["g[0]/m[0]/deep", "g[0]/m[1]/deep"]
    assert play.result == ("completed", 5)


def test_a_group_of_nothing_completes() -> None:
    flow = drawing("start -> g -> end", {"g": "parallel"})
    play = Play(flow, {"x": 1})
    assert play.told[3:6] == ["Started g", "ScopeOpened g[0]", "ScopeClosed g[0]"]
    assert play.result == ("completed", None)


def test_a_group_waits_when_asked_again() -> None:
    play = Play(group(), {})
    play.recover()
    assert play.at_work == ["g[0]/a", "g[0]/b", "g[0]/c"]


def test_a_failing_branch_in_a_group_that_waits_for_all() -> None:
    play = acted(group(text="start -> g; g.error -> end"), {}, {"b": Broke()})
    assert play.statuses["g"] == "failed"
    assert play.statuses["g[0]/c"] == "cancelled"
    assert play.result[1]["error"]["node"] == "b"

"""Joins: when a node runs, is skipped or waits, for every state of up to three edges; and what a won race calls off."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from pointwork.engine import Plan
from tests.engine.acting import acted
from tests.engine.drawings import drawing
from tests.engine.simulator import Play

# L: a live edge, D: a dead one, ?: one that is not decided yet. Their order does not matter: all orders are played.
TABLE = """
edges  all   any   every  n=1   n=2   n=3
?      wait  wait  wait   wait  wait  wait
L      run   run   run    run   skip  skip
D      skip  skip  skip   skip  skip  skip
??     wait  wait  wait   wait  wait  wait
L?     wait  run   wait   run   wait  skip
D?     wait  wait  wait   wait  skip  skip
LL     run   run   run    run   run   skip
LD     run   run   skip   run   skip  skip
DD     skip  skip  skip   skip  skip  skip
???    wait  wait  wait   wait  wait  wait
L??    wait  run   wait   run   wait  wait
D??    wait  wait  wait   wait  wait  skip
LL?    wait  run   wait   run   run   wait
LD?    wait  run   wait   run   wait  skip
DD?    wait  wait  wait   wait  skip  skip
LLL    run   run   run    run   run   run
LLD    run   run   skip   run   run   skip
LDD    run   run   skip   run   skip  skip
DDD    skip  skip  skip   skip  skip  skip
"""


def rows() -> list[Any]:
    (_, *joins), *lines = [line.split() for line in TABLE.strip().splitlines()]
    return [
        pytest.param(edges, join, verdict, id=f"{edges}-{join}")
        for edges, *verdicts in lines
        for join, verdict in zip(joins, verdicts, strict=True)
    ]


@pytest.mark.parametrize(("edges", "join", "verdict"), rows())
def test_join(edges: str, join: str, verdict: str) -> None:
    kind, _, number = join.partition("=")
    for arrangement in sorted(set(permutations(edges))):
        # A dead edge is one for failures of a node that completes.
        text = "; ".join(f"s{i}{'.error' if edge == 'D' else ''} -> j" for i, edge in enumerate(arrangement))
        parts = {"join": kind, **({"join_n": int(number)} if number else {})}
        play = Play(drawing(text, {"j": parts}))
        for index, edge in enumerate(arrangement):
            if edge != "?":
                play.done(f"s{index}")
        seen = "run" if "j" in play.at_work else "skip" if play.statuses.get("j") == "skipped" else "wait"
        assert seen == verdict, arrangement
        play.check_state()


@pytest.mark.parametrize("join", ["all", "any", "every", "n"])
def test_without_edges_every_join_runs(join: str) -> None:
    assert acted(drawing("a", {"a": {"join": join, "join_n": 3}})).result == ("completed", "a")


@pytest.mark.parametrize("join", ["any", "n"])
def test_later_edges_change_nothing(join: str) -> None:
    play = Play(drawing("a -> j; b -> j; c -> j; j -> after", {"j": {"join": join}}))
    play.done("b", {"from": "b"})
    assert play.at_work == ["a", "c", "j"]
    assert play.inputs("j") == {"from": "b"}
    play.done("a")
    play.done("j")
    play.done("c")
    assert play.at_work == ["after"]
    play.done("after")
    assert play.statuses == dict.fromkeys(["b", "a", "j", "c", "after"], "completed")


def test_skipping_spreads_to_a_join_that_has_another_live_edge() -> None:
    flow = drawing("a.error -> b -> c -> j; a -> j; c -> strict; a -> strict", {"strict": {"join": "every"}})
    play = acted(flow)
    assert play.statuses == {
        "a": "completed", "b": "skipped", "c": "skipped", "strict": "skipped", "j": "completed",
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ losers


RACE = "start -> fast -> j; start -> slow -> slower -> j; slow -> aside; j -> end"


def test_a_won_race_calls_off_what_leads_only_to_it() -> None:
    play = Play(drawing("start -> fast -> j; start -> slow -> slower -> j; j -> end",
                        {"j": {"join": "any", "cancel_losers": True}}))  # fmt: skip
    play.done("fast", 1)
    assert play.told == ["Completed fast", "Started j", "Cancelled slow", "Cancelled slower"]
    assert [str(place) for place in play.cancelled] == ["slow"]
    assert play.at_work == ["j"]
    play.done("j", 2)
    assert play.result == ("completed", 2)


def test_what_leads_elsewhere_too_goes_on() -> None:
    play = Play(drawing(RACE, {"j": {"join": "any", "cancel_losers": True}}))
    play.done("fast")
    assert play.told == ["Completed fast", "Started j", "Cancelled slower"]
    play.done("slow")
    assert play.at_work == ["j", "aside"]


def test_a_quorum_calls_off_the_rest() -> None:
    flow = drawing("a -> j; b -> j; c -> j; d -> j", {"j": {"join": "n", "join_n": 2, "cancel_losers": True}})
    play = Play(flow)
    play.done("c", {"c": 1})
    play.done("b", {"b": 1})
    assert play.told == ["Completed b", "Started j", "Cancelled a", "Cancelled d"]
    assert play.inputs("j") == {"b": 1, "c": 1}


@pytest.mark.parametrize("join", ["all", "every"])
def test_joins_that_wait_for_all_call_off_nobody(join: str) -> None:
    plan = Play(drawing("a -> j; b -> j", {"j": {"join": join, "cancel_losers": True}}), begin=False).plan
    assert plan.nodes[2].losers == ()


def test_a_race_is_won_once_even_if_the_join_is_tried_again() -> None:
    flow = drawing(
        "start -> fast -> j; start -> slow -> j",
        {"j": {"join": "any", "cancel_losers": True, "retry": {"max_attempts": 2}}},
    )
    play = Play(flow)
    play.done("fast")
    play.fail("j")
    play.fire("j")
    assert play.told == ["Started j"]
    play.done("j")
    assert play.statuses == {
        "start": "completed", "fast": "completed", "slow": "cancelled", "j": "completed",
    }  # fmt: skip


def test_losers_in_a_container_are_called_off_with_all_inside() -> None:
    flow = drawing(
        "start -> fast -> j; start -> group -> j",
        {"group": "parallel", "j": {"join": "any", "cancel_losers": True}},
        inside={"group": "a b"},
    )
    play = Play(flow)
    play.done("fast")
    assert play.told == [
        "Completed fast", "Started j", "Cancelled group", "Cancelled group[0]/a", "Cancelled group[0]/b",
        "ScopeClosed group[0]",
    ]  # fmt: skip
    play.done("j")
    assert play.result == ("completed", "ok")


def test_a_join_that_was_skipped_has_called_off_nobody() -> None:
    flow = drawing(
        "a.error -> j; b.error -> j; a -> c; b -> c",
        {"j": {"join": "any", "cancel_losers": True}},
    )
    play = Play(flow)
    play.done("a")
    play.done("b")
    assert play.statuses["j"] == "skipped"
    assert play.at_work == ["c"]


def test_losers_that_had_not_been_called_off_are_after_a_crash() -> None:
    """The journal ends between the start of the join and the end of the losers."""
    flow = drawing("start -> fast -> j; start -> slow -> j", {"j": {"join": "any", "cancel_losers": True}})
    play = Play(flow)
    play.done("fast")
    cut = next(i for i, event in enumerate(play.events) if getattr(event, "node", "") == "j")
    play.recover(cut + 1)
    assert play.at_work == ["j"]
    assert play.statuses["slow"] == "cancelled"


# Drawing, who races (with `any`), and who is in which race.
RACES = [
    ("one", "a -> b -> j; c -> j", "j", {"a": "j", "b": "j", "c": "j"}),
    ("leads-out-too", "a -> j; a -> z; c -> j", "j", {"c": "j"}),
    ("two-in-a-row", "a -> j; b -> j; j -> k; c -> k", "j k", {"a": "j", "b": "j", "j": "k", "c": "k"}),
    ("to-both", "a -> j; a -> k; b -> j; c -> k", "j k", {"b": "j", "c": "k"}),
    ("to-both-and-then-to-one", "a -> j; a -> k; j -> m; k -> m; b -> j", "j k m",
     {"a": "m", "b": "j", "j": "m", "k": "m"}),
    ("to-both-and-then-to-one-or-out", "a -> j; a -> k; j -> m; k -> z; b -> m", "j k m", {"j": "m", "b": "m"}),
    ("past-one-to-the-next", "a -> j; a -> m; j -> m", "j m", {"a": "m", "j": "m"}),
    ("nobody-races", "a -> j; b -> j", "", {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "racing", "who"), [pytest.param(*row, id=name) for name, *row in RACES])
def test_who_is_in_which_race(text: str, racing: str, who: dict[str, str]) -> None:
    flow = drawing(text, {name: {"join": "any", "cancel_losers": True} for name in racing.split()})
    plan = Play(flow, begin=False).plan
    names = [node.id for node in plan.nodes]
    assert {node.id: names[node.race] for node in plan.nodes if node.race is not None} == who
    assert {names[loser]: node.id for node in plan.nodes for loser in node.losers} == who


def test_a_race_that_is_over_calls_off_the_races_before_it() -> None:
    racing = {"join": "any", "cancel_losers": True}
    flow = drawing("start -> a -> j; start -> b -> j; j -> k; start -> c -> k", {"j": racing, "k": racing})
    play = Play(flow)
    play.done("c")
    assert play.told[:2] == ["Completed c", "Started k"]
    assert sorted(play.told[2:]) == ["Cancelled a", "Cancelled b", "Cancelled j"]
    assert play.at_work == ["k"]
    play.check_state()


def test_who_waits_for_a_place_is_called_off_too() -> None:
    """`off` needs no handler and wins; `slow` had been waiting for a free place behind it."""
    flow = drawing(
        "start -> busy; start -> off -> j; start -> slow -> j",
        {"off": {"disabled": True}, "j": {"type": "parallel", "join": "any", "cancel_losers": True}},
        inside={"j": "inner"},
        limits={"max_parallel": 1},
    )
    play = Play(flow)
    play.done("busy")
    assert play.told == [
        "Completed busy", "Started off", "Completed off", "Started j", "Cancelled slow", "ScopeOpened j[0]",
        "Started j[0]/inner",
    ]  # fmt: skip
    play.check_state()


def test_a_plan_with_losers_survives_being_written() -> None:
    plan = Play(drawing(RACE, {"j": {"join": "any", "cancel_losers": True}}), begin=False).plan
    again = Plan.load(plan.dump())
    assert [(n.id, n.losers, n.race) for n in again.nodes] == [(n.id, n.losers, n.race) for n in plan.nodes]

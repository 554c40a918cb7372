"""Rewriting the values of a state is what folding rewritten events would have come to, at every point of a journal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pointwork.engine import Plan, State, fold
from pointwork.engine.rewrite import rewrite
from pointwork.engine.scope import Closed, Rounds, Scope
from pointwork.events import BreakpointsSet, Event
from tests.golden.regenerate import FOLDER, read_records

NAMES = sorted(path.stem for path in FOLDER.glob("*.jsonl"))
VALUES = ("inputs", "output", "result", "item", "request", "config", "error", "breakpoints")


def plan_of(name: str) -> Plan:
    return Plan.load((FOLDER / f"{name}.plan.json").read_bytes())


def events_of(name: str) -> list[Event]:
    return [record.event for record in read_records((FOLDER / f"{name}.jsonl").read_bytes())]


def shout(value: Any) -> Any:
    """Another value of the same kind wherever there is text."""
    if isinstance(value, str):
        return f"{value}!"
    if isinstance(value, list):
        return [shout(item) for item in value]
    if isinstance(value, dict):
        return {key: shout(item) for key, item in value.items()}
    return value


def shouted(event: Event) -> Event:
    found = {name: shout(getattr(event, name)) for name in VALUES if hasattr(event, name)}
    if isinstance(event, BreakpointsSet):  # by the names of nodes, which do not change
        found["breakpoints"] = [{**shout(one), "node": one["node"]} for one in event.breakpoints]
    return replace(event, **found)


def held(part: Any) -> Any:
    """All values that a part of a state holds, as plain data."""
    if isinstance(part, Scope):
        names = ("outputs", "received", "item", "inputs", "configs", "doomed", "lost", "rounds")
    elif isinstance(part, Closed):
        names = ("outputs", "received", "result", "rounds")
    elif isinstance(part, Rounds):
        names = ("items", "error", "results", "snapshots", "latest")
    elif isinstance(part, dict):
        return {str(key): held(value) for key, value in part.items()}
    elif isinstance(part, (list, tuple)):
        return [held(value) for value in part]
    else:
        return repr(part)
    return {name: held(getattr(part, name)) for name in names}


def values_of(state: State) -> Any:
    breakpoints = {node: [{**one, "node": node} for one in found] for node, found in state.breakpoints.items()}
    return [held(state.scopes), held(state.waiting), held(breakpoints)]


@pytest.mark.parametrize("name", NAMES)
def test_rewriting_is_folding_rewritten_events(name: str) -> None:
    plan = plan_of(name)
    events = events_of(name)
    for upto in range(len(events) + 1):
        state = fold(plan, events[:upto])
        rewrite(state, shout)
        assert values_of(state) == values_of(fold(plan, [shouted(event) for event in events[:upto]])), upto


@pytest.mark.parametrize("name", NAMES)
def test_what_does_not_change_stays_the_same_object(name: str) -> None:
    """Timers and waits know their request by identity."""
    plan = plan_of(name)
    events = events_of(name)
    for upto in range(len(events)):
        state = fold(plan, events[:upto])
        before = [*state.waiting.values(), *(output for s in state.scopes.values() for output in s.outputs)]
        rewrite(state, lambda value: value)
        after = [*state.waiting.values(), *(output for s in state.scopes.values() for output in s.outputs)]
        assert all(old is new for old, new in zip(before, after, strict=True))


def test_the_journals_hold_everything_that_a_state_can_hold() -> None:
    """Or the first test would prove too little."""
    found: set[str] = set()
    for name in NAMES:
        plan = plan_of(name)
        state = State(plan)
        for event in events_of(name):
            state.apply(event)
            found |= {"waiting"} if state.waiting else set()
            for scope in state.scopes.values():
                found |= {name for name in ("item", "inputs", "configs", "rounds") if getattr(scope, name)}
                for rounds in scope.rounds.values():
                    found |= {name for name in ("latest", "snapshots", "results") if getattr(rounds, name)}
    assert found >= {"waiting", "item", "inputs", "rounds", "latest", "snapshots", "results"}, found

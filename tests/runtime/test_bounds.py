"""What keeps one document from taking the machine: sizes of values; and clocks that many steps stop at once."""

from __future__ import annotations

import asyncio

import pytest

import pointwork
from pointwork.errors import TypeMismatch
from pointwork.runtime.limit import TimeLimit
from pointwork.runtime.values import MAX_BYTES, as_json
from pointwork.testing import VirtualClock


def test_a_value_has_a_largest_size() -> None:
    half = "x" * (MAX_BYTES // 2)
    assert as_json([half], "It") == [half]
    with pytest.raises(TypeMismatch, match="It of 'n' cannot be stored: it has 8 MiB"):
        as_json([half, half], "It", of="n")


async def test_a_value_that_doubles_each_round_ends_with_a_reason() -> None:
    previous = [{"name": name, "source_node": "l", "source_field": "previous"} for name in "ab"]
    config = {"loop_type": "while", "condition": "true", "max_iterations": 1_000}
    flow = {
        "nodes": [
            {"id": "l", "type": "loop", "loop_config": config},
            {"id": "double", "type": "tool", "parent": "l", "inputs": previous},
        ],
        "edges": [],
    }
    state = await pointwork.run(flow, {})
    assert state["status"] == "failed"
    assert state["error"].startswith("The output of 'double' cannot be stored: it has ")
    assert len(state["node_states"]["double"]["runs"]) < 25


async def test_steps_that_are_held_together_stop_one_clock() -> None:
    clock = VirtualClock()
    limit = TimeLimit(clock, 10.0)

    async def held(until: asyncio.Event) -> None:
        async with limit.standing_still():
            await until.wait()

    async def attempt() -> None:
        async with limit:
            events = [asyncio.Event(), asyncio.Event()]
            tasks = [asyncio.create_task(held(event)) for event in events]
            await asyncio.sleep(0)
            for event, task in zip(events, tasks, strict=True):
                clock.advance(100)  # nothing counts while any of them is held
                event.set()
                await task
            assert not limit.expired
            clock.advance(9)
            await asyncio.sleep(0)
            clock.advance(2)
            await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        await attempt()
    assert limit.expired

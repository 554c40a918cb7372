"""The pace of a replay, on a clock that the test holds."""

from __future__ import annotations

import asyncio

import pytest

from pointwork.errors import Unacceptable
from pointwork.runtime.pace import LONGEST_S, Pace, read_speed
from pointwork.testing import VirtualClock

NOON = 1_600_000_000_000_000
SECOND = 1_000_000


async def reaching(pace: Pace, at_us: int) -> asyncio.Task[None]:
    """Somebody who waits for the turn of a record."""
    task = asyncio.create_task(pace.reach(at_us))
    await asyncio.sleep(0)
    return task


@pytest.mark.parametrize(
    ("speed", "distance_s", "wait_s"),
    [(1, 1.5, 1.5), (4, 4, 1), (0.5, 0.5, 1), (1, 3_600, LONGEST_S), (0.001, 1, LONGEST_S), (1_000, 1, 0.001)],
)
async def test_distances_are_divided_by_the_speed(speed: float, distance_s: float, wait_s: float) -> None:
    clock = VirtualClock()
    pace = Pace(clock, speed)
    await pace.reach(NOON)  # at once
    task = await reaching(pace, NOON + round(distance_s * SECOND))
    assert clock.pending == [pytest.approx(wait_s)]
    assert not task.done()
    clock.advance(wait_s)
    await task
    assert clock.pending == []


async def test_time_that_has_passed_anyway_counts() -> None:
    """So what is live is not held back."""
    clock = VirtualClock()
    pace = Pace(clock, 2)
    pace.skip(NOON)
    clock.advance(0.25)
    task = await reaching(pace, NOON + SECOND)
    assert clock.pending == [0.25]
    clock.advance(5)
    await task
    await pace.reach(NOON + SECOND)  # of the same append
    clock.advance(1)
    await pace.reach(NOON + 2 * SECOND)
    await pace.reach(NOON)  # a clock was set back
    assert clock.pending == []


async def test_an_end_is_not_waited_for() -> None:
    clock = VirtualClock()
    pace = Pace(clock, 1)
    pace.skip(NOON)
    task = await reaching(pace, NOON + SECOND)
    pace.end()
    await task
    await pace.reach(NOON + 2 * SECOND)
    assert clock.pending == []


async def test_leaving_leaves_no_timer() -> None:
    clock = VirtualClock()
    pace = Pace(clock, 1)
    pace.skip(NOON)
    task = await reaching(pace, NOON + SECOND)
    task.cancel()
    await asyncio.wait([task])
    assert clock.pending == []


def test_what_time_it_is_in_the_replay() -> None:
    clock = VirtualClock()
    pace = Pace(clock, 4)
    assert pace.now_us() == clock.now_us()
    pace.skip(NOON)
    clock.advance(1)
    assert pace.now_us() == NOON + 4 * SECOND
    pace.skip(clock.now_us())  # live
    clock.advance(1)
    assert pace.now_us() == clock.now_us()


@pytest.mark.parametrize("text", ["", "fast", "-1", "nan", "inf", "1e9", "1001", "１０００１", "0x10", "1" * 5_000])
def test_what_is_no_speed(text: str) -> None:
    with pytest.raises(Unacceptable, match="is not a speed for a replay") as refused:
        read_speed(text)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("speed", [0, -1, float("nan"), float("inf"), 1_001])
def test_a_pace_needs_a_speed(speed: float) -> None:
    with pytest.raises(Unacceptable):
        Pace(VirtualClock(), speed)

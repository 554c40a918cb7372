"""Who runs and who waits, in the order in which they came, and within the memory of all of them."""

from __future__ import annotations

import asyncio

import pytest

from pointwork.sandbox.turns import AT_ONCE, MAX_QUEUE, SHARE_BYTES, Turns


class Calls:
    """Calls by their number: each runs until it is told to end."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.running: list[int] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.ends: list[asyncio.Event] = []

    async def begin(self, memory_bytes: int) -> int:
        number, end = len(self.tasks), asyncio.Event()

        async def call() -> None:
            async with self.turns.turn(memory_bytes):
                self.running.append(number)
                await end.wait()
                self.running.remove(number)

        self.ends.append(end)
        self.tasks.append(asyncio.create_task(call()))
        await self.settle()
        return number

    async def end(self, *numbers: int) -> None:
        for number in numbers:
            self.ends[number].set()
        await self.settle()

    async def settle(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)


@pytest.fixture
def calls() -> Calls:
    return Calls()


async def test_four_at_once_and_the_others_in_their_order(calls: Calls) -> None:
    numbers = [await calls.begin(1) for _ in range(AT_ONCE + 2)]
    assert calls.running == numbers[:AT_ONCE]
    await calls.end(numbers[1])
    assert calls.running == [0, 2, 3, 4]
    await calls.end(*numbers)
    assert calls.running == []


async def test_a_large_call_takes_the_place_of_several(calls: Calls) -> None:
    small = await calls.begin(SHARE_BYTES)
    large = await calls.begin(SHARE_BYTES * AT_ONCE)
    later = await calls.begin(SHARE_BYTES)
    assert calls.running == [small]  # nobody overtakes the large one, which would wait for ever
    await calls.end(small)
    assert calls.running == [large]
    await calls.end(large)
    assert calls.running == [later]
    await calls.end(later)
    larger = await calls.begin(SHARE_BYTES * 100)
    assert calls.running == [larger]
    await calls.end(larger)


async def test_who_gives_up_while_waiting_leaves_the_room_to_others(calls: Calls) -> None:
    small = await calls.begin(SHARE_BYTES)
    large = await calls.begin(SHARE_BYTES * AT_ONCE)
    later = await calls.begin(SHARE_BYTES)
    calls.tasks[large].cancel()
    await calls.settle()
    assert calls.running == [small, later]
    await calls.end(small, later)
    everything = await calls.begin(SHARE_BYTES * AT_ONCE)
    assert calls.running == [everything]
    await calls.end(everything)


async def test_so_many_wait_and_no_more(calls: Calls) -> None:
    for _ in range(AT_ONCE + MAX_QUEUE - 1):
        await calls.begin(1)
    assert not calls.turns.is_full
    await calls.begin(1)
    assert calls.turns.is_full
    await calls.end(0)
    assert not calls.turns.is_full
    await calls.end(*range(len(calls.tasks)))
    assert calls.running == []

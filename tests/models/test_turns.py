"""Places at a provider: never more at once than agreed, in order, and nobody is held up by who gave up."""

from __future__ import annotations

import asyncio
import random

import pytest

from pointwork.models.turns import Turns


class Watch:
    """How many are in, how many were at most, and who came when."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.inside = self.most = 0
        self.order: list[int] = []

    async def visit(self, number: int, leave: asyncio.Event) -> None:
        async with self.turns.turn():
            self.order.append(number)
            self.inside += 1
            self.most = max(self.most, self.inside)
            try:
                await leave.wait()
            finally:
                self.inside -= 1


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_first_come_first_served_and_never_too_many() -> None:
    watch, leave = Watch(Turns(3)), [asyncio.Event() for _ in range(20)]
    tasks = [asyncio.ensure_future(watch.visit(at, event)) for at, event in enumerate(leave)]
    for event in leave:
        await settle()
        event.set()
    await asyncio.gather(*tasks)
    assert watch.order == list(range(20))
    assert watch.most == 3


async def test_without_a_limit_all_go_in() -> None:
    watch, leave = Watch(Turns(None)), asyncio.Event()
    tasks = [asyncio.ensure_future(watch.visit(at, leave)) for at in range(50)]
    await settle()
    assert watch.inside == 50
    leave.set()
    await asyncio.gather(*tasks)


@pytest.mark.parametrize("seed", range(20))
async def test_giving_up_at_any_moment_loses_no_place(seed: int) -> None:
    chance = random.Random(seed)
    turns = Turns(2)
    watch, leave = Watch(turns), asyncio.Event()
    tasks = [asyncio.ensure_future(watch.visit(at, leave)) for at in range(30)]
    for task in chance.sample(tasks, 25):
        for _ in range(chance.randrange(3)):
            await asyncio.sleep(0)
        task.cancel()
    leave.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert watch.most <= 2
    assert watch.inside == 0
    async with asyncio.timeout(30), turns.turn(), turns.turn():
        pass  # both places are free again


def test_another_event_loop_has_places_of_its_own() -> None:
    turns = Turns(1)

    async def crowd() -> list[int]:
        watch, leave = Watch(turns), asyncio.Event()
        leave.set()
        await asyncio.gather(*(watch.visit(at, leave) for at in range(5)))
        return watch.order

    assert asyncio.run(crowd()) == asyncio.run(crowd()) == [0, 1, 2, 3, 4]

"""Watching: late, again, from anywhere, by many, by the slow: always the whole story and never a record twice."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from pointwork.errors import JournalError
from pointwork.runtime import hub
from tests.runtime.stage import Stage, flow, told


async def watched(stage: Stage, execution: str, *, after: int = 0) -> list[Any]:
    return [record async for page in stage.runtime.watch(execution, after=after) for record in page]


async def test_from_before_the_end_and_after_it(stage: Stage) -> None:
    execution = await stage.runtime.start(flow("start > a > b > end"), {})
    live = await watched(stage, execution)
    late = await watched(stage, execution)
    assert told(live) == await stage.told(execution)
    assert live == late == await stage.runtime.records(execution)


async def test_from_any_record_on(stage: Stage) -> None:
    execution = await stage.runtime.start(flow("start > a > end"), {})
    whole = await watched(stage, execution)
    for after in range(len(whole) + 1):
        assert await watched(stage, execution, after=after) == whole[after:]
    assert await watched(stage, execution, after=10_000) == []


async def test_whoever_has_seen_all_but_the_end_waits_for_it(stage: Stage) -> None:
    go = asyncio.Event()

    @stage.on("a")
    async def wait(ctx: Any, inputs: dict[str, Any]) -> Any:
        await go.wait()

    execution = await stage.runtime.start(flow("a"), {})
    await stage.until(execution, "NodeStarted a")
    watching = asyncio.create_task(watched(stage, execution, after=2))
    await stage.settle(execution)
    assert not watching.done()
    go.set()
    assert told(await watching) == ["NodeCompleted a", "ExecutionFinished completed"]


async def test_two_watchers_see_the_same(stage: Stage) -> None:
    workflow = flow("start > each > end", each={"type": "map"}, body={"parent": "each"})
    execution = await stage.runtime.start(workflow, {"items": list(range(50))})
    one, two = await asyncio.gather(watched(stage, execution), watched(stage, execution))
    assert one == two == await stage.runtime.records(execution)


async def test_a_slow_watcher_reads_pages_instead(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "MAX_RECORDS", 10)
    go = asyncio.Event()

    @stage.on("body")
    async def wait(ctx: Any, inputs: dict[str, Any]) -> Any:
        await go.wait()

    workflow = flow("start > each > end", each={"type": "loop"}, body={"parent": "each"})
    execution = await stage.runtime.start(workflow, {"items": list(range(60))})
    seen: list[Any] = []
    pages = 0
    async for page in stage.runtime.watch(execution):
        assert page
        seen += page
        pages += 1
        if told(page)[-1] == "NodeStarted each[0]/body":
            go.set()
            await stage.runtime.finished(execution)  # meanwhile everything happens
    assert seen == await stage.runtime.records(execution)
    assert pages < 10


async def test_records_that_come_while_a_slow_watcher_reads_are_not_forgotten(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed overflows, the watcher reads the journal, and the very last record comes before it is done reading."""
    monkeypatch.setattr(hub, "MAX_RECORDS", 3)
    first, last = asyncio.Event(), asyncio.Event()

    @stage.on("a")
    async def wait(ctx: Any, inputs: dict[str, Any]) -> Any:
        await first.wait()
        for n in range(10):
            ctx.log(str(n))
        await last.wait()

    execution = await stage.runtime.start(flow("a"), {})
    read = stage.journal.read
    reads = 0

    async def read_and_let_happen(*arguments: Any, **options: Any) -> Any:
        nonlocal reads
        page = await read(*arguments, **options)
        reads += 1
        if reads == 2:
            last.set()
            await stage.runtime.finished(execution)
        return page

    watcher = stage.runtime.watch(execution)
    monkeypatch.setattr(stage.journal, "read", read_and_let_happen)
    seen = list(await anext(watcher))
    first.set()
    while len(stage.runtime.hub._feeds[execution][0].records) or not stage.runtime.hub._feeds[execution][0].behind:
        await asyncio.sleep(0)
    seen += [record async for page in watcher for record in page]
    monkeypatch.undo()
    assert seen == await stage.runtime.records(execution)


async def test_a_watcher_that_leaves_costs_nothing(stage: Stage) -> None:
    execution = await stage.runtime.start(
        flow("start > ask", ask={"type": "human", "human_config": {"question": "?"}}), {}
    )
    for _ in range(100):
        watcher = stage.runtime.watch(execution)
        await anext(watcher)
        await watcher.aclose()
    assert not stage.runtime.hub._feeds
    assert stage.runtime.hub._stop is None


async def test_closing_ends_the_watching(stage: Stage) -> None:
    execution = await stage.runtime.start(
        flow("start > ask", ask={"type": "human", "human_config": {"question": "?"}}), {}
    )
    watching = asyncio.create_task(watched(stage, execution))
    await stage.settle(execution)
    await stage.runtime.close()
    with pytest.raises(JournalError):
        await watching


async def test_an_execution_of_another_process_is_live_too(processes: Any) -> None:
    go = asyncio.Event()
    one, two = await processes.begin(), await processes.begin()

    @one.on("a")
    async def wait(ctx: Any, inputs: dict[str, Any]) -> Any:
        await go.wait()

    execution = await one.runtime.start(flow("start > a > end"), {})
    await two.until(execution, "NodeStarted a")
    watching = asyncio.create_task(watched(two, execution))
    go.set()
    assert await watching == await one.runtime.records(execution)
    assert await watched(two, execution, after=8) == []


async def test_a_watcher_goes_on_when_its_process_takes_the_execution_over(processes: Any) -> None:
    """From polling to live without a gap, although what goes on here writes nothing at first."""
    one, two = await processes.begin(), await processes.begin()
    ask = {"type": "human", "human_config": {"question": "?"}}
    execution = await one.runtime.start(flow("start > ask > end", ask=ask), {})
    await one.rest(execution)
    watching = asyncio.create_task(watched(two, execution))
    await two.settle(execution)
    await processes.end(one)
    processes.clock.advance(2)
    while execution not in two.runtime.drivers:
        await two.settle(execution)
    from pointwork.commands import Answered

    await two.runtime.send(execution, Answered("ask", "yes"))
    assert await watching == await two.runtime.records(execution)


async def test_a_thousand_runs_seen_by_one_who_stays_and_one_who_comes_and_goes(stage: Stage) -> None:
    """Random runs of random speed; the restless watcher goes on from the last record that it saw."""
    chance = random.Random(7)

    @stage.on("a", "b", "c")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        for _ in range(chance.randrange(4)):
            chance.choice((lambda: ctx.log("line"), lambda: ctx.stream("text ")))()
            if chance.random() < 0.5:
                await asyncio.sleep(0)

    async def restless(execution: str) -> list[Any]:
        seen: list[Any] = []
        while True:
            patience = chance.randrange(1, 5)
            watcher = stage.runtime.watch(execution, after=seen[-1].seq if seen else 0)
            async for page in watcher:
                seen += page[: chance.randrange(1, len(page) + 1)]
                patience -= 1
                if not patience or seen[-1] is not page[-1]:
                    break
            else:
                return seen
            await watcher.aclose()

    workflows = [
        flow("start > a > b > end, start > c > end"),
        flow("start > each > end", each={"type": "map"}, a={"parent": "each"}, b={"parent": "each"}),
        flow("a > b > c", a={"retry": {"max_attempts": 2}}),
    ]

    async def one_run() -> None:
        execution = await stage.runtime.start(chance.choice(workflows), {"items": [1, 2, 3]})
        patient, hurried = await asyncio.gather(watched(stage, execution), restless(execution))
        assert patient == hurried == await stage.runtime.records(execution)
        assert [record.seq for record in patient] == list(range(1, len(patient) + 1))

    for _ in range(20):
        await asyncio.gather(*(one_run() for _ in range(50)))
    assert not stage.runtime.hub._feeds

"""Opening and closing: any number of times, in any number of event loops, whatever is going on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from pointwork.commands import Answered, Pause
from pointwork.db import Owners as Locks
from pointwork.errors import Conflict, JournalError
from pointwork.journal.sqlite import SqliteJournal
from pointwork.nodes import builtin_registry
from pointwork.runtime import Runtime, SystemClock
from tests.runtime.conftest import Processes
from tests.runtime.stage import Owner, Owners, Stage, flow

ASK = {"type": "human", "human_config": {"question": "?"}}


def on_disk(folder: Path) -> Runtime:
    """As a server has it."""
    journal = SqliteJournal(folder / "pointwork.db")
    return Runtime(journal=journal, registry=builtin_registry(), owners=Locks(folder / "owners"))


def test_two_event_loops_one_after_the_other(tmp_path: Path) -> None:
    """As scripts do that call `asyncio.run` twice."""
    workflow = flow("start > ask > end", ask=ASK)

    async def begin() -> str:
        runtime = Runtime(
            journal=SqliteJournal(tmp_path / "pointwork.db"),
            registry=builtin_registry(),
            owners=Locks(tmp_path / "owners"),
        )
        await runtime.open()
        execution = await runtime.start(workflow, {})
        assert await runtime.finished(execution)
        await runtime.close()
        return execution

    async def go_on(execution: str) -> Any:
        runtime = Runtime(
            journal=SqliteJournal(tmp_path / "pointwork.db"),
            registry=builtin_registry(),
            owners=Locks(tmp_path / "owners"),
        )
        await runtime.open()
        await runtime.send(execution, Answered("ask", "yes"))
        assert await runtime.finished(execution)
        state = await runtime.state(execution)
        await runtime.close()
        return state["result"]

    assert asyncio.run(go_on(asyncio.run(begin()))) == "yes"


def test_the_same_runtime_in_two_event_loops(tmp_path: Path) -> None:
    runtime = on_disk(tmp_path)

    async def once() -> list[str]:
        await runtime.open()
        execution = await runtime.start(flow("start > end"), {"n": 1})
        seen = [record.event.type async for page in runtime.watch(execution) for record in page]
        await runtime.close()
        return seen

    assert asyncio.run(once()) == asyncio.run(once())
    assert list((tmp_path / "owners").iterdir()) == []


def test_a_loop_that_ends_without_closing_leaves_the_execution_as_it_was(tmp_path: Path) -> None:
    """Its tasks are cancelled by the loop; that is no failure of the nodes and must not be stored as one."""
    path = tmp_path / "pointwork.db"

    async def abandon() -> str:
        stage = Stage(SqliteJournal(path), owners=Owners(), clock=SystemClock())  # type: ignore[arg-type]

        @stage.on("a")
        async def hang(ctx: Any, inputs: dict[str, Any]) -> Any:
            await asyncio.Event().wait()

        await stage.runtime.open()
        execution = await stage.runtime.start(flow("start > a > b"), {})
        await stage.until(execution, "NodeStarted a")
        await stage.settle(execution)
        return execution

    async def look(execution: str) -> list[str]:
        stage = Stage(SqliteJournal(path))
        await stage.runtime.open()
        lines = await stage.told(execution)
        await stage.runtime.close()
        return lines

    lines = asyncio.run(look(asyncio.run(abandon())))
    assert lines[-1] == "NodeStarted a"


async def test_closing_while_handlers_run_leaves_them_to_the_next_process(processes: Processes) -> None:
    cleared_up: list[str] = []
    stage = await processes.begin()

    @stage.on("a", "b")
    async def hang(ctx: Any, inputs: dict[str, Any]) -> Any:
        ctx.stream("half a ")
        ctx.stream("sentence")
        try:
            await asyncio.Event().wait()
        finally:
            cleared_up.append(ctx.activation.node)
            ctx.log("I was cut off")  # nobody will read it

    execution = await stage.runtime.start(flow("start > a > end, start > b > end, start > later > end", later={
        "type": "delay", "delay_config": {"seconds": 50},
    }), {})  # fmt: skip
    await stage.until(execution, "NodeStarted b")
    await stage.settle(execution)
    await processes.end(stage)
    assert sorted(cleared_up) == ["a", "b"]
    assert processes.clock.pending == []
    second = await processes.begin()
    lines = await second.told(execution)
    assert not [line for line in lines if line.startswith(("NodeCancelled", "LogWritten"))]
    await second.settle(execution)
    processes.clock.advance(50)
    assert (await second.rest(execution))["status"] == "completed"
    assert sorted(second.ran) == ["a#2", "b#2"]


async def test_closing_stores_what_is_queued(processes: Processes) -> None:
    stage = await processes.begin()
    execution = await stage.runtime.start(flow("start > a > b > ask", ask=ASK), {})
    await stage.until(execution, "NodeStarted a")
    await processes.end(stage)
    second = await processes.begin()
    assert (await second.rest(execution))["status"] == "waiting"
    assert second.ran in ([], ["a#2", "b#1"], ["b#1"], ["b#2"])


async def test_closing_twice_and_opening_again(stage: Stage) -> None:
    execution = await stage.runtime.start(flow("start > ask", ask=ASK), {})
    await stage.rest(execution)
    await stage.runtime.close()
    await stage.runtime.close()
    await stage.runtime.open()
    assert (await stage.rest(execution))["status"] == "waiting"
    await stage.runtime.send(execution, Answered("ask", "yes"))
    assert (await stage.rest(execution))["status"] == "completed"


async def test_whoever_waits_for_an_execution_is_told_when_the_process_closes(tmp_path: Path) -> None:
    stage = Stage(SqliteJournal(tmp_path / "pointwork.db"), owners=Owners())

    @stage.on("a")
    async def hang(ctx: Any, inputs: dict[str, Any]) -> Any:
        await asyncio.Event().wait()

    await stage.runtime.open()
    execution = await stage.runtime.start(flow("a"), {})
    waiting = asyncio.create_task(stage.runtime.finished(execution))
    await stage.settle(execution)
    await stage.runtime.close()
    assert await waiting is False
    with pytest.raises(JournalError, match="not open"):
        await stage.runtime.start(flow("a"), {})
    with pytest.raises(JournalError, match="not open"):
        await stage.runtime.send(execution, Pause())


async def test_waiting_at_most_so_long(stage: Stage) -> None:
    @stage.on("a")
    async def hang(ctx: Any, inputs: dict[str, Any]) -> Any:
        await asyncio.Event().wait()

    execution = await stage.runtime.start(flow("a"), {})
    assert await stage.runtime.finished(execution, timeout_s=0) is False


async def test_an_opening_that_fails_leaves_nothing_open(tmp_path: Path, loop_errors: list[Any]) -> None:
    class Broken(Owner):
        def is_alive(self, owner: str) -> bool:
            raise Conflict("The folder of owners is gone.")

    path = tmp_path / "pointwork.db"
    owners = Owners()
    first = Stage(SqliteJournal(path), owners=owners)
    await first.runtime.open()
    execution = await first.runtime.start(flow("start > ask", ask=ASK), {})
    await first.rest(execution)
    await first.runtime.close()
    second = Stage(SqliteJournal(path), owners=owners)
    second.runtime._owners = second.runtime._recovery.owners = broken = Broken(owners)
    with pytest.raises(Conflict, match="owners is gone"):
        await second.runtime.open()
    assert broken.name not in owners.alive
    with pytest.raises(JournalError, match="not open"):
        await second.journal.rows()


async def test_whoever_does_not_adopt_leaves_the_others_alone(processes: Processes) -> None:
    first = await processes.begin()
    execution = await first.runtime.start(flow("start > ask", ask=ASK), {})
    await first.rest(execution)
    await processes.end(first)
    passing = Stage(processes.journal(), owners=processes.owners, clock=processes.clock)
    await passing.runtime.open(adopt=False)
    processes.clock.advance(10)
    await passing.settle(execution)
    assert not passing.runtime.drivers
    await passing.runtime.close()
    second = await processes.begin()
    assert execution in second.runtime.drivers

"""When the journal refuses: nothing goes on unsaved, nothing is shown that is not stored, and it goes on by itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from typing import Any

import pytest

from pointwork.commands import Answered, Pause
from pointwork.errors import Conflict, JournalError
from pointwork.journal.sqlite import SqliteJournal
from pointwork.testing import FaultyJournal
from tests.runtime.stage import Owners, Stage, flow, told

LONG = flow("start > a > b > each > c > end", each={"type": "map"}, body={"parent": "each"})
INPUTS: dict[str, Any] = {"items": [1, 2, 3]}
ASK = {"type": "human", "human_config": {"question": "?"}}


@pytest.fixture(params=["at once", "later"])
async def faulty(request: pytest.FixtureRequest, journal: Any) -> AsyncIterator[Stage]:
    """A stage on a journal that can be told to fail, by raising at once or when its answer is awaited."""
    made = Stage(FaultyJournal(journal, at_once=request.param == "at once"), owners=Owners())
    await made.runtime.open()
    yield made
    made.journal.free()
    await made.runtime.close()


async def going_on(stage: Stage, execution: str) -> dict[str, Any]:
    """Let time pass until it has come to rest."""
    for _ in range(500):
        driver = stage.runtime.drivers.get(execution)
        if driver is None or not (driver.closed or driver.status == "running"):
            return await stage.rest(execution)
        await stage.settle(execution)
        stage.clock.advance(0.5)
    raise AssertionError(f"It has not come to rest: {await stage.told(execution)}")


def ends(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith(("NodeCompleted", "NodeFailed a", "NodeFailed b"))]


@pytest.mark.parametrize("at", range(2, 10))
async def test_one_refusal_anywhere_delays_and_harms_nothing(faulty: Stage, at: int) -> None:
    journal: Any = faulty.journal
    journal.fail(at=at)
    execution = await faulty.runtime.start(LONG, INPUTS)
    state = await going_on(faulty, execution)
    assert (state["status"], state["result"]) == ("completed", {"items": [1, 2, 3]} | state["result"])
    lines = await faulty.told(execution)
    assert journal.refused
    assert len(ends(lines)) == len(set(ends(lines)))
    records = await faulty.runtime.records(execution)
    assert [record.seq for record in records] == list(range(1, len(records) + 1))
    # Whatever had ended, as far as anybody could know, was not begun again.
    begun = [line for line in lines if line.startswith("NodeStarted")]
    assert len(begun) == len(set(begun))


async def test_a_start_that_is_refused_leaves_nothing_and_can_be_repeated(faulty: Stage) -> None:
    journal: Any = faulty.journal
    journal.fill()
    for _ in range(2):
        with pytest.raises(JournalError, match="full"):
            await faulty.runtime.start(LONG, INPUTS, execution_id="mine")
        assert not faulty.runtime.drivers
        assert await journal.rows() == []
    journal.free()
    await faulty.runtime.start(LONG, INPUTS, execution_id="mine")
    assert (await faulty.rest("mine"))["status"] == "completed"
    assert faulty.ran.count("a#1") == 1


async def test_while_the_disk_is_full_nothing_happens_and_then_it_goes_on(faulty: Stage) -> None:
    journal: Any = faulty.journal
    shown: list[str] = []

    @faulty.on("a")
    async def fill(ctx: Any, inputs: dict[str, Any]) -> Any:
        if ctx.attempt == 1:
            journal.fill()
        return inputs

    async def watch() -> None:
        async for page in faulty.runtime.watch(execution):
            shown.extend(told(page))

    execution = await faulty.runtime.start(LONG, INPUTS)
    watching = asyncio.create_task(watch())
    finishing = asyncio.create_task(faulty.runtime.finished(execution))
    await journal.full()
    for _ in range(6):
        await faulty.settle(execution)
        faulty.clock.advance(10)
    assert shown == ["ExecutionStarted", "NodeStarted start", "NodeCompleted start", "NodeStarted a"]
    assert faulty.ran == ["a#1"]
    assert not finishing.done()
    assert (await faulty.runtime.state(execution))["status"] == "running"
    with pytest.raises(JournalError, match="cannot be stored now"):
        await faulty.runtime.send(execution, Pause())
    journal.free()
    state = await going_on(faulty, execution)
    assert await finishing
    await watching
    assert shown == await faulty.told(execution)
    # What `a` had come to was never stored, so it ran again; as the interrupted handler that it was.
    assert (state["status"], faulty.ran[:3]) == ("completed", ["a#1", "a#2", "b#1"])
    assert "NodeFailed a interrupted again" in shown


async def test_attempts_to_go_on_become_rarer(faulty: Stage) -> None:
    journal: Any = faulty.journal

    @faulty.on("a")
    async def fill(ctx: Any, inputs: dict[str, Any]) -> Any:
        journal.fill()

    execution = await faulty.runtime.start(flow("a > b"), {})
    await journal.full()
    await faulty.settle(execution)
    tried: list[int] = []
    for _ in range(120):
        before = journal.refused
        faulty.clock.advance(1)
        await faulty.settle(execution)
        tried.append(journal.refused - before)
    assert sum(map(bool, tried[:20])) <= 6
    assert 2 <= sum(map(bool, tried[60:])) <= 3


async def test_a_step_that_cannot_be_stored_beforehand_is_not_done(faulty: Stage) -> None:
    journal: Any = faulty.journal
    done: list[str] = []

    @faulty.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        async def step(name: str) -> str:
            done.append(f"{name}#{ctx.attempt}")
            return name

        await ctx.step("one", lambda: step("one"))
        if ctx.attempt == 1:
            await faulty.settle(ctx.execution_id)
            journal.fill()
        return await ctx.step("two", lambda: step("two"))

    execution = await faulty.runtime.start(flow("a"), {})
    await journal.full()
    for _ in range(3):
        await faulty.settle(execution)
        faulty.clock.advance(10)
    assert done == ["one#1"]
    journal.free()
    assert (await going_on(faulty, execution))["result"] == "two"
    assert done == ["one#1", "two#2"]


async def test_a_handler_that_takes_no_for_an_answer_does_no_step_either(faulty: Stage) -> None:
    """It swallows every error; what it does after the journal refused is in vain, but does no harm."""
    journal: Any = faulty.journal
    done: list[str] = []

    @faulty.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        async def step() -> None:
            done.append(f"#{ctx.attempt}")

        if ctx.attempt == 1:
            journal.fill()
            for _ in range(5):
                try:
                    await ctx.step("one", step)
                except BaseException:
                    await asyncio.sleep(0)
            return "made up"
        await ctx.step("one", step)
        return "true"

    execution = await faulty.runtime.start(flow("a"), {})
    await journal.full()
    await faulty.settle(execution)
    assert done == []
    journal.free()
    assert (await going_on(faulty, execution))["result"] == "true"
    assert done == ["#2"]


async def test_lines_and_text_that_cannot_be_stored_stop_the_handler(faulty: Stage) -> None:
    journal: Any = faulty.journal

    @faulty.on("a")
    async def chat(ctx: Any, inputs: dict[str, Any]) -> Any:
        if ctx.attempt == 1:
            journal.fill()
            ctx.stream("lost")
        ctx.log(f"line {ctx.attempt}")
        return "said"

    execution = await faulty.runtime.start(flow("a"), {})
    await journal.full()
    await faulty.settle(execution)
    journal.free()
    assert (await going_on(faulty, execution))["result"] == "said"
    assert [line for line in await faulty.told(execution) if "Log" in line or "Text" in line] == [
        "LogWritten a 'line 2'"
    ]


async def test_a_command_that_is_refused_is_not_obeyed(faulty: Stage) -> None:
    journal: Any = faulty.journal
    execution = await faulty.runtime.start(flow("start > ask > b", ask=ASK), {})
    await faulty.rest(execution)
    before = await faulty.told(execution)
    journal.fill()
    with pytest.raises(JournalError):
        await faulty.runtime.send(execution, Answered("ask", "lost"))
    await faulty.settle(execution)
    assert (await faulty.told(execution), faulty.ran) == (before, [])
    journal.free()
    state = await going_on(faulty, execution)
    assert (state["status"], state["waiting"][0]["node"]) == ("waiting", "ask")
    await faulty.runtime.send(execution, Answered("ask", "heard"))
    assert (await faulty.rest(execution))["result"] == {"output": "heard"}


async def test_timers_that_fire_while_the_disk_is_full_fire_again(faulty: Stage) -> None:
    journal: Any = faulty.journal
    delay = {"type": "delay", "delay_config": {"seconds": 60}}
    execution = await faulty.runtime.start(flow("start > later > b", later=delay), {"x": 1})
    await faulty.rest(execution)
    journal.fill()
    for _ in range(3):
        faulty.clock.advance(60)
        await faulty.settle(execution)
    assert faulty.ran == []
    journal.free()
    for _ in range(70):
        faulty.clock.advance(1)
        await faulty.settle(execution)
    state = await faulty.rest(execution)
    assert (state["status"], state["result"], faulty.ran) == ("completed", {"x": 1}, ["b#1"])


async def test_when_somebody_else_goes_on_with_it_this_process_gives_up(faulty: Stage) -> None:
    journal: Any = faulty.journal
    faulty.owners.alive.add("other")
    cancelled: list[str] = []
    claimed = asyncio.Event()

    @faulty.on("a")
    async def overtaken(ctx: Any, inputs: dict[str, Any]) -> Any:
        await journal.journal.claim(ctx.execution_id, owner="other", was=faulty.runtime.owner)
        journal.conflict(at=journal.appends + 1)
        claimed.set()
        return "mine"

    @faulty.on("c")
    async def long(ctx: Any, inputs: dict[str, Any]) -> Any:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append("c")

    execution = await faulty.runtime.start(flow("start > a > b, start > c"), {})
    await claimed.wait()
    for _ in range(4):
        await faulty.settle(execution)
        faulty.clock.advance(1)
    await faulty.settle(execution)
    assert execution not in faulty.runtime.drivers
    assert "b#1" not in faulty.ran
    assert cancelled == (["c"] if "c#1" in faulty.ran else [])
    assert "NodeCompleted a" not in await faulty.told(execution)
    with pytest.raises(Conflict, match="another process"):
        await faulty.runtime.send(execution, Pause())


async def test_a_conflict_with_nobody_is_read_again(faulty: Stage) -> None:
    journal: Any = faulty.journal
    journal.conflict(at=3)
    execution = await faulty.runtime.start(flow("start > a > b"), {})
    assert (await going_on(faulty, execution))["status"] == "completed"


@pytest.mark.parametrize("held_at", ["a", "b"])
async def test_effects_wait_until_what_led_to_them_is_stored(faulty: Stage, held_at: str) -> None:
    journal: Any = faulty.journal

    @faulty.on(held_at)
    async def hold(ctx: Any, inputs: dict[str, Any]) -> Any:
        journal.hold()
        return inputs

    execution = await faulty.runtime.start(flow("start > a > b > c > end"), {})
    after = {"a": ["a#1"], "b": ["a#1", "b#1"]}[held_at]
    await journal.holding()
    await faulty.settle(execution)
    assert faulty.ran == after
    assert (await faulty.told(execution))[-1] == f"NodeStarted {held_at}"
    journal.release()
    assert (await faulty.rest(execution))["status"] == "completed"


async def test_without_owners_it_goes_on_too(journal: Any) -> None:
    stage = Stage(FaultyJournal(journal))
    await stage.runtime.open()
    faulty: Any = stage.journal
    faulty.fail(at=3)
    execution = await stage.runtime.start(flow("start > a > b"), {})
    assert (await going_on(stage, execution))["status"] == "completed"
    await stage.runtime.close()


async def test_a_decision_that_cannot_be_stored_ends_the_execution(faulty: Stage, monkeypatch: Any) -> None:
    """Say the engine puts values together that are too deep to be written: it would do so again and again."""
    journal: Any = faulty.journal
    real = journal.journal.append

    def refuse(execution_id: str, events: Any, **options: Any) -> Any:
        from pointwork.errors import Unacceptable

        if any(event.type == "NodeStarted" and event.node == "b" for event in events):
            raise Unacceptable("NodeStarted of node 'b' cannot be stored.")
        return real(execution_id, events, **options)

    monkeypatch.setattr(journal.journal, "append", refuse)
    execution = await faulty.runtime.start(flow("start > a > b > c"), {})
    state = await going_on(faulty, execution)
    assert (state["status"], faulty.ran) == ("failed", ["a#1"])
    assert "NodeStarted of node 'b' cannot be stored." in state["error"]


async def test_a_mistake_of_ours_ends_the_execution_and_nothing_else(
    faulty: Stage, monkeypatch: Any, loop_errors: list[Any]
) -> None:
    from pointwork.engine import scheduler

    real = scheduler.Scheduler._begin

    def begin(self: Any, scope: Any, node: Any) -> None:
        if node.id == "cursed":
            raise ZeroDivisionError("a bug")
        real(self, scope, node)

    monkeypatch.setattr(scheduler.Scheduler, "_begin", begin)
    good = await faulty.runtime.start(flow("start > ask > b", ask=ASK), {})
    await faulty.rest(good)
    execution = await faulty.runtime.start(flow("start > a > cursed > c"), {})
    state = await going_on(faulty, execution)
    assert (state["status"], state["error"]) == ("failed", "ZeroDivisionError: a bug")
    await faulty.runtime.send(good, Answered("ask", "yes"))
    assert (await faulty.rest(good))["status"] == "completed"
    assert {type(context["exception"]) for context in loop_errors} <= {ZeroDivisionError}
    loop_errors.clear()


async def test_closing_while_the_journal_refuses_leaves_nothing_behind(faulty: Stage) -> None:
    journal: Any = faulty.journal

    @faulty.on("a")
    async def hang(ctx: Any, inputs: dict[str, Any]) -> Any:
        try:
            await asyncio.Event().wait()
        finally:
            ctx.log("the last words")

    executions = [await faulty.runtime.start(flow("start > a > b"), {}) for _ in range(5)]
    for execution in executions:
        await faulty.until(execution, "NodeStarted a")
        await faulty.settle(execution)
    journal.fill()
    pausing = [asyncio.create_task(faulty.runtime.send(execution, Pause())) for execution in executions]
    await asyncio.sleep(0)
    await faulty.runtime.close()
    assert all(isinstance(error, JournalError) for error in await asyncio.gather(*pausing, return_exceptions=True))


# ------------------------------------------------------------------------------------------ a real database


@pytest.fixture
async def on_disk(tmp_path: Any, loop_errors: list[Any]) -> AsyncIterator[Stage]:
    made = Stage(SqliteJournal(tmp_path / "pointwork.db", busy_timeout_s=0.05), owners=Owners())
    await made.runtime.open()
    yield made
    await made.runtime.close()


async def test_a_full_database_and_then_space_again(on_disk: Stage) -> None:
    """The limit of the writer's own connection stands for the end of the disk."""
    writer = on_disk.journal._committer._writer
    pages = [1_000_000]
    connect = writer._open

    def limited() -> Any:
        connection = connect()
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")  # 1: no more than there are
        return connection

    writer._open = limited

    @on_disk.on("a")
    async def fill(ctx: Any, inputs: dict[str, Any]) -> Any:
        if ctx.attempt == 1:
            pages[0] = 1
        return "x" * 30_000

    execution = await on_disk.runtime.start(flow("start > a > b"), {})
    for _ in range(4):
        await on_disk.settle(execution)
        on_disk.clock.advance(5)
    assert on_disk.ran[0] == "a#1"
    assert "b#1" not in on_disk.ran
    assert (await on_disk.journal.health())["ok"] is False
    pages[0] = 1_000_000
    state = await going_on(on_disk, execution)
    assert (state["status"], on_disk.ran[-1]) == ("completed", "b#1")
    assert (await on_disk.journal.health())["ok"] is True


async def test_a_locked_database_and_then_an_open_one(on_disk: Stage) -> None:
    locks: list[sqlite3.Connection] = []

    @on_disk.on("a")
    async def lock(ctx: Any, inputs: dict[str, Any]) -> Any:
        if ctx.attempt == 1:
            other = sqlite3.connect(on_disk.journal.path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            locks.append(other)
        return "x"

    execution = await on_disk.runtime.start(flow("start > a > b"), {})
    while (await on_disk.journal.health())["ok"]:
        await on_disk.settle(execution)
    assert on_disk.ran == ["a#1"]
    locks[0].execute("ROLLBACK")
    locks[0].close()
    state = await going_on(on_disk, execution)
    assert (state["status"], on_disk.ran) == ("completed", ["a#1", "a#2", "b#1"])

"""Following: how Ctrl-C, time, questions and the end of an execution become an exit code."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from pointwork.cli.command import Exit
from pointwork.cli.display import Quiet
from pointwork.cli.following import Following
from pointwork.cli.progress import NodeRun, Progress
from pointwork.commands import Answered, CancelExecution, Pause, Resume
from pointwork.engine.view import Status
from pointwork.errors import PointworkError
from pointwork.events import Record
from pointwork.journal.memory import MemoryJournal
from pointwork.nodes import builtin_registry
from pointwork.runtime import Runtime
from pointwork.runtime.pace import Pace
from pointwork.testing import VirtualClock
from pointwork.tools import ToolRegistry
from pointwork.workflow import JsonObject, Workflow
from tests.cli.stage import ADD, ASK, FAIL, WAIT, document

BOTH = document(
    "Both",
    {"id": "start", "type": "start"},
    {"id": "ok", "type": "human", "human_config": {"question": "Shall it go out?"}},
    {"id": "nap", "type": "delay", "delay_config": {"seconds": 86_400}},
    edges=["start -> ok", "start -> nap"],
)


@pytest.fixture
async def runtime() -> AsyncIterator[Runtime]:
    resources: dict[type, object] = {ToolRegistry: ToolRegistry()}
    made = Runtime(journal=MemoryJournal(), registry=builtin_registry(), resources=resources)
    await made.open()
    yield made
    await made.close()


class Told(Quiet):
    """Calls back when a node begins to wait or to work."""

    def __init__(self, seen: Callable[[Record], None] = lambda record: None) -> None:
        self.seen = seen
        self.calls: list[str] = []

    def take(self, record: Record, run: NodeRun | None) -> None:
        self.seen(record)

    def pause(self) -> None:
        self.calls.append("pause")

    def resume(self) -> None:
        self.calls.append("resume")

    def close(self) -> None:
        self.calls.append("close")


async def following(runtime: Runtime, flow: JsonObject, display: Told | None = None, **options: Any) -> Following:
    workflow = Workflow.load(flow)
    progress = Progress((await runtime.compiled(workflow)).plan)
    execution_id = await runtime.start(workflow, {})
    return Following(runtime, execution_id, progress=progress, display=display or Told(), **options)


@pytest.mark.parametrize(
    ("flow", "code"),
    [(ADD, Exit.OK), (FAIL, Exit.FAILED), (ASK, Exit.WAITING)],
    ids=["completed", "failed", "waits for a person"],
)
async def test_ends(runtime: Runtime, flow: JsonObject, code: Exit) -> None:
    display = Told()
    assert await (await following(runtime, flow, display)).follow() is code
    assert display.calls == ["resume", "close"]


def on(event: str, node: str, *numbers: int) -> Callable[[Record], None]:
    """Send these signals when that happens."""

    def seen(record: Record) -> None:
        if (record.event.type, getattr(record.event, "node", "")) == (event, node):
            for number in numbers:
                os.kill(os.getpid(), number)

    return seen


async def test_the_first_interrupt_cancels(runtime: Runtime) -> None:
    found = await following(runtime, WAIT, Told(on("NodeWaiting", "wait", signal.SIGINT)))
    assert await found.follow() is Exit.CANCELLED
    assert not found.timed_out


async def test_the_second_interrupt_leaves(runtime: Runtime) -> None:
    found = await following(runtime, WAIT, Told(on("NodeWaiting", "wait", signal.SIGINT, signal.SIGINT)))
    assert await found.follow() is Exit.LEFT


async def test_termination_leaves_without_cancelling(runtime: Runtime) -> None:
    found = await following(runtime, WAIT, Told(on("NodeWaiting", "wait", signal.SIGTERM)))
    assert await found.follow() is Exit.TERMINATED
    assert (await runtime.journal.row(found.execution_id)).status == "waiting"


async def test_signals_are_given_back(runtime: Runtime) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    await (await following(runtime, ADD)).follow()
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


async def test_time_is_up(runtime: Runtime) -> None:
    found = await following(runtime, WAIT)
    assert await found.follow(timeout_s=0.001) is Exit.CANCELLED
    assert found.timed_out


async def test_a_pause_takes_no_time(runtime: Runtime) -> None:
    """It is paused while somebody is asked, and goes on with the answer."""
    clock = VirtualClock()
    runtime.clock = clock

    async def ask(run: NodeRun) -> Answered | None:
        await runtime.send(found.execution_id, Pause())
        while found.progress.status is not Status.PAUSED:
            await asyncio.sleep(0)
        clock.advance(3_600)
        await runtime.send(found.execution_id, Resume())
        while found.progress.status is Status.PAUSED:
            await asyncio.sleep(0)
        clock.advance(59)
        return Answered("ok", "yes")

    found = await following(runtime, ASK, ask=ask)
    assert await found.follow(timeout_s=60) is Exit.OK
    assert not found.timed_out
    assert not clock.pending


async def test_who_only_watches_neither_asks_nor_cancels(runtime: Runtime) -> None:
    found = await following(runtime, ASK, Told(on("NodeWaiting", "ok", signal.SIGINT)), drives=False)
    assert await found.follow() is Exit.LEFT
    assert (await runtime.journal.row(found.execution_id)).status == "waiting"


# -- questions ---------------------------------------------------------------------------------------------------------

Ask = Callable[[NodeRun], Awaitable[Answered | None]]


def answering(*values: Any) -> tuple[Ask, list[str]]:
    """Gives these answers, one after the other, and notes who asked."""
    asked: list[str] = []

    async def ask(run: NodeRun) -> Answered | None:
        asked.append(run.place)
        value = values[len(asked) - 1]
        return None if value is None else Answered(run.id, value, run.scope)

    return ask, asked


async def test_a_question_is_asked_and_answered(runtime: Runtime) -> None:
    ask, asked = answering("yes")
    display = Told()
    found = await following(runtime, ASK, display, ask=ask)
    assert await found.follow() is Exit.OK
    assert asked == ["ok"]
    assert display.calls[:2] == ["resume", "pause"]  # the terminal was left to the question
    assert display.calls[-1] == "close"


async def test_a_refused_answer_is_asked_for_again(runtime: Runtime) -> None:
    ask, asked = answering("perhaps", "no")
    refused: list[PointworkError] = []
    found = await following(runtime, ASK, ask=ask, refused=refused.append)
    assert await found.follow() is Exit.OK
    assert asked == ["ok", "ok"]
    assert [error.message for error in refused] == ["The answer to 'ok' must choose one of 'yes', 'no'."]


async def test_whoever_leaves_the_question_leaves_it_to_others(runtime: Runtime) -> None:
    ask, _ = answering(None)
    found = await following(runtime, ASK, ask=ask)
    assert await found.follow() is Exit.WAITING
    assert (await runtime.journal.row(found.execution_id)).status == "waiting"


async def test_an_answer_from_elsewhere_ends_the_question(runtime: Runtime) -> None:
    found: Following

    async def ask(run: NodeRun) -> Answered | None:
        await runtime.send(found.execution_id, Answered(run.id, "yes"))
        await asyncio.Event().wait()
        return None

    found = await following(runtime, ASK, ask=ask)
    assert await found.follow() is Exit.OK


async def test_a_question_does_not_outlive_its_execution(runtime: Runtime) -> None:
    found: Following

    async def ask(run: NodeRun) -> Answered | None:
        await runtime.send(found.execution_id, CancelExecution())
        await asyncio.Event().wait()
        return None

    found = await following(runtime, ASK, ask=ask)
    assert await found.follow() is Exit.CANCELLED


async def test_an_interrupt_ends_the_question(runtime: Runtime) -> None:
    async def ask(run: NodeRun) -> Answered | None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()
        return None

    assert await (await following(runtime, ASK, ask=ask)).follow() is Exit.CANCELLED


async def test_nobody_leaves_while_a_clock_runs(runtime: Runtime) -> None:
    """A person is awaited, but a delay goes on by itself: without anybody to ask, that is waited for."""
    found = await following(runtime, BOTH)
    assert await found.follow(timeout_s=0.2) is Exit.CANCELLED
    assert found.timed_out


async def test_a_replay_shows_each_record_when_it_is_its_turn(runtime: Runtime) -> None:
    found = await following(runtime, ADD)
    await found.follow()
    times = [record.at_us for record in await runtime.records(found.execution_id)]
    asked: list[int] = []

    class Asked(Pace):
        async def reach(self, at_us: int) -> None:
            asked.append(at_us)
            assert replay.progress.last_seq == len(asked) - 1  # it is shown afterwards

    progress = Progress((await runtime.compiled(Workflow.load(ADD))).plan)
    pace = Asked(runtime.clock, 2)
    replay = Following(runtime, found.execution_id, progress=progress, display=Told(), drives=False, pace=pace)
    assert await replay.follow() is Exit.OK
    assert asked == times

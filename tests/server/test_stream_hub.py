"""Many viewers, one execution: all see the same frames in the same order, whenever they come, leave or return."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from pointwork.engine import Plan
from pointwork.errors import JournalError, NotFound
from pointwork.events import (
    Event,
    ExecutionFinished,
    ExecutionStarted,
    LogWritten,
    NodeCompleted,
    NodeStarted,
    NodeWaiting,
    Record,
    TextStreamed,
)
from pointwork.journal import ExecutionRow, Journal
from pointwork.journal.memory import MemoryJournal
from pointwork.journal.sqlite import SqliteJournal
from pointwork.server import stream_feed, stream_hub
from pointwork.server.stream_feed import Viewer
from pointwork.server.stream_frames import Cursor, StreamView
from pointwork.server.stream_hub import PAGE, Hub

PLAN = Plan(nodes=())
BEGIN: list[Event] = [ExecutionStarted("w1", "Hello", "1.0.0", PLAN.hash, {}), NodeStarted("", "a", 1, {})]
END: list[Event] = [NodeCompleted("", "a", 1), ExecutionFinished("completed", 1)]


class Script:
    """Writes an execution into a journal, as a driver would."""

    def __init__(self, journal: Journal, execution_id: str = "x1", *, owner: str | None = "me") -> None:
        self.journal = journal
        self.id = execution_id
        self.seq = 0
        row = ExecutionRow(execution_id, "w1", "Hello", 1, "running", owner, PLAN.hash, 1, None, 0)
        journal.create(row, PLAN.dump())

    async def write(self, *events: Event) -> None:
        """One append."""
        status = events[-1].status if isinstance(events[-1], ExecutionFinished) else None
        stored = self.journal.append(self.id, events, after=self.seq, status=status)
        self.seq += len(events)
        if stored is not None:
            await stored


@pytest.fixture
def hub() -> Hub:
    return Hub(MemoryJournal(now_us=_Ticks()), driver=lambda: "me", tick_s=0.001, patience_s=0)


class _Ticks:
    """A clock that goes on by a microsecond whenever somebody looks."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000_000

    def __call__(self) -> int:
        self.now += 1
        return self.now


async def watch(
    hub: Hub, *, after: str = "0", view: StreamView = "messages", batch: bool = False, most: int | None = None
) -> tuple[list[Any], Cursor, Viewer]:
    """What a viewer gets, its last cursor, and the viewer; it leaves after `most` frames."""
    viewer = Viewer(Cursor.parse(after), batch=batch)
    found: list[Any] = []
    async with aclosing(hub.watch("x1", viewer, view=view, patient=True)) as frames:
        async for frame in frames:
            value = json.loads(frame.text)
            found += value["events"] if value.get("type") == "batch" else [value]
            last = found[-1]
            assert frame.cursor == (Cursor(last["seq"], last["part"]) if view == "messages" else Cursor(last["seq"]))
            if most is not None and len(found) >= most:
                return found, frame.cursor, viewer
    return found, viewer.cursor, viewer


def places(messages: list[Any]) -> list[tuple[int, int]]:
    return [(message["seq"], message["part"]) for message in messages]


async def soon() -> None:
    """Let everybody have their turn a few times."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_early_late_and_batched_viewers_see_the_same(hub: Hub) -> None:
    hub.open()
    script = Script(hub._journal)
    await script.write(*BEGIN)
    early = asyncio.create_task(watch(hub))
    batched = asyncio.create_task(watch(hub, batch=True))
    records = asyncio.create_task(watch(hub, view="records"))
    await soon()
    await script.write(TextStreamed("", "a", 1, "Hel"))
    await script.write(TextStreamed("", "a", 1, "lo"))
    joining = asyncio.create_task(watch(hub))
    await soon()
    await script.write(*END)
    everything, _, viewer = await early
    assert viewer.finished
    assert [message["type"] for message in everything] == [
        *("status", "log", "node_update", "log", "token", "token"),
        *("node_update", "log", "status", "log", "completion"),
    ]
    assert (await batched)[0] == everything
    assert (await joining)[0] == everything
    assert (await watch(hub))[0] == everything  # long after the end
    assert (await watch(hub, batch=True))[0] == everything
    stored = (await records)[0]
    assert stored == (await watch(hub, view="records", batch=True))[0]
    assert [record["seq"] for record in stored] == [1, 2, 3, 4, 5, 6]
    assert stored[2] == {
        "execution_id": "x1",
        "seq": 3,
        "at": "2023-11-14T22:13:20.000002Z",
        "event": {"type": "TextStreamed", "scope": "", "node": "a", "attempt": 1, "text": "Hel", "kind": "text"},
    }
    assert not hub._feeds  # nobody watches any more
    await hub.close()


@pytest.mark.parametrize(
    ("after", "message", "record"),
    [
        ("0", (1, 0), 1),
        ("1", (2, 0), 2),
        ("1.0", (1, 1), 1),  # of this record something is missing, so as a record it comes again
        ("2.0", (2, 1), 2),
        ("2.1", (3, 0), 2),
        ("3.1", (4, 0), 3),
        ("4.1", (4, 2), 4),
        ("4.2", None, 4),
        ("4", None, None),
        ("999999", None, None),
    ],
)
@pytest.mark.parametrize("batch", [False, True])
async def test_going_on_from_a_cursor(
    hub: Hub, after: str, message: tuple[int, int] | None, record: int | None, batch: bool
) -> None:
    await Script(hub._journal).write(*BEGIN, *END)
    found, _, viewer = await watch(hub, after=after, batch=batch)
    assert viewer.finished
    assert next(iter(places(found)), None) == message
    records = (await watch(hub, after=after, batch=batch, view="records"))[0]
    assert next((record["seq"] for record in records), None) == record


async def _random_execution(script: Script, dice: random.Random) -> None:
    """Steps of random size, so that appends, turns of the loop and pages fall together in every way."""
    await script.write(*BEGIN)
    for number in range(dice.randrange(30)):
        events: list[Event] = [
            dice.choice(
                [
                    TextStreamed("", "a", 1, f"{number}"),
                    LogWritten("INFO", f"{number}", "", "a"),
                    NodeWaiting("", f"n{number}", {"question": "?"}),
                    NodeStarted("", f"n{number}", 1, {}),
                    NodeCompleted("", f"n{number}", number),
                ]
            )
            for _ in range(dice.randrange(1, 4))
        ]
        await script.write(*events)
        if dice.random() < 0.5:
            await asyncio.sleep(0)
    await script.write(*END)


async def _restless(hub: Hub, dice: random.Random, view: StreamView) -> list[Any]:
    """A viewer that leaves after a few frames and comes back with the last cursor that it saw."""
    found: list[Any] = []
    after = "0"
    while True:
        part, cursor, viewer = await watch(
            hub, after=after, view=view, batch=dice.random() < 0.5, most=dice.randrange(1, 8)
        )
        found += part
        after = str(cursor)
        if viewer.finished and (not part or part[-1].get("type") == "completion"):
            return found
        if part and (
            part[-1].get("type") == "completion" or part[-1].get("event", {}).get("type") == "ExecutionFinished"
        ):
            return found


@pytest.mark.parametrize("first", range(0, 1_000, 100))
async def test_coming_back_again_and_again_shows_the_same(first: int) -> None:
    for seed in range(first, first + 100):
        dice = random.Random(seed)
        hub = Hub(MemoryJournal(now_us=_Ticks()), driver=lambda: "me", tick_s=0, patience_s=1)
        hub.open()
        script = Script(hub._journal)
        writing = asyncio.create_task(_random_execution(script, dice))
        steady, restless, records = await asyncio.gather(
            watch(hub), _restless(hub, dice, "messages"), _restless(hub, dice, "records")
        )
        await writing
        assert restless == steady[0], seed
        assert places(restless) == sorted(set(places(restless))), seed
        assert [record["seq"] for record in records] == list(range(1, script.seq + 1)), seed
        assert (await watch(hub))[0] == steady[0], seed
        await hub.close()


async def test_more_records_than_are_read_or_kept_at_once(hub: Hub) -> None:
    hub.open()
    script = Script(hub._journal)
    await script.write(*BEGIN)
    early = asyncio.create_task(watch(hub))
    await soon()
    for number in range(3 * PAGE):
        await script.write(LogWritten("INFO", f"{number}"), LogWritten("INFO", "."))
        if number % 100 == 0:
            await soon()  # a viewer that keeps up
    late = asyncio.create_task(watch(hub))  # must read what is not kept any more
    middle = asyncio.create_task(watch(hub, after="1500"))
    await soon()
    await script.write(*END)
    everything = (await early)[0]
    assert len(everything) == 4 + 6 * PAGE + 5
    assert (await late)[0] == everything
    assert (await middle)[0] == [message for message in everything if message["seq"] > 1500]
    await hub.close()


async def test_a_viewer_that_does_not_keep_up_is_told_and_disturbs_nobody(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_feed, "QUEUE_FRAMES", 50)
    hub.open()
    script = Script(hub._journal)
    await script.write(*BEGIN)
    told = asyncio.Event()
    slow = Viewer(Cursor(0))
    slow.overflow = told.set
    taken: list[Cursor] = []
    async with aclosing(hub.watch("x1", slow, view="messages")) as frames:
        async for frame in frames:
            taken.append(frame.cursor)
            if len(taken) == 4:  # all there was; from here on it is asleep
                break
        fast = asyncio.create_task(watch(hub))
        live = asyncio.create_task(anext(frames))
        await soon()
        await script.write(LogWritten("INFO", "first"))
        taken.append((await live).cursor)
        for number in range(100):
            await script.write(LogWritten("INFO", f"{number}"))
            await soon()
        assert told.is_set()
        assert slow.overflowed
        assert not slow.finished
        assert slow.cursor == taken[-2]  # the last that it dealt with; what it was busy with comes again
    await script.write(*END)
    everything = (await fast)[0]
    assert len(everything) == 4 + 101 + 5
    rest = (await watch(hub, after=str(taken[-1])))[0]
    assert everything[len(taken) :] == rest
    await hub.close()


async def test_an_execution_that_is_only_about_to_begin() -> None:
    hub = Hub(MemoryJournal(now_us=_Ticks()), patience_s=60)
    hub.open()
    watching = asyncio.create_task(watch(hub))
    await soon()
    await Script(hub._journal).write(*BEGIN, *END)
    assert len((await watching)[0]) == 9
    await hub.close()


async def test_an_execution_that_nobody_knows(hub: Hub) -> None:
    with pytest.raises(NotFound):
        await watch(hub)
    assert not hub._feeds


async def test_closing_sends_everybody_home(hub: Hub) -> None:
    hub.open()
    await Script(hub._journal).write(*BEGIN)
    live = asyncio.create_task(watch(hub))
    batched = asyncio.create_task(watch(hub, batch=True))
    await soon()
    await hub.close()
    for found, _, viewer in [await live, await batched]:
        assert len(found) == 4
        assert not viewer.finished  # there is more to come, elsewhere
    found, _, viewer = await watch(hub)  # whoever comes now is told the same
    assert (found, viewer.finished) == ([], False)


async def test_a_fault_in_making_frames_ends_the_viewers_and_is_not_hidden(hub: Hub) -> None:
    hub.open()
    script = Script(hub._journal)
    await script.write(*BEGIN)
    watching = asyncio.create_task(watch(hub))
    await soon()
    errors: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
    hub._feeds["x1"].push = _broken  # type: ignore[method-assign]
    await script.write(LogWritten("INFO", "one"))
    await script.write(LogWritten("INFO", "two"))
    _, cursor, viewer = await watching
    assert (str(cursor), viewer.finished) == ("2.1", False)
    assert [str(context["exception"]) for context in errors][:1] == ["broken"]
    await hub.close()


def _broken(_: object) -> bool:
    raise RuntimeError("broken")


@pytest.fixture
async def two_processes(tmp_path: Path) -> AsyncIterator[tuple[SqliteJournal, SqliteJournal]]:
    """Two journals on one file know of each other what two processes would."""
    ours, theirs = SqliteJournal(tmp_path / "p.db"), SqliteJournal(tmp_path / "p.db")
    await ours.open()
    await theirs.open()
    yield ours, theirs
    await ours.close()
    await theirs.close()


@pytest.mark.parametrize("view", ["messages", "records"])
async def test_an_execution_of_another_process_is_live_too(
    two_processes: tuple[SqliteJournal, SqliteJournal], view: StreamView
) -> None:
    ours, theirs = two_processes
    hub = Hub(ours, driver=lambda: "us", tick_s=0.001)
    hub.open()
    script = Script(theirs, owner="them")
    await script.write(*BEGIN)
    seen: list[int] = []
    viewer = Viewer(Cursor(0), batch=False)
    async with aclosing(hub.watch("x1", viewer, view=view)) as frames:
        async for frame in frames:
            seen.append(frame.cursor.seq)
            if frame.cursor.seq == 2 and script.seq == 2:
                await script.write(LogWritten("INFO", "live"))
            elif frame.cursor.seq == 3 and script.seq == 3:
                await script.write(*END)
    assert sorted(set(seen)) == [1, 2, 3, 4, 5]
    assert viewer.finished
    await hub.close()


async def test_an_execution_that_this_process_takes_over(two_processes: tuple[SqliteJournal, SqliteJournal]) -> None:
    """What was written meanwhile by the other process is read before what is heard."""
    ours, theirs = two_processes
    hub = Hub(ours, driver=lambda: "us", tick_s=30)  # so long that only the listening can find the gap
    hub.open()
    script = Script(theirs, owner="them")
    await script.write(*BEGIN)
    records = asyncio.create_task(watch(hub, view="records"))
    messages = asyncio.create_task(watch(hub))
    while hub._feeds.get("x1") is None or not all(lane.track for lane in hub._feeds["x1"]._lanes.values()):
        await asyncio.sleep(0)
    await script.write(LogWritten("INFO", "theirs"))
    script.journal = ours
    await ours.last_seq("x1")
    await script.write(*END)
    assert [record["seq"] for record in (await records)[0]] == [1, 2, 3, 4, 5]
    assert places((await messages)[0]) == [
        (1, 0),
        (1, 1),
        (2, 0),
        (2, 1),
        (3, 0),
        (4, 0),
        (4, 1),
        (5, 0),
        (5, 1),
        (5, 2),
    ]
    await hub.close()


class _Locked(MemoryJournal):
    """A journal that cannot be read for a while."""

    locked = False

    async def changes(self) -> int:
        if self.locked:
            self.locked = False
            raise JournalError("The database is locked.")
        return await super().changes()

    def subscribe(self, listener: Any) -> Any:
        return super().subscribe(lambda _: None)  # of another process nothing is heard


async def test_a_journal_that_cannot_be_read_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    journal = _Locked(now_us=_Ticks())
    hub = Hub(journal, driver=lambda: "us", tick_s=0.001)
    hub.open()
    script = Script(journal, owner="them")
    await script.write(*BEGIN)
    watching = asyncio.create_task(watch(hub))
    await soon()
    journal.locked = True
    await script.write(*END)
    assert len((await watching)[0]) == 9
    assert "The database is locked." in caplog.text
    await hub.close()


async def test_many_plans_are_not_all_kept(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_hub, "PLANS", 0)
    await Script(hub._journal).write(*BEGIN, *END)
    assert len((await watch(hub))[0]) == 9
    assert not hub._plans


async def test_large_batches_are_split(hub: Hub) -> None:
    script = Script(hub._journal)
    await script.write(*BEGIN)
    for _ in range(20):
        await script.write(LogWritten("INFO", "x" * 30_000))
    await script.write(*END)
    sizes: list[int] = []
    async with aclosing(hub.watch("x1", Viewer(Cursor(0), batch=True), view="records")) as frames:
        async for frame in frames:
            sizes.append(len(frame.text))
    assert len(sizes) == 3
    assert max(sizes) < 300_000


async def test_a_gap_that_cannot_be_read_sends_the_viewers_home(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hub.open()
    script = Script(hub._journal)
    await script.write(*BEGIN)
    watching = asyncio.create_task(watch(hub))
    await soon()

    async def broken(*_: Any, **__: Any) -> list[Record]:
        raise JournalError("The database is locked.")

    monkeypatch.setattr(hub._journal, "read", broken)
    hub._hear([Record("x1", 9, 0, LogWritten("INFO", "too soon"))])
    _, cursor, viewer = await watching
    assert (str(cursor), viewer.finished) == ("2.1", False)
    assert "The database is locked." in caplog.text
    await hub.close()

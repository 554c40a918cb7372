"""Replays: the stored part of a stream comes with the pauses that it had, at any speed, and then goes on live."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
import pytest

from pointwork.events import LogWritten
from pointwork.journal.memory import MemoryJournal
from pointwork.runtime.pace import LONGEST_S
from pointwork.server.stream_feed import Viewer
from pointwork.server.stream_frames import Cursor, StreamView
from pointwork.server.stream_hub import PAGE, Hub
from pointwork.testing import VirtualClock
from tests.server.test_events import SSE, finished, parsed
from tests.server.test_stream_hub import BEGIN, END, Script
from tests.server.workshop import visit

Store = Callable[..., Any]


class Cinema:
    """A hub whose journal and replays have one clock, and an execution that is written in between."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.hub = Hub(
            MemoryJournal(now_us=self.clock.now_us), driver=lambda: "me", tick_s=0.001, patience_s=0, clock=self.clock
        )
        self.hub.open()
        self.script = Script(self.hub._journal)
        self.shown: list[Any] = []

    @asynccontextmanager
    async def replay(self, speed: float, *, after: str = "0", **how: Any) -> AsyncIterator[asyncio.Task[Viewer]]:
        """Somebody who watches, as long as the block goes on."""
        task = asyncio.create_task(self._watch(speed, after, **how))
        yield task
        task.cancel()
        await asyncio.wait([task])

    async def _watch(self, speed: float, after: str, view: StreamView = "records", batch: bool = False) -> Viewer:
        viewer = Viewer(Cursor.parse(after), batch=batch)
        async with aclosing(self.hub.watch("x1", viewer, view=view, speed=speed)) as frames:
            async for frame in frames:
                value = json.loads(frame.text)
                self.shown += value["events"] if value.get("type") == "batch" else [value]
        return viewer

    async def seqs(self) -> list[int]:
        """What was shown by now."""
        for _ in range(20):
            await asyncio.sleep(0)
        return [value["seq"] for value in self.shown]

    async def close(self) -> None:
        await self.hub.close()


@pytest.fixture
async def cinema() -> AsyncIterator[Cinema]:
    made = Cinema()
    yield made
    await made.close()


async def written(cinema: Cinema, *pauses: float) -> None:
    """Begin, so many log lines with these pauses before them, and the end a second after."""
    await cinema.script.write(*BEGIN)
    for pause in pauses:
        cinema.clock.advance(pause)
        await cinema.script.write(LogWritten("INFO", "on time", "", "a"))
    cinema.clock.advance(1)
    await cinema.script.write(*END)


@pytest.mark.parametrize("batch", [False, True])
async def test_records_come_with_their_distances(cinema: Cinema, batch: bool) -> None:
    await written(cinema, 4, 3_600)
    async with cinema.replay(4, batch=batch) as task:
        assert await cinema.seqs() == [1, 2]  # what was written together comes together
        assert cinema.clock.pending == [1.0]
        cinema.clock.advance(0.99)
        assert await cinema.seqs() == [1, 2]
        cinema.clock.advance(0.01)
        assert await cinema.seqs() == [1, 2, 3]
        assert cinema.clock.pending == [LONGEST_S]  # an hour is none
        cinema.clock.advance(LONGEST_S)
        assert await cinema.seqs() == [1, 2, 3, 4]
        cinema.clock.advance(0.25)
        assert await cinema.seqs() == [1, 2, 3, 4, 5, 6]
        assert (await task).finished


async def test_messages_are_replayed_like_records(cinema: Cinema) -> None:
    await written(cinema, 2)
    async with cinema.replay(1, view="messages") as task:
        await cinema.seqs()
        assert {message["seq"] for message in cinema.shown} == {1, 2}
        cinema.clock.advance(2)
        await cinema.seqs()
        assert {message["seq"] for message in cinema.shown} == {1, 2, 3}
        cinema.clock.advance(1)
        await task
        assert cinema.shown[-1]["type"] == "completion"
    at_once, cinema.shown = cinema.shown, []
    async with cinema.replay(0, view="messages") as task:
        await task
    assert cinema.shown == at_once


async def test_coming_back_waits_for_nothing_that_was_seen(cinema: Cinema) -> None:
    await written(cinema, 1, 1, 1)
    async with cinema.replay(1, after="4", view="messages"):
        assert await cinema.seqs() == []
        assert cinema.clock.pending == [1.0]
        cinema.clock.advance(1)
        assert set(await cinema.seqs()) == {5}


async def test_a_replay_of_a_live_execution_goes_on_live(cinema: Cinema) -> None:
    await cinema.script.write(*BEGIN)
    cinema.clock.advance(2)
    await cinema.script.write(LogWritten("INFO", "on time", "", "a"))
    async with cinema.replay(2, view="records") as task:
        assert await cinema.seqs() == [1, 2]
        await cinema.script.write(LogWritten("INFO", "meanwhile", "", "a"))
        assert await cinema.seqs() == [1, 2]
        cinema.clock.advance(1)
        assert await cinema.seqs() == [1, 2, 3, 4]  # the last was written in the same moment
        await cinema.script.write(*END)
        assert await cinema.seqs() == [1, 2, 3, 4, 5, 6]
        assert (await task).finished


async def test_others_are_not_held_back(cinema: Cinema) -> None:
    await written(cinema, 1, 1)
    async with cinema.replay(1):
        assert await cinema.seqs() == [1, 2]
        other = Viewer(Cursor(0))
        async with aclosing(cinema.hub.watch("x1", other, view="records")) as frames:
            assert [frame.cursor.seq async for frame in frames] == [1, 2, 3, 4, 5, 6]
        assert await cinema.seqs() == [1, 2]


async def test_long_logs_lose_and_repeat_nothing_at_the_borders_of_pages(cinema: Cinema) -> None:
    await cinema.script.write(*BEGIN)
    for _ in range(3):
        cinema.clock.advance(1)
        await cinema.script.write(*[LogWritten("INFO", "again", "", "a")] * (PAGE - 100))
    cinema.clock.advance(1)
    await cinema.script.write(*[LogWritten("INFO", "again", "", "a")] * (2 * PAGE + 7))
    cinema.clock.advance(1)
    await cinema.script.write(*END)
    async with cinema.replay(1, view="messages") as task:
        for _ in range(5):
            await cinema.seqs()
            cinema.clock.advance(1)
        await task
    paced, cinema.shown = cinema.shown, []
    async with cinema.replay(0, view="messages") as task:
        await task
    assert paced == cinema.shown


async def test_a_server_that_goes_down_waits_for_no_replay(cinema: Cinema) -> None:
    await written(cinema, 1)
    async with cinema.replay(1) as task:
        assert await cinema.seqs() == [1, 2]
        await cinema.hub.close()
        assert not (await task).finished
        assert await cinema.seqs() == [1, 2]
    assert cinema.clock.pending == []


async def test_leaving_in_the_middle_of_a_pause(cinema: Cinema) -> None:
    await written(cinema, 1)
    async with cinema.replay(1):
        await cinema.seqs()
    assert (cinema.clock.pending, cinema.hub.viewers) == ([], 0)


async def test_server_sent_events_with_a_speed(client: httpx.AsyncClient, store: Store) -> None:
    """Everything was written within milliseconds, which a thousand times as fast are none."""
    state = await finished(client, await store("start", "end"))
    url = f"/api/executions/{state['execution_id']}/events"
    at_once = parsed((await client.get(url, headers=SSE)).text)
    assert parsed((await client.get(f"{url}?speed=1000", headers=SSE)).text) == at_once
    assert parsed((await client.get(f"{url}?speed=0", headers=SSE)).text) == at_once


@pytest.mark.parametrize("speed", ["-1", "nan", "inf", "1001", "fast"])
async def test_what_is_no_speed(client: httpx.AsyncClient, store: Store, server: Any, speed: str) -> None:
    state = await finished(client, await store("start", "end"))
    url = f"/api/executions/{state['execution_id']}/events?speed={speed}"
    assert (await client.get(url, headers=SSE)).status_code == 422
    sent = await visit(server, f"/api/ws/executions/{state['execution_id']}?speed={speed}")
    assert (sent[-1]["type"], sent[-1]["code"]) == ("websocket.close", 1008)


async def test_a_page_has_no_speed(client: httpx.AsyncClient, store: Store) -> None:
    state = await finished(client, await store("start", "end"))
    answer = await client.get(f"/api/executions/{state['execution_id']}/events?speed=2")
    assert (answer.status_code, answer.json()["detail"]) == (422, "A page of records has no speed.")


async def test_a_socket_with_a_speed(client: httpx.AsyncClient, store: Store, server: Any) -> None:
    state = await finished(client, await store("start", "end"))
    sent = await visit(server, f"/api/ws/executions/{state['execution_id']}?view=records&speed=1000")
    told = [json.loads(one["text"])["seq"] for one in sent if one["type"] == "websocket.send"]
    assert told == [1, 2, 3, 4, 5, 6]

"""Who watches what. Nothing is lost and nothing repeated, because of the order of things: first listen, then read the
journal up to its end, then go on with what was heard meanwhile.

A feed lives as long as somebody watches its execution. Executions that another process drives are read on whenever the
journal has changed, while somebody watches them.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Callable, Sequence
from itertools import groupby
from typing import Final

from pointwork.engine.plan import Plan
from pointwork.engine.view import View
from pointwork.errors import NotFound, PointworkError
from pointwork.events import Record
from pointwork.journal import ExecutionRow, Journal
from pointwork.journal.base import ENDED
from pointwork.runtime.clock import Clock, SystemClock
from pointwork.runtime.pace import Pace
from pointwork.server.stream_feed import Feed, Viewer
from pointwork.server.stream_frames import Frame, MessageFrames, RecordFrames, StreamView, Track, batches_of

__all__ = ["Hub"]

PAGE: Final = 500  # records read at once: about 5 ms of work without a pause
PLANS: Final = 64  # descriptions of plans that are kept

log = logging.getLogger(__name__)


class Hub:
    """All feeds. `driver()` is the name under which this process drives executions."""

    def __init__(
        self,
        journal: Journal,
        *,
        driver: Callable[[], str | None] = lambda: None,
        tick_s: float = 0.05,
        patience_s: float = 2.0,
        clock: Clock | None = None,
    ) -> None:
        self.closing = False
        self._journal = journal
        self._driver = driver
        self._tick_s = tick_s
        self._patience_s = patience_s
        self._clock = clock or SystemClock()
        self._paces: set[Pace] = set()
        self._feeds: dict[str, Feed] = {}
        self._inbox: deque[tuple[Feed, Sequence[Record]]] = deque()
        self._plans: OrderedDict[str, list[tuple[str, str]]] = OrderedDict()
        self._poller: asyncio.Task[None] | None = None
        self._repairs: set[asyncio.Task[None]] = set()
        self._unsubscribe: Callable[[], None] = lambda: None

    @property
    def viewers(self) -> int:
        """How many there are."""
        return sum(feed.watchers for feed in self._feeds.values())

    def open(self) -> None:
        """Begin to listen; from the event loop that the journal lives on."""
        self._unsubscribe = self._journal.subscribe(self._hear)

    async def close(self) -> None:
        """End all viewers, as after a last frame."""
        self.closing = True
        self._unsubscribe()
        for pace in self._paces:
            pace.end()
        for feed in self._feeds.values():
            feed.end()
        tasks = [*self._repairs, *([self._poller] if self._poller else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def row(self, execution_id: str, *, patient: bool = False) -> ExecutionRow:
        """The execution; with patience it may be one that is only about to begin."""
        pause_s = 0.02
        waited_s = 0.0
        while True:
            try:
                return await self._journal.row(execution_id)
            except NotFound:
                if not patient or self.closing or waited_s >= self._patience_s:
                    raise
            await asyncio.sleep(pause_s)
            waited_s += pause_s
            pause_s = min(pause_s * 2, 0.2)

    async def watch(
        self, execution_id: str, viewer: Viewer, *, view: StreamView, patient: bool = False, speed: float = 0
    ) -> AsyncGenerator[Frame, None]:
        """Everything behind the viewer's cursor, until the end of the execution; raises NotFound.

        With a speed, what is stored already comes with the distances in time that it had, divided by it.
        """
        pace = Pace(self._clock, speed) if speed else None
        feed = self._enter(execution_id)
        try:
            if pace is not None:
                self._paces.add(pace)
            row = await self.row(execution_id, patient=patient)
            feed.local = feed.local or (row.owner is not None and row.owner == self._driver())
            if pace is not None or not feed.join(viewer, view):
                track = await self._track(row, viewer, view)
                async for frame in self._read(feed, viewer, track, view=view, ended=row.status in ENDED, pace=pace):
                    yield frame
                    viewer.cursor = frame.cursor
            if self.closing:
                viewer.end()
            async for frame in viewer.take():
                yield frame
        finally:
            if pace is not None:
                self._paces.discard(pace)
            self._leave(feed, viewer)

    # ------------------------------------------------------------------------------------------ reading

    async def _track(self, row: ExecutionRow, viewer: Viewer, view: StreamView) -> Track:
        if view == "records":
            # A cursor that points behind the end must not become the place from which others are served.
            return Track(RecordFrames(), since=min(viewer.cursor.whole, row.last_seq))
        known = self._plans.get(row.plan_hash)
        if known is None:
            known = View.of(Plan.load(await self._journal.plan(row.plan_hash))).nodes
            self._plans[row.plan_hash] = known
            if len(self._plans) > PLANS:
                self._plans.popitem(last=False)
        return Track(MessageFrames(View(known, keep_log=False)))

    async def _read(
        self, feed: Feed, viewer: Viewer, track: Track, *, view: StreamView, ended: bool, pace: Pace | None
    ) -> AsyncGenerator[Frame, None]:
        """What the journal holds, until the viewer is live or the execution has ended."""
        while not self.closing:
            records = await self._journal.read(feed.execution_id, after=track.seq, limit=PAGE)
            more = len(records) == PAGE
            parts = [records] if pace is None else _appends(records, more=more)
            for part in parts:
                frames = track.of(part, more=more and len(parts) == 1)
                new = [frame for frame in frames if frame.cursor > viewer.cursor]
                if pace is not None and part:
                    await pace.reach(part[0].at_us) if new else pace.skip(part[0].at_us)
                    if self.closing:
                        return
                for frame in [together for _, together in batches_of(new)] if viewer.batch else new:
                    yield frame
                if frames and frames[-1].last:
                    viewer.finish()
                    return
            if more:
                await asyncio.sleep(0)  # others must have their turn, also when the journal is in memory
            elif pace is not None and records:
                continue  # that took its time
            elif ended:
                viewer.finish()  # the cursor was behind the end
                return
            elif feed.arrive(viewer, view, track):
                return

    # ---------------------------------------------------------------------------------------- listening

    def _enter(self, execution_id: str) -> Feed:
        feed = self._feeds.get(execution_id)
        if feed is None:
            feed = self._feeds[execution_id] = Feed(execution_id, tick_s=self._tick_s)
        feed.watchers += 1
        if self._poller is None:
            self._poller = asyncio.get_running_loop().create_task(self._poll())
        return feed

    def _leave(self, feed: Feed, viewer: Viewer) -> None:
        feed.leave(viewer)
        feed.watchers -= 1
        if not feed.watchers:
            feed.end()
            self._feeds.pop(feed.execution_id, None)

    def _hear(self, records: Sequence[Record]) -> None:
        """Called by the journal, in the midst of its own work: take note, and do ours afterwards."""
        feed = self._feeds.get(records[0].execution_id)
        if feed is not None:
            if not self._inbox:
                asyncio.get_running_loop().call_soon(self._deliver)
            self._inbox.append((feed, records))

    def _deliver(self) -> None:
        loop = asyncio.get_running_loop()
        while self._inbox:
            feed, records = self._inbox.popleft()
            feed.local = True
            try:
                complete = feed.push(records)
            except BaseException:
                feed.end()  # its viewers come back with their cursors
                if self._inbox:
                    loop.call_soon(self._deliver)
                raise
            if not complete:
                task = loop.create_task(self._repair(feed))
                self._repairs.add(task)
                task.add_done_callback(self._repairs.discard)

    async def _repair(self, feed: Feed) -> None:
        try:
            await self._catch_up(feed)
        except Exception:
            # Whatever it is, for example an event of a newer version: the others are served on, and this one's
            # viewers come back with their cursors.
            log.exception("Could not read on in execution %r.", feed.execution_id)
            feed.end()

    async def _catch_up(self, feed: Feed) -> None:
        """Read on behind what the viewers of a feed have been given."""
        more = True
        while more and (seq := feed.seq) is not None:
            records = await self._journal.read(feed.execution_id, after=seq, limit=PAGE)
            more = len(records) == PAGE
            feed.push(records, more=more)

    async def _poll(self) -> None:
        """Follow executions of other processes, as long as anybody watches anything."""
        try:
            while self._feeds:
                await asyncio.sleep(self._tick_s)
                foreign = [feed for feed in self._feeds.values() if not feed.local and feed.seq is not None]
                try:
                    changes = await self._journal.changes() if foreign else None
                except PointworkError as error:
                    log.warning("Could not follow the executions of other processes: %s", error)
                    continue
                for feed in foreign:
                    if feed.changes != changes:
                        feed.changes = changes
                        await self._repair(feed)
        finally:
            self._poller = None


def _appends(records: list[Record], *, more: bool) -> list[list[Record]]:
    """The records by the time they were written; the last of a full page may go on, and is left for the next."""
    found = [list(group) for _, group in groupby(records, lambda record: record.at_us)]
    if more and len(found) > 1:
        found.pop()
    return found or [records]

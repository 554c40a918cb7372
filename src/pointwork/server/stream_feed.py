"""What is heard of one execution while somebody watches it, and how it reaches each viewer.

Nobody waits for anybody: a viewer has a queue of its own, bounded by count and bytes; one that does not keep up is told
so and comes back with its cursor. Frames are made once for all. In a batched lane the first frame after a quiet time
goes out at once, the others together with each tick.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from pointwork.events import Record
from pointwork.server.stream_frames import Cursor, Frame, StreamView, Track, batches_of

__all__ = ["Feed", "Viewer"]

QUEUE_FRAMES: Final = 2_000  # a viewer that is further behind is too slow
QUEUE_BYTES: Final = 8 << 20
HEARD_RECORDS: Final = 1_000  # kept until the first reader arrives
LONGEST_TICK_S: Final = 0.25  # however busy


class Viewer:
    """One who watches. `overflow` is called when it does not keep up; then it gets nothing more."""

    def __init__(self, cursor: Cursor, *, batch: bool = False) -> None:
        self.cursor = cursor  # of the last frame that was taken and dealt with
        self.batch = batch
        self.overflowed = False
        self.finished = False
        self.overflow: Callable[[], object] = lambda: None
        self.offered = cursor  # of the last frame that was queued
        self._queue: deque[Frame] = deque()
        self._bytes = 0
        self._ended = False
        self._wake: asyncio.Future[None] | None = None

    def offer(self, frame: Frame) -> None:
        """Queue a frame, unless it was seen already."""
        if frame.cursor > self.offered and not self.overflowed:
            self.offered = frame.cursor
            self._queue.append(frame)
            self._bytes += len(frame.text)
            if len(self._queue) > QUEUE_FRAMES or self._bytes > QUEUE_BYTES:
                self.overflowed = True
                self._queue.clear()
                self.overflow()
        if frame.last:
            self.finish()
        self._stir()

    def offer_group(self, group: Sequence[Frame], together: Frame) -> None:
        """Queue several frames as the one that stands for them, unless some were seen already."""
        if group[0].cursor > self.offered:
            self.offer(together)
            return
        rest = [frame for frame in group if frame.cursor > self.offered]
        for _, frame in batches_of(rest or group[-1:]):
            self.offer(frame)

    def finish(self) -> None:
        """The execution has ended: nothing more can come."""
        self.finished = True
        self.end()

    def end(self) -> None:
        """Offer nothing more; what is queued is still taken."""
        self._ended = True
        self._stir()

    def _stir(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def take(self) -> AsyncIterator[Frame]:
        """The frames as they come, until the end or until it overflows. A frame counts once the next is asked for."""
        while True:
            while self._queue:
                frame = self._queue.popleft()
                self._bytes -= len(frame.text)
                yield frame
                self.cursor = frame.cursor
            if self._ended or self.overflowed:
                return
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake


class _Lane:
    """Frames of one kind, and who wants them, singly or in batches."""

    def __init__(self, tick_s: float) -> None:
        self.track: Track | None = None  # lent by the first reader that has caught up
        self._single: set[Viewer] = set()
        self._batched: set[Viewer] = set()
        self._batch: list[Frame] = []
        self._tick_s = tick_s
        self._tick: asyncio.TimerHandle | None = None
        self._due_s = 0.0  # when the tick is to come, by the clock of the event loop

    def push(self, records: Sequence[Record], *, more: bool) -> bool:
        """Make frames of the records that are new here; false when some before them are missing."""
        track = self.track
        if track is None:
            return True
        new = [record for record in records if record.seq > track.seq]
        if new and new[0].seq != track.seq + 1:
            return False
        frames = track.of(new, more=more)
        for viewer in self._single:
            for frame in frames:
                viewer.offer(frame)
        if self._batched and frames:
            self._batch += frames
            if self._tick is None:
                self._on_tick()
        return True

    def join(self, viewer: Viewer) -> bool:
        """Give a viewer what it missed and everything from now on; false when it must read what it missed."""
        missed = self.track.after(viewer.offered) if self.track is not None else None
        if missed is None:
            return False
        if viewer.batch:
            self._flush()
            for _, frame in batches_of(missed):
                viewer.offer(frame)
            self._batched.add(viewer)
        else:
            for frame in missed:
                viewer.offer(frame)
            self._single.add(viewer)
        return True

    def leave(self, viewer: Viewer) -> None:
        self._single.discard(viewer)
        self._batched.discard(viewer)

    def end(self) -> None:
        """Nothing comes any more."""
        self._flush()
        if self._tick is not None:
            self._tick.cancel()
        for viewer in (*self._single, *self._batched):
            viewer.end()

    def _flush(self) -> bool:
        frames, self._batch = self._batch, []
        for group, together in batches_of(frames):
            for viewer in self._batched:
                viewer.offer_group(group, together)
        return bool(frames)

    def _on_tick(self) -> None:
        """Send what has come together; after a tick in which nothing came, the next frame need not wait.

        A tick that comes late shows that sending took that long: then more is put together, before less and less
        in each frame makes it worse.
        """
        loop = asyncio.get_running_loop()
        late_s = max(0.0, loop.time() - self._due_s) if self._tick is not None else 0.0
        if not self._flush():
            self._tick = None
            return
        self._due_s = loop.time() + min(self._tick_s + 2 * late_s, LONGEST_TICK_S)
        self._tick = loop.call_at(self._due_s, self._on_tick)


class Feed:
    """One execution that somebody watches."""

    def __init__(self, execution_id: str, *, tick_s: float) -> None:
        self.execution_id = execution_id
        self.watchers = 0
        self.local = False  # this process drives the execution: every record is heard
        self.changes: int | None = None  # of the journal, when it was last read because of them
        self._lanes: dict[StreamView, _Lane] = {"messages": _Lane(tick_s), "records": _Lane(tick_s)}
        self._heard: deque[Record] = deque(maxlen=HEARD_RECORDS)

    @property
    def seq(self) -> int | None:
        """Number of the last record that all viewers have been given; None while nobody is live."""
        return min((lane.track.seq for lane in self._lanes.values() if lane.track is not None), default=None)

    def push(self, records: Sequence[Record], *, more: bool = False) -> bool:
        """Take in records; false when some before them are missing to a viewer."""
        if self._heard and records and records[0].seq > self._heard[-1].seq + 1:
            self._heard.clear()
        last = self._heard[-1].seq if self._heard else 0
        self._heard.extend(record for record in records if record.seq > last)
        complete = [lane.push(records, more=more) for lane in self._lanes.values()]
        return all(complete)

    def join(self, viewer: Viewer, view: StreamView) -> bool:
        """Go live for a viewer; false when it must read what it missed first."""
        return self._lanes[view].join(viewer)

    def arrive(self, viewer: Viewer, view: StreamView, track: Track) -> bool:
        """Go live for a viewer that has read the journal to its end; false when it must read on.

        The track of the first that arrives serves all others.
        """
        viewer.offered = max(viewer.offered, Cursor(track.seq))
        lane = self._lanes[view]
        if lane.track is None:
            if self._heard and self._heard[0].seq > track.seq + 1:
                return False
            lane.track = track
            lane.push(self._heard, more=False)
        return lane.join(viewer)

    def leave(self, viewer: Viewer) -> None:
        for lane in self._lanes.values():
            lane.leave(viewer)

    def end(self) -> None:
        for lane in self._lanes.values():
            lane.end()

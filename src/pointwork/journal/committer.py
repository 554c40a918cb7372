"""Between the event loop and the writer thread: what is queued, what is on its way, who waits for it.

Rules: one batch is on its way at a time; what comes meanwhile is the next, so the busier the journal the larger its
batches, without any timer. Crossing over and back costs one wake-up each per batch, whatever the batch holds.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sys
import threading
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from pointwork.errors import JournalError, PointworkError
from pointwork.events import Event
from pointwork.journal.writer import Append, Writer

__all__ = ["Committer", "Pending"]

T = TypeVar("T")
EARLY = 512  # appends in one turn of the event loop, after which its end is not waited for
_log = logging.getLogger(__name__)

# How long the writer thread waits before it insists on Python's lock. A busy event loop lets go of the lock for a
# moment in each of its turns; with Python's 5 ms the thread never came to insist, and commits took up to a second.
_SWITCH_INTERVAL_S = 0.0005


class Pending(Append):
    """An append, seen from the event loop: whoever needs it stored awaits it."""

    done = False
    waiters: list[asyncio.Future[None]] | None = None
    told: list[Callable[[Exception | None], None]] | None = None

    def __init__(self, execution_id: str, after: int, events: tuple[Event, ...], at_us: int, data: bytes) -> None:
        # As Append's own, which would be a call more for each append.
        self.execution_id = execution_id
        self.after = after
        self.count = len(events)
        self.at_us = at_us
        self.data = data
        self.events = events  # as listeners will see them

    def __await__(self) -> Generator[Any, None, None]:
        if not self.done:
            # A future for each who waits: a cancelled task cancels what it waits for, and must not do so to others.
            waiter: asyncio.Future[None] = asyncio.Future()
            if self.waiters is None:
                self.waiters = [waiter]
            else:
                self.waiters.append(waiter)
            return waiter.__await__()
        if self.failure is not None:
            raise self.failure
        return _at_once()

    def then(self, tell: Callable[[Exception | None], None]) -> None:
        if self.done:
            tell(self.failure)
        elif self.told is None:
            self.told = [tell]
        else:
            self.told.append(tell)

    def wake(self) -> None:
        """Let those who wait go on in their turn."""
        for waiter in self.waiters or ():
            if waiter.done():
                continue
            if self.failure is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(self.failure)


def _at_once() -> Generator[Any, None, None]:
    return
    yield


class _Job:
    """Something else for the writer to do, after the appends of its batch."""

    __slots__ = ("error", "future", "result", "work")

    def __init__(self, work: Callable[[Writer], Any], future: asyncio.Future[Any]) -> None:
        self.work = work
        self.future = future
        self.result: Any = None
        self.error: Exception | None = None

    def settle(self) -> None:
        if self.future.cancelled():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class _Batch:
    """What goes to the writer in one piece."""

    __slots__ = ("appends", "jobs")

    def __init__(self) -> None:
        self.appends: list[Pending] = []
        self.jobs: list[_Job] = []


class Committer:
    """Queues on the event loop, stores in a thread, and tells `settled` on the loop what has become of it."""

    def __init__(self, writer: Writer, *, settled: Callable[[list[Pending]], None]) -> None:
        self._writer = writer
        self._settled = settled
        self._next = _Batch()
        self._busy = False
        self._soon: asyncio.Handle | None = None  # the batch that waits for the end of the turn
        self._idle: asyncio.Future[None] | None = None
        self._inbox: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        sys.setswitchinterval(min(sys.getswitchinterval(), _SWITCH_INTERVAL_S))
        self._thread = threading.Thread(target=self._store, name="pointwork-journal", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """Store what is queued, then end the thread."""
        while self._busy:
            self._idle = self._loop.create_future()
            await self._idle
        self._inbox.put(None)
        await asyncio.to_thread(self._thread.join)

    @property
    def queued(self) -> int:
        return len(self._next.appends)

    @property
    def busy(self) -> bool:
        """Whether anything is not stored yet."""
        return self._busy

    def put(self, pending: Pending) -> None:
        self._next.appends.append(pending)
        if not self._busy:
            self._busy = True
            self._soon = self._loop.call_soon(self._flush)  # not at once: what else comes in this turn comes along
        elif self._soon is not None and len(self._next.appends) >= EARLY:
            self._soon.cancel()
            self._flush()  # a long turn: the thread may begin

    async def run(self, work: Callable[[Writer], T]) -> T:
        """Let the writer do something else, behind all that is queued."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._next.jobs.append(_Job(work, future))
        if not self._busy:
            self._busy = True
            self._soon = self._loop.call_soon(self._flush)
        return await future

    def _flush(self) -> None:
        self._soon = None
        batch, self._next = self._next, _Batch()
        self._inbox.put(batch)

    def _settle(self, batch: _Batch) -> None:
        if self._next.appends or self._next.jobs:
            self._flush()
        else:
            self._busy = False
            if self._idle is not None and not self._idle.done():
                self._idle.set_result(None)
        # Waiters only become ready here; they run after `settled` has told everybody.
        for pending in batch.appends:
            pending.done = True
            if pending.waiters is not None:
                pending.wake()
        for job in batch.jobs:
            job.settle()
        self._settled(batch.appends)
        for pending in batch.appends:
            if pending.told is not None:
                for tell in pending.told:
                    tell(pending.failure)

    def _store(self) -> None:
        """The thread."""
        writer = self._writer
        while (batch := self._inbox.get()) is not None:
            if batch.appends:
                try:
                    writer.store(batch.appends)
                except Exception as error:
                    writer.give_up(batch.appends, _mistake(error))
            for job in batch.jobs:
                try:
                    job.result = job.work(writer)
                except PointworkError as error:
                    job.error = error
                except Exception as error:
                    job.error = _mistake(error)
            try:
                self._loop.call_soon_threadsafe(self._settle, batch)
            except RuntimeError:
                break  # the loop was closed and the journal was not: all is stored, nobody is left to be told
        writer.close()


def _mistake(error: Exception) -> JournalError:
    """Our own, and nobody must wait for ever because of it."""
    _log.error("The journal's writer failed.", exc_info=error)
    failure = JournalError(f"The journal's writer failed: {error!r}.")
    failure.__cause__ = error
    return failure

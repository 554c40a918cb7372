"""Following an execution at the terminal until it ends, until it needs somebody, or until the person leaves.

Rules of this file: the first Ctrl-C cancels and waits for the end, the second leaves; what was left goes on in the
next process that drives executions of the same data folder. Nobody is asked who cannot answer.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from pointwork.cli.command import Exit
from pointwork.cli.display import FRAME_S, Display
from pointwork.cli.progress import NodeRun, Progress
from pointwork.commands import Answered, CancelExecution
from pointwork.engine.view import Status
from pointwork.errors import Conflict, NotFound, PointworkError
from pointwork.runtime import Countdown, Runtime
from pointwork.runtime.pace import Pace

__all__ = ["Following", "code_of"]

PATIENCE_S = 2
Ask = Callable[[NodeRun], Awaitable[Answered | None]]


def code_of(status: Status) -> Exit:
    """The exit code that tells a status."""
    match status:
        case Status.COMPLETED:
            return Exit.OK
        case Status.CANCELLED:
            return Exit.CANCELLED
        case Status.FAILED:
            return Exit.FAILED
        case _:
            return Exit.WAITING


class Following:
    """One execution and one terminal. `ask` is None when there is nobody to ask."""

    def __init__(
        self,
        runtime: Runtime,
        execution_id: str,
        *,
        progress: Progress,
        display: Display,
        ask: Ask | None = None,
        refused: Callable[[PointworkError], None] = lambda error: None,
        drives: bool = True,
        pace: Pace | None = None,
    ) -> None:
        self.runtime = runtime
        self.execution_id = execution_id
        self.progress = progress
        self.display = display
        self.timed_out = False
        self._ask = ask
        self._refused = refused
        self._drives = drives
        self._pace = pace
        self._interrupted = False
        self._asking: asyncio.Task[None] | None = None
        self._limit: Countdown | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._left: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()

    async def follow(self, *, timeout_s: float | None = None) -> Exit:
        """Show what happens; the exit code says how it ended."""
        loop = asyncio.get_running_loop()
        before = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        loop.add_signal_handler(signal.SIGTERM, self._terminate)
        if timeout_s is not None:
            self._limit = Countdown(self.runtime.clock, timeout_s, self._time_is_up)
        self.display.resume()
        watching = asyncio.create_task(self._watch())
        ticking = asyncio.create_task(self._tick())
        try:
            await asyncio.wait({watching, self._left}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()
            return self._left.result() if self._left.done() else code_of(self.progress.status)
        finally:
            if self._limit is not None:
                self._limit.stop()
                self._limit = None
            for number, handler in before:
                loop.remove_signal_handler(number)
                signal.signal(number, handler)
            tasks = [watching, ticking, *self._tasks]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.display.close()

    async def _watch(self) -> None:
        # With durability `behind`, an execution runs before it is stored.
        for patience in range(PATIENCE_S * 100, -1, -1):
            try:
                await self._read()
                return
            except NotFound:
                if not patience or self.progress.last_seq:
                    raise
                await asyncio.sleep(0.01)

    async def _read(self) -> None:
        async for records in self.runtime.watch(self.execution_id, after=self.progress.last_seq):
            for record in records:
                if self._pace is not None:
                    await self._pace.reach(record.at_us)
                self.display.take(record, self.progress.apply(record))
            self._look()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(FRAME_S)
            self.display.tick()

    # ------------------------------------------------------------------------------------------- waiting

    def _look(self) -> None:
        """Ask what can be asked; leave when nothing goes on without somebody else. A pause takes no time."""
        if self._limit is not None:
            self._limit.stop() if self.progress.status is Status.PAUSED else self._limit.run()
        if not self._drives or self._interrupted:
            return
        open_questions = [run for run in self.progress.waiting.values() if not _ends_by_itself(run)]
        if open_questions and self._ask is not None:
            if self._asking is None:
                self._asking = self._spawn(self._question(open_questions[0]))
            return
        status = self.progress.status
        timed = len(open_questions) < len(self.progress.waiting)
        if status is Status.PAUSED or (status is Status.WAITING and not timed):
            self._leave(Exit.WAITING)

    async def _question(self, run: NodeRun) -> None:
        assert self._ask is not None
        self.display.pause()
        asked = asyncio.ensure_future(self._ask(run))
        try:
            while not asked.done():
                # It may be answered elsewhere, or not be needed any more.
                await asyncio.wait({asked}, timeout=FRAME_S)
                if self.progress.waiting.get(run.place) is not run:
                    return
            answer = asked.result()
            if answer is None:
                self._leave(Exit.WAITING)
                return
            try:
                await self.runtime.send(self.execution_id, answer)
            except PointworkError as error:
                self._refused(error)
        finally:
            asked.cancel()
            self._asking = None
            if not self._left.done():
                self.display.resume()
                asyncio.get_running_loop().call_soon(self._look)

    # ------------------------------------------------------------------------------------------- leaving

    def _interrupt(self) -> None:
        if self._interrupted or not self._drives:
            self._leave(Exit.LEFT)
        else:
            self._cancel()

    def _terminate(self) -> None:
        self._leave(Exit.TERMINATED)

    def _time_is_up(self) -> None:
        self.timed_out = True
        self._cancel()

    def _cancel(self) -> None:
        self._interrupted = True
        if self._asking is not None:
            self._asking.cancel()
        self._spawn(self._send_cancel())

    async def _send_cancel(self) -> None:
        with suppress(Conflict):  # it has just ended
            await self.runtime.send(self.execution_id, CancelExecution())

    def _leave(self, code: Exit) -> None:
        if not self._left.done():
            self._left.set_result(code)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _ends_by_itself(run: NodeRun) -> bool:
    return "until" in (run.request or {})

"""Where the progress of an execution goes while it runs: a live tree on a terminal, plain lines elsewhere, or nowhere.

Rules of this file: progress goes to standard error, so that standard output holds the result alone. A warning is told
once; its repetitions are counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from pointwork.cli.picture import ASCII, LAMPS, MAX_NAME, Lamps, detail, duration, lines, outcome, plain, short
from pointwork.cli.progress import NodeRun, Progress
from pointwork.engine.view import NodeStatus
from pointwork.events import (
    ExecutionFinished,
    ExecutionPaused,
    ExecutionStarted,
    LogWritten,
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    NodeSkipped,
    NodeWaiting,
    OutputOverridden,
    Record,
    StepRecorded,
)
from pointwork.usage import COUNTED

__all__ = ["Display", "Lines", "Quiet", "Tree", "lamps_for"]

FRAME_S = 0.1
MAX_OUTCOME = 160  # columns, of a call on a line of its own
FINAL_HEIGHT = 60  # lines of the picture that stays on the screen


class Display(Protocol):
    """Is told of every record after `progress` took it in."""

    def take(self, record: Record, run: NodeRun | None) -> None: ...

    def tick(self) -> None:
        """Some time has passed."""
        ...

    def pause(self) -> None:
        """Leave the terminal to somebody else."""
        ...

    def resume(self) -> None: ...

    def close(self) -> None: ...


def lamps_for(console: Console) -> Lamps:
    """Signs that this terminal can show."""
    return LAMPS if console.encoding.lower().startswith("utf") else ASCII


class Quiet:
    """Shows nothing."""

    def take(self, record: Record, run: NodeRun | None) -> None:
        pass

    def tick(self) -> None:
        pass

    def pause(self) -> None:
        pass

    def resume(self) -> None:
        pass

    def close(self) -> None:
        pass


class Tree:
    """A picture that is drawn over and over in its place."""

    def __init__(
        self, progress: Progress, console: Console, *, now_us: Callable[[], int] = lambda: time.time_ns() // 1_000
    ) -> None:
        self.progress = progress
        self.console = console
        self.lamps = lamps_for(console)
        self.live: Live | None = None
        self._now_us = now_us
        self._due_s = 0.0
        self._closed = False

    def take(self, record: Record, run: NodeRun | None) -> None:
        event = record.event
        if isinstance(event, LogWritten) and self.progress.logged[event.level, event.node or "", event.message] == 1:
            self.console.print(_warning(event, self.lamps))
        self.tick()

    def tick(self) -> None:
        now_s = time.monotonic()
        if self.live is not None and now_s >= self._due_s:
            self._due_s = now_s + FRAME_S
            self.live.update(self._picture(self.console.height), refresh=True)

    def pause(self) -> None:
        if self.live is not None:
            self.live.stop()
            self.live = None

    def resume(self) -> None:
        if self.live is None and not self._closed:
            self.live = Live(
                self._picture(self.console.height),
                console=self.console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self.live.start()

    def close(self) -> None:
        self._closed = True
        self.pause()
        self.console.print(self._picture(FINAL_HEIGHT))

    def _picture(self, height: int) -> RenderableType:
        return Group(
            *lines(self.progress, now_us=self._now_us(), width=self.console.width, height=height, lamps=self.lamps)
        )


def _warning(event: LogWritten, lamps: Lamps) -> Text:
    text = Text(overflow="fold")
    text.append(f"{lamps['log']} ", "yellow" if event.level == "WARNING" else "red")
    if event.node:
        text.append(f"{plain(event.node)}: ", "bold")
    text.append(plain(event.message))
    return text


class Lines:
    """One line for each node that ended, each call of an agent, each warning and each change of the execution."""

    def __init__(self, progress: Progress, write: Callable[[str], object], lamps: Lamps) -> None:
        self.progress = progress
        self.write = write
        self.lamps = lamps

    def take(self, record: Record, run: NodeRun | None) -> None:
        event, progress = record.event, self.progress
        match event:
            case ExecutionStarted():
                self._say(record, "running", short(event.workflow_name, 100), f"execution {record.execution_id}")
            case ExecutionPaused():
                self._say(record, "paused", short(progress.name, 100), f"paused ({event.reason})")
            case LogWritten() if progress.logged[event.level, event.node or "", event.message] == 1:
                text = f"{event.level.lower()}: {plain(event.message)}"
                self._say(record, "log", plain(event.node or progress.name), text)
            case NodeFailed() if run is not None and event.retry_in_s is not None:
                self._say(record, "running", plain(run.place), detail(run, record.at_us))
            case NodeCompleted() | NodeFailed() | NodeSkipped() | NodeCancelled() | NodeWaiting() | OutputOverridden():
                if run is not None:
                    self._say(record, run.status.value, plain(run.place), _told(run))
            case StepRecorded() if run is not None and run.calls.talks and event.kind in COUNTED:
                call = run.calls.ended[-1]
                took = duration(record.at_us - call.started_us)
                words = [f"{call.kind} {plain(call.name)}", short(outcome(call), MAX_OUTCOME), took]
                self._say(record, "failed" if call.failed else "call", plain(run.place), "  ".join(filter(None, words)))
            case ExecutionFinished():
                took = duration(record.at_us - (progress.started_us or record.at_us))
                self._say(record, event.status, short(progress.name, 100), f"{event.status}  {took}")
            case _:
                pass

    def _say(self, record: Record, lamp: str, name: str, text: str) -> None:
        since_s = (record.at_us - (self.progress.started_us or record.at_us)) / 1e6
        column = max(cell_len(name), min(MAX_NAME, self.progress.column))
        self.write(f"{since_s:>8.2f} s  {self.lamps[lamp]} {set_cell_size(name, column)}  {text}\n")

    def tick(self) -> None:
        pass

    def pause(self) -> None:
        pass

    def resume(self) -> None:
        pass

    def close(self) -> None:
        pass


def _told(run: NodeRun) -> str:
    parts = [detail(run, run.ended_us or 0)]
    if run.status is NodeStatus.COMPLETED and run.started_us is not None and run.ended_us is not None:
        parts.append(duration(run.ended_us - run.started_us))
    return "  ".join([run.status.value, *(part for part in parts if part)])

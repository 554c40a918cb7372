"""The terminal that a command runs in: what it can show, and whether somebody sits at it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from pointwork.cli.asking import Hangup, ask, read_line
from pointwork.cli.display import Display, Lines, Quiet, Tree, lamps_for
from pointwork.cli.picture import plain
from pointwork.cli.progress import NodeRun, Progress
from pointwork.commands import Answered
from pointwork.errors import PointworkError
from pointwork.runtime import SystemClock

__all__ = ["Terminal"]


class _Told(logging.Handler):
    """Log lines above the picture."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console

    def emit(self, record: logging.LogRecord) -> None:
        self.console.print(Text(f"! {plain(record.getMessage())}", "yellow", overflow="fold"))


class Terminal:
    """Standard input and standard error. `quiet`: no progress; `silent`: and no questions."""

    def __init__(self, *, quiet: bool = False, silent: bool = False) -> None:
        self.console = Console(stderr=True, highlight=False)
        self.quiet = quiet
        # What is logged below must not be written across the picture.
        logging.basicConfig(level=logging.WARNING, handlers=[_Told(self.console)], force=True)
        self.can_ask = not silent and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    def display(self, progress: Progress, *, now_us: Callable[[], int] | None = None) -> Display:
        """The display that fits."""
        if self.quiet:
            return Quiet()
        if self.console.is_terminal and not self.console.is_dumb_terminal:
            return Tree(progress, self.console, now_us=now_us or SystemClock().now_us)
        return Lines(progress, self._write, lamps_for(self.console))

    async def ask(self, run: NodeRun) -> Answered | None:
        """The answer of whoever sits here; None when they leave it to somebody else."""

        async def read(prompt: str) -> str:
            return await read_line(prompt, file=sys.stdin.fileno(), write=self._write)

        try:
            return await ask(run, console=self.console, read=read)
        except Hangup:
            self._write("\n")
            return None

    def tell_refusal(self, error: PointworkError) -> None:
        """An answer was not accepted."""
        self.console.print(Text(f"  {plain(str(error))}", "yellow", overflow="fold"))

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()

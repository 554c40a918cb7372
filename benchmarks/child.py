"""A process of ours that is told what to do line by line and answers each line with one line of JSON."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

__all__ = ["ROOT", "Child", "child", "environment"]

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 120.0  # for one answer
END_S = 10.0  # for closing what it has opened


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our own, but compiled modules are kept, as an installer would have left them."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **(more or {})}


class Child:
    """The process, from outside."""

    def __init__(self, process: subprocess.Popen[str], name: str) -> None:
        self.process = process
        self.name = name

    def answer(self) -> dict[str, Any]:
        """The next line that it says."""
        assert self.process.stdout is not None
        watchdog = threading.Timer(PATIENCE_S, self._kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        if not line:
            raise RuntimeError(f"{self.name} ended without an answer (status {self.process.wait()}); see above.")
        return json.loads(line)

    def ask(self, question: str) -> dict[str, Any]:
        """Say a line and wait for the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{question}\n")
        self.process.stdin.flush()
        return self.answer()

    def end(self) -> dict[str, Any]:
        """Say that nothing comes any more, and wait for the answer."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.answer()

    def close(self) -> None:
        """Let it finish, or make it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._kill()
            self.process.wait()
        self.process.stdout.close()

    def _kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)


@contextmanager
def child(module: str, *arguments: object, under: Sequence[str] = ()) -> Iterator[Child]:
    """Run a module of this folder; `under` is a command to run it by, for example a tracer."""
    words = [str(argument) for argument in arguments]
    process = subprocess.Popen(
        [*under, sys.executable, "-m", f"benchmarks.{module}", *words],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group of its own: what it runs under is ended with it
    )
    one = Child(process, " ".join([module, *words]))
    try:
        yield one
    finally:
        one.close()

"""What an engine makes of a workload: something that can be run again and again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from benchmarks.workloads import Work, Workload

__all__ = ["Engine", "Job"]


async def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Job:
    """`run` does the workload once; `tidy` forgets what that left behind, and is not measured."""

    run: Callable[[], Awaitable[None]]
    tidy: Callable[[], Awaitable[None]] = _nothing


Engine: TypeAlias = Callable[[Workload, Work, Path], AbstractAsyncContextManager[Job]]
"""Prepares a workload; the folder is empty and its own."""

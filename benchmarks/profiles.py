"""Where the time goes: functions by the time they take themselves.

The profiler sees one thread (the event loop) and makes calls look dearer than they are; it shows what to look at, not
what it costs.
"""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

__all__ = ["costliest", "profiled"]

LINES = 15


def profiled(run: Callable[[], object], *, nodes: int) -> dict[str, Any]:
    """Run under the profiler; the costliest functions, per node."""
    profile = cProfile.Profile()
    profile.enable()
    run()
    profile.disable()
    return {"functions": costliest(pstats.Stats(profile), per=nodes)}


def costliest(stats: pstats.Stats, *, per: int) -> list[dict[str, Any]]:
    """The functions that take most by themselves: microseconds and calls, divided by `per`."""
    rows: list[tuple[float, float, str]] = []
    for (file, line, function), (_, calls, own_s, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        rows.append((own_s * 1e6 / per, calls / per, _named(file, line, function)))
    rows.sort(reverse=True)
    return [{"function": name, "us": round(us, 3), "calls": round(calls, 3)} for us, calls, name in rows[:LINES]]


def _named(file: str, line: int, function: str) -> str:
    """`engine/scheduler.py:120 handle`, without what is special to this machine."""
    if file == "~":
        return function
    return f"{'/'.join(PurePath(file).parts[-2:])}:{line} {function}"

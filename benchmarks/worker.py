"""A process that runs one workload on one engine, as often as it is told over its standard input.

It says what it prepared in one line of JSON, then answers each line: `run 20` with what twenty runs took, `profile`
with where the time of some runs went; at the end of its input with what it used in all. See `contest.py` for the
other side.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.engines import find
from benchmarks.job import Job
from benchmarks.profiles import Sampler
from benchmarks.workloads import Work, Workload, workload

__all__ = ["WrongCount", "measured", "profiled"]

PROFILE_S = 2.0  # of processor time: some hundred samples at least
PROFILE_SLICE_S = 0.2  # without an interruption, which the clock of the samples would not survive


# What `pointwork serve` sets, for all engines alike: with Python's own, chance decides whose time the collector takes.
gc.set_threshold(100_000, 10, 10)


class WrongCount(Exception):
    """An engine did more or less than the workload asks for: its time would mean nothing."""


async def measured(job: Job, work: Work, expected: int, *, times: int) -> dict[str, float]:
    """Run the job so often; seconds per run, and what was written to files."""
    wall_s = cpu_s = 0.0
    gc.collect()
    written = _written()
    for _ in range(times):
        before = work.count
        cpu, wall = process_time(), perf_counter()
        await job.run()
        wall_s += perf_counter() - wall
        cpu_s += process_time() - cpu
        if work.count - before != expected:
            raise WrongCount(f"{work.count - before:,} nodes ran, not {expected:,}.")
        await job.tidy()
    return {"wall_s": wall_s / times, "cpu_s": cpu_s / times, "written_bytes": (_written() - written) / times}


async def profiled(job: Job, nodes: int) -> dict[str, Any]:
    """Where the time of some runs goes, per node."""
    sampler = Sampler()
    done = 0
    while sampler.cpu_s < PROFILE_S:
        gc.collect()
        with sampler:
            until = process_time() + PROFILE_SLICE_S
            while process_time() < until:
                await job.run()
                done += nodes
        await job.tidy()
    return sampler.report(per=done)


def _peak_mb() -> float:
    """The most memory that this process had. What `getrusage` says would include what its parent had."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024


def _written() -> int:
    """Bytes that this process has handed to the system for writing, so far; 0 where nobody counts them."""
    io = Path("/proc/self/io")
    if not io.exists():
        return 0
    return int(io.read_text().partition("wchar:")[2].split()[0])


def _loop_factory(loop: str) -> Callable[[], asyncio.AbstractEventLoop] | None:
    if loop == "asyncio":
        return None
    import uvloop

    return uvloop.new_event_loop


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


def _serve(runner: asyncio.Runner, job: Job, work: Work, task: Workload) -> None:
    for line in sys.stdin:
        match line.split():
            case ["run", times]:
                _say(runner.run(measured(job, work, task.nodes, times=int(times))))
            case ["profile"]:
                _say(runner.run(profiled(job, task.nodes)))
            case _:
                raise ValueError(f"What is {line!r}?")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine")
    parser.add_argument("workload")
    parser.add_argument("--size", type=int)
    parser.add_argument("--loop", choices=("asyncio", "uvloop"), default="asyncio")
    options = parser.parse_args()
    task = workload(options.workload, options.size)
    work = Work(task.rounds)
    with (
        tempfile.TemporaryDirectory(prefix="pointwork-bench-") as folder,
        asyncio.Runner(loop_factory=_loop_factory(options.loop)) as runner,
    ):
        stack = AsyncExitStack()
        job = runner.run(stack.enter_async_context(find(options.engine)(task, work, Path(folder))))
        _say({"nodes": task.nodes})
        _serve(runner, job, work, task)
        runner.run(stack.aclose())
    _say({"rss_mb": _peak_mb()})


if __name__ == "__main__":
    main()

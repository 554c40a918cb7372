"""Where the processor time goes: many times a second, note which function runs and on whose behalf.

Unlike a profiler that follows every call, this does not make calls look dearer than they are. It sees the main thread,
which is where the event loop runs. As a program it runs another one: `python -m benchmarks.profiles FILE MODULE …`.
"""

from __future__ import annotations

import json
import runpy
import signal
import sys
from collections import Counter
from pathlib import Path, PurePath
from time import process_time
from types import CodeType, FrameType
from typing import Any

__all__ = ["Sampler"]

EVERY_S = 0.001  # of processor time; systems whose clock ticks more slowly take samples at that pace
LINES = 15


class Sampler:
    """Takes samples between `__enter__` and `__exit__`; as often as one likes."""

    def __init__(self) -> None:
        self.samples = 0
        self.cpu_s = 0.0
        self._own: Counter[CodeType] = Counter()
        self._with_callees: Counter[CodeType] = Counter()

    def __enter__(self) -> Sampler:
        self._before = signal.signal(signal.SIGPROF, self._sample)
        self._began = process_time()
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        self.cpu_s += process_time() - self._began
        signal.signal(signal.SIGPROF, self._before)

    def _sample(self, _: int, frame: FrameType | None) -> None:
        if frame is None:
            return
        self.samples += 1
        self._own[frame.f_code] += 1
        callers: set[CodeType] = set()
        while frame is not None:
            callers.add(frame.f_code)
            frame = frame.f_back
        self._with_callees.update(callers)

    def report(self, *, per: int) -> dict[str, Any]:
        """The costliest functions: microseconds by themselves and with all that they call, divided by `per`."""
        each = self.cpu_s * 1e6 / max(self.samples, 1) / per
        return {
            "samples": self.samples,
            "us": round(self.cpu_s * 1e6 / per, 2),
            "functions": [
                {
                    "function": _named(code),
                    "us": round(own * each, 3),
                    "all_us": round(self._with_callees[code] * each, 3),
                }
                for code, own in self._own.most_common(LINES)
            ],
        }


def _named(code: CodeType) -> str:
    """`engine/scheduler.py Scheduler.handle`, without what is special to this machine."""
    return f"{'/'.join(PurePath(code.co_filename).parts[-2:])} {code.co_qualname}"


def main() -> None:
    _, file, module, *arguments = sys.argv
    sys.argv = [module, *arguments]
    sampler = Sampler()
    try:
        with sampler:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        Path(file).write_text(json.dumps(sampler.report(per=1)))


if __name__ == "__main__":
    main()

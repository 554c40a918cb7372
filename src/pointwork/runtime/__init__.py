"""The runtime: the only place with asyncio tasks. Begin with `runtime.py`, then `driver.py` and `perform.py`."""

from pointwork.runtime.clock import Clock, SystemClock, Timer
from pointwork.runtime.compiled import Compiled
from pointwork.runtime.ids import new_id
from pointwork.runtime.literals import literals
from pointwork.runtime.runtime import LoadWorkflow, Ownership, Runtime
from pointwork.runtime.timers import Countdown

__all__ = [
    "Clock",
    "Compiled",
    "Countdown",
    "LoadWorkflow",
    "Ownership",
    "Runtime",
    "SystemClock",
    "Timer",
    "literals",
    "new_id",
]

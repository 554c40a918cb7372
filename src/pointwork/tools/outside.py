"""What a tool gets that is called outside of a run: in a script, or by its name at the command line.

Inside a run the services come from whoever started it. Outside, somebody who can build them offers a way to find
them, once for the process; the layers above this one do. Nothing is built before a tool asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pointwork.errors import ConfigurationError

__all__ = ["find", "offer"]

R = TypeVar("R")
_offered: list[Callable[[type[Any]], Any]] = []


def offer(way: Callable[[type[Any]], Any]) -> None:
    """Say how services are found outside of runs: `way(kind)` returns one, or None when there is none of this kind."""
    _offered[:] = [way]


def find(kind: type[R]) -> R:
    """A service by its protocol or class; raises ConfigurationError without it."""
    found = _offered[0](kind) if _offered else None
    if found is None:
        raise ConfigurationError(
            f"The tool needs {kind.__name__}, which is only there inside an execution.",
            hint="Call it from a workflow, by `pointwork tools call`, or after pointwork.wiring.offer_outside().",
        )
    return found

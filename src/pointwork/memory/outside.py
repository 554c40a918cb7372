"""The memory that scripts have, which nobody gave them: whoever can open it says how, once for the process."""

from __future__ import annotations

from collections.abc import Callable

from pointwork.errors import ConfigurationError
from pointwork.memory.service import MemoryService

__all__ = ["find", "offer"]

_offered: list[Callable[[], MemoryService]] = []


def offer(way: Callable[[], MemoryService]) -> None:
    """Say how the memory of scripts is found."""
    _offered[:] = [way]


def find() -> MemoryService:
    """The memory of scripts; raises ConfigurationError when nobody has said how it is found."""
    if not _offered:
        raise ConfigurationError(
            "There is no memory here.", hint="Import MemoryManager from backend.memory, or pass a MemoryService."
        )
    return _offered[0]()

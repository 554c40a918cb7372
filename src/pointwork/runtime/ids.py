"""Ids of executions. They grow with time, which keeps what is written together close together in the database.

Random bits are drawn for many ids at once: asking the system for some lets go of Python's lock, and the thread that
writes the journal, when it is busy, keeps it for a while.
"""

from __future__ import annotations

import os
import time
from typing import Final

__all__ = ["new_id"]

RANDOM_BYTES: Final = 6  # in an id
DRAWN: Final = 128  # ids

_drawn: list[str] = []  # each is used once: `pop` is one step, whatever other threads do


def new_id() -> str:
    """An id for an execution: the time in milliseconds and 48 random bits, hexadecimal.

    >>> len(new_id()), new_id() != new_id()
    (24, True)
    """
    return f"{time.time_ns() // 1_000_000:012x}{_random()}"


def _random() -> str:
    try:
        return _drawn.pop()
    except IndexError:
        drawn = os.urandom(DRAWN * RANDOM_BYTES).hex()
        one, *others = (drawn[at : at + 2 * RANDOM_BYTES] for at in range(0, len(drawn), 2 * RANDOM_BYTES))
        _drawn.extend(others)
        return one


os.register_at_fork(after_in_child=_drawn.clear)  # else the child would give out the same ones

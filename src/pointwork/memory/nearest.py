"""Which index is asked: exact search as long as it is the faster, Chroma for agents with more memories.

Whatever is wrong with Chroma, and as long as nobody has looked whether it holds what the store does, exact search
answers: it takes longer, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from pointwork.errors import IndexBroken
from pointwork.memory.chroma import Chroma
from pointwork.memory.exact import Exact
from pointwork.memory.protocols import Entry, Found

__all__ = ["EXACT_ROWS", "Nearest"]

EXACT_ROWS: Final = 20_000  # of an agent; up to here, comparing all takes a few milliseconds and misses none
MOST: Final = 1_000  # asked of Chroma at once


class Nearest:
    """An index of two: `chroma` may be None, or belong to another process. `wake` calls whoever heals it."""

    def __init__(
        self,
        exact: Exact,
        chroma: Chroma | None = None,
        *,
        exact_rows: int = EXACT_ROWS,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self.wake = wake
        self.exact = exact
        self.chroma = chroma
        self._exact_rows = exact_rows

    def search(self, agent_id: str, vector: bytes, n: int) -> list[Found]:
        """The nearest first, at most `n`."""
        chroma = self.chroma
        if chroma is not None and chroma.is_open and n <= MOST and self.exact.count(agent_id) > self._exact_rows:
            if chroma.checked:
                with suppress(IndexBroken):  # whoever heals it will find the same
                    return chroma.search(agent_id, vector, n)
            elif not chroma.wanted:
                chroma.wanted = True
                self.wake()
        return self.exact.search(agent_id, vector, n)

    def put(self, entries: Sequence[Entry]) -> None:
        """Tell both."""
        self.exact.put(entries)
        if self.chroma is not None:
            self.chroma.put(entries)

    def remove(self, agent_id: str, ids: Sequence[str]) -> None:
        """Tell both."""
        self.exact.remove(agent_id, ids)
        if self.chroma is not None:
            self.chroma.remove(agent_id, ids)

    def reset(self) -> None:
        """Forget everything."""
        self.exact.reset()
        if self.chroma is not None:
            self.chroma.reset()

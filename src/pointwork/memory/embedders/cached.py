"""An embedder that remembers what it was asked lately: the same question often comes twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from pointwork.memory.protocols import Embedder

__all__ = ["Cached"]

SIZE: Final = 1_000  # of 1.5 kB each
CHARACTERS: Final = 2_000  # longer texts are not questions


class Cached:
    """The vectors of an embedder, the latest of them kept."""

    def __init__(self, embedder: Embedder, *, size: int = SIZE) -> None:
        self.embedder = embedder
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    @property
    def name(self) -> str:
        return self.embedder.name

    @property
    def dim(self) -> int:
        return self.embedder.dim

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        """One vector for each text, in order."""
        known: dict[str, bytes] = {}
        with self._lock:
            for text in texts:
                if text in self._kept:
                    self._kept.move_to_end(text)
                    known[text] = self._kept[text]
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, self.embedder.embed(new), strict=True))
            with self._lock:
                self._kept.update((text, known[text]) for text in new if len(text) <= CHARACTERS)
                while len(self._kept) > self._size:
                    self._kept.popitem(last=False)
        return [known[text] for text in texts]

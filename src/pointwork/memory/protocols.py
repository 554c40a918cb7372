"""What turns text into vectors, and what finds vectors that are near: the interfaces, of which there are several makes.

A vector is `dim` little-endian 32-bit floats of length 1, as bytes. Vectors of different embedders never mix: each is
stored under the name of what made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

__all__ = ["Embedder", "Entry", "Found", "Index"]


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors. Calls come from several threads."""

    @property
    def name(self) -> str:
        """Which vectors these are, for example `minilm-l6-v2`."""
        ...

    @property
    def dim(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        """One vector for each text, in order; raises EmbedderError when there is none to be had now."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One memory in an index."""

    id: str
    agent_id: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """A memory that is near; `cosine` is 1 for the same direction."""

    id: str
    cosine: float


class Index(Protocol):
    """Finds the nearest vectors of an agent. It may lag behind the store or be lost: the store tells it again."""

    def put(self, entries: Sequence[Entry]) -> None: ...

    def remove(self, agent_id: str, ids: Sequence[str]) -> None: ...

    def search(self, agent_id: str, vector: bytes, n: int) -> list[Found]:
        """The nearest first, at most `n`."""
        ...

    def reset(self) -> None:
        """Forget everything."""
        ...

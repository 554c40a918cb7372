"""Memory as a process has it: the store, the embedder that was chosen, an index, and whoever keeps them in step.

Nothing is read, loaded or asked before it is needed. A process that stays (`index`) keeps Chroma for agents that
remember very much, if it is installed and no other process has it; everything else compares exactly.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from pointwork.egress.addresses import Origin
from pointwork.errors import Problem
from pointwork.memory.chroma import Chroma
from pointwork.memory.embedders.choice import FindEndpoint, choose
from pointwork.memory.exact import Exact
from pointwork.memory.healing import Healer
from pointwork.memory.identifiers import identifiers
from pointwork.memory.nearest import Nearest
from pointwork.memory.recall import Recall
from pointwork.memory.service import MemoryService
from pointwork.memory.store import MemoryStore
from pointwork.redaction import Redactor

__all__ = ["OpenMemory"]


class OpenMemory:
    """The memory of a process; `service` is what everybody uses."""

    def __init__(
        self,
        database: Path,
        *,
        embedder: str | None = None,
        find: FindEndpoint | None = None,
        index: Path | None = None,
        server: Origin | None = None,
        redactor: Redactor | None = None,
    ) -> None:
        """`embedder` is the setting, `find` finds its provider, `index` is Chroma's folder, `server` is instead of it.

        Raises ConfigurationError.
        """
        self.chosen = choose(embedder, find=find)
        name = self.chosen.embedder.name
        self.store = MemoryStore(database, redactor=redactor)
        self.chroma = Chroma(index, name, server=server) if index is not None and find_spec("chromadb") else None
        nearest = Nearest(Exact(self.store, name), self.chroma)
        self.healer = self._healer(None)  # the index is nobody's before `begin`
        nearest.wake = self.wake
        ranked = Recall(self.store, self.chosen.embedder, nearest, identifiers=identifiers)
        self.service = MemoryService(self.store, ranked, warning=self.chosen.warning, wake=self.wake)

    def _healer(self, index: Chroma | None) -> Healer:
        return Healer(self.store, index, self.chosen.embedder, upkeep=self.store.keep_house)

    def wake(self) -> None:
        """Embed and tell soon what is not embedded or told yet."""
        self.healer.wake()

    def look_again(self) -> None:
        """Providers may be others than before: try again what could not be embedded."""
        self.healer.look_again()

    @property
    def problems(self) -> list[Problem]:
        """What people should know: that memories are found by words alone, and what could not be embedded."""
        found: list[Problem] = []
        if (wrong := self.chosen.problem) is not None:
            text, hint = wrong
            message = f"Agents remember less well than they could. {text}"
            found.append(Problem(severity="warning", code="W-EMBEDDER", message=message, hint=hint))
        last = self.healer.last
        if last is not None and last.problem:
            message = f"Memories without a vector: {last.left}. {last.problem}"
            found.append(Problem(severity="warning", code="W-EMBEDDING", message=message))
        return found

    def begin(self) -> None:
        """Take the index, delete what has expired, and catch up with what was not embedded or told before the end."""
        if not self.store.path.exists():
            return
        if self.chroma is not None:
            self.chroma.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.chroma.open():
                self.healer.close()
                self.healer = self._healer(self.chroma)
                self.service.indexed = True
        self.healer.wake()

    def close(self) -> None:
        """Let go of everything; what is not done is done the next time."""
        self.healer.close()
        if self.chroma is not None:
            self.chroma.close()
        self.store.close()

"""Adds facts and says each id once it is stored, until it is killed; run as `python killed.py FOLDER MARK`."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from pointwork.memory import MemoryService, MemoryStore, NewMemory, Scope
from pointwork.memory.embedders.lexical import Lexical
from pointwork.memory.exact import Exact
from pointwork.memory.identifiers import identifiers
from pointwork.memory.recall import Recall


def service(folder: Path) -> MemoryService:
    store, words = MemoryStore(folder / "memory.db"), Lexical()
    return MemoryService(store, Recall(store, words, Exact(store, words.name), identifiers=identifiers))


if __name__ == "__main__":
    memory = service(Path(sys.argv[1]))
    for number in itertools.count():
        text = f"Fact {sys.argv[2]}-{number} of many"
        learned = memory.learn(NewMemory(text=text, scope=Scope(agent_id=f"agent{number % 3}")))
        print(learned["id"], flush=True)

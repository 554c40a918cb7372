"""What agents remember: facts, what was said, and summaries, in SQLite, with an index of vectors that can be rebuilt.

The rule: the database is the truth and is written first; vectors and indexes follow and are healed from it. The core is
synchronous; whoever has an event loop calls it in a thread.
"""

from pointwork.memory.items import Kind, Memory, NewMemory, Scope, Written
from pointwork.memory.manager import ConversationMemory, MemoryManager, VectorMemory
from pointwork.memory.protocols import Embedder, Entry, Found, Index
from pointwork.memory.service import MemoryService
from pointwork.memory.store import MemoryStore

__all__ = [
    "ConversationMemory",
    "Embedder",
    "Entry",
    "Found",
    "Index",
    "Kind",
    "Memory",
    "MemoryManager",
    "MemoryService",
    "MemoryStore",
    "NewMemory",
    "Scope",
    "VectorMemory",
    "Written",
]

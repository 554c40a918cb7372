"""Memory of agents outside of runs, stored where a server on the same data folder finds it."""

from pointwork.memory import ConversationMemory, MemoryManager, VectorMemory, outside
from pointwork.remembering import memory_outside

__all__ = ["ConversationMemory", "MemoryManager", "VectorMemory"]

outside.offer(memory_outside)

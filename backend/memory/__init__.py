"""Memory of agents, by the names of the first versions."""

from backend.memory.memory_manager import ConversationMemory, MemoryManager, VectorMemory

__all__ = ["ConversationMemory", "MemoryManager", "VectorMemory"]

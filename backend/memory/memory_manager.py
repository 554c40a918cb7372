"""Memory of agents outside of runs, stored where a server on the same data folder finds it."""

from pointwork import memory
from pointwork.wiring import memory_outside

__all__ = ["ConversationMemory", "MemoryManager", "VectorMemory"]


class ConversationMemory(memory.ConversationMemory):
    """What was said lately."""

    def __init__(self, agent_id: str = "default", max_messages: int = 10) -> None:
        super().__init__(memory_outside(), agent_id, max_messages)


class VectorMemory(memory.VectorMemory):
    """What is remembered for long, found by what it means."""

    def __init__(self, agent_id: str = "default") -> None:
        super().__init__(memory_outside(), agent_id)


class MemoryManager(memory.MemoryManager):
    """Both for one agent.

    >>> MemoryManager(agent_id="agent1").recall("Who created Python?", n_results=0)
    []
    """

    def __init__(self, agent_id: str, max_conversation_messages: int = 10, use_vector_memory: bool = True) -> None:
        super().__init__(memory_outside(), agent_id, max_conversation_messages, use_vector_memory)

"""The memory of one agent as an object, for scripts: `ConversationMemory`, `VectorMemory`, and both as `MemoryManager`.

Everything is stored at once, and is there for the next process. Names of methods and arguments are those of the first
versions.
"""

from __future__ import annotations

from pointwork.errors import ConfigurationError, Unacceptable
from pointwork.memory import outside
from pointwork.memory.items import Memory, NewMemory, Scope
from pointwork.memory.service import MemoryService
from pointwork.workflow import JsonObject

__all__ = ["ConversationMemory", "MemoryManager", "VectorMemory"]


class ConversationMemory:
    """What was said lately; the latest `max_messages` messages are its window."""

    def __init__(
        self, agent_id: str = "default", max_messages: int = 10, *, memory: MemoryService | None = None
    ) -> None:
        self._memory = memory or outside.find()
        self.scope = Scope(agent_id=agent_id)
        self.max_messages = max_messages

    def add_interaction(self, user_message: str, assistant_message: str, metadata: JsonObject | None = None) -> None:
        """Keep a question and its answer."""
        self._memory.said(self.scope, user_message, assistant_message, metadata=metadata or {})

    def get_messages(self, limit: int | None = None) -> list[dict[str, str]]:
        """The latest messages, oldest first, as models take them: `role` and `content`."""
        turns = self._memory.window(self.scope, self.max_messages if limit is None else limit)
        return [{"role": role, "content": turn[role]} for turn in turns for role in ("user", "assistant")]

    def get_context_string(self, limit: int | None = None) -> str:
        """The latest messages as text, one `User: …` or `Assistant: …` after the other."""
        return "\n".join(f"{said['role'].capitalize()}: {said['content']}" for said in self.get_messages(limit))

    def clear(self) -> None:
        """Delete all that was said."""
        self._memory.clear_conversation(self.scope)


class VectorMemory:
    """What is remembered for long, and found by what it means."""

    def __init__(self, agent_id: str = "default", *, memory: MemoryService | None = None) -> None:
        self._memory = memory or outside.find()
        self.scope = Scope(agent_id=agent_id)

    def add_memory(self, content: str, metadata: JsonObject | None = None, memory_id: str | None = None) -> str:
        """Remember a text; returns its id. With `memory_id` it takes the place of that one, or raises NotFound."""
        if memory_id is not None:
            self._memory.get(self.scope, memory_id)
        new = NewMemory(text=content, scope=self.scope, metadata=metadata or {})
        return self._memory.learn(new, replaces=memory_id)["id"]

    def search(self, query: str, n_results: int = 5, filter_metadata: JsonObject | None = None) -> list[JsonObject]:
        """The memories that are nearest to a question: `id`, `content`, `score`, `why`, `metadata` and more."""
        return self._memory.recall(self.scope, query, n=n_results, metadata=filter_metadata)

    def get(self, memory_id: str) -> Memory:
        """A memory by its id; raises NotFound."""
        return self._memory.get(self.scope, memory_id)

    def delete_memory(self, memory_id: str) -> None:
        """Forget it for good; raises NotFound."""
        self._memory.get(self.scope, memory_id)
        self._memory.forget(memory_id, by="script", reason="")

    def clear_all(self) -> None:
        """Forget everything that this agent remembers for long."""
        self._memory.clear_memories(self.scope.agent_id)


class MemoryManager:
    """Short and long memory of one agent."""

    def __init__(
        self,
        agent_id: str,
        max_conversation_messages: int = 10,
        use_vector_memory: bool = True,  # noqa: FBT001
        *,
        memory: MemoryService | None = None,
    ) -> None:
        self.agent_id = agent_id
        self._memory = memory or outside.find()
        self.conversation = ConversationMemory(agent_id, max_conversation_messages, memory=self._memory)
        self.vector_memory = VectorMemory(agent_id, memory=self._memory) if use_vector_memory else None

    def add_interaction(
        self,
        user_message: str | None = None,
        assistant_message: str | None = None,
        metadata: JsonObject | None = None,
        save_to_longterm: bool = False,  # noqa: FBT001
        *,
        user_msg: str | None = None,
        assistant_msg: str | None = None,
    ) -> None:
        """Keep a question and its answer, and with `save_to_longterm` so that it can be recalled."""
        asked = user_msg if user_message is None else user_message
        answered = assistant_msg if assistant_message is None else assistant_message
        if asked is None or answered is None:
            raise Unacceptable("An interaction is a user_message and an assistant_message.")
        if save_to_longterm:
            self._long_term()
        self._memory.said(self.conversation.scope, asked, answered, lasting=save_to_longterm, metadata=metadata or {})

    def add_fact(self, fact: str, metadata: JsonObject | None = None) -> str:
        """Remember a fact; returns its id."""
        return self._long_term().add_memory(fact, metadata)

    def recall(self, query: str, n_results: int = 5) -> list[str]:
        """The texts that are nearest to a question, best first; none without long-term memory."""
        return (
            []
            if self.vector_memory is None
            else [one["content"] for one in self.vector_memory.search(query, n_results)]
        )

    def get_context_for_prompt(self, query: str) -> str:
        """What was said lately and what is known about a question, as a text for a prompt."""
        parts = {
            "Recent conversation:": self.conversation.get_context_string(),
            "Relevant memories:": "\n".join(f"- {text}" for text in self.recall(query)),
        }
        return "\n\n".join(f"{title}\n{text}" for title, text in parts.items() if text)

    def clear_conversation(self) -> None:
        """Delete what was said; what is remembered for long stays."""
        self.conversation.clear()

    def clear_all(self) -> None:
        """Delete everything."""
        self._memory.clear_all(self.agent_id)

    def _long_term(self) -> VectorMemory:
        if self.vector_memory is None:
            raise ConfigurationError(
                f"The memory of agent {self.agent_id!r} was made without long-term memory.",
                hint="Make it with use_vector_memory=True.",
            )
        return self.vector_memory

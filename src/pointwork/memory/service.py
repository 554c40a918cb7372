"""The memory of all agents of a process: what is said, learned, recalled and forgotten.

Everything that remembers or recalls goes through here (agents, tools, routes, commands, scripts), so that each sees the
same, in the scope that it has. Synchronous: whoever has an event loop calls it in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pointwork.errors import EmbedderError, NotFound
from pointwork.memory.conversation import Turn
from pointwork.memory.items import Memory, NewMemory, Scope, Written
from pointwork.memory.recall import Recall, Recalled
from pointwork.memory.store import MemoryStore
from pointwork.workflow import JsonObject

__all__ = ["MemoryService"]

OVERFLOW_TURNS: Final = 3  # what has left the window is summarised when it is that much
NO_ONE: Final = Written()


class MemoryService:
    """What `ctx.resource(MemoryService)` gives."""

    def __init__(
        self,
        store: MemoryStore,
        ranked: Recall,
        *,
        warning: str = "",
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """`warning`: what people should know of how things are found here. `wake` calls whoever embeds and indexes."""
        self.indexed = False  # whether there is an index that has to be told of changes
        self.store = store
        self.ranked = ranked
        self.warning = warning or None
        self._wake = wake

    # -- recalling -----------------------------------------------------------------------------------------------------

    def recollect(self, scope: Scope, query: str, *, window: int, n: int, min_score: float | None = None) -> JsonObject:
        """What goes into a prompt: `summary`, `turns` and `memories`, and a `warning` about how they were found."""
        summary = self._summary(scope)
        found, warning = [], self.warning if n else None
        try:
            found = self.recall(scope, query, n=n, min_score=min_score) if n else []
        except EmbedderError as error:  # the conversation is there all the same
            warning = f"Nothing was recalled: {error}"
        return {
            "summary": summary.text if summary else None,
            "turns": self.window(scope, window),
            "memories": found,
            "warning": warning,
        }

    def recall(
        self,
        scope: Scope,
        query: str,
        *,
        n: int = 5,
        min_score: float | None = None,
        metadata: Mapping[str, Any] | None = None,
        touch: bool = True,
    ) -> list[JsonObject]:
        """What is nearest to a question, best first, with the reason why. `touch`: note that they were used."""
        found = self.ranked.recall(scope, query, n, filter=metadata, min_score=min_score, touch=touch)
        return [_told(one) for one in found]

    def window(self, scope: Scope, messages: int) -> list[JsonObject]:
        """The latest turns, oldest first."""
        return [_turn(turn) for turn in self.store.conversation.window(scope, messages)]

    def get(self, scope: Scope, memory_id: str) -> Memory:
        """A memory that is seen from here; raises NotFound."""
        memory = self.store.get(memory_id)
        if not scope.sees(memory.scope):
            raise NotFound(f"There is no memory {memory_id!r}.")
        return memory

    def visible(self, scope: Scope, memory_id: str) -> bool:
        """Whether there is such a memory here."""
        return bool(self.store.visible(scope, [memory_id]))

    # -- remembering ---------------------------------------------------------------------------------------------------

    def said(
        self,
        scope: Scope,
        user_message: str,
        assistant_message: str,
        *,
        lasting: bool = False,
        window: int = 0,
        metadata: JsonObject | None = None,
        written: Written = NO_ONE,
    ) -> JsonObject:
        """Keep a question and its answer. Returns what has left the window and is in no summary, and that summary."""
        memory_id = ""
        if lasting:
            text = f"User: {user_message}\nAssistant: {assistant_message}"
            memory = self.store.add(
                NewMemory(text=text, scope=scope, kind="interaction", metadata=metadata or {}, written=written)
            )
            self._follow(memory)
            memory_id = memory.id
        turns = self.store.conversation
        turns.append(scope, user_message, assistant_message, metadata or {}, written, memory_id)
        summary = self._summary(scope)
        up_to = int(summary.metadata.get("up_to", 0)) if summary else 0
        overflow = turns.before_window(scope, window, after=up_to) if window else []
        if len(overflow) < OVERFLOW_TURNS:
            overflow = []
        return {
            "memory_id": memory_id or None,
            "overflow": [_turn(turn) for turn in overflow],
            "up_to": overflow[-1].seq if overflow else up_to,
            "summary": summary.text if summary else None,
        }

    def learn(self, new: NewMemory, *, replaces: str | None = None) -> JsonObject:
        """Remember a fact, in place of one that does not hold any more if that is seen from its scope."""
        if replaces is not None and self.visible(new.scope, replaces):
            memory = self.store.replace(replaces, new=new)
        else:
            memory = self.store.add(new)
        self._follow(memory)
        return {"id": memory.id, "content": memory.text, "replaces": memory.supersedes}

    def summarised(self, scope: Scope, text: str, up_to: int, *, written: Written = NO_ONE) -> JsonObject:
        """Keep the summary of what was said up to a turn, in place of the one before."""
        before = self._summary(scope)
        metadata = {"up_to": up_to}
        new = NewMemory(text=text, scope=scope, kind="summary", metadata=metadata, written=written)
        memory = self.store.replace(before.id, new=new) if before is not None else self.store.add(new)
        return {"id": memory.id, "content": memory.text}

    def _follow(self, memory: Memory) -> None:
        """Let it be found at once; what cannot be embedded now is by whoever heals the index."""
        try:
            [vector] = self.ranked.embedder.embed([memory.text])
        except EmbedderError:
            self._wake()
            return
        self.store.keep(self.ranked.embedder.name, {memory.id: vector})
        self._changed()

    def _changed(self) -> None:
        if self.indexed:
            self._wake()

    def _summary(self, scope: Scope) -> Memory | None:
        return self.store.latest(scope, "summary")

    # -- forgetting ----------------------------------------------------------------------------------------------------

    def forget(self, memory_id: str, *, by: str, reason: str) -> None:
        """Delete a memory for good, with its history and what it was said in."""
        self.store.forget(memory_id, by=by, reason=reason)
        self._changed()

    def clear_conversation(self, scope: Scope) -> None:
        """Delete what was said in this scope."""
        self.store.conversation.clear(scope)

    def clear_memories(self, agent_id: str) -> None:
        """Delete everything that an agent remembers for long."""
        self.store.clear(agent_id)
        self._changed()

    def clear_all(self, agent_id: str) -> None:
        """Delete everything of an agent, in all scopes."""
        self.clear_memories(agent_id)
        self.store.conversation.clear_agent(agent_id)


def _told(one: Recalled) -> JsonObject:
    memory = one.memory
    told: JsonObject = {
        "id": memory.id,
        "content": memory.text,
        "score": round(one.score, 4),
        "why": one.why,
        "kind": memory.kind,
        "created_at_us": memory.created_at_us,
        "metadata": memory.metadata,
    }
    if memory.metadata.get("untrusted"):
        told["untrusted"] = str(memory.metadata["untrusted"])
    return told


def _turn(turn: Turn) -> JsonObject:
    return {"user": turn.user_message, "assistant": turn.assistant_message}

"""The memory of all agents of a process: what is said, learned, recalled and forgotten.

Everything that remembers or recalls goes through here (agents, tools, routes, commands, scripts), so that each sees the
same, in the scope that it has. Synchronous: whoever has an event loop calls it in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pointwork.errors import EmbedderError
from pointwork.memory.conversation import Turn
from pointwork.memory.items import Memory, NewMemory, Scope, Written
from pointwork.memory.recall import Recall, Recalled
from pointwork.memory.store import MemoryStore, missing
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
            raise missing(memory_id)
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
        memory = self.store.said(
            scope, user_message, assistant_message, lasting=lasting, metadata=metadata, written=written
        )
        if memory is not None:
            self._follow(memory)
        summary = self._summary(scope)
        up_to = _up_to(summary)
        overflow = self.store.conversation.before_window(scope, window, after=up_to) if window else []
        if len(overflow) < OVERFLOW_TURNS:
            overflow = []
        return {
            "memory_id": memory.id if memory else None,
            "overflow": [_turn(turn) for turn in overflow],
            "up_to": overflow[-1].seq if overflow else up_to,
            "summary": summary.text if summary else None,
        }

    def learn(self, new: NewMemory, *, replaces: str | None = None) -> JsonObject:
        """Remember a fact, in place of one of the same scope that does not hold any more.

        What belongs to a wider scope stays: others see it too, and it is not for one of them to take it away.
        """
        old = next(iter(self.store.visible(new.scope, [replaces])), None) if replaces is not None else None
        if old is not None and (old.scope, old.kind) == (new.scope, new.kind):
            return self._learned(self.store.replace(old.id, new=new))
        return self._learned(self.store.add(new))

    def edit(self, memory_id: str, text: str, *, metadata: JsonObject | None = None, importance: float) -> JsonObject:
        """Let another text hold in the place of a memory; raises NotFound. Its metadata stay, unless others are given.

        Of a summary, what it is a summary of stays in any case.
        """
        old = self.store.get(memory_id)
        metadata = old.metadata if metadata is None else metadata
        if old.kind == "summary":
            metadata = {**metadata, "up_to": _up_to(old)}
        new = NewMemory(
            text=text,
            scope=old.scope,
            kind=old.kind,
            metadata=metadata,
            importance=importance,
            expires_at_us=old.expires_at_us,
        )
        return self._learned(self.store.replace(memory_id, new=new))

    def _learned(self, memory: Memory) -> JsonObject:
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
        self.store.clear_conversation(scope)
        self._changed()

    def clear_conversations(self, agent_id: str) -> None:
        """Delete what was said in all scopes of an agent."""
        self.store.clear_conversations(agent_id)
        self._changed()

    def clear_memories(self, agent_id: str) -> None:
        """Delete everything that an agent remembers for long."""
        self.store.clear(agent_id)
        self._changed()

    def clear_all(self, agent_id: str) -> None:
        """Delete everything of an agent, in all scopes."""
        self.clear_memories(agent_id)
        self.clear_conversations(agent_id)


def _up_to(summary: Memory | None) -> int:
    """The turn up to which it tells; a file may have brought anything."""
    number = summary.metadata.get("up_to", 0) if summary is not None else 0
    return number if isinstance(number, int) else 0


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

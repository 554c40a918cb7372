"""What an agent with a memory does with it: it recalls before it asks the model, and remembers when it has answered.

Both are steps of the run: they are seen, stored, and not done again after a crash. What was recalled comes before the
question, in a message of its own that says it is data: whoever once wrote to memory may have wanted to instruct.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

from pointwork.agents.context import AgentContext
from pointwork.agents.dialogue import Dialogue
from pointwork.agents.prompt import recollections
from pointwork.agents.reflecting import facts_in, summary_of
from pointwork.errors import BudgetExceeded, ModelError
from pointwork.memory import MemoryService, NewMemory, Scope, Written
from pointwork.models import AssistantMessage, Message, UserMessage
from pointwork.tools import failure
from pointwork.workflow import JsonObject, MemoryOptions

__all__ = ["Remembering"]

CHARS_PER_TOKEN: Final = 4
MAX_TURN_CHARS: Final = 8_000  # of one message that was said; longer ones are cut where they go into a prompt
MAX_QUERY_CHARS: Final = 2_000
MAX_KEPT_CHARS: Final = 100_000  # of one message, in memory


class Remembering:
    """The memory of one agent at work; to the tools that it calls, its `Recollection`."""

    def __init__(self, ctx: AgentContext, options: MemoryOptions, memory: MemoryService) -> None:
        self.ctx = ctx
        self.options = options
        self.memory = memory
        node = ctx.activation.node
        self.scope = Scope(
            agent_id=options.agent_id or (f"{ctx.workflow_id}/{node}" if ctx.workflow_id else node),
            user_id=options.user_id,
            session_id=options.session_id,
            workflow_id=options.workflow_id,
        )
        self.untrusted: str | None = None  # what was recalled that had come from outside
        self.recalled: list[JsonObject] = []
        self._kept = 0

    # -- before the question -------------------------------------------------------------------------------------------

    async def begin(self, question: str) -> list[Message]:
        """What goes before the question: what was said in this conversation, and what is known about it."""
        options = self.options
        query = question[:MAX_QUERY_CHARS]

        async def look() -> JsonObject:
            return await asyncio.to_thread(
                self.memory.recollect,
                self.scope,
                query,
                window=options.window,
                n=options.recall,
                min_score=options.min_score,
            )

        found: JsonObject = await self.ctx.step("recall", look, kind="memory", data=self._data(query=query))
        if found["warning"]:
            self.ctx.log(found["warning"], "WARNING")
        self.recalled = found["memories"]
        self.untrusted = next((one["untrusted"] for one in self.recalled if one.get("untrusted")), None)
        left = options.max_tokens * CHARS_PER_TOKEN
        known, left = _fitting(self.recalled, left)
        turns = _latest(found["turns"], left)
        return [*turns, UserMessage(role="user", content=recollections(found["summary"], known))]

    # -- after the answer ----------------------------------------------------------------------------------------------

    async def end(self, question: str, answer: str, aside: Callable[[], Dialogue]) -> None:
        """Remember what was said. `aside` begins a dialogue about that.

        A model that cannot be asked for this, or may not any more, does not take the answer back.
        """
        options = self.options
        if options.write == "nothing":
            return

        async def keep() -> JsonObject:
            return await asyncio.to_thread(
                self.memory.said,
                self.scope,
                _kept(question),
                _kept(answer),
                lasting=options.write == "interactions",
                window=options.window,
                metadata=self._marks(),
                written=self._written("said"),
            )

        kept: JsonObject = await self.ctx.step("remember", keep, kind="memory", data=self._data(write=options.write))
        try:
            if options.write == "facts":
                await self._learn(await facts_in(aside(), question, answer, self.recalled))
            if options.summarise and kept["overflow"]:
                await self._summarise(aside(), kept)
        except (ModelError, BudgetExceeded) as error:
            self.ctx.log(f"Not all could be remembered: {error.message}", "WARNING")

    async def _learn(self, facts: Sequence[JsonObject]) -> None:
        async def keep() -> list[JsonObject]:
            return [await self._keep(fact, f"fact{at}") for at, fact in enumerate(facts)]

        if facts:
            await self.ctx.step("learn", keep, kind="memory", data=self._data(facts=list(facts)))

    async def _summarise(self, aside: Dialogue, kept: JsonObject) -> None:
        text = await summary_of(aside, kept["summary"], kept["overflow"])
        if text is None:
            return

        async def keep() -> JsonObject:
            return await asyncio.to_thread(
                self.memory.summarised, self.scope, text, kept["up_to"], written=self._written("summary")
            )

        await self.ctx.step("summarise", keep, kind="memory", data=self._data(up_to=kept["up_to"]))

    async def _keep(self, fact: JsonObject, mark: str) -> JsonObject:
        new = self._new(fact["text"], float(fact.get("importance", 0.5)), mark)
        return await asyncio.to_thread(self.memory.learn, new, replaces=fact.get("replaces"))

    # -- for tools -----------------------------------------------------------------------------------------------------

    async def remember(self, text: str, importance: float) -> JsonObject:
        """Keep a fact."""
        self._kept += 1
        new = self._new(text, importance, f"tool{self._kept}")
        return await asyncio.to_thread(self.memory.learn, new)

    async def recall(self, query: str, n_results: int) -> JsonObject:
        """Look for something."""
        found = await asyncio.to_thread(self.memory.recall, self.scope, query[:MAX_QUERY_CHARS], n=n_results)
        return {"memories": found}

    async def forget(self, memory_id: str, reason: str) -> JsonObject:
        """Delete something that is seen from here."""
        if not await asyncio.to_thread(self.memory.visible, self.scope, memory_id):
            return failure(f"There is no memory {memory_id[:80]!r} here.", hint="Use an id that recall gave.")
        by = f"agent {self.scope.agent_id}"
        await asyncio.to_thread(self.memory.forget, memory_id, by=by, reason=reason)
        return {"forgotten": memory_id}

    # ------------------------------------------------------------------------------------------------------------------

    def _new(self, text: str, importance: float, mark: str) -> NewMemory:
        return NewMemory(
            text=text,
            scope=self.scope,
            importance=min(1.0, max(0.0, importance)),
            metadata=self._marks(),
            written=self._written(mark),
        )

    def _marks(self) -> JsonObject:
        outside = self.ctx.untrusted or self.untrusted
        return {"untrusted": outside} if outside else {}

    def _written(self, mark: str) -> Written:
        at = self.ctx.activation
        return Written(execution_id=self.ctx.execution_id, node_id=at.node, step=f"{at}:{mark}")

    def _data(self, **more: Any) -> JsonObject:
        scope = self.scope
        places = {"user_id": scope.user_id, "session_id": scope.session_id, "workflow_id": scope.workflow_id}
        return {"agent_id": scope.agent_id, **{name: place for name, place in places.items() if place}, **more}


def _fitting(memories: Sequence[JsonObject], chars: int) -> tuple[list[JsonObject], int]:
    """The best that fit, and what is left for the conversation; facts get at most half of the place."""
    found, left = [], chars // 2
    for memory in memories:
        if len(memory["content"]) <= left:
            found.append(memory)
            left -= len(memory["content"])
    return found, chars - (chars // 2 - left)


def _latest(turns: Sequence[JsonObject], chars: int) -> list[Message]:
    """The latest turns that fit, oldest first."""
    found: list[Message] = []
    for turn in reversed(turns):
        said = [_cut(turn["user"]), _cut(turn["assistant"])]
        chars -= sum(map(len, said))
        if chars < 0:
            break
        found[:0] = [
            UserMessage(role="user", content=said[0]),
            AssistantMessage(role="assistant", content=said[1]),
        ]
    return found


def _kept(text: str) -> str:
    return text if len(text) <= MAX_KEPT_CHARS else f"{text[:MAX_KEPT_CHARS]} …"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TURN_CHARS else f"{text[:MAX_TURN_CHARS]} …"

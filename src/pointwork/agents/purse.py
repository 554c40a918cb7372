"""What may still be spent: by the agent, by the run and by all runs of the day, looked at right before each call.

An answer gets no more tokens than are left. What it may take is held for it until what it took is recorded; a call that
finds too little because of what is held for others waits until one of them has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass

from pointwork.agents.context import AgentContext
from pointwork.errors import ConfigurationError, ModelError
from pointwork.models import Message, Models
from pointwork.spending import USUAL_ANSWER, Answer, DayLedger, Expected, Spent, hold, room
from pointwork.workflow import Budget, JsonObject

__all__ = ["Bill", "Purse", "about_tokens"]

BYTES_PER_TOKEN = 3  # of English text there are four or five, of most others three
TOKENS_PER_MESSAGE = 8  # around its text


@dataclass(slots=True)
class Bill:
    """How many tokens the answer may have, and what the call used, for whoever made it to fill in."""

    most: int | None = None
    usage: JsonObject | None = None


class Purse:
    """The budgets that a call has to fit into. The step of the call has begun already, so it is counted."""

    def __init__(self, ctx: AgentContext, own: Budget | None, *, models: Models | None = None) -> None:
        self._ctx = ctx
        self._own = own
        self._models = models
        try:
            self._day = ctx.resource(DayLedger)
        except ConfigurationError:  # nobody limits what is spent in a day
            self._day = None
        budgets = [own, *(budget for _, budget in ctx.budgets), self._day and self._day.budget]
        self._priced = any(budget is not None and budget.cost_usd is not None for budget in budgets)

    def expecting(self) -> AbstractContextManager[Expected]:
        """Around a step that asks a model: what is held for the answer is held until the step is recorded."""
        return self._ctx.expecting()

    @asynccontextmanager
    async def tool_call(self) -> AsyncIterator[None]:
        """Call a tool within; raises BudgetExceeded before it when that is one too many."""
        self._hold()
        async with self._counted(Spent(tool_calls=1)):
            yield

    @asynccontextmanager
    async def model_call(
        self, model: str, tokens: int, *, wanted: int | None, expected: Expected
    ) -> AsyncIterator[Bill]:
        """Ask a model within, for an answer of at most `wanted` tokens (None: as the model likes).

        The bill says how many they may be. Raises BudgetExceeded before the call when nothing is left for an answer.
        """
        cost, per_token = await self._prices(model, tokens)
        answer = await self._answer(cost, per_token, wanted, expected)
        spent = Spent(model_calls=1, tokens=tokens, cost_usd=cost)
        async with self._counted(spent, per_token=per_token, wanted=answer.most) as bill:
            yield bill

    async def _answer(self, cost: float, per_token: float, wanted: int | None, expected: Expected) -> Answer:
        while True:
            expected.tokens, expected.cost_usd = 0, cost
            left = self._left(per_token)
            if left >= (wanted or USUAL_ANSWER) or expected.is_alone:
                break
            expected.cost_usd = 0
            await expected.other_ended()
        expected.tokens, expected.cost_usd = 1, cost + per_token  # less is no answer
        self._hold()
        answer = Answer.within(left, wanted)
        expected.tokens, expected.cost_usd = answer.reserved, cost + per_token * answer.reserved
        return answer

    @asynccontextmanager
    async def _counted(self, about: Spent, *, per_token: float = 0.0, wanted: int | None = None) -> AsyncIterator[Bill]:
        """Count a call for the day."""
        bill = Bill(wanted)
        if self._day is None:
            yield bill
            return
        answer = await asyncio.to_thread(self._day.begin, about, usd_per_token=per_token, wanted=wanted)
        bill.most = answer.most
        began_us = self._ctx.now_us()
        try:
            yield bill
        finally:
            usage = bill.usage or {}
            used = int(usage.get("input_tokens", 0)) + int(usage.get("output_tokens", 0)) or about.tokens
            held_usd = about.cost_usd + per_token * answer.reserved
            rest = Spent(
                tokens=used - about.tokens - answer.reserved,
                cost_usd=float(usage.get("cost_usd", about.cost_usd)) - held_usd,
                seconds=max(0, self._ctx.now_us() - began_us) / 1e6,
            )
            await asyncio.to_thread(self._day.end, rest)

    def _hold(self) -> None:
        node = self._ctx.activation.node
        hold(self._own, self._ctx.spent(run=False), whose=f"agent {node!r}", where=f"the configuration of {node!r}")
        for where, budget in self._ctx.budgets:
            hold(budget, self._ctx.spent(run=True), whose="the run", where=where)

    def _left(self, per_token: float) -> float:
        run = self._ctx.spent(run=True)
        rooms = [room(budget, run, per_token) for _, budget in self._ctx.budgets]
        return min([room(self._own, self._ctx.spent(run=False), per_token), *rooms])

    async def _prices(self, model: str, tokens: int) -> tuple[float, float]:
        """What a prompt costs, and each token of its answer; nothing where no price is known."""
        if self._models is None or not self._priced:
            return 0.0, 0.0
        try:
            return await asyncio.to_thread(self._models.prices, model, tokens) or (0.0, 0.0)
        except ModelError:  # there is no such model: asking it says so
            return 0.0, 0.0


def about_tokens(messages: Sequence[Message], tools: Sequence[JsonObject]) -> int:
    """What a prompt takes, by the number of its bytes: rather too much than too little.

    >>> about_tokens([{"role": "user", "content": "What is 15 * 23 + 17?"}], [])
    15
    """
    texts = [*(message["content"] for message in messages), *map(str, tools)]
    size = sum(len(text.encode("utf-8", "replace")) for text in texts)
    return size // BYTES_PER_TOKEN + TOKENS_PER_MESSAGE * len(texts)

"""What may still be spent: by the agent, by the run and by all runs of the day, looked at right before each call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pointwork.agents.context import AgentContext
from pointwork.errors import ConfigurationError, ModelError
from pointwork.models import Message, Models
from pointwork.spending import DayLedger, Spent, hold
from pointwork.workflow import Budget, JsonObject

__all__ = ["Bill", "Purse", "about_tokens"]

CHARS_PER_TOKEN = 4  # of English text; other languages take more tokens, so the estimate is low rather than high


@dataclass(slots=True)
class Bill:
    """What a call used, for whoever made it to fill in."""

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

    @asynccontextmanager
    async def call(self, *, model: str | None = None, tokens: int = 0) -> AsyncIterator[Bill]:
        """Make one call within; raises BudgetExceeded before it when it would spend too much.

        `model`: the name of the model that is called, and `tokens` what its prompt takes at least; without it the call
        is one of a tool.
        """
        cost = await self._least_cost(model, tokens)
        bill = Bill()
        with self._ctx.expecting(cost):
            self._hold()
            if self._day is None:
                yield bill
                return
            is_model = model is not None
            about = Spent(model_calls=int(is_model), tool_calls=int(not is_model), tokens=tokens, cost_usd=cost)
            await asyncio.to_thread(self._day.begin, about)
            began_us = self._ctx.now_us()
            try:
                yield bill
            finally:
                usage = bill.usage or {}
                used = int(usage.get("input_tokens", 0)) + int(usage.get("output_tokens", 0))
                rest = Spent(
                    tokens=used - tokens if used else 0,
                    cost_usd=float(usage["cost_usd"]) - cost if "cost_usd" in usage else 0.0,
                    seconds=max(0, self._ctx.now_us() - began_us) / 1e6,
                )
                await asyncio.to_thread(self._day.end, rest)

    def _hold(self) -> None:
        node = self._ctx.activation.node
        hold(self._own, self._ctx.spent(run=False), whose=f"agent {node!r}", where=f"the configuration of {node!r}")
        for where, budget in self._ctx.budgets:
            hold(budget, self._ctx.spent(run=True), whose="the run", where=where)

    async def _least_cost(self, model: str | None, tokens: int) -> float:
        if model is None or self._models is None or not self._priced:
            return 0.0
        try:
            return await asyncio.to_thread(self._models.least_cost_usd, model, tokens) or 0.0
        except ModelError:  # there is no such model: asking it says so
            return 0.0


def about_tokens(messages: Sequence[Message], tools: Sequence[JsonObject]) -> int:
    """What a prompt takes at least, by the number of its characters."""
    chars = sum(len(message["content"]) for message in messages)
    return (chars + sum(len(str(tool)) for tool in tools)) // CHARS_PER_TOKEN

"""What an agent may still spend: its own budget and that of the run, looked at right before each call."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from pointwork.agents.context import AgentContext
from pointwork.models import Message
from pointwork.spending import hold
from pointwork.workflow import Budget, JsonObject

__all__ = ["Purse", "about_tokens"]

CHARS_PER_TOKEN = 4  # of English text; other languages take more tokens, so the estimate is low rather than high


class Purse:
    """The budgets that a call has to fit into. The step of the call has begun already, so it is counted."""

    def __init__(self, ctx: AgentContext, own: Budget | None) -> None:
        self._ctx = ctx
        self._own = own
        self._run = _of_run(ctx)
        ctx.spent(run=False)  # its time begins now

    def hold(self) -> None:
        """Raise BudgetExceeded when the call that is about to be made would spend too much."""
        node = self._ctx.activation.node
        hold(self._own, self._ctx.spent(run=False), whose=f"agent {node!r}", where=f"the configuration of {node!r}")
        hold(self._run, self._ctx.spent(run=True), whose="the run", where="the request that starts it")


def _of_run(ctx: AgentContext) -> Budget | None:
    wished = ctx.options.get("budget")
    if not wished:
        return None
    try:
        return Budget.model_validate(wished)
    except ValidationError:  # of a later version, which knows more kinds; those that are known still hold
        return Budget.model_validate({name: wished[name] for name in Budget.model_fields if name in wished})


def about_tokens(messages: Sequence[Message], tools: Sequence[JsonObject]) -> int:
    """What a prompt takes at least, by the number of its characters."""
    chars = sum(len(message["content"]) for message in messages)
    return (chars + sum(len(str(tool)) for tool in tools)) // CHARS_PER_TOKEN

"""What executions spend: calls, tokens, money and time, counted from their events, and held against budgets.

Rule of this file: everything is worked out from events, so a restart forgets nothing. A step counts from when it began,
so agents that work at the same time cannot spend the same rest twice.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from pointwork.errors import BudgetExceeded
from pointwork.events import Event, StepRecorded, StepStarted
from pointwork.workflow import Budget, JsonObject

__all__ = ["ABOUT_TOKENS", "Spending", "Spent", "hold"]

ABOUT_TOKENS = "about_tokens"  # in the data of a model step: what its prompt takes at least, by estimate
UNITS = {
    "model_calls": "model calls",
    "tool_calls": "tool calls",
    "tokens": "tokens",
    "cost_usd": "US dollars",
    "seconds": "seconds",
}


@dataclass(slots=True)
class Spent:
    """What was spent. Tokens of calls that are under way are an estimate of their prompts."""

    model_calls: int = 0
    tool_calls: int = 0
    tokens: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0

    def to_dict(self) -> JsonObject:
        return asdict(self)


def hold(budget: Budget | None, spent: Spent, *, whose: str, where: str) -> None:
    """Raise BudgetExceeded if what was spent, the call that is about to be made included, is more than the budget.

    >>> hold(Budget(tool_calls=2), Spent(tool_calls=2), whose="the run", where="the request")
    """
    if budget is None:
        return
    for name, unit in UNITS.items():
        limit, used = getattr(budget, name), getattr(spent, name)
        if limit is None or used <= limit:
            continue
        shown = f"{used:g}" if isinstance(used, int) else f"{used:.4g}"
        raise BudgetExceeded(
            f"The budget of {whose} is {limit:g} {unit}, and this would be {shown}.",
            hint=f"Raise budget.{name} in {where}, or give the agent a smaller task.",
        )


class Spending:
    """What one execution spent, as a whole and by activation."""

    __slots__ = ("_begun", "_by_node", "_total")

    def __init__(self) -> None:
        self._total = Spent()
        self._by_node: dict[tuple[str, str], Spent] = {}
        self._begun: dict[tuple[str, str, str], int] = {}  # steps, and the tokens that they count with until they end

    def take(self, event: Event) -> None:
        """Count a step that began, once however often it is begun; and what it used when it ended."""
        if isinstance(event, StepStarted) and event.kind in ("model", "tool"):
            place = (event.scope, event.node, event.key)
            if place in self._begun:
                return
            about = event.data.get(ABOUT_TOKENS, 0) if isinstance(event.data, dict) else 0
            self._begun[place] = about
            for spent in self._both(event.scope, event.node):
                spent.model_calls += event.kind == "model"
                spent.tool_calls += event.kind == "tool"
                spent.tokens += about
        elif isinstance(event, StepRecorded) and event.kind in ("model", "tool"):
            place = (event.scope, event.node, event.key)
            about, self._begun[place] = self._begun.get(place, 0), 0
            usage = event.usage or {}
            used = int(usage.get("input_tokens", 0)) + int(usage.get("output_tokens", 0))
            for spent in self._both(event.scope, event.node):
                spent.tokens += (used or (about if event.error is None else 0)) - about
                spent.cost_usd += float(usage.get("cost_usd", 0.0))

    def of(self, scope: str, node: str) -> Spent:
        """What one activation spent."""
        return self._by_node.get((scope, node), Spent())

    @property
    def total(self) -> Spent:
        return self._total

    def _both(self, scope: str, node: str) -> tuple[Spent, Spent]:
        return self._total, self._by_node.setdefault((scope, node), Spent())

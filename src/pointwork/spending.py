"""What executions spend: calls, tokens, money and time, counted from their events, and held against budgets.

Rule of this file: everything is worked out from events, so a restart forgets nothing. A step counts from when it began,
so agents that work at the same time cannot spend the same rest twice. What a call will cost is not in any event, so it
is expected while the call is under way. Time is that in which models or tools were at work: neither waiting for people
nor the time in which no process ran counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Protocol, TypeAlias

from pointwork.errors import BudgetExceeded
from pointwork.events import (
    Event,
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    OutputOverridden,
    StepRecorded,
    StepStarted,
)
from pointwork.workflow import Budget, JsonObject

__all__ = ["ABOUT_TOKENS", "COUNTED", "DayLedger", "Spending", "Spent", "Usage", "hold"]

ABOUT_TOKENS: Final = "about_tokens"  # in the data of a model step: what its prompt takes at least, by estimate
COUNTED: Final = ("model", "tool")  # kinds of steps
UNITS: Final = {
    "model_calls": "model calls",
    "tool_calls": "tool calls",
    "tokens": "tokens",
    "cost_usd": "US dollars",
    "seconds": "seconds",
}
Place: TypeAlias = tuple[str, str]


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

    Time that is used up is enough: how long the call will take nobody knows.

    >>> hold(Budget(tool_calls=2), Spent(tool_calls=2), whose="the run", where="the request")
    """
    if budget is None:
        return
    for name, unit in UNITS.items():
        limit, used = getattr(budget, name), getattr(spent, name)
        if limit is None or used < limit or (used == limit and name != "seconds"):
            continue
        shown = f"{used:g}" if isinstance(used, int) else f"{used:.4g}"
        raise BudgetExceeded(
            f"The budget of {whose} is {limit:g} {unit}, and this would be {shown}.",
            hint=f"Raise budget.{name} in {where}, or give the agent a smaller task.",
        )


class DayLedger(Protocol):
    """What all executions of a day spend together, counted where all processes see it."""

    budget: Budget

    def begin(self, spent: Spent) -> None:
        """Count what is about to be spent; raises BudgetExceeded, and counts nothing, when that is too much."""
        ...

    def end(self, spent: Spent) -> None:
        """Count what was spent beyond that; what was counted too much is negative."""
        ...


@dataclass(slots=True)
class Usage:
    """What the calls that have ended used, for people. Money is None until a price is known.

    >>> usage = Usage()
    >>> usage.take(StepRecorded("", "a", "0", "model", usage={"input_tokens": 8, "output_tokens": 2}))
    True
    >>> usage.to_dict()
    {'model_calls': 1, 'tool_calls': 0, 'input_tokens': 8, 'output_tokens': 2, 'cost_usd': None}
    """

    model_calls: int = 0
    tool_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None

    def take(self, event: StepRecorded) -> bool:
        """Count a step that ended; false when it was none that counts."""
        if event.kind not in COUNTED or (event.error or {}).get("kind") == BudgetExceeded.code:
            return False  # a call that a budget stopped was never made
        self.model_calls += event.kind == "model"
        self.tool_calls += event.kind == "tool"
        usage = event.usage or {}
        self.input_tokens += _number(usage.get("input_tokens"))
        self.output_tokens += _number(usage.get("output_tokens"))
        if "cost_usd" in usage:
            self.cost_usd = (self.cost_usd or 0.0) + _number(usage["cost_usd"])
        return True

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def to_dict(self) -> JsonObject:
        return asdict(self)


def _number(value: Any) -> Any:
    """What a provider says it used, if it is a number."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0 else 0


@dataclass(slots=True)
class _Watch:
    """The time in which at least one of several things went on."""

    open: int = 0
    since_us: int = 0
    total_us: int = 0

    def start(self, at_us: int) -> None:
        if not self.open:
            self.since_us = at_us
        self.open += 1

    def stop(self, at_us: int) -> None:
        self.open -= 1
        if not self.open:
            self.total_us += max(0, at_us - self.since_us)

    def seconds(self, now_us: int) -> float:
        return (self.total_us + (max(0, now_us - self.since_us) if self.open else 0)) / 1e6


@dataclass(slots=True)
class _Account:
    """What one activation spent, and its steps: those that began, with the tokens that they count with."""

    spent: Spent = field(default_factory=Spent)
    begun: dict[str, int] = field(default_factory=dict[str, int])
    open: set[str] = field(default_factory=set[str])
    watch: _Watch = field(default_factory=_Watch)


class Spending:
    """What one execution spent, as a whole and by activation."""

    __slots__ = ("_accounts", "_total", "_watch")

    def __init__(self) -> None:
        self._total = Spent()
        self._watch = _Watch()
        self._accounts: dict[Place, _Account] = {}

    def take(self, event: Event, at_us: int) -> None:
        """Count a step that began, once however often a crash made it begin again; and what it used when it ended."""
        match event:
            case StepStarted() if event.kind in COUNTED:
                self._begin(event, at_us)
            case StepRecorded() if event.kind in COUNTED:
                self._end(event, at_us)
            case NodeFailed(retry_in_s=float() | int()):
                self._stop((event.scope, event.node), at_us)
            case NodeCompleted() | NodeFailed() | NodeCancelled() | OutputOverridden():
                self._stop((event.scope, event.node), at_us)
                self._accounts.pop((event.scope, event.node), None)
            case _:
                pass

    def cut(self, at_us: int) -> None:
        """The process ended: from then on nothing was at work."""
        for place in self._accounts:
            self._stop(place, at_us)

    def of(self, scope: str, node: str, *, now_us: int) -> Spent:
        """What one activation spent."""
        account = self._accounts.get((scope, node)) or _Account()
        return replace(account.spent, seconds=account.watch.seconds(now_us))

    def total(self, *, now_us: int) -> Spent:
        """What the execution spent."""
        return replace(self._total, seconds=self._watch.seconds(now_us))

    @contextmanager
    def expecting(self, scope: str, node: str, cost_usd: float) -> Iterator[None]:
        """Count money that a call will cost at least, for as long as it is under way."""
        both = (self._total, self._account(scope, node).spent)
        for spent in both:
            spent.cost_usd += cost_usd
        try:
            yield
        finally:
            for spent in both:
                spent.cost_usd -= cost_usd

    def _account(self, scope: str, node: str) -> _Account:
        return self._accounts.setdefault((scope, node), _Account())

    def _begin(self, event: StepStarted, at_us: int) -> None:
        account = self._account(event.scope, event.node)
        if event.key not in account.open:
            account.open.add(event.key)
            account.watch.start(at_us)
            self._watch.start(at_us)
        if event.key in account.begun:
            return
        about = _number(event.data.get(ABOUT_TOKENS)) if isinstance(event.data, dict) else 0
        account.begun[event.key] = about
        for spent in (self._total, account.spent):
            spent.model_calls += event.kind == "model"
            spent.tool_calls += event.kind == "tool"
            spent.tokens += about

    def _end(self, event: StepRecorded, at_us: int) -> None:
        account = self._account(event.scope, event.node)
        self._close(account, event.key, at_us)
        about = account.begun.get(event.key, 0)
        if event.error is None:
            account.begun[event.key] = 0
        else:  # whoever tries it again makes another call
            account.begun.pop(event.key, None)
        usage = event.usage or {}
        used = _number(usage.get("input_tokens")) + _number(usage.get("output_tokens"))
        for spent in (self._total, account.spent):
            spent.tokens += (used or (about if event.error is None else 0)) - about
            spent.cost_usd += _number(usage.get("cost_usd"))

    def _stop(self, place: Place, at_us: int) -> None:
        if (account := self._accounts.get(place)) is not None:
            for key in list(account.open):
                self._close(account, key, at_us)

    def _close(self, account: _Account, key: str, at_us: int) -> None:
        if key in account.open:
            account.open.remove(key)
            account.watch.stop(at_us)
            self._watch.stop(at_us)

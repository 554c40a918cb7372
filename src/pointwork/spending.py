"""What executions spend: calls, tokens, money and time, counted from their events, and held against budgets.

Rule of this file: everything is worked out from events, so a restart forgets nothing. A step counts from when it began,
so agents that work at the same time cannot spend the same rest twice. What a call will take is not in any event, so it
is expected, with the longest answer that it may get, until what it took is recorded. Time is that in which models or
tools were at work: neither waiting for people nor the time in which no process ran counts.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Final, Protocol, TypeAlias

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
from pointwork.usage import COUNTED, number_of
from pointwork.workflow import Budget, JsonObject

__all__ = [
    "ABOUT_TOKENS",
    "USUAL_ANSWER",
    "Answer",
    "DayLedger",
    "Expected",
    "Spending",
    "Spent",
    "hold",
    "room",
]

ABOUT_TOKENS: Final = "about_tokens"  # in the data of a model step: what its prompt takes, by estimate
USUAL_ANSWER: Final = 8_192  # tokens of an answer while a budget is held, unless its agent says how many; with thoughts
LONGEST_ANSWER: Final = 131_072  # no model that is known answers with more
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


def room(budget: Budget | None, spent: Spent, usd_per_token: float) -> float:
    """How many more tokens a budget pays for; infinite when it limits neither tokens nor money.

    >>> room(Budget(tokens=100, cost_usd=0.5), Spent(tokens=40, cost_usd=0.25), usd_per_token=0.01)
    25.0
    """
    left = math.inf
    if budget is not None and budget.tokens is not None:
        left = budget.tokens - spent.tokens
    if budget is not None and budget.cost_usd is not None and usd_per_token > 0:
        left = min(left, (budget.cost_usd - spent.cost_usd) / usd_per_token)
    return left


@dataclass(frozen=True, slots=True)
class Answer:
    """How long an answer may be: `most` tokens (None: as the model likes), for which `reserved` are held.

    >>> Answer.within(math.inf, None), Answer.within(1_000_000, None)
    (Answer(most=None, reserved=0), Answer(most=None, reserved=131072))
    >>> Answer.within(100_000, None).most, Answer.within(5_000, None).most, Answer.within(5_000, 200).most
    (8192, 5000, 200)
    """

    most: int | None
    reserved: int

    @classmethod
    def within(cls, left: float, wanted: int | None) -> Answer:
        """What a budget with so many tokens left allows; at least one token."""
        if left == math.inf:
            return cls(wanted, 0)
        if wanted is None and left >= LONGEST_ANSWER:
            return cls(None, LONGEST_ANSWER)
        most = max(1, int(min(left, wanted or USUAL_ANSWER)))
        return cls(most, most)


class DayLedger(Protocol):
    """What all executions of a day spend together, counted where all processes see it."""

    budget: Budget

    def begin(self, spent: Spent, *, usd_per_token: float = 0.0, wanted: int | None = None) -> Answer:
        """Count what is about to be spent; raises BudgetExceeded, and counts nothing, when that is too much.

        For an answer of at most `wanted` tokens, what may come of them is counted too.
        """
        ...

    def end(self, spent: Spent) -> None:
        """Count what was spent beyond that; what was counted too much is negative."""
        ...


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


@dataclass(slots=True, eq=False)
class Expected:
    """What a call that is under way will take: tokens of its answer, and money with what its prompt costs."""

    place: Place
    spending: Spending
    tokens: int = 0
    cost_usd: float = 0.0

    @property
    def is_alone(self) -> bool:
        """Whether nothing is held for other calls of the run."""
        return not self.spending.others_expect(self)

    async def other_ended(self) -> None:
        """Wait until another call has ended."""
        await self.spending.released()


class Spending:
    """What one execution spent, as a whole and by activation."""

    __slots__ = ("_accounts", "_expected", "_total", "_waiting", "_watch")

    def __init__(self) -> None:
        self._total = Spent()
        self._watch = _Watch()
        self._accounts: dict[Place, _Account] = {}
        self._expected: list[Expected] = []
        self._waiting: list[asyncio.Future[None]] = []

    def take(self, event: Event, at_us: int) -> None:
        """Count a step that began, once however often a crash made it begin again; and what it used when it ended."""
        match event:
            case StepStarted() if event.kind in COUNTED and not _is_stubbed(event):
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
        return self._with_expected(account.spent, account.watch.seconds(now_us), lambda one: one.place == (scope, node))

    def total(self, *, now_us: int) -> Spent:
        """What the execution spent."""
        return self._with_expected(self._total, self._watch.seconds(now_us), lambda _: True)

    def _with_expected(self, spent: Spent, seconds: float, counts: Callable[[Expected], bool]) -> Spent:
        counted = [one for one in self._expected if counts(one)]
        return Spent(
            spent.model_calls,
            spent.tool_calls,
            spent.tokens + sum(one.tokens for one in counted),
            spent.cost_usd + sum(one.cost_usd for one in counted),
            seconds,
        )

    @contextmanager
    def expecting(self, scope: str, node: str) -> Iterator[Expected]:
        """Count what a call will take as spent, for as long as it is under way; the caller says how much it is."""
        expected = Expected((scope, node), self)
        self._expected.append(expected)
        try:
            yield expected
        finally:
            self._expected.remove(expected)
            waiting, self._waiting = self._waiting, []
            for future in waiting:
                if not future.done():
                    future.set_result(None)

    def others_expect(self, mine: Expected) -> bool:
        """Whether other calls are under way that may leave something of what is held for them."""
        return any(one.tokens for one in self._expected if one is not mine)

    async def released(self) -> None:
        """Wait until a call has ended."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

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
        about = number_of(event.data.get(ABOUT_TOKENS)) if isinstance(event.data, dict) else 0
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
        used = number_of(usage.get("input_tokens")) + number_of(usage.get("output_tokens"))
        for spent in (self._total, account.spent):
            spent.tokens += (used or (about if event.error is None else 0)) - about
            spent.cost_usd += number_of(usage.get("cost_usd"))

    def _stop(self, place: Place, at_us: int) -> None:
        if (account := self._accounts.get(place)) is not None:
            for key in list(account.open):
                self._close(account, key, at_us)

    def _close(self, account: _Account, key: str, at_us: int) -> None:
        if key in account.open:
            account.open.remove(key)
            account.watch.stop(at_us)
            self._watch.stop(at_us)


def _is_stubbed(event: StepStarted) -> bool:
    """Whether something stood in for the call, which then took nothing."""
    return isinstance(event.data, dict) and event.data.get("stubbed") is True

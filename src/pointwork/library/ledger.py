"""What all executions of a day spend together, in one row of the database, so that all processes see it.

A call is counted before it is made, in the transaction that looks whether it fits: two processes cannot spend the same
rest. What a process had counted and not corrected when it died stays counted. Days are those of UTC.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pointwork.db import BUSY_TIMEOUT_S, Pool, load_queries, migrate, transaction
from pointwork.spending import Answer, Spent, hold, room
from pointwork.workflow import Budget

__all__ = ["Ledger"]

SQL = load_queries("pointwork.library", "spending.sql")


class Ledger:
    """A `DayLedger` in the database at `path`. It opens itself when it is first used."""

    def __init__(
        self,
        path: Path | str,
        budget: Budget,
        *,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        now_us: Callable[[], int] = lambda: time.time_ns() // 1_000,
    ) -> None:
        self.path = Path(path)
        self.budget = budget
        self._now_us = now_us
        self._pool = Pool(self.path, busy_timeout_s=busy_timeout_s)
        self._open = False

    def begin(self, spent: Spent, *, usd_per_token: float = 0.0, wanted: int | None = None) -> Answer:
        """Count what is about to be spent; raises BudgetExceeded, and counts nothing, when that is too much.

        For an answer of at most `wanted` tokens, what may come of them is counted too.
        """
        self._opened()
        day = self._today()
        with self._pool.connection() as connection, transaction(connection):
            connection.execute(SQL["add"], {"day": day, **spent.to_dict()})
            together = Spent(*connection.execute(SQL["spent"], {"day": day}).fetchone())
            one = 1 if spent.model_calls else 0  # less than one token is no answer
            least = replace(together, tokens=together.tokens + one, cost_usd=together.cost_usd + usd_per_token * one)
            hold(self.budget, least, whose=f"the day {day} (UTC)", where="POINTWORK_DAY_BUDGET")
            if not spent.model_calls:
                return Answer(None, 0)
            answer = Answer.within(room(self.budget, together, usd_per_token), wanted)
            held = Spent(tokens=answer.reserved, cost_usd=usd_per_token * answer.reserved)
            connection.execute(SQL["add"], {"day": day, **held.to_dict()})
        return answer

    def end(self, spent: Spent) -> None:
        """Count what was spent beyond that; what was counted too much is negative."""
        self._opened()
        with self._pool.connection() as connection, transaction(connection):
            connection.execute(SQL["add"], {"day": self._today(), **spent.to_dict()})

    def today(self) -> Spent:
        """What was spent today."""
        self._opened()
        with self._pool.connection() as connection:
            row = connection.execute(SQL["spent"], {"day": self._today()}).fetchone()
        return Spent() if row is None else Spent(*row)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()
        self._open = False

    def _today(self) -> str:
        return f"{datetime.fromtimestamp(self._now_us() // 1_000_000, UTC):%Y-%m-%d}"

    def _opened(self) -> None:
        if not self._open:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            migrate(self.path)
            self._pool.open()
            self._open = True

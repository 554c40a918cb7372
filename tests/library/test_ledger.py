"""What all runs of a day may spend: counted before a call, over all processes, and begun anew each day."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pointwork.errors import BudgetExceeded, ConfigurationError
from pointwork.journal.memory import MemoryJournal
from pointwork.library import Ledger
from pointwork.models import Models
from pointwork.nodes import builtin_registry
from pointwork.runtime import Runtime
from pointwork.settings import Settings
from pointwork.spending import DayLedger, Spent
from pointwork.testing import FakeModel, FakeModels
from pointwork.tools import ToolRegistry
from pointwork.workflow import Budget, Workflow

DAY_US = 86_400_000_000


class Clock:
    now = 1_700_000_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "new" / "pointwork.db", Budget(model_calls=3, cost_usd=1.0), now_us=clock)
    yield made
    made.close()


def test_what_fits_is_counted_and_what_does_not_is_not(ledger: Ledger) -> None:
    for _ in range(3):
        ledger.begin(Spent(model_calls=1, tokens=5))
    with pytest.raises(BudgetExceeded, match=r"the day 2023-11-14 \(UTC\) is 3 model calls, and this would be 4") as e:
        ledger.begin(Spent(model_calls=1))
    assert "POINTWORK_DAY_BUDGET" in e.value.hint
    assert ledger.today() == Spent(model_calls=3, tokens=15)


def test_what_was_counted_too_much_is_given_back(ledger: Ledger) -> None:
    ledger.begin(Spent(model_calls=1, tokens=100, cost_usd=0.5))
    ledger.end(Spent(tokens=-40, cost_usd=-0.25, seconds=1.5))
    assert ledger.today() == Spent(1, 0, 60, 0.25, 1.5)
    ledger.end(Spent(cost_usd=2.0))  # it cost more than expected: counted all the same
    with pytest.raises(BudgetExceeded):
        ledger.begin(Spent(tool_calls=1))


def test_every_day_begins_anew(ledger: Ledger, clock: Clock) -> None:
    ledger.begin(Spent(model_calls=3))
    clock.now += DAY_US
    assert ledger.today() == Spent()
    ledger.begin(Spent(model_calls=3))


def test_others_see_it(ledger: Ledger, clock: Clock) -> None:
    """Threads and processes alike: there is nothing but the database."""
    refused: list[BudgetExceeded] = []

    def one() -> None:
        own = Ledger(ledger.path, ledger.budget, now_us=clock)
        try:
            own.begin(Spent(model_calls=1))
        except BudgetExceeded as error:
            refused.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(refused) == 5
    assert ledger.today().model_calls == 3


async def test_agents_of_different_runs_spend_from_one_day(ledger: Ledger) -> None:
    model = FakeModel([("calculator", {"expression": "1 + 1"})], "2")
    runtime = Runtime(
        journal=MemoryJournal(),
        registry=builtin_registry(),
        resources={Models: FakeModels(model), ToolRegistry: ToolRegistry(), DayLedger: ledger},
    )
    await runtime.open()
    agent = {"id": "a", "type": "agent", "agent_config": {"tools": ["calculator"]}}
    states: list[Any] = []
    for _ in range(2):
        execution = await runtime.start(Workflow.load({"nodes": [agent]}), {"q": "?"})
        assert await runtime.finished(execution, timeout_s=30)
        states.append(await runtime.state(execution))
        model.requests.clear()
        model.script = ([("calculator", {"expression": "1 + 1"})],)
    await runtime.close()
    assert [state["status"] for state in states] == ["completed", "failed"]
    assert states[1]["error_detail"]["kind"] == "budget_exceeded"
    spent = ledger.today()
    assert (spent.model_calls, spent.tool_calls, spent.tokens) == (3, 2, 45)


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("cost_usd=5", Budget(cost_usd=5)),
        (" cost_usd = 0.5 , tokens = 2000000 ", Budget(cost_usd=0.5, tokens=2_000_000)),
        ("", None),
    ],
)
def test_the_setting(text: str, budget: Budget | None) -> None:
    assert Settings.from_environment({"POINTWORK_DAY_BUDGET": text, "HOME": "/"}).day_budget == budget


@pytest.mark.parametrize("text", ["5", "dollars=5", "tokens=many", "tokens=-1", "cost_usd=nan", "tokens=1;seconds=2"])
def test_a_setting_that_does_not_fit(text: str) -> None:
    with pytest.raises(ConfigurationError, match="POINTWORK_DAY_BUDGET") as error:
        Settings.from_environment({"POINTWORK_DAY_BUDGET": text, "HOME": "/"})
    assert "cost_usd=5" in error.value.hint

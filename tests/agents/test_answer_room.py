"""An answer is never longer than what a budget has left, however many agents answer at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointwork.agents import run_agent
from pointwork.agents.purse import about_tokens
from pointwork.commands import CancelExecution
from pointwork.errors import BudgetExceeded
from pointwork.journal.memory import MemoryJournal
from pointwork.library import Ledger
from pointwork.models import Finished, ModelDelta, ModelRequest, Models, TextDelta, UsageDelta
from pointwork.nodes import builtin_registry
from pointwork.runtime.runtime import Runtime
from pointwork.spending import USUAL_ANSWER, DayLedger
from pointwork.testing import FakeContext, FakeModels
from pointwork.tools import ToolRegistry
from pointwork.workflow import AgentConfig, Budget, JsonObject, Workflow


class Talker:
    """A model that says `words` tokens, or as many as it may; a token of its prompts is three letters."""

    def __init__(self, words: int) -> None:
        self.words = words
        self.asked: list[int | None] = []
        self.used = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        self.asked.append(request.max_tokens)
        prompt = sum(len(message["content"]) // 3 + 3 for message in request.messages)
        said = min(self.words, request.max_tokens or self.words)
        for _ in range(10):  # others have their turn
            await asyncio.sleep(0)
        yield TextDelta("word " * said)
        self.used += prompt + said
        yield UsageDelta({"input_tokens": prompt, "output_tokens": said, "cost_usd": prompt * 1e-3 + said * 1e-2})
        yield Finished("stop" if said == self.words else "length", "talker")


class Priced(FakeModels):
    def prices(self, name: str, tokens: int) -> tuple[float, float] | None:
        return tokens * 1e-3, 1e-2


async def alone(talker: Talker, **config: Any) -> str:
    made = AgentConfig(prompt="Tell me everything about trains.", **config)
    answer = await run_agent(FakeContext(), made, {}, models=Priced(talker), tools=ToolRegistry())
    return answer.text


async def run(
    talker: Talker, agents: int, budget: Budget | None, *, day: DayLedger | None = None
) -> tuple[JsonObject, Runtime]:
    nodes = [{"id": f"a{number}", "type": "agent", "agent_config": {"prompt": "Talk."}} for number in range(agents)]
    resources: dict[type, object] = {Models: Priced(talker), ToolRegistry: ToolRegistry()}
    if day is not None:
        resources[DayLedger] = day
    runtime = Runtime(journal=MemoryJournal(), registry=builtin_registry(), resources=resources)
    await runtime.open()
    execution = await runtime.start(Workflow.load({"nodes": nodes}), {}, budget=budget)
    assert await runtime.finished(execution, timeout_s=30)
    return await runtime.state(execution), runtime


@settings(max_examples=60, deadline=None)
@given(tokens=st.integers(1, 400), words=st.integers(1, 400))
async def test_tokens_are_never_exceeded(tokens: int, words: int) -> None:
    talker = Talker(words)
    try:
        text = await alone(talker, budget=Budget(tokens=tokens))
    except BudgetExceeded:
        text = ""
    assert talker.used <= tokens or not talker.asked
    assert not text or len(text.split()) == words  # half an answer is none


@settings(max_examples=60, deadline=None)
@given(cents=st.integers(1, 400), words=st.integers(1, 400))
async def test_money_is_never_exceeded(cents: int, words: int) -> None:
    talker = Talker(words)
    with suppress(BudgetExceeded):
        await alone(talker, budget=Budget(cost_usd=cents / 100))
    if talker.asked:
        [most] = talker.asked
        assert most is not None
        assert 0.01 * min(words, most) <= cents / 100


async def test_what_is_said_fits_and_is_said_whole() -> None:
    talker = Talker(100)
    assert len((await alone(talker, budget=Budget(tokens=500))).split()) == 100
    assert talker.asked[0] is not None
    assert talker.asked[0] < 500


@pytest.mark.parametrize(
    ("budget", "max_tokens", "asked"),
    [
        (None, None, None),
        (None, 700, 700),
        (Budget(model_calls=5, seconds=60), None, None),
        (Budget(tokens=10_000_000), None, None),
        (Budget(tokens=100_000), None, USUAL_ANSWER),
        (Budget(tokens=100_000), 20_000, 20_000),
        (Budget(cost_usd=500), None, USUAL_ANSWER),
    ],
)
async def test_how_long_an_answer_may_be(budget: Budget | None, max_tokens: int | None, asked: int | None) -> None:
    talker = Talker(10)
    await alone(talker, budget=budget, max_tokens=max_tokens)
    assert talker.asked == [asked]


async def test_an_answer_that_is_cut_off_is_none_and_what_it_took_counts() -> None:
    talker = Talker(1_000)
    context = FakeContext()
    config = AgentConfig(prompt="Talk.", budget=Budget(tokens=200))
    for _ in range(2):
        with pytest.raises(BudgetExceeded, match=r"cut off: the budget left it \d+ tokens"):
            await run_agent(context, config, {}, models=FakeModels(talker), tools=ToolRegistry())
        assert 100 < context.spent(run=True).tokens <= 200
        context = context.resumed()
    assert len(talker.asked) == 1  # it was recorded, and a restart comes to the same


async def test_a_long_answer_says_how_to_allow_it() -> None:
    with pytest.raises(BudgetExceeded, match="max_tokens"):
        await alone(Talker(USUAL_ANSWER + 1), budget=Budget(tokens=100_000))


@pytest.mark.parametrize("agents", [2, 5])
async def test_agents_at_the_same_time_never_exceed_it_together(agents: int) -> None:
    talker = Talker(10_000)
    state, runtime = await run(talker, agents, Budget(tokens=3_000))
    await runtime.close()
    assert state["status"] == "failed"
    assert talker.used <= 3_000


async def test_agents_wait_for_what_others_may_leave() -> None:
    talker = Talker(50)
    state, runtime = await run(talker, 5, Budget(tokens=1_000))
    await runtime.close()
    assert state["status"] == "completed", state["error"]
    assert len(talker.asked) == 5
    assert all(most is not None for most in talker.asked)


async def test_a_run_that_is_cancelled_while_it_waits_ends() -> None:
    nodes = [{"id": f"a{number}", "type": "agent", "agent_config": {"prompt": "Talk."}} for number in range(3)]

    class Silent(Talker):
        async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
            self.asked.append(request.max_tokens)
            await runtime.send(execution, CancelExecution())
            async for delta in super().stream(request):
                yield delta

    talker = Silent(10)
    resources: dict[type, object] = {Models: FakeModels(talker), ToolRegistry: ToolRegistry()}
    runtime = Runtime(journal=MemoryJournal(), registry=builtin_registry(), resources=resources)
    await runtime.open()
    execution = await runtime.start(Workflow.load({"nodes": nodes}), {}, budget=Budget(tokens=1_000))
    assert await runtime.finished(execution, timeout_s=30)
    assert (await runtime.state(execution))["status"] == "cancelled"
    await runtime.close()


@pytest.mark.parametrize("budget", [Budget(tokens=400), Budget(cost_usd=2)])
async def test_the_day_is_never_exceeded_and_what_was_held_comes_back(tmp_path: Path, budget: Budget) -> None:
    day = Ledger(tmp_path / "day.db", budget)
    talker = Talker(30)
    state, runtime = await run(talker, 1, None, day=day)
    await runtime.close()
    assert state["status"] == "completed", state["error"]
    assert day.today().tokens == talker.used
    loud = Talker(10_000)
    state, runtime = await run(loud, 3, None, day=day)
    await runtime.close()
    assert state["status"] == "failed"
    today = day.today()
    assert today.tokens <= (budget.tokens or 10_000)
    assert today.cost_usd <= (budget.cost_usd or 100)
    day.close()


@pytest.mark.parametrize(("text", "real"), [("A train of words. " * 50, 225), ("火车" * 100, 200), ("", 4)])
def test_a_prompt_is_not_taken_for_shorter_than_it_is(text: str, real: int) -> None:
    assert about_tokens([{"role": "user", "content": text}], []) >= real

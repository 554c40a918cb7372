"""When a model cannot answer, the next one is asked, and the agent stays with the one that answered."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from pointwork.agents import run_agent
from pointwork.errors import ModelError, ModelUnavailable, RateLimited
from pointwork.models import ModelClient, ModelDelta, ModelRequest, Models, TextDelta, ThinkingDelta, ToolCallDelta
from pointwork.models.client import Ignored
from pointwork.models.providers import configured
from pointwork.testing import Crash, FakeContext, FakeModel, OpenAIServer, Reply, absent_url
from pointwork.tools import ToolRegistry
from pointwork.workflow import AgentConfig

CALC = [("calculator", {"expression": "1 + 1"})]


class Several(Models):
    """Models by their names; one that is not there is unavailable."""

    def __init__(self, **models: Any) -> None:
        super().__init__()
        self.models = models

    def client(self, name: str) -> ModelClient:
        if name not in self.models:
            raise ModelUnavailable(f"There is no {name!r}.")
        return self.models[name]


async def run(models: Several, ctx: FakeContext, **config: Any) -> str:
    made = AgentConfig(model="first", fallback_models=["second", "third"], tools=["calculator"], **config)
    return (await run_agent(ctx, made, {"q": "?"}, models=models, tools=ToolRegistry())).text


async def test_the_first_that_can_answers() -> None:
    models = Several(first=FakeModel(RateLimited("Slow down.")), second=FakeModel("I do."))
    ctx = FakeContext()
    assert await run(models, ctx) == "I do."
    assert ctx.logged == [("WARNING", "first cannot answer: Slow down. Asking second instead.")]
    [step] = ctx.steps.values()
    assert (step.name, step.value["asked"]) == ("first", "second")
    assert models.models["second"].requests[0].model == "second"


async def test_one_that_is_not_there_is_passed_over() -> None:
    assert await run(Several(third=FakeModel("Me.")), FakeContext()) == "Me."


async def test_the_agent_stays_with_the_one_that_answered() -> None:
    models = Several(first=FakeModel(ModelError("No.")), second=FakeModel(CALC, "2"))
    assert await run(models, FakeContext()) == "2"
    assert (len(models.models["first"].requests), len(models.models["second"].requests)) == (1, 2)


async def test_a_crash_does_not_make_it_ask_around_again() -> None:
    models = Several(first=FakeModel(ModelError("No.")), second=FakeModel(CALC, "2"))
    ctx = FakeContext(crash_after=2)
    with pytest.raises(Crash):
        await run(models, ctx)
    assert await run(models, ctx.resumed()) == "2"
    assert (len(models.models["first"].requests), len(models.models["second"].requests)) == (1, 2)


async def test_when_nobody_answers_the_last_one_says_why() -> None:
    models = Several(first=FakeModel(ModelError("No.")), third=FakeModel(RateLimited("Slow.")))
    with pytest.raises(RateLimited, match="Slow"):
        await run(models, FakeContext())


async def test_without_any_other_it_fails_as_ever() -> None:
    models = Several(first=FakeModel(ModelError("No.")))
    made = AgentConfig(model="first")
    with pytest.raises(ModelError, match="No"):
        await run_agent(FakeContext(), made, {}, models=models, tools=ToolRegistry())


class Ends:
    """A client that sends these pieces and then fails."""

    def __init__(self, *pieces: ModelDelta, error: BaseException) -> None:
        self.pieces = pieces
        self.error = error

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        for piece in self.pieces:
            yield piece
        raise self.error


@pytest.mark.parametrize("piece", [TextDelta("Hel"), ThinkingDelta("Hm"), ToolCallDelta(0, "c", "calculator")])
async def test_once_a_part_was_shown_nobody_else_is_asked(piece: ModelDelta) -> None:
    second = FakeModel("I do.")
    with pytest.raises(ModelError, match="cut off"):
        await run(Several(first=Ends(piece, error=ModelError("cut off")), second=second), FakeContext())
    assert second.requests == []


async def test_a_note_about_settings_is_no_part_of_an_answer() -> None:
    first = Ends(Ignored(("top_k",), "first"), error=ModelError("busy"))
    ctx = FakeContext()
    assert await run(Several(first=first, second=FakeModel("I do.")), ctx) == "I do."
    assert ctx.logged[0] == ("WARNING", "first has no use for top_k, which is not sent.")


@pytest.mark.parametrize("error", [KeyError("a bug"), KeyboardInterrupt()])
async def test_what_is_no_fault_of_a_model_changes_none(error: BaseException) -> None:
    second = FakeModel("I do.")
    with pytest.raises(type(error)):
        await run(Several(first=Ends(error=error), second=second), FakeContext())
    assert second.requests == []


async def test_over_the_wire_from_one_provider_to_another() -> None:
    async with OpenAIServer(Reply.failure(429, "slow down"), Reply("From the second.")) as server:
        environment = {"OLLAMA_HOST": absent_url(), "GROQ_API_KEY": "q"}
        models = Models(base_url=server.url, max_retries=0, providers=configured(environment, max_retries=0))
        made = AgentConfig(model="big", fallback_models=["ollama:llama3.2", "small", "small"])
        answer = await run_agent(FakeContext(), made, {"q": "?"}, models=models, tools=ToolRegistry())
        await models.close()
    assert answer.text == "From the second."
    assert [request.body["model"] for request in server.requests] == ["big", "small"]

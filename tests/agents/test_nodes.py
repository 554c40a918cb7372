"""The node types `agent` and `tool`."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.errors import ConfigurationError, InputMissing, ToolError, TypeMismatch
from pointwork.models import Models
from pointwork.nodes.agent import Agent
from pointwork.nodes.tool import Tool, ToolConfig
from pointwork.testing import FakeContext, FakeModel, FakeModels, OpenAIServer, Reply
from pointwork.tools import ToolRegistry, tool
from pointwork.workflow import AgentConfig


def context(model: Any = None) -> FakeContext:
    return FakeContext({Models: FakeModels(model or FakeModel("Hello.")), ToolRegistry: ToolRegistry()})


# -- agent -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("config", [{}, {"system_prompt": ""}, {"tools": []}, {"from_the_future": 1}])
async def test_agent_with_hardly_any_configuration(config: dict[str, Any]) -> None:
    assert await Agent().run(context(), AgentConfig.model_validate(config), {"query": "Hi"}) == "Hello."


async def test_wish_of_the_execution_for_a_model_wins() -> None:
    model = FakeModel("Hello.")
    ctx = context(model)
    ctx.options = {"model_override": "local"}
    await Agent().run(ctx, AgentConfig(model="gpt-4o"), {"query": "Hi"})
    assert model.requests[0].model == "local"


async def test_agent_needs_its_services() -> None:
    with pytest.raises(ConfigurationError, match="There is no Models here"):
        await Agent().run(FakeContext(), AgentConfig(), {})


def scripted(request: Any) -> Reply:
    """A provider that knows four questions, and answers from what the tools found."""
    if request.results:
        return Reply(f"The answer is {', '.join(request.results)}.")
    questions = {
        "15 * 23": ("calculator", {"expression": "15 * 23 + 17"}),
        "sum of squares": ("calculator", {"expression": " + ".join(f"{n}**2" for n in range(1, 11))}),
    }
    for words, call in questions.items():
        if words in request.user:
            return Reply.calls(call)
    return Reply("Your favorite color is blue." if "What's my" in request.user else "Noted.")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("What is 15 * 23 + 17?", "362"),
        ("Calculate the sum of squares of numbers from 1 to 10", "385"),
        ("My favorite color is blue", "Noted."),
        ("What's my favorite color?", "blue"),
    ],
)
async def test_documented_questions_over_http(query: str, words: str) -> None:
    async with OpenAIServer(scripted) as server:
        models = Models(base_url=server.url)
        ctx = FakeContext({Models: models, ToolRegistry: ToolRegistry()})
        output = await Agent().run(ctx, AgentConfig(model="gpt-4o", tools=["calculator"]), {"query": query})
        await models.close()
    assert words in output


# -- tool --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "inputs"),
    [
        ({"expression": "2 + 2 * 3"}, {}),
        ({"expression": "2 + 2 * 3"}, {"expression": "0", "other": 1}),  # what is written wins over inputs
        ({}, {"expression": "2 + 2 * 3", "other": [1]}),  # an input of the same name
        ({}, {"output": "2 + 2 * 3"}),  # the only input for the only argument
    ],
)
async def test_tool_takes_arguments_from_configuration_and_inputs(arguments: Any, inputs: Any) -> None:
    ctx = context()
    config = ToolConfig(tool_name="calculator", arguments=arguments)
    assert await Tool().run(ctx, config, inputs) == {"result": 8, "expression": "2 + 2 * 3"}
    [step] = ctx.steps.values()
    assert (step.kind, step.name, step.idempotent) == ("tool", "calculator", True)
    assert step.data == {"arguments": {"expression": "2 + 2 * 3"}}


async def test_missing_argument_says_why_it_is_missing() -> None:
    ctx = context()
    ctx.absent = {"expression": "'guess' was skipped."}
    with pytest.raises(InputMissing, match="needs 'expression': 'guess' was skipped"):
        await Tool().run(ctx, ToolConfig(tool_name="calculator"), {})


async def test_rendered_text_becomes_what_the_tool_wants() -> None:
    @tool(idempotent=False)
    async def plan(title: str, nights: int, rate: float, quick: bool, stops: list[str], note: str | None = None) -> Any:
        return [title, nights, rate, quick, stops, note]

    ctx = context()
    ctx.resource(ToolRegistry).register_tool(plan)
    given = {"title": 7, "nights": "3", "rate": "2.5", "quick": "true", "stops": '["a"]', "note": "5"}
    assert await Tool().run(ctx, ToolConfig(tool_name="plan", arguments=given), {}) == ["7", 3, 2.5, True, ["a"], "5"]
    assert not ctx.steps[0].idempotent


@pytest.mark.parametrize(
    ("inputs", "output"), [({"output": "x"}, "x"), ({"a": 1, "b": 2}, {"a": 1, "b": 2}), ({"a": 1}, {"a": 1}), ({}, {})]
)
async def test_without_a_tool_inputs_are_handed_on(inputs: Any, output: Any) -> None:
    ctx = context()
    assert await Tool().run(ctx, ToolConfig(), inputs) == output
    assert not ctx.steps


@pytest.mark.parametrize(
    ("config", "inputs", "kind", "words"),
    [
        ({"tool_name": "calculater"}, {}, ToolError, "There is no tool 'calculater'. Did you mean 'calculator'?"),
        ({"tool_name": "calculator"}, {"a": 1, "b": 2}, InputMissing, "needs 'expression'.*inputs are: a, b"),
        ({"tool_name": "calculator"}, {}, InputMissing, "inputs are: none"),
        ({"tool_name": "calculator", "arguments": {"expression": ["1"]}}, {}, TypeMismatch, "is not of type"),
        ({"tool_name": "calculator", "arguments": {"expression": "1", "x": 1}}, {}, TypeMismatch, "'x' was unexpected"),
        (
            {"tool_name": "calculator", "arguments": {"expression": "1 / 0"}},
            {},
            ToolError,
            "'calculator' failed: .*zero",
        ),
    ],
)
async def test_tool_node_that_cannot_work(config: Any, inputs: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        await Tool().run(context(), ToolConfig(**config), inputs)


async def test_rendered_text_that_is_not_what_the_tool_wants() -> None:
    @tool
    async def count(n: int) -> int:
        return n

    ctx = context()
    ctx.resource(ToolRegistry).register_tool(count)
    with pytest.raises(TypeMismatch, match='n: "many" is not of type "integer"'):
        await Tool().run(ctx, ToolConfig(tool_name="count", arguments={"n": "many"}), {})


async def test_failed_tool_is_called_again_by_a_retry() -> None:
    results: list[Any] = [{"error": "busy", "hint": "Wait."}, {"result": 1}]

    @tool
    async def flaky() -> Any:
        return results.pop(0)

    ctx = context()
    ctx.resource(ToolRegistry).register_tool(flaky)
    config = ToolConfig(tool_name="flaky")
    with pytest.raises(ToolError, match="busy Wait") as caught:
        await Tool().run(ctx, config, {})
    assert caught.value.retryable
    assert await Tool().run(ctx.resumed(), config, {}) == {"result": 1}


def test_both_say_what_forms_need() -> None:
    assert Tool.spec.marked("template") == {"arguments"}
    assert Agent.spec.marked("template") == {"system_prompt", "prompt", "memory"}
    assert Agent.spec.ports == Tool.spec.ports == ("out",)
    for kind in (Agent, Tool):
        kind.spec.config.model_validate(kind.spec.example)

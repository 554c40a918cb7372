"""The agent loop, told as conversations: what the model is asked, what is shown and stored, and how it ends."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import orjson
import pytest

from pointwork.agents import Answer, run_agent
from pointwork.errors import AgentStuck, ModelError, ModelRefused, NodeError, StepLimit
from pointwork.models import Finished, ModelRequest, Models, TextDelta, ThinkingDelta, ToolCallDelta
from pointwork.testing import FakeContext, FakeModel, FakeModels, OpenAIServer, Reply
from pointwork.tools import ToolContext, ToolRegistry, tool
from pointwork.workflow import AgentConfig

QUESTION = {"query": "What is 15 * 23 + 17?"}
CALL = ("calculator", {"expression": "15 * 23 + 17"})


async def run(
    client: Models | FakeModel,
    inputs: dict[str, Any] | None = None,
    /,
    *,
    ctx: FakeContext | None = None,
    registry: ToolRegistry | None = None,
    override: str | None = None,
    **config: Any,
) -> Answer:
    models = FakeModels(client) if isinstance(client, FakeModel) else client
    config.setdefault("tools", ["calculator"])
    return await run_agent(
        ctx or FakeContext(),
        AgentConfig(**config),
        QUESTION if inputs is None else inputs,
        models=models,
        tools=registry or ToolRegistry(),
        model=override,
    )


# -- ending well -------------------------------------------------------------------------------------------------------


async def test_answer_through_a_tool() -> None:
    model, ctx = FakeModel([CALL], "It is 362."), FakeContext()
    answer = await run(model, ctx=ctx, system_prompt="Be exact.", temperature=0.1, max_tokens=50)
    assert answer == Answer(text="It is 362.", model="fake", model_calls=2, tool_calls=1)
    assert [message["role"] for message in model.requests[1].messages] == ["system", "user", "assistant", "tool"]
    assert model.requests[1].messages[3] == {
        "role": "tool",
        "call_id": "call_1_0",
        "name": "calculator",
        "content": '{"result": 362, "expression": "15 * 23 + 17"}',
    }
    assert (model.requests[0].temperature, model.requests[0].max_tokens) == (0.1, 50)
    assert [definition["function"]["name"] for definition in model.requests[0].tools] == ["calculator"]
    assert ctx.text() == "It is 362."
    assert json.loads(ctx.text("tool_args")) == {"expression": "15 * 23 + 17"}


async def test_steps_read_as_the_conversation() -> None:
    ctx = FakeContext()
    await run(FakeModel([CALL], "It is 362.", name="fake-2026"), ctx=ctx, system_prompt="Be exact.", model="fake")
    first, called, second = ctx.steps.values()
    assert 10 < first.data["about_tokens"] < second.data["about_tokens"]
    assert (first.kind, first.name, first.data) == (
        "model",
        "fake",
        {
            "model": "fake",
            "messages": [
                {"role": "system", "content": "Be exact."},
                {"role": "user", "content": "What is 15 * 23 + 17?"},
            ],
            "earlier": 0,
            "tools": ["calculator"],
            "about_tokens": first.data["about_tokens"],
        },
    )
    assert first.value["tool_calls"] == [
        {"id": "call_1_0", "name": "calculator", "arguments": '{"expression": "15 * 23 + 17"}'}
    ]
    assert (first.value["finish"], first.value["model"]) == ("tool_calls", "fake-2026")
    assert first.usage == {"input_tokens": 10, "output_tokens": 5}
    assert (called.kind, called.name, called.data) == (
        "tool",
        "calculator",
        {"call_id": "call_1_0", "arguments": {"expression": "15 * 23 + 17"}},
    )
    assert called.value == {"result": 362, "expression": "15 * 23 + 17"}
    assert [message["role"] for message in second.data["messages"]] == ["assistant", "tool"]
    assert second.data["earlier"] == 2
    assert second.value["text"] == "It is 362."


async def test_data_of_the_model_steps_joins_to_what_the_model_was_asked() -> None:
    model, ctx = FakeModel([CALL], [CALL, CALL], [CALL], "Done."), FakeContext()
    await run(model, ctx=ctx)
    told: list[Any] = []
    for step, request in zip([s for s in ctx.steps.values() if s.kind == "model"], model.requests, strict=True):
        assert step.data["earlier"] == len(told)
        told += step.data["messages"]
        assert told == request.messages


async def test_parallel_calls_run_at_the_same_time_and_answer_in_order() -> None:
    both = asyncio.Barrier(2)

    @tool
    async def meet(name: str) -> str:
        await both.wait()  # would wait for ever if the calls ran one after the other
        return f"{name} was here"

    tools = ToolRegistry()
    tools.register_tool(meet)
    model, ctx = FakeModel([("meet", {"name": "Ada"}), ("meet", {"name": "Bo"})], "Both."), FakeContext()
    await run(model, ctx=ctx, registry=tools, tools=["meet"])
    assert [m["content"] for m in model.requests[1].messages[-2:]] == ["Ada was here", "Bo was here"]
    assert [step.name for step in ctx.steps.values()] == ["gpt-4o-mini", "meet", "meet", "gpt-4o-mini"]
    assert [step.data["arguments"]["name"] for step in ctx.steps.values() if step.kind == "tool"] == ["Ada", "Bo"]


async def test_text_beside_tool_calls_is_kept_in_the_conversation() -> None:
    model = FakeModel(
        [TextDelta("Let me see."), ToolCallDelta(0, "a", *_flat(CALL)), Finished("tool_calls", "m")], "362."
    )
    answer = await run(model)
    assert answer.text == "362."
    assert model.requests[1].messages[1]["content"] == "Let me see."


def _flat(call: tuple[str, Any]) -> tuple[str, str]:
    return call[0], json.dumps(call[1])


async def test_thinking_is_shown_as_such() -> None:
    ctx = FakeContext()
    await run(FakeModel([ThinkingDelta("Hm. "), TextDelta("Yes."), Finished("stop", "m")]), ctx=ctx)
    assert (ctx.text("thinking"), ctx.text()) == ("Hm. ", "Yes.")


async def test_override_of_the_model_wins() -> None:
    model = FakeModel("Hi.")
    await run(model, model="gpt-4o", override="local")
    assert model.requests[0].model == "local"
    await run(model, model="")
    assert model.requests[1].model == "gpt-4o-mini"


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("What is 15 * 23 + 17?", "15 * 23 + 17 = 362"),
        ("7 times 8 plus 2", "7 * 8 + 2 = 58"),
        ("Calculate the sum of squares of numbers from 1 to 10", "The sum of squares of numbers from 1 to 10 is 385."),
        ("What is 1 / 0?", "The tool calculator could not compute 1 / 0"),
    ],
)
async def test_offline_demo_really_calls_the_calculator(prompt: str, answer: str) -> None:
    ctx = FakeContext()
    found = await run(Models(), {"query": prompt}, ctx=ctx, model="gpt-4o-mini")
    assert answer in found.text
    assert (found.model, found.tool_calls) == ("offline-demo", 1)
    assert ctx.logged == [("WARNING", "gpt-4o-mini is not configured: offline-demo answered.")]
    assert {step.value["model"] for step in ctx.steps.values() if step.kind == "model"} == {"offline-demo"}


async def test_offline_demo_by_its_own_name_needs_no_warning() -> None:
    ctx = FakeContext()
    await run(Models(), ctx=ctx, model="offline-demo")
    assert ctx.logged == []


async def test_over_http_with_a_scripted_provider() -> None:
    async with OpenAIServer(Reply.calls(CALL), Reply("15 * 23 + 17 is 362.")) as server:
        models = Models(base_url=server.url)
        ctx = FakeContext()
        answer = await run(models, ctx=ctx)
        await models.close()
    assert answer.text == ctx.text() == "15 * 23 + 17 is 362."
    assert [step.name for step in ctx.steps.values()] == ["gpt-4o-mini", "calculator", "gpt-4o-mini"]
    assert json.loads(server.requests[1].results[0])["result"] == 362
    assert next(iter(ctx.steps.values())).usage == {"input_tokens": 12, "output_tokens": 7}


# -- what the model asks for is not trusted ----------------------------------------------------------------------------

HOSTILE = [
    # arguments, what the model is told
    (("calculator", "{"), "not valid JSON"),
    (("calculator", '{"expression": "1"'), "not valid JSON"),
    (("calculator", "[1, 2]"), "must be a JSON object"),
    (("calculator", '"1 + 1"'), "must be a JSON object"),
    (("calculator", "null"), "must be a JSON object"),
    (("calculator", '{"expression": NaN}'), "not valid JSON"),
    (("calculator", "[" * 100_000), "not valid JSON"),
    (("calculator", ""), "required property"),
    (("calculator", {}), "required property"),
    (("calculator", {"expression": 5}), "is not of type"),
    (("calculator", {"expression": "1", "sudo": True}), "'sudo' was unexpected"),
    (("calculator", {"expression": "__import__('os').system('true')"}), "not allowed"),
    (("calculator", {"expression": "1 / 0"}), "zero"),
    (("calculator", {"expression": "x" * 300_000}), "at most 262,144 are read"),
    (("shell", {"command": "rm -rf /"}), "There is no tool 'shell' here. The tools are: calculator."),
    (("secret_tool", {}), "There is no tool 'secret_tool' here"),  # installed, but not granted
    (("", {}), "There is no tool '' here"),
    (("x" * 1_000_000, {}), "There is no tool 'xxx"),
]


@pytest.mark.parametrize(("call", "told"), HOSTILE)
async def test_what_cannot_be_done_goes_back_to_the_model(call: tuple[str, Any], told: str) -> None:
    touched: list[str] = []

    @tool
    async def secret_tool() -> str:
        touched.append("secret")
        return "never"

    tools = ToolRegistry()
    tools.register_tool(secret_tool)
    model, ctx = FakeModel([call], "I give up."), FakeContext()
    answer = await run(model, ctx=ctx, registry=tools)
    assert answer.text == "I give up."
    content = model.requests[1].messages[-1]["content"]
    assert told in json.loads(content)["error"]
    assert len(content) < 5_000
    assert len(orjson.dumps([step.data for step in ctx.steps.values()])) < 320_000
    assert touched == []
    [step] = [step for step in ctx.steps.values() if step.kind == "tool"]
    assert told in step.value["error"]
    assert len(step.name) <= 64


async def test_too_many_calls_at_once_are_cut() -> None:
    model, ctx = FakeModel([CALL] * 60, "Done."), FakeContext()
    answer = await run(model, ctx=ctx)
    results = [json.loads(m["content"]) for m in model.requests[1].messages if m["role"] == "tool"]
    assert [result.get("result") for result in results] == [362] * 50 + [None] * 10
    assert "at most 50" in results[-1]["error"]
    assert len([step for step in ctx.steps.values() if step.kind == "tool"]) == 50
    assert answer.tool_calls == 60


async def test_calls_with_the_same_id_are_told_apart() -> None:
    deltas = [ToolCallDelta(n, "call_0", "calculator", json.dumps({"expression": f"{n}"})) for n in range(3)]
    model = FakeModel([*deltas, Finished("tool_calls", "m")], "Done.")
    await run(model)
    assistant, *results = model.requests[1].messages[1:]
    ids = [call["id"] for call in assistant["tool_calls"]]
    assert len(set(ids)) == 3
    assert [result["call_id"] for result in results] == ids


async def test_tools_that_are_not_installed_are_left_out_with_a_warning() -> None:
    model, ctx = FakeModel("Hi."), FakeContext()
    await run(model, ctx=ctx, tools=["calculator", "teleporter", "calculator"])
    assert [definition["function"]["name"] for definition in model.requests[0].tools] == ["calculator"]
    assert ctx.logged == [("WARNING", "The tool 'teleporter' is not installed; the agent works without it.")]


async def test_tools_get_the_context_of_the_node() -> None:
    @tool
    async def whoami(ctx: ToolContext) -> dict[str, Any]:
        ctx.log("asked")
        return {"execution": ctx.execution_id, "activation": ctx.activation, "number": ctx.resource(int)}

    tools, ctx = ToolRegistry(), FakeContext({int: 7})
    tools.register_tool(whoami)
    model = FakeModel([("whoami", {})], "Hi.")
    await run(model, ctx=ctx, registry=tools, tools=["whoami"])
    assert json.loads(model.requests[1].messages[-1]["content"]) == {
        "execution": "execution",
        "activation": "node",
        "number": 7,
    }
    assert ctx.logged == [("INFO", "asked")]


# -- ending badly ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 2, 200])
async def test_model_that_calls_tools_for_ever_is_stopped_by_its_limit(steps: int) -> None:
    model, ctx = FakeModel([CALL]), FakeContext()
    with pytest.raises(StepLimit) as caught:
        await run(model, ctx=ctx, max_steps=steps)
    assert caught.value.code == "max_steps"
    assert not caught.value.retryable
    assert f"no answer in {steps} model calls (max_steps) and {steps - 1} tool calls" in caught.value.message
    assert len(model.requests) == steps
    assert len([step for step in ctx.steps.values() if step.kind == "tool"]) == steps - 1


async def test_answer_with_the_last_call_is_an_answer() -> None:
    assert (await run(FakeModel([CALL], [CALL], "362."), max_steps=3)).text == "362."


async def test_three_rounds_of_nothing_but_failures_end_the_agent() -> None:
    model = FakeModel([("calculator", "{")], [("shell", {})], [("calculator", {"expression": "1 / 0"})], "never")
    with pytest.raises(AgentStuck) as caught:
        await run(model)
    assert len(model.requests) == 3
    assert caught.value.code == "agent_stuck"
    assert isinstance(caught.value, NodeError)
    for words in (
        "3 times in a row",
        "calculator: The arguments are not valid JSON",
        "shell: There is no tool",
        "zero",
    ):
        assert words in caught.value.message


async def test_one_good_call_in_a_round_counts_as_progress() -> None:
    mixed = [("shell", {}), CALL]
    bad = [("shell", {})]
    model = FakeModel(bad, bad, mixed, bad, bad, "Done.")
    assert (await run(model)).text == "Done."


@pytest.mark.parametrize(
    ("deltas", "kind", "words"),
    [
        ([TextDelta("He"), Finished("content_filter", "m")], ModelRefused, "content filter"),
        ([Finished("length", "m")], ModelError, "used all its tokens before it answered"),
        ([TextDelta("Well"), Finished("error", "m")], ModelError, "ended its answer with an error"),
        ([TextDelta("half")], ModelError, "stopped in the middle"),
    ],
)
async def test_responses_that_are_no_answers(deltas: list[Any], kind: type[ModelError], words: str) -> None:
    ctx = FakeContext()
    with pytest.raises(kind, match=words):
        await run(FakeModel(deltas), ctx=ctx)
    [step] = ctx.steps.values()
    assert step.error is not None  # a failed step, so that a retry of the node asks again


async def test_answer_cut_at_max_tokens_is_said() -> None:
    ctx = FakeContext()
    answer = await run(FakeModel([TextDelta("positive, beca"), Finished("length", "m")]), ctx=ctx)
    assert answer.text == "positive, beca"
    assert ctx.logged == [("WARNING", "The answer of gpt-4o-mini was cut off at max_tokens.")]


async def test_error_of_the_provider_is_the_error_of_the_agent_and_a_retry_asks_again() -> None:
    model, ctx = FakeModel([CALL], ModelError("busy"), "362."), FakeContext()
    with pytest.raises(ModelError, match="busy"):
        await run(model, ctx=ctx)
    again = ctx.resumed()
    assert (await run(model, ctx=again)).text == "362."
    assert again.performed == ["gpt-4o-mini"]  # neither the first question nor the tool call


async def test_cancelling_an_agent_cancels_its_tools() -> None:
    started, stopped = asyncio.Event(), asyncio.Event()

    @tool
    async def wait() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    tools = ToolRegistry()
    tools.register_tool(wait)
    task = asyncio.ensure_future(run(FakeModel([("wait", {}), CALL], "x"), registry=tools, tools=["wait"]))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stopped.is_set()


async def test_request_is_a_copy_that_later_rounds_do_not_change() -> None:
    lengths: list[int] = []

    def reply(request: ModelRequest) -> Any:
        lengths.append(len(request.messages))
        return [CALL] if len(lengths) < 3 else "Done."

    model = FakeModel(reply)
    await run(model)
    assert lengths == [len(request.messages) for request in model.requests] == [1, 3, 5]

"""Answers as data: the model is told the shape, what does not fit is mended or fails, and the output is the value."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.agents import run_agent
from pointwork.agents.shape import Shape
from pointwork.errors import ConfigurationError, OutputInvalid
from pointwork.testing import FakeContext, FakeModel, FakeModels
from pointwork.tools import ToolRegistry
from pointwork.workflow import AgentConfig

MOOD = {
    "type": "object",
    "properties": {"mood": {"enum": ["good", "bad"]}, "why": {"type": "string"}},
    "required": ["mood"],
    "additionalProperties": False,
}


async def run(*replies: Any, **config: Any) -> tuple[Any, FakeModel]:
    model = FakeModel(*replies)
    made = AgentConfig(output_schema=MOOD, **config)
    answer = await run_agent(FakeContext(), made, {"text": "Lovely."}, models=FakeModels(model), tools=ToolRegistry())
    return answer.value, model


async def test_the_model_is_told_the_shape_and_the_answer_is_data() -> None:
    value, model = await run('{"mood": "good"}', system_prompt="Judge.")
    assert value == {"mood": "good"}
    system = model.requests[0].messages[0]["content"]
    assert system.startswith("Judge.\n\nAnswer with one JSON value")
    assert '"enum":["good","bad"]' in system


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('```json\n{"mood": "bad"}\n```', {"mood": "bad"}),
        ('  {"mood": "bad", "why": "rain"}\n', {"mood": "bad", "why": "rain"}),
    ],
)
async def test_what_can_be_read(text: str, value: Any) -> None:
    assert (await run(text))[0] == value


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("It is good.", "it is not JSON"),
        ('{"mood": "great"}', "mood: "),
        ("[]", "the value: "),
        ('{"mood": "good", "more": 1}', "more"),
    ],
)
async def test_what_does_not_fit_is_told_and_mended(wrong: str, told: str) -> None:
    value, model = await run(wrong, '{"mood": "good"}')
    assert value == {"mood": "good"}
    assert [message["role"] for message in model.requests[1].messages[-2:]] == ["assistant", "user"]
    assert told in model.requests[1].messages[-1]["content"]


async def test_who_never_gets_it_right_fails() -> None:
    with pytest.raises(OutputInvalid, match="it is not JSON"):
        await run("one", "two", "three", "four")


async def test_tools_come_before_the_answer() -> None:
    value, model = await run([("calculator", {"expression": "1"})], '{"mood": "good"}', tools=["calculator"])
    assert value == {"mood": "good"}
    assert len(model.requests) == 2


@pytest.mark.parametrize("schema", [{"type": "nonsense"}, {"$ref": "http://127.0.0.1:9/x"}, {"pattern": "("}])
def test_what_is_no_schema(schema: Any) -> None:
    with pytest.raises(ConfigurationError, match="not a JSON Schema"):
        Shape(schema)

"""The demo model: it calls tools for what it understands, and says of the rest that it does not understand it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pointwork.models import OFFLINE_DEMO, Message, ModelDelta, ModelRequest, ModelResponse, TextDelta, complete
from pointwork.models.offline_demo import OfflineDemo


def tool(name: str, required: tuple[str, ...] = (), **properties: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {key: {"type": kind} for key, kind in properties.items()}}
    return {"type": "function", "function": {"name": name, "parameters": {**schema, "required": list(required)}}}


CALCULATOR = tool("calculator", ("expression",), expression="string")
PYTHON = tool("python_executor", ("code",), code="string")
SHOUT = tool("shout", ("text",), text="string", times="integer")
SUM_OF_SQUARES = "Calculate the sum of squares of numbers from 1 to 10"


async def ask(text: str, *tools: dict[str, Any], results: tuple[Any, ...] = (), system: str = "") -> ModelResponse:
    messages: list[Message] = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": text})
    messages += [{"role": "tool", "call_id": "c", "name": "tool", "content": json.dumps(result)} for result in results]
    return await complete(OfflineDemo(), ModelRequest(model=OFFLINE_DEMO, messages=messages, tools=tools))


def calls(response: ModelResponse) -> list[tuple[str, Any]]:
    return [(call["name"], json.loads(call["arguments"])) for call in response.tool_calls]


@pytest.mark.parametrize(
    ("text", "tools", "wanted"),
    [
        ("What is 15 * 23 + 17?", [CALCULATOR], [("calculator", {"expression": "15 * 23 + 17"})]),
        ("What is 15 * 23 + 17?", [SHOUT, PYTHON, CALCULATOR], [("calculator", {"expression": "15 * 23 + 17"})]),
        ("What is 15 * 23 + 17?", [PYTHON], [("python_executor", {"code": "result = 15 * 23 + 17"})]),
        (
            SUM_OF_SQUARES,
            [CALCULATOR, PYTHON],
            [("python_executor", {"code": "result = sum([n ** 2 for n in range(1, 11)])"})],
        ),
        (SUM_OF_SQUARES, [CALCULATOR], [("calculator", {"expression": " + ".join(f"{n}**2" for n in range(1, 11))})]),
        (
            "2 + 2 and 3 * 3",
            [CALCULATOR],
            [("calculator", {"expression": "2 + 2"}), ("calculator", {"expression": "3 * 3"})],
        ),
        ("use shout with text=hello, times=3", [SHOUT], [("shout", {"text": "hello", "times": 3})]),
        ("Please call the tool shout on good morning", [SHOUT], [("shout", {"text": "good morning"})]),
        ('run shout {"text": "a", "times": 1}', [SHOUT], [("shout", {"text": "a", "times": 1})]),
        ("use shout with text=hello, times=often", [SHOUT], [("shout", {"text": "hello", "times": "often"})]),
        ("use clock", [tool("clock")], [("clock", {})]),
    ],
)
async def test_calls_the_tool_that_fits(text: str, tools: list[Any], wanted: list[Any]) -> None:
    response = await ask(text, *tools)
    assert calls(response) == wanted
    assert (response.finish, response.text, response.model) == ("tool_calls", "", OFFLINE_DEMO)
    assert len({call["id"] for call in response.tool_calls}) == len(wanted)


@pytest.mark.parametrize(
    ("text", "tools", "results", "answer"),
    [
        ("What is 15 * 23 + 17?", [CALCULATOR], [{"result": 362}], "15 * 23 + 17 = 362"),
        (
            SUM_OF_SQUARES,
            [PYTHON],
            [{"result": 385, "output": []}],
            "The sum of squares of numbers from 1 to 10 is 385.",
        ),
        ("primes up to 5", [PYTHON], [{"result": [2, 3, 5]}], "The primes up to 5 are [2, 3, 5]."),
        ("2 + 2 and 3 * 3", [CALCULATOR], [{"result": 4}, {"result": 9}], "2 + 2 = 4\n3 * 3 = 9"),
        ("What is 1 / 0?", [CALCULATOR], [{"error": "division by zero"}], "could not compute 1 / 0: division by zero"),
        ("use shout with text=hi", [SHOUT], [{"result": "HI"}], "tool: HI"),
        ("use shout with text=hi", [SHOUT], ["HI"], "tool: HI"),
        ("What is 2 + 2?", [CALCULATOR], [{"result": 4}, {"result": 5}], "tool: 4\ntool: 5"),  # not what was asked for
        ("Summarise this", [SHOUT], [{"result": "x" * 5_000}], "tool answered: xxx"),
    ],
)
async def test_tells_what_came_of_it(text: str, tools: list[Any], results: list[Any], answer: str) -> None:
    response = await ask(text, *tools, results=tuple(results))
    assert answer in response.text
    assert not response.tool_calls


@pytest.mark.parametrize(
    ("text", "tools", "words"),
    [
        # What it lacks, when it knows what to do …
        ("What is 15 * 23 + 17?", [], "lack the tool calculator"),
        ("primes up to 30", [CALCULATOR], "lack a tool that runs Python"),
        ("use shout with loud=1", [SHOUT], "It takes: text, times"),
        ("use shout {broken", [SHOUT], "I cannot read the arguments"),
        # … and plainly that it does not understand, when it does not.
        ("Summarise War and Peace", [CALCULATOR], "I do not understand language"),
        ("Is this review positive or negative: lovely!", [], "I do not understand language"),
        ("use nothing that exists", [SHOUT], "I do not understand language"),
        ("", [], "OPENAI_API_KEY, or OPENAI_BASE_URL"),
    ],
)
async def test_never_pretends(text: str, tools: list[Any], words: str) -> None:
    response = await ask(text, *tools)
    assert response.text.startswith("[offline-demo] ")
    assert words in response.text
    assert not response.tool_calls
    assert "362" not in response.text


async def test_shows_what_it_was_given_in_short() -> None:
    response = await ask("Write a poem. " + "x" * 10_000, CALCULATOR, system="You are a poet.")
    assert "Asked: “Write a poem." in response.text
    assert "Instructions: “You are a poet.”" in response.text
    assert "calculator" in response.text
    assert len(response.text) < 1_000


async def test_result_that_is_not_json_is_shown_as_it_is() -> None:
    messages: list[Message] = [
        {"role": "user", "content": "use clock"},
        {"role": "tool", "call_id": "c", "name": "clock", "content": "half past ten"},
    ]
    asked = ModelRequest(model=OFFLINE_DEMO, messages=messages, tools=[tool("clock")])
    assert (await complete(OfflineDemo(), asked)).text == "clock: half past ten"


async def test_streams_its_text_in_pieces_that_join_to_it() -> None:
    seen: list[ModelDelta] = []
    asked = ModelRequest(model=OFFLINE_DEMO, messages=[{"role": "user", "content": "Hello there"}])
    response = await complete(OfflineDemo(), asked, on_delta=seen.append)
    pieces = [delta.text for delta in seen if isinstance(delta, TextDelta)]
    assert 1 < len(pieces) <= 5
    assert "".join(pieces) == response.text

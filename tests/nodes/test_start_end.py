"""Where a run begins and what it comes to."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pointwork.errors import InputMissing, NodeError, TypeMismatch
from pointwork.nodes.end import End
from pointwork.nodes.start import Start, StartConfig
from pointwork.testing import FakeContext


async def start(inputs: dict[str, Any], *wanted: dict[str, Any]) -> dict[str, Any]:
    # As the engine hands it on: with all defaults written down.
    config = StartConfig.model_validate({"inputs": list(wanted)}).model_dump(mode="json", by_alias=True)
    return await Start().run(FakeContext(), StartConfig.model_validate(config), inputs)


async def test_without_a_list_all_inputs_are_handed_on() -> None:
    assert await start({"a": 1, "b": None}) == {"a": 1, "b": None}


@pytest.mark.parametrize(
    ("wanted", "inputs", "output"),
    [
        ({"name": "topic"}, {"topic": "tides"}, {"topic": "tides"}),
        ({"name": "topic"}, {"topic": "", "more": [1]}, {"topic": "", "more": [1]}),
        # defaults
        ({"name": "topic", "default": "tides"}, {}, {"topic": "tides"}),
        ({"name": "topic", "default": "tides"}, {"topic": None}, {"topic": "tides"}),
        ({"name": "topic", "default": "tides"}, {"topic": "moons"}, {"topic": "moons"}),
        ({"name": "deep", "type": "boolean", "default": False}, {}, {"deep": False}),
        ({"name": "topic", "required": False}, {}, {}),
        ({"name": "topic", "required": False}, {"topic": None}, {"topic": None}),
        # types, and what clearly means the same
        ({"name": "topic"}, {"topic": 2024}, {"topic": "2024"}),
        ({"name": "topic"}, {"topic": 2.5}, {"topic": "2.5"}),
        ({"name": "topic"}, {"topic": True}, {"topic": "true"}),
        ({"name": "n", "type": "number"}, {"n": 5}, {"n": 5}),
        ({"name": "n", "type": "number"}, {"n": 5.5}, {"n": 5.5}),
        ({"name": "n", "type": "number"}, {"n": " 5 "}, {"n": 5}),
        ({"name": "n", "type": "number"}, {"n": "5.5"}, {"n": 5.5}),
        ({"name": "b", "type": "boolean"}, {"b": True}, {"b": True}),
        ({"name": "b", "type": "boolean"}, {"b": "False"}, {"b": False}),
        ({"name": "l", "type": "list"}, {"l": [1, "a"]}, {"l": [1, "a"]}),
        ({"name": "l", "type": "list"}, {"l": "a, b,"}, {"l": ["a", "b"]}),
        ({"name": "l", "type": "list"}, {"l": 5}, {"l": [5]}),
        ({"name": "j", "type": "json"}, {"j": {"a": [1]}}, {"j": {"a": [1]}}),
        ({"name": "j", "type": "json"}, {"j": 5}, {"j": 5}),
    ],
)
async def test_listed_inputs(wanted: dict[str, Any], inputs: dict[str, Any], output: dict[str, Any]) -> None:
    given = dict(inputs)
    assert await start(inputs, wanted) == output
    assert inputs == given


@pytest.mark.parametrize(
    ("wanted", "inputs", "error", "message"),
    [
        (
            {"name": "topic"},
            {"subject": "tides", "x": 1},
            InputMissing,
            "The workflow needs the input 'topic', but 'subject', 'x' was given.",
        ),
        ({"name": "topic"}, {}, InputMissing, "The workflow needs the input 'topic', but nothing was given."),
        (
            {"name": "topic"},
            {"topic": None},
            InputMissing,
            "The workflow needs the input 'topic', but 'topic' was given.",
        ),
        (
            {"name": "n", "type": "number"},
            {"n": "many"},
            TypeMismatch,
            "The input 'n' should be a number, but the text 'many' was given.",
        ),
        ({"name": "n", "type": "number"}, {"n": True}, TypeMismatch, "but true was given"),
        ({"name": "n", "type": "number"}, {"n": [1]}, TypeMismatch, "but a list was given"),
        ({"name": "t"}, {"t": ["a"]}, TypeMismatch, "should be a text, but a list was given"),
        ({"name": "b", "type": "boolean"}, {"b": 1}, TypeMismatch, "should be true or false"),
        ({"name": "b", "type": "boolean"}, {"b": "yes"}, TypeMismatch, "should be true or false"),
        ({"name": "l", "type": "list"}, {"l": {"a": 1}}, TypeMismatch, "should be a list, but an object was given"),
    ],
)
async def test_inputs_that_do_not_fit(
    wanted: dict[str, Any], inputs: dict[str, Any], error: type[NodeError], message: str
) -> None:
    with pytest.raises(error) as caught:
        await start(inputs, wanted)
    assert message in caught.value.message
    assert "Start the run with" in caught.value.hint
    assert not caught.value.retryable


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ([{"name": "a"}, {"name": "b"}, {"name": "a"}], "two inputs are called 'a'"),
        ([{"name": ""}], "at least 1 character"),
        ([{"type": "text"}], "Field required"),
        ([{"name": "a", "type": "colour"}], "Input should be 'text', 'number', 'boolean', 'list' or 'json'"),
    ],
)
def test_lists_that_make_no_sense(wanted: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        StartConfig.model_validate({"inputs": wanted})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("inputs", "result"),
    [
        ({"output": "text"}, "text"),
        ({"output": None}, None),
        ({"output": {"a": 1}}, {"a": 1}),
        ({"a": 1}, {"a": 1}),
        ({"output": 1, "a": 2}, {"output": 1, "a": 2}),
        ({}, {}),
    ],
)
async def test_end(inputs: dict[str, Any], result: Any) -> None:
    assert await End().run(FakeContext(), End.spec.config(), inputs) == result

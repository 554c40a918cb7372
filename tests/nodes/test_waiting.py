"""Nodes that wait: for a person, or for a time."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pointwork.commands import Answered
from pointwork.errors import TypeMismatch, Unacceptable
from pointwork.events import Activation, iso
from pointwork.nodes import Suspend
from pointwork.nodes.delay import Delay, DelayConfig
from pointwork.nodes.human import Human, HumanConfig
from pointwork.runtime.answers import checked_answer
from pointwork.testing import FakeContext

NOW = 1_700_000_000_000_000  # 2023-11-14T22:13:20Z
DAY = 86_400
FORM = {"type": "object", "properties": {"comment": {"type": "string"}}, "required": ["comment"]}


# -- a person ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "request_"),
    [
        ({"question": "Well?"}, {"question": "Well?"}),
        ({"question": "Well?", "assignee": "ann"}, {"question": "Well?", "assignee": "ann"}),
        ({"question": "Well?", "schema": {"type": "string"}}, {"question": "Well?", "schema": {"type": "string"}}),
        (
            {"question": "Well?", "choices": ["yes", "no"]},
            {
                "question": "Well?",
                "choices": ["yes", "no"],
                "schema": {
                    "type": "object",
                    "properties": {"choice": {"enum": ["yes", "no"]}},
                    "required": ["choice"],
                },
            },
        ),
        (
            {"question": "Well?", "choices": ["yes"], "schema": {**FORM, "additionalProperties": False}},
            {
                "question": "Well?",
                "choices": ["yes"],
                "schema": {
                    "type": "object",
                    "properties": {"choice": {"enum": ["yes"]}, "comment": {"type": "string"}},
                    "required": ["choice", "comment"],
                    "additionalProperties": False,
                },
            },
        ),
    ],
)
async def test_what_a_person_is_asked(config: dict[str, Any], request_: dict[str, Any]) -> None:
    assert await Human().run(FakeContext(), HumanConfig.model_validate(config), {"a": 1}) == Suspend(
        {"kind": "human", **request_}
    )


@pytest.mark.parametrize(
    ("value", "ports"),
    [
        ({"choice": "yes", "comment": "good"}, ("yes", "out")),
        ({"choice": "yes"}, None),  # the comment is missing
        ({"choice": "maybe", "comment": "good"}, None),
        ({"comment": "good"}, None),
        ("yes", None),
    ],
)
async def test_answers_to_choices_with_a_form(value: Any, ports: tuple[str, ...] | None) -> None:
    config = HumanConfig.model_validate({"question": "Well?", "choices": ["yes", "no"], "schema": FORM})
    asked = await Human().run(FakeContext(), config, {})
    if ports is None:
        with pytest.raises(Unacceptable):
            checked_answer(Answered("ask", value), asked.request)
    else:
        assert checked_answer(Answered("ask", value), asked.request).ports == ports


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "Field required"),
        ({"question": ""}, "at least 1 character"),
        ({"question": "?", "choices": ["a", "a"]}, "two choices are called 'a'"),
        ({"question": "?", "choices": ["out"]}, "a choice cannot be called 'out'"),
        ({"question": "?", "choices": ["error"]}, "a choice cannot be called 'error'"),
        ({"question": "?", "choices": [" "]}, "a choice cannot be called ' '"),
        ({"question": "?", "choices": ["a"], "schema": {"type": "string"}}, "must be of type object"),
        ({"question": "?", "schema": {"type": "objekt"}}, "not a JSON Schema that can be used"),
        ({"question": "?", "schema": {"properties": []}}, "not a JSON Schema that can be used"),
        ({"question": "?", "schema": {"$ref": "https://example.org/schema"}}, "not a JSON Schema that can be used"),
        ({"question": "?", "schema": {"$ref": "file:///etc/hostname"}}, "not a JSON Schema that can be used"),
        ({"question": "?", "schema": {"$schema": "https://example.org/meta"}}, "not a JSON Schema that can be used"),
        ({"question": "?", "schema": {"pattern": "("}}, "not a JSON Schema that can be used"),
    ],
)
def test_questions_that_make_no_sense(config: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        HumanConfig.model_validate(config)
    assert message in str(caught.value)


def test_the_form_knows_the_schema_by_its_name() -> None:
    assert "schema" in HumanConfig.model_json_schema()["properties"]
    config = HumanConfig.model_validate({"question": "?", "schema": FORM})
    assert config.model_dump(by_alias=True, exclude_unset=True) == {"question": "?", "schema": FORM}


def test_choices_are_ports() -> None:
    assert Human.spec.ports_of({"question": "?", "choices": ["yes", "no"]}) == ("yes", "no", "out", "deadline")


# -- a time ------------------------------------------------------------------------------------------------------------


async def wait(**config: Any) -> Any:
    context = FakeContext(activation=Activation("", "later"), time_us=NOW)
    return await Delay().run(context, DelayConfig.model_validate(config), {"a": 1})


@pytest.mark.parametrize(
    ("config", "until"),
    [
        ({"seconds": 30}, "2023-11-14T22:13:50.000000Z"),
        ({"seconds": 0.25}, "2023-11-14T22:13:20.250000Z"),
        ({"seconds": 366 * DAY}, "2024-11-14T22:13:20.000000Z"),
        ({"until": "2023-12-24T18:00:00Z"}, "2023-12-24T18:00:00.000000Z"),
        ({"until": "2023-12-24T18:00:00+01:00"}, "2023-12-24T17:00:00.000000Z"),
        ({"until": " 2023-12-24T18:00 "}, "2023-12-24T18:00:00.000000Z"),  # UTC, unless it says otherwise
        ({"until": "2023-12-24"}, "2023-12-24T00:00:00.000000Z"),
        ({"until": iso(NOW + 1)}, "2023-11-14T22:13:20.000001Z"),
    ],
)
async def test_delay(config: dict[str, Any], until: str) -> None:
    assert await wait(**config) == Suspend({"kind": "delay", "until": until, "default": {"a": 1}})


@pytest.mark.parametrize(
    "config", [{"seconds": 0}, {"until": iso(NOW)}, {"until": "1999-01-01"}, {"until": "0001-01-01"}]
)
async def test_no_delay(config: dict[str, Any]) -> None:
    assert await wait(**config) == {"a": 1}


@pytest.mark.parametrize(
    ("until", "message"),
    [
        ("tomorrow", "Delay 'later' should wait until 'tomorrow', which is no time."),
        ("", "which is no time"),
        ("2023-13-01", "which is no time"),
        ("1700000000", "which is no time"),
        ("x" * 10_000, "which is no time"),
        ("2024-11-14T22:13:21Z", "would wait until 2024-11-14T22:13:21Z, longer than 366 days"),
        ("9999-12-31T23:59:59-14:00", "longer than 366 days"),
    ],
)
async def test_times_that_make_no_sense(until: str, message: str) -> None:
    with pytest.raises(TypeMismatch) as caught:
        await wait(until=until)
    assert message in caught.value.message
    assert len(caught.value.message) < 300
    assert caught.value.hint


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "set either seconds or until"),
        ({"seconds": 1, "until": "2030-01-01"}, "set either seconds or until"),
        ({"seconds": -1}, "greater than or equal to 0"),
        ({"seconds": 366 * DAY + 1}, "less than or equal to"),
        ({"seconds": float("nan")}, "finite number"),
    ],
)
def test_delays_that_make_no_sense(config: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DelayConfig.model_validate(config)
    assert message in str(caught.value)

"""What an agent says first."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.agents.prompt import opening, user_text


@pytest.mark.parametrize(
    ("prompt", "inputs", "text"),
    [
        (None, {"query": "What is Python?"}, "What is Python?"),
        ("", {"query": "Hi"}, "Hi"),  # empty is not set
        (
            "Say {{ literally }}",
            {"query": "Hi"},
            "Say {{ literally }}",
        ),  # rendered before; nothing is read into it here
        (None, {"data": {"a": [1, None]}}, '{"a": [1, null]}'),
        (None, {"n": 3.5}, "3.5"),
        (None, {"flag": True}, "true"),
        (None, {"nothing": None}, "null"),
        (None, {"text": "Größe"}, "Größe"),
        (None, {"data": {"ß": 1}}, '{"ß": 1}'),
        (None, {"b": "2", "a": {"x": 1}}, 'b: 2\n\na: {"x": 1}'),  # in the order of the mappings
        (None, {}, "Begin."),
        (None, {"query": "  "}, "Begin."),
    ],
)
def test_message_of_the_user(prompt: str | None, inputs: dict[str, Any], text: str) -> None:
    assert user_text(prompt, inputs) == text


@pytest.mark.parametrize("system", [None, "", "  \n"])
def test_without_a_system_prompt_there_is_no_message_for_it(system: str | None) -> None:
    assert opening(system, None, {"a": "x"}) == [{"role": "user", "content": "x"}]


def test_system_prompt_comes_first() -> None:
    assert opening("Be brief.", None, {"a": "x"})[0] == {"role": "system", "content": "Be brief."}

"""Routers: the first case that holds."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pointwork.errors import ExpressionError
from pointwork.events import Activation
from pointwork.nodes import Out
from pointwork.nodes.router import Router, RouterConfig
from pointwork.testing import FakeContext

CASES = [
    {"name": "high", "when": "score >= 8"},
    {"name": "middle", "when": "score >= 5"},
    {"name": "listed", "when": "item in inputs.names"},
    {"name": "spoken", "when": "contains(lower(default(text, '')), 'hello')"},
]


@pytest.mark.parametrize(
    ("inputs", "branch", "case"),
    [
        ({"score": 9}, "high", 0),  # the next one would hold too
        ({"score": 5}, "middle", 1),
        ({"score": "8"}, "high", 0),  # answers of models are text
        ({"score": 1, "item": "Ann"}, "listed", 2),  # an input hides a name of the run
        ({"score": 1, "text": "Well, Hello!"}, "spoken", 3),
        ({"score": 1}, "else", None),
        ({}, "else", None),  # what is missing is null, and null is not more than anything
    ],
)
async def test_first_case_that_holds(inputs: dict[str, Any], branch: str, case: int | None) -> None:
    names = {"inputs": {"names": ["Ann"]}, "item": "Bob"}
    out = await Router().run(FakeContext(names=names), RouterConfig.model_validate({"cases": CASES}), inputs)
    assert out == Out({"branch": branch, "case": case}, ports=(branch,))


async def test_without_cases_all_is_else() -> None:
    out = await Router().run(FakeContext(), RouterConfig(), {"x": 1})
    assert out.ports == ("else",)


async def test_a_wrong_formula_names_its_case() -> None:
    config = RouterConfig.model_validate({"cases": [{"name": "a", "when": "score > 'x'"}]})
    with pytest.raises(ExpressionError) as caught:
        await Router().run(FakeContext(activation=Activation("", "sort")), config, {"score": 5})
    assert caught.value.message.startswith("Case 'a' of router 'sort': ")
    assert caught.value.hint


async def test_later_cases_are_not_evaluated() -> None:
    cases = [{"name": "a", "when": "true"}, {"name": "b", "when": "1 / 0"}]
    out = await Router().run(FakeContext(), RouterConfig.model_validate({"cases": cases}), {})
    assert out.ports == ("a",)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a", "a"], "two cases are called 'a'"),
        (["else"], "a case cannot be called 'else'"),
        (["error"], "a case cannot be called 'error'"),
        (["*"], "a case cannot be called '*'"),
        ([""], "at least 1 character"),
        (["x" * 201], "at most 200 characters"),
    ],
)
def test_names_of_cases_are_ports(names: list[str], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        RouterConfig.model_validate({"cases": [{"name": name, "when": "true"} for name in names]})
    assert message in str(caught.value)


def test_ports_are_the_cases_and_else() -> None:
    assert Router.spec.ports_of({"cases": CASES}) == ("high", "middle", "listed", "spoken", "else")
    assert Router.spec.ports_of({}) == ("else",)

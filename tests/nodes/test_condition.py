"""The truth table of conditions, and what they say when they cannot be decided."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.errors import ExpressionError, InputMissing, PointworkError, TypeMismatch
from pointwork.events import Activation
from pointwork.nodes import Out
from pointwork.nodes.condition import Condition
from pointwork.testing import FakeContext
from pointwork.workflow import ConditionConfig


async def decide(inputs: dict[str, Any], *, absent: dict[str, str] | None = None, **config: Any) -> Out:
    names = {"vars": {"limit": 5}, "item": {"score": 9}}
    context = FakeContext(names=names, activation=Activation("", "check"), absent=absent or {})
    return await Condition().run(context, ConditionConfig.model_validate(config), inputs)


# kind, field value, compared with, whether it holds
TABLE: list[tuple[str, Any, Any, bool]] = [
    # equals: the same value, and texts that mean it
    ("equals", "positive", "positive", True),
    ("equals", " positive\n", "positive", True),
    ("equals", "positive", " positive ", True),
    ("equals", "Positive", "positive", False),
    ("equals", "", "", True),
    ("equals", 5, 5, True),
    ("equals", 5, 5.0, True),
    ("equals", "5", 5, True),
    ("equals", " 5.0 ", 5, True),
    ("equals", 5, "5", True),
    ("equals", "5", "5.0", False),  # two texts are compared as texts
    ("equals", "five", 5, False),
    ("equals", "6", 5, False),
    ("equals", True, True, True),
    ("equals", True, "true", True),
    ("equals", "False", False, True),
    ("equals", True, "yes", False),
    ("equals", True, 1, False),
    ("equals", 0, False, False),
    ("equals", None, None, True),
    ("equals", None, "", False),
    ("equals", None, 0, False),
    ("equals", None, False, False),
    ("equals", [1, 2], [1, 2], True),
    ("equals", [1, 2], [2, 1], False),
    ("equals", {"a": 1, "b": [2]}, {"b": [2], "a": 1}, True),
    ("equals", {"a": 1}, "a", False),
    # contains: a part of a text in capitals or not, an item of a list
    ("contains", "A GOOD text", "good", True),
    ("contains", "A good text", "GOOD", True),
    ("contains", "A text", "good", False),
    ("contains", "STRASSE", "straße", True),
    ("contains", "anything", "", True),
    ("contains", "Rated 8 of 10", 8, True),
    ("contains", "It is True", True, True),
    ("contains", ["good", "bad"], "good", True),
    ("contains", ["Good news", "bad"], "news", True),
    ("contains", ["bad"], "good", False),
    ("contains", [1, 2], 2, True),
    ("contains", [1, 2], "2", True),
    ("contains", [12], 1, False),
    ("contains", [None], None, True),
    ("contains", [], "x", False),
    ("contains", [["deep"]], "deep", False),
    ("contains", {"verdict": "Good"}, "good", True),
    ("contains", 128, 28, True),
    ("contains", 2**80, "12089", True),
    ("contains", None, "null", False),
    # greater and less: numbers, and texts that spell them
    ("greater_than", 8, 7, True),
    ("greater_than", 7, 7, False),
    ("greater_than", 6, 7, False),
    ("greater_than", "8.5", 8, True),
    ("greater_than", 8.5, "8", True),
    ("greater_than", "10", "9", True),  # by number, not by letter
    ("greater_than", "1e3", 999, True),
    ("greater_than", -1, "-2", True),
    ("less_than", 6, 7, True),
    ("less_than", 7, 7, False),
    ("less_than", " 6 ", "7", True),
    # empty: nothing that could be read
    ("empty", None, None, True),
    ("empty", "", None, True),
    ("empty", " \n", None, True),
    ("empty", [], None, True),
    ("empty", {}, None, True),
    ("empty", "x", None, False),
    ("empty", [None], None, False),
    ("empty", 0, None, False),
    ("empty", False, None, False),
]
OPPOSITES = {
    "equals": "not_equals",
    "contains": "not_contains",
    "greater_than": "not_greater_than",
    "less_than": "not_less_than",
    "empty": "not_empty",
}


@pytest.mark.parametrize(("kind", "value", "other", "holds"), TABLE)
async def test_table(kind: str, value: Any, other: Any, holds: bool) -> None:
    for name, expected in ((kind, holds), (OPPOSITES[kind], not holds)):
        out = await decide({"output": value}, condition_type=name, value=other)
        branch = "true" if expected else "false"
        assert out == Out(
            {"branch": branch, "condition_result": expected, "field_value": value, "evaluated_value": other},
            ports=(branch, "*"),
        )


def test_the_table_knows_every_kind() -> None:
    kinds = {*OPPOSITES, *OPPOSITES.values(), "custom"}
    assert set(ConditionConfig.model_json_schema()["properties"]["condition_type"]["enum"]) == kinds


@pytest.mark.parametrize(
    ("field", "inputs", "holds"),
    [
        ("output", {"output": 8, "other": 1}, True),
        ("score", {"output": 1, "score": 8}, True),
        ("output.score", {"output": {"score": 8}}, True),
        ("output.result.score", {"output": {"result": {"score": 8}}}, True),
        ("output.score", {"output.score": 8, "output": {"score": 1}}, True),  # a name with a dot is a name
        ("", {"": 8}, True),
    ],
)
async def test_field(field: str, inputs: dict[str, Any], holds: bool) -> None:
    out = await decide(inputs, condition_type="greater_than", field=field, value=7)
    assert out.value["condition_result"] is holds


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("value > 7", True),
        ("value > compare", True),
        ("value > 7 and len(text) == 5", True),
        ("text == 'hello'", True),
        ("item.score > value", True),
        ("vars.limit > value", False),
        ("int(str(value)) == 8", True),
        ("value", True),
        ("value - 8", False),
        ("missing", False),
    ],
)
async def test_custom(expression: str, holds: bool) -> None:
    out = await decide({"output": 8, "text": "hello"}, condition_type="custom", custom_expression=expression, value=7)
    assert out.value["condition_result"] is holds
    assert out.value["field_value"] == 8
    assert out.value["evaluated_value"] == 7


async def test_custom_needs_no_field() -> None:
    out = await decide({"score": 8}, condition_type="custom", custom_expression="value == null and score == 8")
    assert out.ports == ("true", "*")


@pytest.mark.parametrize(
    ("config", "inputs", "error", "message", "hint"),
    [
        (
            {},
            {"text": "x", "mood": "y"},
            InputMissing,
            "Condition 'check' looks at 'output', but it received 'text', 'mood'.",
            "Choose another field (there is 'text', 'mood'), or give that input a default.",
        ),
        ({}, {}, InputMissing, "Condition 'check' looks at 'output', but it received nothing.", "there is nothing"),
        (
            {"field": "draft"},
            {"text": "x"},
            InputMissing,
            "Condition 'check' looks at 'draft', but 'negative_responder' was skipped.",
            "give that input a default",
        ),
        ({"field": "draft.score"}, {"draft": 5}, InputMissing, "looks at 'draft.score'", "there is 'draft'"),
        ({"condition_type": "empty", "field": "gone"}, {"x": 1}, InputMissing, "looks at 'gone'", "there is 'x'"),
        (
            {"condition_type": "greater_than", "value": 7},
            {"output": "about 8"},
            TypeMismatch,
            "Condition 'check' (greater_than on 'output') needs two numbers, but received the text 'about 8'.",
            "answer with a number",
        ),
        (
            {"condition_type": "not_less_than", "value": "high"},
            {"output": 8},
            TypeMismatch,
            "Condition 'check' (not_less_than on 'output') needs two numbers, but received the text 'high'.",
            "answer with a number",
        ),
        (
            {"condition_type": "greater_than", "value": 7},
            {"output": {"result": 8, "expression": "4 + 4"}},
            TypeMismatch,
            "needs two numbers, but received an object.",
            "Look into the object, for example at 'output.result'; it has result, expression.",
        ),
        ({"condition_type": "less_than", "value": 7}, {"output": True}, TypeMismatch, "received true", "a number"),
        ({"condition_type": "less_than", "value": 7}, {"output": {}}, TypeMismatch, "received an object", "a number"),
        ({"condition_type": "less_than", "value": 7}, {"output": None}, TypeMismatch, "received null", "a number"),
        ({"condition_type": "less_than", "value": 7}, {"output": "nan"}, TypeMismatch, "the text 'nan'", "a number"),
        ({"condition_type": "less_than", "value": 7}, {"output": "1_0"}, TypeMismatch, "the text '1_0'", "a number"),
        ({"condition_type": "less_than"}, {"output": 5}, TypeMismatch, "received null", "Set the value"),
        ({"condition_type": "contains"}, {"output": "x"}, TypeMismatch, "something to look for", "Set the value"),
        ({"condition_type": "custom"}, {"output": 5}, ExpressionError, "has no custom_expression", "Write one"),
        (
            {"condition_type": "custom", "custom_expression": "value +"},
            {"output": 5},
            ExpressionError,
            "Condition 'check': ",
            "",
        ),
        (
            {"condition_type": "custom", "custom_expression": "value > 'x'"},
            {"output": 5},
            ExpressionError,
            "Condition 'check': ",
            "",
        ),
    ],
)  # fmt: skip
async def test_undecidable(
    config: dict[str, Any], inputs: dict[str, Any], error: type[PointworkError], message: str, hint: str
) -> None:
    with pytest.raises(error) as caught:
        await decide(inputs, absent={"draft": "'negative_responder' was skipped"}, **config)
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.hint

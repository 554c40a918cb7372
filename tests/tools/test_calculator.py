"""The calculator: exact results in their exact shape, and errors as results."""

from __future__ import annotations

import pytest

from pointwork.tools import ToolRegistry


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("2 + 2 * 3", 8),
        ("15 * 23 + 17", 362),
        ("7 / 2", 3.5),
        ("sqrt(16)", 4),
        ("mean([4, 8, 12])", 8),
        ("2 ** 63", 2**63),
    ],
)
async def test_result_has_two_keys(expression: str, result: float) -> None:
    registry = ToolRegistry()
    wanted = {"result": result, "expression": expression}
    assert await registry.execute_tool("calculator", expression=expression) == wanted
    assert await registry.get_tool("calculator").execute(expression=expression) == wanted


async def test_number_too_long_for_json_is_exact_text() -> None:
    assert (await ToolRegistry().execute_tool("calculator", expression="2 ** 100"))["result"] == str(2**100)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "1 / 0",
        "2 +",
        "2 ^ 3",
        "9 ** 9 ** 9",
        "__import__('os')",
        "().__class__",
        "open('x')",
        "x",
        "1;2",
        "'a' * 10",
        "(" * 5_000,
    ],
)
async def test_what_cannot_be_computed_is_an_error_with_a_hint(expression: str) -> None:
    for result in (
        await ToolRegistry().execute_tool("calculator", expression=expression),
        await ToolRegistry().get_tool("calculator").execute(expression=expression),
    ):
        assert result.keys() == {"error", "hint", "expression"}
        assert result["error"]
        assert result["hint"]

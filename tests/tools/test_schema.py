"""Functions as tools: what is read from hints and docstrings, and arguments turned into the types of the function."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from pointwork.errors import ConfigurationError, Unacceptable
from pointwork.tools import FunctionTool, ToolRegistry, tool
from pointwork.tools.schema import read_docstring


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Place(BaseModel):
    """Somewhere."""

    city: str
    title: str = "Home"


@tool(needs_approval=True, idempotent=False, side_effects=True, timeout_s=5)
async def plan_trip(
    to: Place,
    day: date,
    colour: Colour,
    stops: list[str],
    how: Literal["car", "train"] = "train",
    nights: Annotated[int, Field(ge=1, le=30)] = 2,
    schema: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Plan a trip.

    It may take
    two lines.

    Args:
        to: Where
            to go.
        day (date): When.
        stops: Which: all of them.

    Returns:
        day: Not an argument.
    """
    return {"to": to, "day": day, "colour": colour, "stops": stops, "how": how, "nights": nights, "year": day.year}


def test_everything_is_read_from_the_function() -> None:
    definition = plan_trip.definition
    assert definition.name == "plan_trip"
    assert definition.description == "Plan a trip.\n\nIt may take\ntwo lines."
    assert (definition.needs_approval, definition.idempotent, definition.side_effects) == (True, False, True)
    properties = definition.parameters["properties"]
    assert list(properties) == ["to", "day", "colour", "stops", "how", "nights", "schema"]
    assert definition.parameters["required"] == ["to", "day", "colour", "stops"]
    assert definition.parameters["additionalProperties"] is False
    assert properties["to"]["description"] == "Where to go."
    assert properties["day"] == {"type": "string", "format": "date", "description": "When."}
    assert properties["stops"] == {"type": "array", "items": {"type": "string"}, "description": "Which: all of them."}
    assert properties["how"] == {"type": "string", "enum": ["car", "train"], "default": "train"}
    assert properties["nights"] == {"type": "integer", "minimum": 1, "maximum": 30, "default": 2}
    assert definition.parameters["$defs"]["Place"]["properties"]["title"] == {"type": "string", "default": "Home"}
    assert [(p.name, p.type, p.required) for p in plan_trip.parameters][1] == ("day", "string", True)


async def test_arguments_arrive_in_the_types_of_the_function() -> None:
    registry = ToolRegistry(builtins=False)
    registry.register_tool(plan_trip)
    given = {"to": {"city": "Rome"}, "day": "2026-11-23", "colour": "red", "stops": ["a"], "nights": 3.0}
    assert await registry.call("plan_trip", given) == {
        "to": {"city": "Rome", "title": "Home"},
        "day": "2026-11-23",
        "colour": "red",
        "stops": ["a"],
        "how": "train",
        "nights": 3,
        "year": 2026,
    }
    for name, wrong in [
        ("day", "2026-13-40"),
        ("nights", 31),
        ("how", "bike"),
        ("to", {"town": "Rome"}),
        ("stops", [1]),
    ]:
        with pytest.raises(Unacceptable, match=name):
            await registry.call("plan_trip", {**given, name: wrong})


async def test_plain_function_runs_in_a_thread_and_can_still_be_called() -> None:
    import threading

    @tool(name="where", description="Where it runs.")
    def thread_name(loud: bool = False) -> str:
        return threading.current_thread().name.upper() if loud else threading.current_thread().name

    assert isinstance(thread_name, FunctionTool)
    assert thread_name() == "MainThread"
    assert thread_name.name == "where"
    assert thread_name.description == "Where it runs."
    assert await thread_name.execute() == "tool thread_name"
    assert await thread_name.execute(True) == "TOOL THREAD_NAME"
    assert type(thread_name)().name == "where"  # its class is one like every other


def anything(value) -> Any:  # type: ignore[no-untyped-def]
    return value


async def test_argument_without_a_type_takes_anything() -> None:
    assert await tool(anything).execute(value=[1, {"a": None}]) == [1, {"a": None}]
    assert tool(anything).description == "anything"


def positional(a: int, /) -> None: ...
def variadic(*values: int) -> None: ...
def keywords(**values: int) -> None: ...
def unknown_type(a: Missing) -> None: ...  # type: ignore[name-defined] # noqa: F821
def no_schema(a: type[Any] | range) -> None: ...


@pytest.mark.parametrize("function", [positional, variadic, keywords, unknown_type, no_schema])
def test_function_that_cannot_be_a_tool_is_named(function: Any) -> None:
    with pytest.raises(ConfigurationError, match=repr(function.__name__)) as caught:
        ToolRegistry(builtins=False).register_tool(tool(function))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "description", "arguments"),
    [
        (None, "", {}),
        ("", "", {}),
        ("One line.", "One line.", {}),
        ("Args:\n    a: First.\n    *b: Second.", "", {"a": "First.", "b": "Second."}),
        (
            "Do.\n\nArgs:\n    a: Use `x: y`\n      and z: also.\n    b: B.",
            "Do.",
            {"a": "Use `x: y` and z: also.", "b": "B."},
        ),
        ("Do.\n\nArguments:\n    a (int, optional):\n        Later.", "Do.", {"a": "Later."}),
        ("Note: this is text.\n\nRaises:\n    ValueError: never.", "Note: this is text.", {}),
    ],
)
def test_docstrings(text: str | None, description: str, arguments: dict[str, str]) -> None:
    found = read_docstring(text)
    assert (found.description, found.arguments) == (description, arguments)

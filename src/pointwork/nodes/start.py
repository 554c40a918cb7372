"""The `start` node: hands the inputs of the run on, and can say which ones it wants."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import model_validator

from pointwork.config import Config, ui
from pointwork.errors import InputMissing, TypeMismatch
from pointwork.expressions.operators import numeric
from pointwork.expressions.values import describe
from pointwork.nodes.base import NodeContext, NodeType, node_type
from pointwork.workflow import JsonObject

__all__ = ["Start", "StartConfig", "StartInput"]

InputType = Literal["text", "number", "boolean", "list", "json"]
_ARTICLES: dict[InputType, str] = {
    "text": "a text",
    "number": "a number",
    "boolean": "true or false",
    "list": "a list",
    "json": "any value",
}


class StartInput(Config):
    """One input that a run of this workflow takes."""

    name: str = ui(min_length=1, max_length=200, help="How the nodes call it.")
    type: InputType = ui("text", widget="select", help="What may be given; json is any value.")
    required: bool = ui(True, widget="toggle", help="Without it the run does not begin. A default makes it optional.")
    default: Any = ui(None, widget="json", help="Used when nothing is given.")
    description: str = ui("", help="Shown to whoever starts a run.")


class StartConfig(Config):
    """What the run is given."""

    inputs: list[StartInput] = ui(
        [], widget="json", help="The inputs of the workflow. Inputs that are not listed are handed on as they are."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> StartConfig:
        names = [item.name for item in self.inputs]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two inputs are called {twice[0]!r}")
        return self


@node_type(
    "start",
    title="Start",
    icon="play",
    group="Flow",
    gives="json",
    card="Where a run begins",
    effects=False,
    example={"inputs": [{"name": "topic", "description": "What to write about."}]},
)
class Start(NodeType[StartConfig]):
    """Begin here. Hands the inputs of the run to the nodes that follow.

    It can list the inputs that the workflow takes; then a missing one stops the run at once with a clear message,
    defaults are filled in, and numbers and truth values that were given as text are read as what they are.
    """

    async def run(self, ctx: NodeContext, config: StartConfig, inputs: JsonObject) -> JsonObject:
        output = dict(inputs)
        for wanted in config.inputs:
            given = inputs.get(wanted.name)
            if given is not None:
                output[wanted.name] = _fitting(wanted, given)
            elif wanted.default is not None:
                output[wanted.name] = wanted.default
            elif wanted.required:
                names = ", ".join(map(repr, inputs)) or "nothing"
                raise InputMissing(
                    f"The workflow needs the input {wanted.name!r}, but {names} was given.",
                    hint=f"Start the run with {wanted.name!r} ({_ARTICLES[wanted.type]}), or give it a default.",
                )
        return output


def _fitting(wanted: StartInput, given: Any) -> Any:
    """The value as its type says. A form gives every value as text and a command line `topic=2024` as a number, so
    what clearly means the same is taken."""
    match wanted.type, given:
        case "json", _:
            return given
        case "text", str():
            return given
        case "text", bool() | int() | float():
            return json.dumps(given)
        case "number", int() | float() if not isinstance(given, bool):
            return given
        case "number", str() if (number := numeric(given)) is not None:
            return number
        case "boolean", bool():
            return given
        case "boolean", str() if given.strip().lower() in ("true", "false"):
            return given.strip().lower() == "true"
        case "list", list():
            return given
        case "list", str():
            return [part.strip() for part in given.split(",") if part.strip()]
        case "list", bool() | int() | float():
            return [given]
    raise TypeMismatch(
        f"The input {wanted.name!r} should be {_ARTICLES[wanted.type]}, but {describe(given)} was given.",
        hint="Start the run with a fitting value, or change the type that the start node lists.",
    )

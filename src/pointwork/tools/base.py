"""What a tool is: something a model, or a `tool` node, can call by name with JSON arguments.

Two ways to write one, which come to the same. A function, whose schema is read from its hints and docstring:

    @tool
    async def shout(text: str) -> dict[str, str]:
        \"\"\"Turn text into capitals.

        Args:
            text: What to shout.
        \"\"\"
        return {"result": text.upper()}

and a class, which writes its parameters down:

    class Shout(BaseTool):
        name, description = "shout", "Turn text into capitals."
        parameters = (ToolParameter("text", "string", "What to shout."),)

        async def execute(self, text: str) -> dict[str, str]:
            return {"result": text.upper()}

A tool that cannot do what it was asked returns `{"error": "why"}`, or raises; both are told to the model.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol, TypeVar, overload

from pointwork.events import Level
from pointwork.tools import outside
from pointwork.tools.schema import Signature, read_signature
from pointwork.tools.thread import in_thread
from pointwork.workflow import JsonObject

__all__ = ["BaseTool", "FunctionTool", "Secrets", "ToolContext", "ToolDefinition", "ToolParameter", "tool"]

R = TypeVar("R")
TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class ToolParameter:
    """One argument of a tool. `type` is a JSON Schema type; `schema` adds keywords like `items` or `minimum`."""

    name: str
    type: str = "string"
    description: str = ""
    required: bool = True
    default: Any = None
    enum: Sequence[Any] | None = None
    schema: JsonObject | None = None

    def to_schema(self) -> JsonObject:
        """The JSON Schema of this argument."""
        found: JsonObject = {"type": self.type, "description": self.description}
        if self.default is not None:
            found["default"] = self.default
        if self.enum is not None:
            found["enum"] = list(self.enum)
        return {key: value for key, value in {**found, **(self.schema or {})}.items() if value != ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDefinition:
    """What a model, a form and the catalogue need to know about a tool. `parameters` is a JSON Schema."""

    name: str
    description: str
    parameters: JsonObject
    needs_approval: bool = False
    idempotent: bool = True
    side_effects: bool = False
    untrusted: bool = False
    timeout_s: float | None = TIMEOUT_S

    def to_openai(self) -> JsonObject:
        """The function definition that is sent to models."""
        function = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": function}


class Secrets(Protocol):
    """What is stored under the name of a secret."""

    def get(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext:
    """What a tool may touch beyond its arguments; outside an execution there is no id."""

    execution_id: str | None = None
    workflow_id: str | None = None
    activation: str = ""
    write_log: Callable[[str, Level], None] | None = None
    find_resource: Callable[[type[Any]], Any] | None = None

    def log(self, message: str, level: Level = "INFO") -> None:
        """Write a line for people."""
        if self.write_log is not None:
            self.write_log(message, level)

    def secret(self, name: str) -> str:
        """A stored secret by its name; raises ConfigurationError when there is none.

        It is for what the tool sends to its service. In what the tool returns, logs or raises it is hidden.
        """
        return self.resource(Secrets).get(name)

    def resource(self, kind: type[R]) -> R:
        """A service by its protocol or class; raises ConfigurationError without it."""
        if self.find_resource is None:
            return outside.find(kind)
        return self.find_resource(kind)


class BaseTool(ABC):
    """Base of all tools. One instance serves all calls, so it keeps nothing between them.

    `idempotent = False`: a call cut off by a crash is not repeated without asking. `side_effects`: it changes
    something outside the execution. `needs_approval`: a person has to agree to each call. `untrusted`: what it returns
    may be the words of strangers.
    """

    needs_approval: bool = False
    idempotent: bool = True
    side_effects: bool = False
    untrusted: bool = False
    timeout_s: float | None = TIMEOUT_S

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is called by: letters, digits, `_` and `-`."""
        ...

    @property
    def title(self) -> str:
        """What people see: its name, unless it has another one for them."""
        return self.name

    @property
    @abstractmethod
    def description(self) -> str:
        """What it does, for the model that chooses."""
        ...

    @property
    @abstractmethod
    def parameters(self) -> Sequence[ToolParameter]:
        """Its arguments."""
        ...

    @abstractmethod
    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Do it, with the arguments by name. Returns JSON data."""
        ...

    @property
    def schema(self) -> JsonObject:
        """The JSON Schema of the arguments."""
        parameters = self.parameters
        return {
            "type": "object",
            "properties": {parameter.name: parameter.to_schema() for parameter in parameters},
            "required": [parameter.name for parameter in parameters if parameter.required],
            "additionalProperties": False,
        }

    @property
    def definition(self) -> ToolDefinition:
        """Everything about it in one value."""
        return ToolDefinition(
            name=self.name,
            description=self.description,
            parameters=self.schema,
            needs_approval=self.needs_approval,
            idempotent=self.idempotent,
            side_effects=self.side_effects,
            untrusted=self.untrusted,
            timeout_s=self.timeout_s,
        )

    async def run(self, arguments: JsonObject, ctx: ToolContext) -> Any:
        """Call `execute` with checked arguments; a plain function runs in a thread."""
        return await _called(self.execute, arguments)


async def _called(function: Callable[..., Any], arguments: JsonObject) -> Any:
    if inspect.iscoroutinefunction(function):
        return await function(**arguments)
    result = await in_thread(function, arguments)
    return await result if inspect.isawaitable(result) else result


class FunctionTool(BaseTool):
    """A tool made from a function by `@tool`. It can still be called like the function."""

    function: ClassVar[Callable[..., Any]]
    given_name: ClassVar[str]
    given_description: ClassVar[str | None]

    @cached_property
    def signature(self) -> Signature:
        """What the function takes; read on first use, because that costs a millisecond."""
        return read_signature(type(self).function, context=ToolContext)

    @property
    def name(self) -> str:
        return self.given_name

    @property
    def description(self) -> str:
        return self.given_description or self.signature.description

    @property
    def parameters(self) -> Sequence[ToolParameter]:
        schema = self.signature.schema
        required = schema.get("required", [])
        return [
            ToolParameter(
                name,
                found.get("type", "any"),
                found.get("description", ""),
                name in required,
                found.get("default"),
                found.get("enum"),
                found,
            )
            for name, found in schema.get("properties", {}).items()
        ]

    @property
    def schema(self) -> JsonObject:
        return self.signature.schema

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        named = dict(zip(self.schema.get("properties", {}), args, strict=False))
        return await self.run({**named, **kwargs}, ToolContext())

    async def run(self, arguments: JsonObject, ctx: ToolContext) -> Any:
        bound = self.signature.bind(arguments)
        function = type(self).function
        if not self.signature.wants_context:
            return await _called(function, bound)
        name = next(iter(inspect.signature(function).parameters))
        return await _called(function, {name: ctx, **bound})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return type(self).function(*args, **kwargs)


@overload
def tool(function: Callable[..., Any], /) -> FunctionTool: ...
@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    needs_approval: bool = False,
    idempotent: bool = True,
    side_effects: bool = False,
    untrusted: bool = False,
    timeout_s: float | None = TIMEOUT_S,
) -> Callable[[Callable[..., Any]], FunctionTool]: ...


def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    needs_approval: bool = False,
    idempotent: bool = True,
    side_effects: bool = False,
    untrusted: bool = False,
    timeout_s: float | None = TIMEOUT_S,
) -> FunctionTool | Callable[[Callable[..., Any]], FunctionTool]:
    """Make a tool of a function; a first parameter annotated with `ToolContext` is given the context of the call."""

    def make(function: Callable[..., Any]) -> FunctionTool:
        called = name or function.__name__
        members = {
            "needs_approval": needs_approval,
            "idempotent": idempotent,
            "side_effects": side_effects,
            "untrusted": untrusted,
            "timeout_s": timeout_s,
            "__module__": function.__module__,
            "__doc__": function.__doc__,
            "function": staticmethod(function),
            "given_name": called,
            "given_description": description,
        }
        return type(f"{called.title().replace('_', '')}Tool", (FunctionTool,), members)()

    return make if function is None else make(function)

"""The node type `tool`: one call of one tool, without a model that decides about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from pointwork.config import Config, Template, ui
from pointwork.errors import CallDenied, InputMissing, ToolError, TypeMismatch, Unacceptable, UnknownTool
from pointwork.nodes.base import NodeContext, NodeType, node_type
from pointwork.workflow import APPROVAL_HELP, Approval, JsonObject

if TYPE_CHECKING:
    from pointwork.tools import ToolRegistry

__all__ = ["Tool", "ToolConfig"]


class ToolConfig(Config):
    """Which tool, and what it gets."""

    tool_name: str = ui("", widget="select", title="Tool", help="The name of the tool, for example calculator.")
    arguments: dict[str, Template | Any] = ui(
        {},
        widget="key-value",
        help="The arguments by name; text may hold {{ }}. What is left out is taken from inputs of the same name.",
    )
    approval: Approval = ui("tools", widget="select", advanced=True, help=APPROVAL_HELP)


@node_type(
    "tool",
    title="Tool",
    icon="wrench",
    group="Agents",
    card="Call {tool_name}",
    example={"tool_name": "calculator", "arguments": {"expression": "2 + 2 * 3"}},
)
class Tool(NodeType[ToolConfig]):
    """Call a tool and hand on its result.

    An argument that is not written down comes from the input of the same name; a tool that wants exactly one more
    takes the only input there is. A result with the key `error` fails the node, so retries and error edges work; so
    does a person who does not agree to the call, if one has to. Without a tool the inputs are handed on.
    """

    async def run(self, ctx: NodeContext, config: ToolConfig, inputs: JsonObject) -> Any:
        # The engine starts without what only calls need.
        from pointwork.agents.purse import Purse
        from pointwork.tools import ToolContext, ToolRegistry, is_failure

        if not config.tool_name:
            return inputs["output"] if inputs.keys() == {"output"} else inputs
        tools = ctx.resource(ToolRegistry)
        try:
            tool = tools.get_tool(config.tool_name)
        except UnknownTool as error:
            raise ToolError(error.message, hint=error.hint) from error
        arguments = _arguments(config.arguments, inputs, tool.schema)
        _check(ctx, tools, config.tool_name, arguments, inputs)
        arguments = await _approved(ctx, tools, config, arguments)
        context = ToolContext(
            execution_id=ctx.execution_id,
            workflow_id=ctx.workflow_id,
            activation=str(ctx.activation),
            write_log=ctx.log,
            find_resource=ctx.resource,
        )

        purse = Purse(ctx, None)
        data: JsonObject = {"arguments": arguments}
        if tool.untrusted:
            data["untrusted"] = True

        async def call() -> Any:
            async with purse.tool_call():
                result = await tools.call(config.tool_name, arguments, ctx=context)
            if is_failure(result):  # inside the step, so that a retry calls the tool again
                raise ToolError(
                    f"The tool {config.tool_name!r} failed: {result['error']}", hint=str(result.get("hint", ""))
                )
            return result

        return await ctx.step(
            config.tool_name, call, kind="tool", data=data, idempotent=tool.idempotent, effects=tool.side_effects
        )


async def _approved(ctx: NodeContext, tools: ToolRegistry, config: ToolConfig, arguments: JsonObject) -> JsonObject:
    """The arguments that the call is made with, once a person has agreed to it, if one has to."""
    from pointwork.agents.approval import Approvals

    approvals = Approvals(ctx, tools, config.approval)
    await approvals.begin()
    why = approvals.why(config.tool_name)
    if why is None:
        return arguments
    verdict = await approvals.ask(config.tool_name, arguments, why=why)
    if not verdict.approved:
        raise CallDenied(f"A person did not allow the call of {config.tool_name!r}: {verdict.reason}.")
    return arguments if verdict.arguments is None else verdict.arguments


def _arguments(given: JsonObject, inputs: JsonObject, schema: JsonObject) -> JsonObject:
    properties: JsonObject = schema.get("properties", {})
    arguments = {**{name: value for name, value in inputs.items() if name in properties}, **given}
    missing = [name for name in schema.get("required", []) if name not in arguments]
    if len(missing) == 1 and len(inputs) == 1:
        arguments[missing[0]] = next(iter(inputs.values()))
    return {name: _typed(value, properties.get(name, {}).get("type")) for name, value in arguments.items()}


def _typed(value: Any, kind: Any) -> Any:
    """A template always gives text; where the tool wants another type, the text is read as JSON."""
    if isinstance(value, str) and kind in ("integer", "number", "boolean", "array", "object"):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value  # the check says what is wrong with it
    if kind == "string" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value


def _check(ctx: NodeContext, tools: ToolRegistry, name: str, arguments: JsonObject, inputs: JsonObject) -> None:
    try:
        tools.fit(name, arguments)
    except Unacceptable as error:
        missing = [key for key in tools.get_tool(name).schema.get("required", []) if key not in arguments]
        if missing and missing[0] in ctx.absent:
            raise InputMissing(f"The tool {name!r} needs {missing[0]!r}: {ctx.absent[missing[0]]}") from error
        if missing:
            there = ", ".join(inputs) or "none"
            raise InputMissing(
                f"The tool {name!r} needs {missing[0]!r}: there is no such argument or input. The inputs are: {there}.",
                hint=error.hint,
            ) from error
        raise TypeMismatch(error.message, hint=error.hint) from error

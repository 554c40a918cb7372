"""One round of tool calls: all calls of one answer of a model, at the same time, each as a step of its own.

What the model asks for is not trusted. A tool that the agent was not given, arguments that are no JSON or do not fit,
and a tool that fails all end the same way: with a result that says so, which goes back to the model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from pointwork.agents.context import AgentContext
from pointwork.agents.prompt import text_of
from pointwork.errors import Unacceptable
from pointwork.models import ToolCall, ToolMessage
from pointwork.tools import ToolContext, ToolRegistry, failure, is_failure
from pointwork.workflow import JsonObject

__all__ = ["MAX_CALLS", "Outcome", "Round"]

MAX_CALLS = 50  # of one answer; a model that asks for more is told so
MAX_ARGUMENT_CHARS = 262_144
SHOWN_CHARS = 2_000  # of arguments that cannot be read
SHOWN_NAME = 64


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to: the message for the model, and why it failed, if it did."""

    message: ToolMessage
    fault: str | None


class Round:
    """Calls tools for one agent."""

    def __init__(self, ctx: AgentContext, tools: ToolRegistry, granted: Collection[str]) -> None:
        self.ctx = ctx
        self.tools = tools
        self.granted = granted
        self.tool_context = ToolContext(
            execution_id=ctx.execution_id,
            workflow_id=ctx.workflow_id,
            activation=str(ctx.activation),
            write_log=ctx.log,
            find_resource=ctx.resource,
        )

    async def call(self, calls: Sequence[ToolCall]) -> list[Outcome]:
        """Make the calls; the outcomes are in their order."""
        if len(calls) == 1:
            return [await self._one(calls[0])]
        try:
            async with asyncio.TaskGroup() as group:
                # Tasks start in this order and reach their step before they first wait, so steps keep their order too.
                tasks = [group.create_task(self._one(call)) for call in calls[:MAX_CALLS]]
        except BaseExceptionGroup as errors:
            # Tools do not raise; what does is the journal or a cancellation, and one of its kind says it all.
            raise errors.exceptions[0] from None
        surplus = failure(f"Too many tool calls in one answer: {len(calls)}. Make at most {MAX_CALLS} at a time.")
        return [*(task.result() for task in tasks), *(_outcome(call, surplus) for call in calls[MAX_CALLS:])]

    async def _one(self, call: ToolCall) -> Outcome:
        name, arguments = call["name"], _parsed(call["arguments"])
        known = name in self.granted
        readable = isinstance(arguments, dict)

        async def make() -> Any:
            if not known:
                has = ", ".join(self.granted) or "none"
                return failure(f"There is no tool {name[:SHOWN_NAME]!r} here. The tools are: {has}.")
            if not isinstance(arguments, dict):
                return failure(arguments)
            if self.tools.get_tool(name).needs_approval:
                return failure(f"The tool {name!r} needs the approval of a person, which cannot be asked for here.")
            try:
                return await self.tools.call(name, arguments, ctx=self.tool_context)
            except Unacceptable as error:
                return failure(error.message, hint=error.hint)

        shown = arguments if readable else call["arguments"][:SHOWN_CHARS]
        result = await self.ctx.step(
            name[:SHOWN_NAME] or "(no name)",
            make,
            kind="tool",
            data={"call_id": call["id"], "arguments": shown},
            idempotent=not known or self.tools.get_tool(name).idempotent,
        )
        return _outcome(call, result)


def _outcome(call: ToolCall, result: Any) -> Outcome:
    message = ToolMessage(role="tool", call_id=call["id"], name=call["name"][:SHOWN_NAME], content=text_of(result))
    return Outcome(message, text_of(result["error"]) if is_failure(result) else None)


def _parsed(arguments: str) -> JsonObject | str:
    """Arguments as an object, or what is wrong with them. No arguments at all are an empty object."""
    if len(arguments) > MAX_ARGUMENT_CHARS:
        return f"The arguments have {len(arguments):,} characters; at most {MAX_ARGUMENT_CHARS:,} are read."
    try:
        parsed = orjson.loads(arguments) if arguments.strip() else {}
    except orjson.JSONDecodeError as error:
        return f"The arguments are not valid JSON: {error}. Write one JSON object."
    return parsed if isinstance(parsed, dict) else f"The arguments must be a JSON object, not {text_of(parsed)[:80]}."

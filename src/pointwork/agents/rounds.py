"""One round of tool calls: all calls of one answer of a model, at the same time, each as a step of its own.

What the model asks for is not trusted. A tool that the agent was not given, arguments that are no JSON or do not fit,
and a tool that fails all end the same way: with a result that says so, which goes back to the model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import orjson

from pointwork.agents.context import AgentContext
from pointwork.agents.prompt import text_of
from pointwork.agents.purse import Purse
from pointwork.errors import Unacceptable
from pointwork.models import ToolCall, ToolMessage
from pointwork.tools import ToolContext, ToolRegistry, failure, is_failure
from pointwork.workflow import JsonObject

__all__ = ["MAX_CALLS", "Approval", "Outcome", "Round"]

# Which calls a person has to agree to: those of tools that ask for it; also those with effects outside; or all.
Approval: TypeAlias = Literal["tools", "side_effects", "all"]
APPROVE, DENY = "approve", "deny"

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

    def __init__(
        self,
        ctx: AgentContext,
        tools: ToolRegistry,
        granted: Collection[str],
        *,
        approval: Approval = "tools",
        purse: Purse | None = None,
    ) -> None:
        self.purse = purse
        self.ctx = ctx
        self.tools = tools
        self.granted = granted
        self.approval = approval
        self.tool_context = ToolContext(
            execution_id=ctx.execution_id,
            workflow_id=ctx.workflow_id,
            activation=str(ctx.activation),
            write_log=ctx.log,
            find_resource=ctx.resource,
        )

    async def call(self, calls: Sequence[ToolCall]) -> list[Outcome]:
        """Make the calls; the outcomes are in their order.

        Calls that a person has to agree to come last, one by one: while somebody is asked, nothing else is at work.
        """
        asked = [at for at, call in enumerate(calls[:MAX_CALLS]) if self._needs_approval(call)]
        free = [at for at in range(min(len(calls), MAX_CALLS)) if at not in asked]
        outcomes = dict(zip(free, await self._together([calls[at] for at in free]), strict=True))
        for at in asked:
            outcomes[at] = await self._with_approval(calls[at])
        surplus = failure(f"Too many tool calls in one answer: {len(calls)}. Make at most {MAX_CALLS} at a time.")
        return [outcomes[at] if at in outcomes else _outcome(call, surplus) for at, call in enumerate(calls)]

    async def _together(self, calls: Sequence[ToolCall]) -> list[Outcome]:
        if len(calls) == 1:
            return [await self._one(calls[0])]
        try:
            async with asyncio.TaskGroup() as group:
                # Tasks start in this order and reach their step before they first wait, so steps keep their order too.
                tasks = [group.create_task(self._one(call)) for call in calls]
        except BaseExceptionGroup as errors:
            # Tools do not raise; what does is the journal or a cancellation, and one of its kind says it all.
            raise errors.exceptions[0] from None
        return [task.result() for task in tasks]

    def _needs_approval(self, call: ToolCall) -> bool:
        if call["name"] not in self.granted or not self._fits(call):
            return False  # it is refused anyway, and nobody needs to be asked
        tool = self.tools.get_tool(call["name"])
        wanted = tool.needs_approval or (self.approval == "side_effects" and tool.side_effects)
        return wanted or self.approval == "all"

    def _fits(self, call: ToolCall) -> bool:
        arguments = _parsed(call["arguments"])
        if not isinstance(arguments, dict):
            return False
        try:
            self.tools.fit(call["name"], arguments)
        except Unacceptable:
            return False
        return True

    async def _with_approval(self, call: ToolCall) -> Outcome:
        """Ask a person; what they allow is called, perhaps with arguments that they changed."""
        arguments, tool = _parsed(call["arguments"]), self.tools.get_tool(call["name"])
        assert isinstance(arguments, dict)
        answer = await self.ctx.ask(call["name"], _question(self.ctx.activation.node, call, arguments, tool.schema))
        if answer["choice"] != APPROVE:
            reason = answer.get("reason") or "no reason given"
            return _outcome(call, failure(f"A person did not allow this call: {reason}.", hint="Find another way."))
        changed = answer.get("arguments")
        if changed is None or changed == arguments:
            return await self._one(call)
        outcome = await self._one(ToolCall(id=call["id"], name=call["name"], arguments=orjson.dumps(changed).decode()))
        told = {"note": "A person changed the arguments.", "arguments": changed, "answer": outcome.message["content"]}
        return Outcome(ToolMessage(**{**outcome.message, "content": text_of(told)}), outcome.fault)

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
            if self.purse is not None:
                self.purse.hold()
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


def _question(agent: str, call: ToolCall, arguments: JsonObject, schema: JsonObject) -> JsonObject:
    """What a person is asked: the very arguments, not what the model says of them."""
    shown = text_of(arguments)
    return {
        "kind": "approval",
        "question": f"{agent!r} wants to call {call['name']!r} with {shown[:SHOWN_CHARS]}. Shall it?",
        "choices": [APPROVE, DENY],
        "tool": call["name"],
        "call_id": call["id"],
        "arguments": arguments,
        "schema": {
            "type": "object",
            "properties": {"choice": {"enum": [APPROVE, DENY]}, "arguments": schema, "reason": {"type": "string"}},
            "required": ["choice"],
            "additionalProperties": False,
        },
    }


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

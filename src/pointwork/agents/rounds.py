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

from pointwork.agents.approval import Approvals
from pointwork.agents.context import AgentContext
from pointwork.agents.prompt import text_of
from pointwork.agents.purse import Purse
from pointwork.errors import BudgetExceeded, Unacceptable
from pointwork.models import ToolCall, ToolMessage
from pointwork.tools import ToolContext, ToolRegistry, failure, is_failure
from pointwork.tools.recollection import Recollection
from pointwork.workflow import JsonObject

__all__ = ["MAX_ARGUMENT_CHARS", "MAX_CALLS", "SHOWN_NAME", "Outcome", "Round"]

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
        approvals: Approvals,
        purse: Purse,
        memory: Recollection | None = None,
    ) -> None:
        self.ctx = ctx
        self.tools = tools
        self.granted = granted
        self.approvals = approvals
        self.purse = purse
        self.tool_context = ToolContext(
            execution_id=ctx.execution_id,
            workflow_id=ctx.workflow_id,
            activation=str(ctx.activation),
            write_log=ctx.log,
            find_resource=lambda kind: memory if kind is Recollection and memory is not None else ctx.resource(kind),
        )

    async def call(self, calls: Sequence[ToolCall]) -> list[Outcome]:
        """Make the calls; the outcomes are in their order.

        Calls that a person has to agree to come last, one by one: while somebody is asked, nothing else is at work.
        Raises BudgetExceeded once all that had begun has ended.
        """
        whys = {at: self._why(call) for at, call in enumerate(calls[:MAX_CALLS])}
        free = [at for at, why in whys.items() if why is None]
        outcomes = dict(zip(free, await self._together([calls[at] for at in free]), strict=True))
        for at, why in whys.items():
            if why is not None:
                outcomes[at] = await self._with_approval(calls[at], why)
        self.approvals.read(call["name"] for call in calls[:MAX_CALLS] if call["name"] in self.granted)
        surplus = failure(f"Too many tool calls in one answer: {len(calls)}. Make at most {MAX_CALLS} at a time.")
        return [outcomes[at] if at in outcomes else _outcome(call, surplus) for at, call in enumerate(calls)]

    async def _together(self, calls: Sequence[ToolCall]) -> list[Outcome]:
        if len(calls) == 1:
            return [await self._one(calls[0])]
        refused: list[BudgetExceeded] = []

        async def one(call: ToolCall) -> Outcome | None:
            try:
                return await self._one(call)
            except BudgetExceeded as error:  # the others are at work already, and are not cut off for that
                refused.append(error)
                return None

        try:
            async with asyncio.TaskGroup() as group:
                # Tasks start in this order and reach their step before they first wait, so steps keep their order too.
                tasks = [group.create_task(one(call)) for call in calls]
        except BaseExceptionGroup as errors:
            # Tools do not raise; what does is the journal or a cancellation, and one of its kind says it all.
            raise errors.exceptions[0] from None
        if refused:
            raise refused[0]
        return [outcome for task in tasks if (outcome := task.result()) is not None]

    def _why(self, call: ToolCall) -> str | None:
        """Why a person has to agree to a call, if somebody has to."""
        if call["name"] not in self.granted or not self._fits(call):
            return None  # it is refused anyway, and nobody needs to be asked
        return self.approvals.why(call["name"])

    def _fits(self, call: ToolCall) -> bool:
        arguments = _parsed(call["arguments"])
        if not isinstance(arguments, dict):
            return False
        try:
            self.tools.fit(call["name"], arguments)
        except Unacceptable:
            return False
        return True

    async def _with_approval(self, call: ToolCall, why: str) -> Outcome:
        """Ask a person; what they allow is called, perhaps with arguments that they changed."""
        arguments = _parsed(call["arguments"])
        assert isinstance(arguments, dict)
        verdict = await self.approvals.ask(call["name"], arguments, why=why, call_id=call["id"])
        if not verdict.approved:
            denied = f"A person did not allow this call: {verdict.reason}."
            return _outcome(call, failure(denied, hint="Find another way."))
        if verdict.arguments is None:
            return await self._one(call)
        changed = orjson.dumps(verdict.arguments).decode()
        outcome = await self._one(ToolCall(id=call["id"], name=call["name"], arguments=changed))
        told = {
            "note": "A person changed the arguments.",
            "arguments": verdict.arguments,
            "answer": outcome.message["content"],
        }
        return Outcome(ToolMessage(**{**outcome.message, "content": text_of(told)}), outcome.fault)

    async def _one(self, call: ToolCall) -> Outcome:
        name, arguments = call["name"], _parsed(call["arguments"])
        tool = self.tools.get_tool(name) if name in self.granted else None

        async def make() -> Any:
            if tool is None:
                has = ", ".join(self.granted) or "none"
                return failure(f"There is no tool {name[:SHOWN_NAME]!r} here. The tools are: {has}.")
            if not isinstance(arguments, dict):
                return failure(arguments)
            async with self.purse.tool_call():
                try:
                    return await self.tools.call(name, arguments, ctx=self.tool_context)
                except Unacceptable as error:
                    return failure(error.message, hint=error.hint)

        data: JsonObject = {
            "call_id": call["id"],
            "arguments": arguments if isinstance(arguments, dict) else call["arguments"][:SHOWN_CHARS],
        }
        if tool is not None and tool.untrusted:
            data["untrusted"] = True
        result = await self.ctx.step(
            name[:SHOWN_NAME] or "(no name)",
            make,
            kind="tool",
            data=data,
            idempotent=tool is None or tool.idempotent,
            effects=tool is not None and tool.side_effects,
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

"""Which tool calls a person has to agree to, what they are asked, and what their answer means.

Rule of this file: the person sees the very arguments, not what the model says of them. Whether somebody is asked
depends on nothing but what is recorded, so that an agent which runs again after a crash asks the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from pointwork.agents.context import AgentContext
from pointwork.agents.prompt import text_of
from pointwork.tools import BaseTool, ToolRegistry
from pointwork.workflow import Approval, JsonObject

__all__ = ["Approvals", "Verdict"]

APPROVE, DENY = "approve", "deny"
SHOWN_CHARS = 2_000  # of arguments, in the question; the request has them all
NO_REASON = "no reason given"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person said of a call. `arguments` are those that they changed it to, if they did."""

    approved: bool
    reason: str = ""
    arguments: JsonObject | None = None


class Approvals:
    """Decides about the calls of one node."""

    def __init__(
        self, ctx: AgentContext, tools: ToolRegistry, approval: Approval = "tools", names: Collection[str] = ()
    ) -> None:
        self._ctx = ctx
        self._tools = tools
        self._approval = approval
        self._names = names
        self._read: str | None = None  # which tool brought text from outside

    async def begin(self) -> None:
        """Find out whether the run had read text from outside before; recorded, because other nodes go on reading."""
        if self._approval != "after_untrusted":
            return

        async def look() -> str | None:
            return self._ctx.untrusted

        self._read = await self._ctx.step("text from outside", look)

    def read(self, names: Iterable[str]) -> None:
        """These tools were called; from now on what they returned may be behind what is asked for."""
        self._read = self._read or next((name for name in names if self._tools.get_tool(name).untrusted), None)

    def taint(self, source: str) -> None:
        """Something else brought text from outside."""
        self._read = self._read or source

    def why(self, name: str) -> str | None:
        """Why a person has to agree to a call of this tool; None when nobody has to."""
        if self._ctx.is_stubbed(name):
            return None  # nothing is called
        tool = self._tools.get_tool(name)
        if tool.needs_approval:
            return "the tool asks for it"
        if name in self._names or self._approval == "all":
            return "the node asks for it"
        if tool.side_effects and self._approval == "side_effects":
            return "it changes something outside the run"
        if tool.side_effects and self._approval == "after_untrusted" and self._read is not None:
            return f"it changes something outside the run, which has read text from outside ({self._read})"
        return None

    async def ask(self, name: str, arguments: JsonObject, *, why: str, call_id: str = "") -> Verdict:
        """Ask, and wait for the answer."""
        tool = self._tools.get_tool(name)
        request = _request(self._ctx.activation.node, tool, arguments, why)
        answer = await self._ctx.ask(name, {**request, "call_id": call_id} if call_id else request)
        if answer["choice"] != APPROVE:
            return Verdict(False, str(answer.get("reason") or NO_REASON))
        changed: Any = answer.get("arguments")
        return Verdict(True, arguments=None if changed == arguments else changed)


def _request(node: str, tool: BaseTool, arguments: JsonObject, why: str) -> JsonObject:
    shown = text_of(arguments)
    if len(shown) > SHOWN_CHARS:
        shown = f"{shown[:SHOWN_CHARS]} …"
    return {
        "kind": "approval",
        "question": f"{node!r} wants to call {tool.name!r} with {shown}. Shall it?",
        "choices": [APPROVE, DENY],
        "tool": tool.name,
        "description": tool.description.strip().partition("\n")[0],
        "agent": node,
        "reason": why,
        "arguments": arguments,
        "schema": {
            "type": "object",
            "properties": {
                "choice": {"enum": [APPROVE, DENY]},
                "arguments": tool.schema,
                "reason": {"type": "string"},
            },
            "required": ["choice"],
            "additionalProperties": False,
        },
    }

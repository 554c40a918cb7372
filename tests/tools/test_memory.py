"""The tools that remember: what they say of themselves, and what they do without a memory."""

from __future__ import annotations

import pytest

from pointwork.errors import ConfigurationError
from pointwork.tools import ToolContext, ToolRegistry
from pointwork.tools.recollection import Recollection, recollection_of

NAMES = ["forget", "recall", "remember"]


def test_they_say_what_they_change_and_what_strangers_may_have_written() -> None:
    tools = [ToolRegistry().get_tool(name) for name in NAMES]
    assert [(tool.side_effects, tool.untrusted, tool.idempotent) for tool in tools] == [
        (True, False, True),
        (False, True, True),
        (False, False, True),
    ]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("remember", {"fact": "x"}), ("recall", {"query": "x"}), ("forget", {"memory_id": "x", "reason": "y"})],
)
async def test_without_a_memory_they_say_what_to_do(name: str, arguments: dict[str, str]) -> None:
    found = await ToolRegistry().execute_tool(name, **arguments)
    assert found["error"] == "Only an agent that has a memory can use this tool."
    assert "use_memory" in found["hint"]


def test_a_context_that_has_one_gives_it() -> None:
    class Mine:
        async def remember(self, text: str, importance: float) -> dict[str, str]: ...
        async def recall(self, query: str, n_results: int) -> dict[str, str]: ...
        async def forget(self, memory_id: str, reason: str) -> dict[str, str]: ...

    mine = Mine()
    ctx = ToolContext(find_resource=lambda kind: mine if kind is Recollection else None)
    assert recollection_of(ctx) is mine
    with pytest.raises(ConfigurationError):
        recollection_of(ToolContext())

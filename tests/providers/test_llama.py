"""An agent on llama.cpp's own server: a real model file, a real streamed tool call."""

from __future__ import annotations

from pathlib import Path

from pointwork.journal.memory import MemoryJournal
from pointwork.models import Models
from pointwork.nodes import builtin_registry
from pointwork.runtime.runtime import Runtime
from pointwork.tools import ToolRegistry
from pointwork.workflow import Workflow
from tests.providers.servers import QUESTION, llama
from tests.providers.tiny_model import ANSWER, EXPRESSION

FLOW = {
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "agent", "type": "agent", "agent_config": {"model": "tiny", "tools": ["calculator"], "temperature": 0}},
        {"id": "end", "type": "end"},
    ],
    "edges": [{"source": "start", "target": "agent"}, {"source": "agent", "target": "end"}],
}


async def test_a_real_model_calls_a_real_tool(tmp_path: Path) -> None:
    async with llama(tmp_path) as url:
        models = Models(base_url=url)
        resources: dict[type, object] = {Models: models, ToolRegistry: ToolRegistry()}
        runtime = Runtime(journal=MemoryJournal(), registry=builtin_registry(), resources=resources)
        await runtime.open()
        try:
            execution = await runtime.start(Workflow.load(FLOW), {"query": QUESTION})
            assert await runtime.finished(execution, timeout_s=60)
            state = await runtime.state(execution)
            events = [record.event for record in await runtime.records(execution)]
        finally:
            await runtime.close()
            await models.close()
    assert (state["status"], state["result"]) == ("completed", ANSWER)
    steps = [event for event in events if event.type == "StepRecorded"]
    assert [step.kind for step in steps] == ["model", "tool", "model"]
    assert steps[1].value == {"result": 362, "expression": EXPRESSION}
    assert steps[0].usage["output_tokens"] > 5
    streamed = "".join(event.text for event in events if event.type == "TextStreamed" and event.kind == "text")
    assert streamed == ANSWER

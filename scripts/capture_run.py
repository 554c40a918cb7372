"""Draws docs/images/run.svg: what `pointwork run` shows in the middle of a real run.

    python scripts/capture_run.py

The workflow below really runs, in this process; the picture is taken when its third round is at work. The demo model
answers, so it needs no key. Nothing in the picture is loaded from elsewhere.
"""

from __future__ import annotations

import asyncio
import io
import re
from pathlib import Path
from typing import Any

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console, Group
from rich.text import Text

from pointwork.cli.picture import lines
from pointwork.cli.progress import Progress
from pointwork.events import NodeStarted
from pointwork.journal.memory import MemoryJournal
from pointwork.models import Models
from pointwork.nodes import builtin_registry
from pointwork.runtime import Runtime
from pointwork.tools import ToolRegistry
from pointwork.workflow import Workflow

OUT = Path(__file__).resolve().parent.parent / "docs" / "images" / "run.svg"
COLUMNS, ROWS = 84, 30
COMMAND = "pointwork run invoices.json --input 'amounts=[120, 75, 310, 42, 99]'"
WAIT = {"type": "delay", "delay_config": {"seconds": 0.6}}
DOCUMENT: dict[str, Any] = {
    "name": "Invoices",
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "each", "type": "loop", "loop_config": {"loop_type": "for_each", "items_source": "amounts"}},
        {
            "id": "add_tax",
            "type": "agent",
            "parent": "each",
            "agent_config": {"prompt": "What is {{ item }} * 1.19?", "tools": ["calculator"]},
        },
        {"id": "post", "parent": "each", **WAIT},
        {"id": "checks", "type": "map", "map_config": {"items_source": "amounts", "concurrency": 2}},
        {
            "id": "large",
            "type": "condition",
            "parent": "checks",
            "condition_config": {"condition_type": "greater_than", "field": "item", "value": 100},
            "inputs": [{"name": "item", "source_node": "checks", "source_field": "item"}],
        },
        {"id": "ask_bank", "parent": "checks", "type": "delay", "delay_config": {"seconds": 2}},
        {"id": "end", "type": "end"},
    ],
    "edges": [
        {"source": "start", "target": "each"},
        {"source": "start", "target": "checks"},
        {"source": "add_tax", "target": "post"},
        {"source": "large", "target": "ask_bank", "condition": "true"},
        {"source": "each", "target": "end"},
        {"source": "checks", "target": "end"},
    ],
}


async def run() -> tuple[Progress, int]:
    """The progress in the middle, and the time then."""
    resources: dict[type, object] = {Models: Models(), ToolRegistry: ToolRegistry()}
    runtime = Runtime(journal=MemoryJournal(), registry=builtin_registry(), resources=resources)
    await runtime.open()
    workflow = Workflow.load(DOCUMENT)
    progress = Progress((await runtime.compiled(workflow)).plan)
    execution_id = await runtime.start(workflow, {"amounts": [120, 75, 310, 42, 99]})
    try:
        async for records in runtime.watch(execution_id):
            for record in records:
                progress.apply(record)
                event = record.event
                if isinstance(event, NodeStarted) and (event.scope, event.node) == ("each[2]", "post"):
                    return progress, record.at_us + 250_000
    finally:
        await runtime.close()
    raise SystemExit("The run ended before its third round.")


def draw(progress: Progress, now_us: int) -> str:
    """The picture as SVG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, highlight=False)
    console.print(Text("$ ", "dim").append(COMMAND, "bold not dim"))
    console.print(Group(*lines(progress, now_us=now_us, width=COLUMNS, height=ROWS)))
    # Fonts from elsewhere are not loaded; the comment about the generator goes with them.
    frame = re.sub(r"@font-face \{\{.*?\}\}|<!--.*?-->", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    svg = console.export_svg(title="pointwork run", code_format=frame, unique_id="run")
    return re.sub(r"\n\s*\n+", "\n", svg)


if __name__ == "__main__":
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(draw(*asyncio.run(run())), encoding="utf-8")

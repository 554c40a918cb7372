"""A plug-in with one node type: it logs so many lines at a steady pace, each with its number and the time.

`plug_in` makes a folder from which a server loads it, in the way that it loads any other plug-in.
"""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

from pointwork.config import Config
from pointwork.nodes import NodeContext, NodeType, node_type
from pointwork.workflow import JsonObject

__all__ = ["LINE", "Ticker", "plug_in"]

LINE = re.compile(r"tick (\d+) (\d+)")


class TickerConfig(Config):
    """How many lines, how fast."""

    lines: int = 1
    per_second: float = 100.0


@node_type("ticker", title="Ticker")
class Ticker(NodeType[TickerConfig]):
    """Log lines at a steady pace."""

    async def run(self, ctx: NodeContext, config: TickerConfig, inputs: JsonObject) -> int:
        began = time.monotonic()
        for number in range(config.lines):
            ctx.log(f"tick {number} {time.time_ns() // 1_000}")
            # From the beginning on, so that being late once does not slow everything down.
            await asyncio.sleep(max(0.0, began + (number + 1) / config.per_second - time.monotonic()))
        return config.lines


def plug_in(folder: Path) -> None:
    """Write what an installer would write about a package that has this node type."""
    about = folder / "pointwork_ticker-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pointwork-ticker\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[pointwork.nodes]\nticker = benchmarks.ticker:Ticker\n")

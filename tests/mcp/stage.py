"""A configuration, the servers that it names, and a registry that has their tools."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pointwork.settings import Settings
from pointwork.tools import ToolContext, ToolRegistry
from pointwork.tools.mcp import McpServers
from pointwork.tools.mcp.offers import fault
from pointwork.wiring import opened_mcp
from pointwork.workflow import JsonObject

HERE = Path(__file__).parent
POLITE: JsonObject = {"command": sys.executable, "args": [str(HERE / "polite.py")]}


def rude(way: str, **more: Any) -> JsonObject:
    """The entry of a server that breaks the rules in this way."""
    return {"command": sys.executable, "args": ["-I", "-S", str(HERE / "rude.py"), way], **more}


def settings_for(data_dir: Path, servers: Mapping[str, Any], **more: Any) -> Settings:
    """Settings whose configuration names these servers."""
    data_dir.mkdir(mode=0o700, exist_ok=True)
    config = data_dir / "mcp.json"
    config.write_text(json.dumps({"mcpServers": servers}))
    config.chmod(0o600)
    return Settings(data_dir=data_dir, database=data_dir / "pointwork.db", mcp_config=config, **more)


@dataclass
class Stage:
    """Servers and their tools, to be called by the name that a model uses."""

    settings: Settings
    servers: McpServers
    registry: ToolRegistry
    context: ToolContext

    async def call(self, name: str, **arguments: Any) -> Any:
        return await self.registry.call(name, arguments, ctx=self.context)

    async def approve(self, name: str) -> None:
        """Agree to what the server offers now."""
        connection = await self.servers.server(name).connected()
        offers = [offer for offer in connection.listing.offers if fault(offer) is None]
        self.servers.around.approvals.approve(name, offers)

    def pids(self, name: str) -> list[int]:
        """The processes that a rude server noted."""
        return [int(line) for line in (self.settings.data_dir / "mcp" / name / "pids").read_text().split()]


@asynccontextmanager
async def staged(data_dir: Path, *, approve: bool = True, **servers: JsonObject) -> AsyncIterator[Stage]:
    """These servers; with `approve`, everything that they offer at first is agreed to."""
    settings = settings_for(data_dir, servers)
    async with opened_mcp(settings) as found:
        registry = ToolRegistry(builtins=False)
        registry.add_source(found)
        lines: list[str] = []
        context = ToolContext(write_log=lambda text, level: lines.append(text))
        stage = Stage(settings, found, registry, context)
        if approve:
            for name in servers:
                await stage.approve(name)
        yield stage


def alive(pid: int) -> bool:
    """Whether there is such a process; one that has ended and was not waited for counts as gone."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def descriptors() -> int:
    """How many files this process has open."""
    return len(os.listdir("/proc/self/fd"))

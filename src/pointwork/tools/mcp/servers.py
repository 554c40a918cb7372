"""All MCP servers of this process: a source of tools for the registry, and what people are told about them.

Loading reads two files and starts nothing. The tools are those that were approved; a server is started when the first
of them is called.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pointwork.errors import ConfigurationError, NotFound, PointworkError, Problem
from pointwork.tools.base import BaseTool
from pointwork.tools.mcp.config import Configured, StdioEntry, read_config
from pointwork.tools.mcp.offers import Offer, fault
from pointwork.tools.mcp.server import Server, Surroundings
from pointwork.tools.mcp.tool import McpTool
from pointwork.workflow import JsonObject

__all__ = ["McpServers"]


class McpServers:
    """The servers that the file `config` names; None: there are none."""

    def __init__(self, config: Path | None, around: Surroundings) -> None:
        self.config = config
        self.around = around
        self.servers: dict[str, Server] = {}
        self._loaded = 0
        self._wrong: tuple[Problem, ...] = ()
        self._approvals_fault: PointworkError | None = None
        self._approved: tuple[object, Mapping[str, Mapping[str, Offer]]] = (object(), {})

    def load(self) -> None:
        """Read the configuration; what is wrong with it is in `problems`."""
        try:
            found = Configured() if self.config is None else read_config(self.config)
        except ConfigurationError as error:
            wrong = Problem(severity="warning", code="W-MCP", message=error.message, hint=error.hint)
            found = Configured(problems=(wrong,))
        self._wrong = found.problems
        self.servers = {name: Server(name, entry, self.around) for name, entry in found.entries.items()}
        self._loaded += 1

    def server(self, name: str) -> Server:
        """Raises NotFound naming the nearest ones."""
        found = self.servers.get(name)
        if found is None:
            near = difflib.get_close_matches(name, self.servers, n=2)
            hint = f"Did you mean {' or '.join(map(repr, near))}?" if near else ""
            hint = hint or f"The file {str(self.config)!r} names them; there: {', '.join(self.servers) or 'none'}."
            raise NotFound(f"There is no MCP server {name[:64]!r}.", hint=hint)
        return found

    # -------------------------------------------------------------------------------------- as a source of tools

    def revision(self) -> object:
        return (self._loaded, self.around.approvals.revision()) if self.servers else self._loaded

    def tools(self) -> Iterable[BaseTool]:
        for name, server in self.servers.items():
            if not server.entry.disabled:
                for offer in self.approved(name).values():
                    if fault(offer) is None:
                        yield McpTool(server, offer)

    def approved(self, server: str) -> Mapping[str, Offer]:
        """What was approved of a server; nothing when the file cannot be trusted, which is a problem."""
        revision = self.around.approvals.revision()
        if revision != self._approved[0]:
            try:
                found, self._approvals_fault = self.around.approvals.read(), None
            except ConfigurationError as error:
                found, self._approvals_fault = {}, error
            self._approved = (revision, found)
        return self._approved[1].get(server, {})

    # ---------------------------------------------------------------------------------------------- for people

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, and what has to be done before tools can be used."""
        found = list(self._wrong)
        for name, server in self.servers.items():
            if not self.approved(name) and not server.entry.disabled:
                hint = f"Look at what it offers, and agree to it: pointwork mcp approve {name}"
                message = f"No tool of the MCP server {name!r} was approved yet."
                found.append(Problem(severity="note", code="N-MCP", message=message, hint=hint))
            elif server.problem:
                message = f"The MCP server {name!r} failed: {server.problem}"
                hint = f"`pointwork mcp test {name}` tries it."
                found.append(Problem(severity="warning", code="W-MCP", message=message, hint=hint))
        if (error := self._approvals_fault) is not None:
            found.append(Problem(severity="warning", code="W-MCP", message=error.message, hint=error.hint))
        return found

    def describe(self, name: str) -> JsonObject:
        """What is known about a server without starting it. Arguments, variables and headers are not told."""
        server = self.server(name)
        return {
            "name": name,
            "transport": "stdio" if isinstance(server.entry, StdioEntry) else "http",
            "where": server.entry.shown,
            "state": server.state,
            "confinement": server.confinement,
            "problem": server.problem,
            "server_info": server.connection.server_info if server.connection is not None else "",
            "tools": [self._tool(server, offer) for offer in self.approved(name).values()],
        }

    def _tool(self, server: Server, approved: Offer) -> JsonObject:
        tool = McpTool(server, approved)
        status: Any = "approved"
        if server.connection is not None and server.connection.is_open:
            now = {offer.name: offer for offer in server.connection.listing.offers}.get(approved.name)
            if now is None:
                status = "gone"
            elif fault(now) is not None or now.fingerprint != approved.fingerprint:
                status = "changed"
        return {
            "name": tool.name,
            "title": tool.title,
            "description": approved.description,
            "status": status,
            "needs_approval": tool.needs_approval,
            "side_effects": tool.side_effects,
        }

    async def close(self) -> None:
        """End all sessions and all programs."""
        await asyncio.gather(*(server.close() for server in self.servers.values()))

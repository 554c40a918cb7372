"""MCP servers as a source of tools: `McpServers` is what the process has, one `Server` for each that is configured.

Read in this order: `config` (what the operator wrote down), `offers` (what a server says it can do), `approvals` (what
the operator agreed to), `server` (one server: started on first use, compared with what was approved, called),
`connection` (one session with it, over `stdio` or `http`, past the `gate`), `results` (what came back). The library
that speaks the protocol is imported when a server is first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pointwork.tools.mcp.servers import McpServers

__all__ = ["McpServers"]


def __getattr__(name: str) -> Any:
    if name == "McpServers":
        from pointwork.tools.mcp.servers import McpServers

        return McpServers
    raise AttributeError(name)

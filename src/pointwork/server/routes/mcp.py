"""MCP servers: what there is. They are configured and approved by the operator, at the command line, and only there."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from pointwork.server.replies import ERRORS, app_of, json_reply
from pointwork.server.schemas import Shape

__all__ = ["router"]

router = APIRouter(prefix="/api/mcp", tags=["catalogue"], responses=ERRORS)


class McpToolEntry(Shape):
    """A tool of an MCP server that was approved. `changed` and `gone`: the server offers it otherwise, or no more."""

    name: str
    title: str
    description: str
    status: Literal["approved", "changed", "gone"]
    needs_approval: bool
    side_effects: bool


class McpServerEntry(Shape):
    """An MCP server. `confinement` says how it is kept in, `problem` why it does not work."""

    name: str
    transport: Literal["stdio", "http"]
    where: str
    state: Literal["disabled", "idle", "running", "failed"]
    confinement: str
    problem: str
    server_info: str
    tools: list[McpToolEntry]


@router.get("", operation_id="list_mcp_servers", response_model=list[McpServerEntry])
async def list_mcp_servers(request: Request) -> Response:
    """The MCP servers that are configured, their state and their approved tools. Nothing is started by asking."""
    servers = app_of(request).mcp
    return json_reply([servers.describe(name) for name in servers.servers])


@router.get("/{name}", operation_id="get_mcp_server", response_model=McpServerEntry)
async def get_mcp_server(request: Request, name: str) -> Response:
    """One of them."""
    return json_reply(app_of(request).mcp.describe(name))

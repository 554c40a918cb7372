"""MCP servers: what there is. They are configured and approved by the operator, at the command line, and only there."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from pointwork.server import schemas
from pointwork.server.replies import ERRORS, app_of, json_reply

__all__ = ["router"]

router = APIRouter(prefix="/api/mcp", tags=["catalogue"], responses=ERRORS)


@router.get("", operation_id="list_mcp_servers", response_model=list[schemas.McpServerEntry])
async def list_mcp_servers(request: Request) -> Response:
    """The MCP servers that are configured, their state and their approved tools. Nothing is started by asking."""
    servers = app_of(request).mcp
    return json_reply([servers.describe(name) for name in servers.servers])


@router.get("/{name}", operation_id="get_mcp_server", response_model=schemas.McpServerEntry)
async def get_mcp_server(request: Request, name: str) -> Response:
    """One of them."""
    return json_reply(app_of(request).mcp.describe(name))

"""What a workflow can be made of: node types, models, tools."""

from __future__ import annotations

import time
from inspect import cleandoc
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from pointwork.agents.prompt import text_of
from pointwork.server import schemas
from pointwork.server.json_body import JsonRoute
from pointwork.server.replies import ERRORS, app_of, json_reply
from pointwork.spec import NodeSpec
from pointwork.tools import BaseTool, ToolContext
from pointwork.tools.result import MAX_RESULT_BYTES, is_failure

__all__ = ["router"]

router = APIRouter(tags=["catalogue"], route_class=JsonRoute, responses=ERRORS)


@router.get("/api/node-types", operation_id="list_node_types", response_model=list[schemas.NodeTypeEntry])
async def list_node_types(request: Request) -> Response:
    """All node types with the JSON Schema of their configuration and the hints for its form."""
    return json_reply([_node_type(spec) for spec in app_of(request).nodes.specs.values()])


def _node_type(spec: NodeSpec) -> dict[str, Any]:
    return {
        "type": spec.type,
        "title": spec.title,
        "doc": cleandoc(spec.doc),
        "icon": spec.icon,
        "group": spec.group,
        "card": spec.card,
        "ports": list(spec.ports),
        "ports_from": list(spec.ports_from) if spec.ports_from else None,
        "always": list(spec.always),
        "policy": spec.policy,
        "idempotent": spec.idempotent,
        "transparent": spec.transparent,
        "version": spec.version,
        "schema": spec.config.model_json_schema(),
        "example": spec.example,
        "outputs": dict(spec.outputs),
        "takes": spec.takes,
        "gives": spec.gives,
        "output_types": dict(spec.output_types),
    }


@router.get("/api/models", operation_id="list_models", response_model=list[schemas.ModelEntry])
async def list_models(
    request: Request, wait: Annotated[float, Query(ge=0, le=10, description="Seconds to wait for providers.")] = 0
) -> Response:
    """The models that can be used now, and why the others cannot.

    Providers are asked for their lists in the background, once a minute at most. What they said last is here at once;
    `wait` waits for those that are being asked.
    """
    app = app_of(request)
    await app.models.look(wait_s=wait)
    return json_reply(app.redactor.data([model.to_dict() for model in app.models.available()]))


@router.get("/api/tools", operation_id="list_tools", response_model=list[schemas.ToolEntry])
async def list_tools(request: Request) -> Response:
    """All tools with their parameters."""
    return json_reply([_tool(tool) for tool in app_of(request).tools.get_all_tools()])


@router.get("/api/tools/{name}", operation_id="get_tool", response_model=schemas.ToolEntry)
async def get_tool(request: Request, name: str) -> Response:
    """One tool."""
    return json_reply(_tool(app_of(request).tools.get_tool(name)))


@router.post(
    "/api/tools/{name}/execute",
    operation_id="execute_tool",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {}}}, "description": "What the tool returned."}},
)
async def execute_tool(request: Request, name: str, body: schemas.ToolBody) -> Response:
    """Try a tool. The answer is what it returns, with an `error` key when it failed."""
    app = app_of(request)
    return json_reply(await app.tools.call(name, body.arguments, ctx=ToolContext(find_resource=app.resource)))


@router.post("/api/tools/{name}/try", operation_id="try_tool", response_model=schemas.ToolTrial)
async def try_tool(request: Request, name: str, body: schemas.ToolBody) -> Response:
    """Try a tool as a person does: with what it returns, how long it took, and what a model would read of it.

    Files that it writes are kept apart from those of executions; `GET /api/tryouts/{name}` gives them.
    """
    app = app_of(request)
    begun = time.perf_counter()
    found = await app.tools.call(name, body.arguments, ctx=ToolContext(find_resource=app.resource))
    took_ms = round((time.perf_counter() - begun) * 1_000, 1)
    result = app.redactor.data(found)
    told = text_of(result)
    return json_reply(
        {
            "result": result,
            "failed": is_failure(result),
            "duration_ms": took_ms,
            "told": told,
            "told_bytes": len(told.encode(errors="replace")),
            "limit_bytes": MAX_RESULT_BYTES,
        }
    )


def _tool(tool: BaseTool) -> dict[str, Any]:
    definition = tool.definition
    return {
        "name": definition.name,
        "title": tool.title,
        "description": definition.description,
        "source": _source(tool),
        "parameters": definition.parameters,
        "needs_approval": definition.needs_approval,
        "idempotent": definition.idempotent,
        "side_effects": definition.side_effects,
        "untrusted": definition.untrusted,
        "timeout_s": definition.timeout_s,
        "definition": definition.to_openai(),
    }


def _source(tool: BaseTool) -> str:
    """Whose it is."""
    module = type(tool).__module__
    if module.startswith("pointwork.tools.mcp."):
        return "mcp"
    return "built-in" if module.startswith("pointwork.tools.") else "own"

"""How the server is."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from pointwork import __version__
from pointwork.server import schemas
from pointwork.server.replies import app_of, hub_of, json_reply

__all__ = ["router"]

router = APIRouter(tags=["server"])


@router.get(
    "/health",
    operation_id="health",
    response_model=schemas.Health,
    responses={503: {"model": schemas.Health, "description": "Executions cannot run here now; `journal` says why."}},
)
async def health(request: Request) -> Response:
    """Whether executions can run here, and on what."""
    app = app_of(request)
    journal = await app.journal.health()
    healthy = bool(journal.get("ok"))
    return json_reply(
        {
            "status": "healthy" if healthy else "unhealthy",
            "version": __version__,
            "journal": journal,
            "model": app.models.in_use,
            "embedder": app.memory.chosen.embedder.name,
            "sandbox": await app.sandbox_state(),
            "sockets": {"viewers": hub_of(request).viewers},
            "problems": [
                problem.to_dict()
                for problem in (
                    *app.nodes.problems,
                    *app.tools.problems,
                    *app.tools.source_problems(),
                    *app.mcp.problems,
                    *app.secret_problems,
                    *app.memory.problems,
                )
            ],
        },
        200 if healthy else 503,
    )

"""What agents remember: looking at it, adding, changing, forgetting, asking as an agent would, and taking it elsewhere.

An agent's id is one segment of the path, percent-encoded. An id of a memory counts only under the agent whose it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from pointwork.events import iso
from pointwork.memory import Memory, NewMemory, Scope
from pointwork.memory.store import missing
from pointwork.server import memory_schemas as schemas
from pointwork.server.replies import ERRORS, app_of, json_reply
from pointwork.server.segments import SegmentRoute
from pointwork.wiring import App

__all__ = ["router"]

router = APIRouter()
file_routes = APIRouter(prefix="/api/memory", tags=["memory"], responses=ERRORS)
json_routes = APIRouter(prefix="/api/memory", tags=["memory"], route_class=SegmentRoute, responses=ERRORS)
LINES: dict[str, Any] = {"application/jsonl": {"schema": {"type": "string"}}}
BINARY: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
By = Annotated[str, Query(max_length=200, description="Who asks for it, for the audit.")]
Reason = Annotated[str, Query(max_length=500, description="Why, for the audit.")]


@json_routes.get("", operation_id="list_memory", response_model=schemas.MemoryStatus)
async def list_memory(request: Request) -> Response:
    """All agents that remember something, and by what it is found."""
    app = app_of(request)
    agents = await asyncio.to_thread(app.memory.store.agents)
    return json_reply(
        {
            "agents": [
                {
                    **{key: value for key, value in one.items() if key != "latest_us"},
                    "latest_at": _time(one["latest_us"]),
                }
                for one in agents
            ],
            "embedder": app.memory.chosen.embedder.name,
            "warning": app.memory.service.warning,
        }
    )


@file_routes.get("/export", operation_id="export_memory", responses={200: {"content": LINES}})
async def export_memory(
    request: Request, agent_id: Annotated[str | None, Query(description="Only of this agent.")] = None
) -> Response:
    """Everything as JSON Lines, without vectors: they are made again where it is imported."""
    lines = await asyncio.to_thread(app_of(request).memory.store.export, agent_id)
    headers = {"content-disposition": 'attachment; filename="memory.jsonl"'}
    return StreamingResponse(_pieces(lines), media_type="application/jsonl", headers=headers)


async def _pieces(lines: Iterator[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(_some, lines):
        yield piece


def _some(lines: Iterator[bytes]) -> bytes:
    return b"".join(line for line, _ in zip(lines, range(500), strict=False))


@file_routes.post(
    "/import", operation_id="import_memory", openapi_extra={"requestBody": {"required": True, "content": BINARY}}
)
async def import_memory(request: Request) -> Response:
    """Remember what an exported file holds: all of it or, if a line has a fault, nothing. Twice is once."""
    app = app_of(request)
    added = await asyncio.to_thread(app.memory.store.read, (await request.body()).splitlines())
    app.memory.healer.wake()
    return json_reply(added)


@json_routes.get("/{agent_id}/facts", operation_id="list_facts", response_model=list[schemas.MemoryEntry])
async def list_facts(
    request: Request,
    agent_id: str,
    query: Annotated[str, Query(max_length=1_000, description="Only those that hold this text.")] = "",
    kind: Literal["fact", "interaction", "summary"] | None = None,
    before: Annotated[str | None, Query(max_length=100, description="Go on behind this id.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Response:
    """What an agent remembers, the newest first."""
    store = app_of(request).memory.store
    found = await asyncio.to_thread(store.browse, agent_id, query=query, kind=kind, before=before, limit=limit)
    return json_reply([_entry(memory) for memory in found])


@json_routes.post("/{agent_id}/facts", operation_id="add_fact", response_model=schemas.MemoryEntry, status_code=201)
async def add_fact(request: Request, agent_id: str, body: schemas.FactBody) -> Response:
    """Let an agent remember a fact. What it remembers already is answered as it is."""
    app = app_of(request)
    new = NewMemory(
        text=body.fact,
        scope=_scope(agent_id, body),
        metadata=body.metadata,
        importance=body.importance,
    )
    learned = await asyncio.to_thread(app.memory.service.learn, new)
    return json_reply(_entry(await _of(app, agent_id, learned["id"])), 201)


@json_routes.get("/{agent_id}/facts/{memory_id}", operation_id="get_fact", response_model=list[schemas.MemoryEntry])
async def get_fact(request: Request, agent_id: str, memory_id: str) -> Response:
    """A memory and what held before it, the latest first."""
    app = app_of(request)
    await _of(app, agent_id, memory_id)
    return json_reply([_entry(memory) for memory in await asyncio.to_thread(app.memory.store.history, memory_id)])


@json_routes.put("/{agent_id}/facts/{memory_id}", operation_id="edit_fact", response_model=schemas.MemoryEntry)
async def edit_fact(request: Request, agent_id: str, memory_id: str, body: schemas.FactBody) -> Response:
    """Let something else hold in the place of a memory, which stays as its history."""
    app = app_of(request)
    await _of(app, agent_id, memory_id)
    learned = await asyncio.to_thread(
        app.memory.service.edit, memory_id, body.fact, metadata=body.metadata, importance=body.importance
    )
    return json_reply(_entry(await _of(app, agent_id, learned["id"])))


@json_routes.delete("/{agent_id}/facts/{memory_id}", operation_id="forget_fact", status_code=204)
async def forget_fact(request: Request, agent_id: str, memory_id: str, by: By = "api", reason: Reason = "") -> Response:
    """Forget a memory for good, with its history and what it was said in."""
    app = app_of(request)
    await _of(app, agent_id, memory_id)
    await asyncio.to_thread(app.memory.service.forget, memory_id, by=by, reason=reason)
    return Response(status_code=204)


@json_routes.post("/{agent_id}/recall", operation_id="recall", response_model=list[schemas.RecalledEntry])
async def recall(request: Request, agent_id: str, body: schemas.RecallBody) -> Response:
    """What an agent would get for a question, with the reason of each."""
    found = await asyncio.to_thread(
        app_of(request).memory.service.recall,
        _scope(agent_id, body),
        body.query,
        n=body.n_results,
        min_score=body.min_score,
        metadata=body.filter,
        touch=False,
    )
    return json_reply([{"created_at": iso(one.pop("created_at_us")), **one} for one in found])


@json_routes.get("/{agent_id}/conversation", operation_id="get_conversation", response_model=list[schemas.TurnEntry])
async def get_conversation(
    request: Request,
    agent_id: str,
    after: Annotated[int, Query(ge=0, description="Go on behind this number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """What was said, in all scopes of an agent, in order."""
    store = app_of(request).memory.store
    turns = await asyncio.to_thread(store.conversation.of_agent, agent_id, after=after, limit=limit)
    return json_reply(
        [
            {
                "seq": turn.seq,
                "user_id": turn.scope.user_id,
                "session_id": turn.scope.session_id,
                "workflow_id": turn.scope.workflow_id,
                "user_message": turn.user_message,
                "assistant_message": turn.assistant_message,
                "created_at": iso(turn.created_at_us),
                "execution_id": turn.written.execution_id,
                "node_id": turn.written.node_id,
            }
            for turn in turns
        ]
    )


@json_routes.delete("/{agent_id}/conversation", operation_id="clear_conversation", status_code=204)
async def clear_conversation(request: Request, agent_id: str) -> Response:
    """Delete what was said, in all scopes of an agent; what it remembers for longer stays."""
    await asyncio.to_thread(app_of(request).memory.service.clear_conversations, agent_id)
    return Response(status_code=204)


@json_routes.get("/{agent_id}/audit", operation_id="memory_audit")
async def memory_audit(request: Request, agent_id: str, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> Response:
    """Who took what out of an agent's memory, when and why; never the text."""
    lines = await asyncio.to_thread(app_of(request).memory.store.audit, agent_id, limit=limit)
    return json_reply([{"at": iso(line.pop("at_us")), **line} for line in lines])


@json_routes.delete("/{agent_id}", operation_id="clear_memory", status_code=204)
async def clear_memory(request: Request, agent_id: str) -> Response:
    """Delete everything that an agent remembers, conversation included."""
    await asyncio.to_thread(app_of(request).memory.service.clear_all, agent_id)
    return Response(status_code=204)


async def _of(app: App, agent_id: str, memory_id: str) -> Memory:
    """The memory, if it is this agent's; else there is none."""
    memory = await asyncio.to_thread(app.memory.store.get, memory_id)
    if memory.scope.agent_id != agent_id:
        raise missing(memory_id)
    return memory


def _scope(agent_id: str, body: schemas.FactBody | schemas.RecallBody) -> Scope:
    return Scope(agent_id=agent_id, user_id=body.user_id, session_id=body.session_id, workflow_id=body.workflow_id)


def _time(us: int | None) -> str | None:
    return None if us is None else iso(us)


def _entry(memory: Memory) -> dict[str, Any]:
    return {
        "id": memory.id,
        "kind": memory.kind,
        "content": memory.text,
        "user_id": memory.scope.user_id,
        "session_id": memory.scope.session_id,
        "workflow_id": memory.scope.workflow_id,
        "metadata": memory.metadata,
        "importance": memory.importance,
        "created_at": iso(memory.created_at_us),
        "valid_to": _time(memory.valid_to_us),
        "expires_at": _time(memory.expires_at_us),
        "last_used_at": _time(memory.last_used_at_us),
        "uses": memory.uses,
        "supersedes": memory.supersedes,
        "superseded_by": memory.superseded_by,
        "execution_id": memory.written.execution_id,
        "node_id": memory.written.node_id,
    }


router.include_router(file_routes)
router.include_router(json_routes)

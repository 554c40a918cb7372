"""What waits for a person. The answer goes to the execution, as the command `answer`, or comes by a link."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from pointwork.runtime.inbox import Wait
from pointwork.runtime.links import LONGEST_S, SHORTEST_S, USUAL_S
from pointwork.server.json_body import JsonRoute
from pointwork.server.lists import link, read_cursor, write_cursor
from pointwork.server.replies import ERRORS, app_of, json_reply
from pointwork.server.schemas import Shape, Strict, Time

__all__ = ["router"]

router = APIRouter(tags=["inbox"], route_class=JsonRoute, responses=ERRORS)


class InboxEntry(BaseModel):
    """Something that somebody has to answer."""

    execution_id: str
    workflow_id: str | None
    workflow_name: str
    node_id: str = Field(description="The node as the state of the execution names it.")
    node: str = Field(description="The node as the command `answer` names it, together with `scope`.")
    scope: str
    kind: Literal["human", "approval", "interrupted", "other"]
    since: str | None
    assignee: str | None
    deadline: str | None = Field(description="Until when there is time to answer.")
    request: dict[str, Any] = Field(description="What is asked: `question`, `choices`, `schema`, `tool`, `arguments`.")


class LinkBody(Strict):
    """Which question a link is for, and how long it is good."""

    node: str = Field(max_length=200, description="A node that waits.")
    scope: str = Field(default="", max_length=2_000)
    expires_s: int = Field(default=USUAL_S, ge=SHORTEST_S, le=LONGEST_S)


class LinkAnswer(Shape):
    """A link, as a path at this server. Whoever has it may answer."""

    url: str
    expires_at: Time


@router.get("/api/inbox", operation_id="list_inbox", response_model=list[InboxEntry])
async def list_inbox(
    request: Request,
    workflow_id: str | None = None,
    assignee: Annotated[str | None, Query(max_length=200, description="Only what this person should answer.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="How many executions are looked at.")] = 100,
    cursor: str | None = None,
) -> Response:
    """What waits for a person, the newest executions first. An empty page may not be the last one."""
    before = read_cursor(cursor, int, str)
    inbox = app_of(request).inbox
    waits, after = await inbox.page(
        workflow_id=workflow_id, before=(before[0], before[1]) if before else None, limit=limit
    )
    headers = link(request, cursor=write_cursor(list(after))) if after is not None else {}
    entries = [_entry(wait) for wait in waits]
    return json_reply([one for one in entries if assignee in (None, one["assignee"])], headers=headers)


@router.post(
    "/api/executions/{execution_id}/links", operation_id="create_link", response_model=LinkAnswer, status_code=201
)
async def create_link(request: Request, execution_id: str, body: LinkBody) -> Response:
    """A link with which somebody can answer what a node asks now: once, until it expires, and nothing else."""
    token, expires_at = await app_of(request).links.make(
        execution_id, body.node, scope=body.scope, expires_s=body.expires_s
    )
    return json_reply({"url": f"/answer/{token}", "expires_at": expires_at}, 201, headers={"cache-control": "no-store"})


def _entry(wait: Wait) -> dict[str, Any]:
    asked = wait.request
    kind = asked.get("kind")
    return {
        "execution_id": wait.execution.id,
        "workflow_id": wait.execution.workflow_id,
        "workflow_name": wait.execution.workflow_name,
        "node_id": wait.node_id,
        "node": wait.node,
        "scope": wait.scope,
        "kind": kind if kind in ("human", "approval", "interrupted") else "other",
        "since": wait.since,
        "assignee": asked.get("assignee"),
        "deadline": asked.get("deadline"),
        "request": asked,
    }

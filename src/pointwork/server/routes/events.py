"""The records of an execution: as pages, as server-sent events, over a socket; and the large values in them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, WebSocket
from starlette.requests import Request
from starlette.responses import Response

from pointwork.errors import Unacceptable
from pointwork.journal.base import ENDED
from pointwork.runtime.pace import MAX_SPEED
from pointwork.server import schemas
from pointwork.server.lists import link
from pointwork.server.replies import ERRORS, app_of, hub_of, json_reply
from pointwork.server.sse import EventStream
from pointwork.server.stream import live
from pointwork.server.stream_frames import Cursor, StreamView, record_json

__all__ = ["router"]

router = APIRouter(tags=["executions"], responses=ERRORS)


@router.get(
    "/api/executions/{execution_id}/events",
    operation_id="list_events",
    response_model=list[schemas.Record],
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
        204: {"description": "Server-sent events only: the execution has ended and everything was sent."},
    },
)
async def list_events(
    request: Request,
    execution_id: str,
    after: Annotated[str, Query(description="SEQ or SEQ.PART of the last message that was seen.")] = "0",
    limit: Annotated[int, Query(ge=1, le=1_000)] = 500,
    full: Annotated[bool, Query(description="Large values themselves, instead of references to them.")] = False,
    view: Annotated[StreamView, Query(description="What server-sent events carry.")] = "records",
    speed: Annotated[
        float,
        Query(
            ge=0,
            le=MAX_SPEED,
            allow_inf_nan=False,
            description="Server-sent events only: a replay, so many times as fast as it was; 0 is at once.",
        ),
    ] = 0,
    accept: Annotated[str, Header()] = "",
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """The log of an execution: a page of records, or (with `Accept: text/event-stream`) everything as it happens."""
    app = app_of(request)
    row = await app.journal.row(execution_id)
    cursor = Cursor.parse(last_event_id or after)
    if "text/event-stream" in accept:
        if row.status in ENDED and cursor.whole >= row.last_seq:
            return Response(status_code=204)
        return EventStream(hub_of(request), execution_id, cursor=cursor, view=view, speed=speed)
    if speed:
        raise Unacceptable(
            "A page of records has no speed.", hint="Ask for a stream, with the header Accept: text/event-stream."
        )
    records = await app.journal.read(execution_id, after=cursor.whole, limit=limit, resolve=full)
    more = len(records) == limit and records[-1].seq < row.last_seq
    headers = link(request, after=str(records[-1].seq)) if more else {}
    return json_reply([record_json(record) for record in records], headers=headers)


@router.websocket("/api/ws/executions/{execution_id}")
async def watch(websocket: WebSocket, execution_id: str) -> None:
    await live(websocket, websocket.app.state.hub, execution_id)


@router.get(
    "/api/blobs/{digest}",
    operation_id="get_blob",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {}}}, "description": "The value."}},
)
async def get_blob(request: Request, digest: str) -> Response:
    """A large value that a state or record refers to by `{"$blob": …}`. It never changes."""
    headers = {"cache-control": "private, max-age=31536000, immutable"}
    return Response(await app_of(request).journal.blob(digest), headers=headers, media_type="application/json")

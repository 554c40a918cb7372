"""The live stream of an execution over a WebSocket. `stream_hub` says what is sent, this file how a socket behaves.

Close codes: 1000 the execution has ended and everything was sent; 1003 the client sent what cannot be read; 1008 the
address is wrong; 1011 our fault; 1012 the server is going down; 1013 too slow, come back with the cursor in the
reason; 4403 not from here; 4404 there is no such execution.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Final, get_args

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from pointwork.errors import NotFound, PointworkError, Unacceptable
from pointwork.redaction import everywhere
from pointwork.runtime.pace import read_speed
from pointwork.server.stream_feed import Viewer
from pointwork.server.stream_frames import Cursor, StreamView
from pointwork.server.stream_hub import Hub

__all__ = ["live"]

PONG: Final = '{"type":"pong"}'
NORMAL, UNREADABLE, UNFIT, FAULT, RESTART, TOO_SLOW, UNKNOWN = 1000, 1003, 1008, 1011, 1012, 1013, 4404


async def live(websocket: WebSocket, hub: Hub, execution_id: str) -> None:
    """Serve one viewer until it leaves or everything is told."""
    await websocket.accept()
    try:
        view, batch, cursor, speed = _wishes(websocket)
    except Unacceptable as error:
        await _refuse(websocket, execution_id, error, code=UNFIT)
        return
    viewer = Viewer(cursor, batch=batch)
    sender = asyncio.create_task(_send(websocket, hub, execution_id, viewer, view, speed))
    viewer.overflow = sender.cancel
    try:
        await _receive(websocket)
    finally:
        sender.cancel()
        done, _ = await asyncio.wait([sender])
    for task in done:
        if not task.cancelled():
            task.result()


def _wishes(websocket: WebSocket) -> tuple[StreamView, bool, Cursor, float]:
    """`view`, `batch`, `after` and `speed` of the address."""
    query = websocket.query_params
    view = query.get("view", "messages")
    batch = query.get("batch", "0")
    speed = read_speed(query.get("speed", "0"))
    for option in get_args(StreamView):
        if option == view and batch in {"0", "1"}:
            return option, batch == "1", Cursor.parse(query.get("after", "0")), speed
    raise Unacceptable("The address of the stream does not fit.", hint="view is messages or records, batch is 0 or 1.")


async def _send(
    websocket: WebSocket, hub: Hub, execution_id: str, viewer: Viewer, view: StreamView, speed: float
) -> None:
    """Send frames, then close; the receiving side ends with the close."""
    try:
        async with aclosing(hub.watch(execution_id, viewer, view=view, patient=True, speed=speed)) as frames:
            async for frame in frames:
                await websocket.send_text(frame.text)
    except asyncio.CancelledError:
        if not viewer.overflowed:
            raise
    except WebSocketDisconnect:
        return
    except NotFound as error:
        await _refuse(websocket, execution_id, error, code=UNKNOWN)
        return
    except PointworkError as error:
        await _refuse(websocket, execution_id, error, code=FAULT)
        return
    except Exception:
        await websocket.close(FAULT, "internal error")  # the receiving side would wait for ever
        raise
    if viewer.overflowed:
        await websocket.close(TOO_SLOW, f"too slow; resume with after={viewer.cursor}")
    elif viewer.finished:
        await websocket.close(NORMAL)
    else:
        await websocket.close(RESTART, f"come back with after={viewer.cursor}")


async def _refuse(websocket: WebSocket, execution_id: str, error: PointworkError, *, code: int) -> None:
    told = everywhere(str(error))
    message = {"type": "error", "execution_id": everywhere(execution_id), "error": told, "code": error.code}
    await websocket.send_text(orjson.dumps(message).decode())
    await websocket.close(code, error.code)


async def _receive(websocket: WebSocket) -> None:
    """Answer pings until the client leaves, or is sent away for what it says."""
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        answer = _answer(message.get("text"))
        if answer is None:
            await websocket.close(UNREADABLE, "only JSON text is read here, or ping")
            return
        if answer:
            await websocket.send_text(answer)


def _answer(text: str | None) -> str | None:
    """What a message is answered with; None when it cannot be read. What is not a ping has no meaning yet."""
    if text is None:
        return None
    if text == "ping":
        return PONG
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return PONG if isinstance(value, dict) and value.get("type") == "ping" else ""

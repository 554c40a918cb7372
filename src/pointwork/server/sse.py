"""The stream of an execution as server-sent events, for those who cannot open a socket.

The id of each event is its cursor, so a browser that reconnects goes on where it was. Comments keep the connection
alive. When there is nothing more to say, the answer to the next attempt is 204, which tells browsers to stop.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pointwork.server.stream_feed import Viewer
from pointwork.server.stream_frames import Cursor, StreamView
from pointwork.server.stream_hub import Hub

__all__ = ["EventStream"]

MEDIA_TYPE: Final = "text/event-stream"
HEARTBEAT_S: Final = 15.0
RETRY_MS: Final = 1_000


class EventStream(Response):
    """Everything behind `cursor`, and then live until the execution ends."""

    media_type = MEDIA_TYPE

    def __init__(self, hub: Hub, execution_id: str, *, cursor: Cursor, view: StreamView, speed: float = 0) -> None:
        self.status_code = 200
        self.background = None
        self.init_headers({"cache-control": "no-cache", "x-accel-buffering": "no"})
        self._hub = hub
        self._execution_id = execution_id
        self._cursor = cursor
        self._view: StreamView = view
        self._speed = speed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await _write(send, f"retry: {RETRY_MS}\n\n")
        viewer = Viewer(self._cursor)
        sender = asyncio.create_task(self._send(send, viewer))
        viewer.overflow = sender.cancel
        gone = asyncio.create_task(_gone(receive))
        try:
            while not (await asyncio.wait([sender, gone], timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED))[0]:
                await _write(send, ": alive\n\n")
        finally:
            for task in (sender, gone):
                task.cancel()
            await asyncio.wait([sender, gone])
        if not sender.cancelled():
            sender.result()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send(self, send: Send, viewer: Viewer) -> None:
        watched = self._hub.watch(self._execution_id, viewer, view=self._view, speed=self._speed)
        async with aclosing(watched) as frames:
            async for frame in frames:
                await _write(send, f"id: {frame.cursor}\ndata: {frame.text}\n\n")


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

"""Runs the application on a port of this machine, set up for many viewers.

What differs from the defaults of uvicorn, and why: sockets without compression (it costs half as much again for each
message), small frames from clients, pings every 20 seconds; and a client that reads nothing is cut off, not waited for.
"""

from __future__ import annotations

import gc
import os
import socket
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from pointwork.errors import ConfigurationError
from pointwork.server.access import check_listening

__all__ = ["Server", "Socket", "listen", "tune"]

MAX_FRAME_BYTES = 64 << 10  # of what clients send; they have nothing to say but ping
PING_S = 20.0
GRACE_S = 5.0  # for requests that are being answered when the server is told to stop
CUT_S = 10.0  # for a client to take note of a close


GARBAGE_THRESHOLDS = (100_000, 10, 10)  # 1,000 runs are 60,000 objects; Python's own took a third of their time


class Socket(WebSocketsSansIOProtocol):
    """A socket that can be closed even when its client does not read."""

    async def send(self, message: Any) -> None:
        if message["type"] == "websocket.close":
            self.writable.set()  # the close frame must not wait until there is room: there may never be
        await super().send(message)
        if message["type"] == "websocket.close" and self.close_timer is not None:
            self.close_timer.cancel()
            self.close_timer = self.loop.call_later(CUT_S, self.transport.abort)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()  # what is queued for a client that does not answer would keep the socket open


class Server(uvicorn.Server):
    """Says goodbye to viewers and to requests that wait, before it waits for the rest."""

    def __init__(self, app: FastAPI, *, log_level: str = "warning") -> None:
        self.app = app
        super().__init__(
            uvicorn.Config(
                app,
                ws=Socket,
                ws_max_size=MAX_FRAME_BYTES,
                ws_ping_interval=PING_S,
                ws_ping_timeout=PING_S,
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=int(GRACE_S),
                access_log=False,
                server_header=False,
                proxy_headers=False,
                lifespan="on",
                log_level=log_level,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.app.state.waits.end()
        await self.app.state.hub.close()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises ConfigurationError naming what is in the way."""
    check_listening(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2_048)
    except OSError as error:
        raise ConfigurationError(
            f"Port {port} of {host} cannot be used: {os.strerror(error.errno or 0)}.",
            hint="Another program, perhaps another Pointwork, has it; choose another with --port or PORT.",
        ) from error


def tune() -> None:
    """Look for cyclic garbage less often: events and states are many, live long and hold hardly any cycles."""
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)

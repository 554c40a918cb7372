"""What routes answer with, and what they find in the application that they belong to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from pointwork.server.digests import Digests
from pointwork.server.schemas import ProblemDocument
from pointwork.server.stream_hub import Hub
from pointwork.wiring import App

__all__ = ["ERRORS", "Waits", "app_of", "digests_of", "hub_of", "json_reply", "waits_of"]

# Every operation may answer with a problem document; which ones, its documentation says.
ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ProblemDocument, "description": "The request does not fit, or what it names does not."},
    "5XX": {"model": ProblemDocument, "description": "The server cannot do it now, or something unexpected happened."},
}
JSON = "application/json"


def json_reply(value: Any, status: int = 200, *, headers: Mapping[str, str] | None = None) -> Response:
    """Plain data as JSON; dataclasses are plain data too."""
    return Response(orjson.dumps(value), status, headers=headers, media_type=JSON)


class Waits:
    """Requests that wait for an execution, which a server that goes down must not wait for."""

    def __init__(self) -> None:
        self._open: set[asyncio.Timeout] = set()
        self._over = False

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """Give up what goes on inside, without an error, when the time or the server is over."""
        limit = asyncio.timeout(0 if self._over else seconds)
        try:
            async with limit:
                self._open.add(limit)
                yield
        except TimeoutError:
            if not limit.expired():
                raise
        finally:
            self._open.discard(limit)

    def end(self) -> None:
        self._over = True
        for limit in self._open:
            limit.reschedule(asyncio.get_running_loop().time())


def app_of(request: Request) -> App:
    return request.app.state.pointwork


def hub_of(request: Request) -> Hub:
    return request.app.state.hub


def digests_of(request: Request) -> Digests:
    return request.app.state.digests


def waits_of(request: Request) -> Waits:
    return request.app.state.waits

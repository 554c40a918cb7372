"""Reading JSON bodies: strictly (no NaN, no lone surrogates), quickly, and not deeper than anything needs."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from json import JSONDecodeError
from typing import Any, Final

import orjson
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

__all__ = ["MAX_DEPTH", "JsonRoute", "read_json"]

MAX_DEPTH: Final = 64


def read_json(body: bytes) -> Any:
    """The value; raises JSONDecodeError.

    >>> read_json(b'{"a": [1]}')
    {'a': [1]}
    """
    value = orjson.loads(body)
    # Brackets within text only make the quick look too careful.
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _deeper(value):
        raise JSONDecodeError(f"nested deeper than {MAX_DEPTH} levels", "", 0)
    return value


def _deeper(value: Any) -> bool:
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return False
    return True


class _JsonRequest(Request):
    async def json(self) -> Any:
        return read_json(await self.body())


class JsonRoute(APIRoute):
    """A route whose body is read by `read_json`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_json(request: Request) -> Response:
            return await handle(_JsonRequest(request.scope, request.receive))

        return handle_json

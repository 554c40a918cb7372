"""Every error as `application/problem+json`, whatever raised it, and the last stop for errors that nobody expected.

`type` is the page of the code in our own documentation, `code` is for programs, `detail` says what happened and
`hint` what to do next; `problems` lists places, for documents and request bodies.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pointwork.errors import DefinitionError, PointworkError, Problem, TooMany
from pointwork.library import StaleVersion
from pointwork.server.documents import show_document
from pointwork.workflow import JsonObject

__all__ = ["OWN_CODES", "Boundary", "install", "problem", "problem_of"]

MEDIA_TYPE = "application/problem+json"
BY_STATUS = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}
MAX_PLACES = 100
LINKS = "/api/answers/"

# The codes that come from HTTP itself, beside those of `pointwork.errors`.
OWN_CODES = {
    "bad_request": (400, "The request cannot be read."),
    "foreign_host": (403, "The server was addressed by a name that is not of this machine."),
    "foreign_origin": (403, "A page of another site tried to use the server."),
    "method_not_allowed": (405, "The address exists, but not for this method."),
    "too_large": (413, "The body is larger than the server takes."),
    "internal": (500, "Something unexpected went wrong; the log of the server has the traceback."),
}

log = logging.getLogger(__name__)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    title: str = "",
    hint: str = "",
    problems: Sequence[JsonObject] = (),
    headers: Mapping[str, str] | None = None,
    more: JsonObject | None = None,
) -> Response:
    """The response that tells of an error."""
    body = {
        "type": f"/docs/errors#{code}",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "hint": hint,
        "problems": list(problems),
        **(more or {}),
    }
    return Response(orjson.dumps(body), status, headers=headers, media_type=MEDIA_TYPE)


def problem_of(error: PointworkError) -> Response:
    """The response for an error that was raised on purpose."""
    found = error.problems if isinstance(error, DefinitionError) else ()
    title = (type(error).__doc__ or "").strip().splitlines()[0].rstrip(".")
    return problem(
        error.status,
        error.code,
        error.message,
        title=title,
        hint=error.hint,
        problems=[one.to_dict() for one in found],
        headers={"retry-after": "1"} if isinstance(error, TooMany) else None,
        more={"current": show_document(error.current)} if isinstance(error, StaleVersion) else None,
    )


def install(app: FastAPI) -> None:
    """Answer with problem documents for everything that FastAPI and Starlette know of."""

    async def on_known(_request: Request, error: Exception) -> Response:
        assert isinstance(error, PointworkError)
        return problem_of(error)

    async def on_request(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        places = [_place(item) for item in error.errors()[:MAX_PLACES]]
        more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
        detail = f"The request does not fit: {places[0].message}{more}"
        hint = "/docs shows what this operation takes."
        return problem(422, "unacceptable", detail, hint=hint, problems=[place.to_dict() for place in places])

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = BY_STATUS.get(error.status_code, "error")
        detail, hint = str(error.detail), ""
        if error.status_code == 404:
            detail, hint = f"There is nothing at {request.url.path[:200]!r}.", "/docs lists what there is."
        elif error.status_code == 405:
            detail = f"{request.method} is not possible at {request.url.path[:200]!r}."
            hint = f"Possible: {(error.headers or {}).get('Allow', '')}."
        return problem(error.status_code, code, detail, hint=hint, headers=error.headers)

    app.add_exception_handler(PointworkError, on_known)
    app.add_exception_handler(RequestValidationError, on_request)
    app.add_exception_handler(HTTPException, on_http)


def _place(item: Mapping[str, Any]) -> Problem:
    """One complaint of pydantic: where it is, without repeating what was sent."""
    where = [str(part) for part in item.get("loc", ())]
    if item.get("type") == "json_invalid":
        reason = item.get("ctx", {}).get("error", "it cannot be read")
        message, field = f"the body is not JSON: {reason} (at character {where[-1]}).", "body"
    else:
        field = ".".join(where[1:]) or where[0] if where else "body"
        message = f"{field}: {item.get('msg', 'does not fit')}."
    return Problem(severity="error", code="E-REQUEST", field=field, message=message)


def _logged(path: str) -> str:
    """A path as it may be written down: without the token of a link, which is as good as a password."""
    return f"{LINKS}…" if path.startswith(LINKS) else path


class Boundary:
    """The outermost layer: an error that nobody expected becomes a 500 that says so, and a traceback in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        started = closed = False

        async def watched(message: Message) -> None:
            nonlocal started, closed
            started = True
            closed = closed or message["type"] == "websocket.close"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            log.exception("Unexpected error at %s %s", scope.get("method", "WebSocket"), _logged(scope["path"]))
            if scope["type"] == "websocket":
                if not closed:
                    await send({"type": "websocket.close", "code": 1011, "reason": "internal error"})
            elif not started:
                hint = "The log of the server has the traceback. Please report it."
                await problem(500, "internal", "Something unexpected went wrong.", hint=hint)(scope, receive, send)
            # A response that was already begun cannot be mended; the server cuts the connection.

"""The pages: the web app, the API to read and try, what the error codes mean.

The app is what `npm run build` wrote to `web`, beside this file. A checkout where nobody built it has a plain page in
its place. Every address that is nothing else is one of the app's, if a browser asks for a page there.
"""

from __future__ import annotations

import html
import mimetypes
from collections.abc import Awaitable, Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route, request_response
from starlette.types import Receive, Scope, Send

from pointwork.errors import PointworkError
from pointwork.server.problems import OWN_CODES

__all__ = ["install"]

FRESH: Final = {"cache-control": "no-cache"}
FOR_EVER: Final = {"cache-control": "public, max-age=31536000, immutable"}  # the name holds a hash of the content
WEB: Final = Path(__file__).parent / "web"
NOT_OF_THE_APP: Final = ("api/", "assets/", "docs", "openapi.json", "health")
SHOWN_BY_NAME: Final = frozenset({"page.css", "home.js", "demo.json", "docs.js", "icon.svg"})


def install(app: FastAPI, web: Path = WEB) -> None:
    """Add the pages; they are no part of the API's description. `web` is the folder of the built app."""
    routes = app.router.routes
    routes.append(Route("/docs", _page("docs.html"), methods=["GET"]))
    routes.append(Route("/docs/errors", _errors, methods=["GET"]))
    routes.append(Route("/assets/{name}", _asset(web / "assets"), methods=["GET"]))
    if not (web / "index.html").is_file():
        routes.append(Route("/", _page("home.html"), methods=["GET"]))
        return
    routes.append(Route("/", _web_app(web), methods=["GET"]))
    # Not a route for every path: that would also stand in the way of routes that are added later.
    nothing, everything_else = app.router.default, request_response(_web_app(web))

    async def otherwise(scope: Scope, receive: Receive, send: Send) -> None:
        is_get = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        await (everything_else if is_get else nothing)(scope, receive, send)

    app.router.default = otherwise


def _page(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def page(_request: Request) -> Response:
        return _file(name)

    return page


def _asset(folder: Path) -> Callable[[Request], Awaitable[Response]]:
    """What pages load: ours by name, the app's by what is in its folder."""

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name in SHOWN_BY_NAME:
            return _file(name)
        if (found := _within(folder, name)) is None:
            raise HTTPException(404)
        return FileResponse(found, headers=FOR_EVER)

    return asset


def _web_app(web: Path) -> Callable[[Request], Awaitable[Response]]:
    """The files at the top of the app, and its page for every address that a browser navigates to."""

    async def page(request: Request) -> Response:
        path = request.url.path.removeprefix("/")
        if path and (found := _within(web, path)) is not None:
            return FileResponse(found, headers=FRESH)
        wants_page = not path or "text/html" in request.headers.get("accept", "")
        if not wants_page or path.startswith(NOT_OF_THE_APP):
            raise HTTPException(404)
        return FileResponse(web / "index.html", headers=FRESH)

    return page


def _within(folder: Path, name: str) -> Path | None:
    """The file of that name directly in the folder, if there is one."""
    path = folder / name
    return path if path.name == name and path.is_file() else None


def _file(name: str) -> Response:
    data = resources.files("pointwork.server").joinpath("assets", name).read_bytes()
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(data, media_type=kind, headers=FRESH)


async def _errors(_request: Request) -> Response:
    """One line for each code that a problem document may carry."""
    rows = "".join(
        f'<tr id="{code}"><td><code>{code}</code></td><td>{status}</td><td>{html.escape(text)}</td></tr>'
        for code, status, text in sorted(_codes())
    )
    page = resources.files("pointwork.server").joinpath("assets", "errors.html").read_text("utf-8")
    return Response(page.replace("{{rows}}", rows), media_type="text/html", headers=FRESH)


def _codes() -> Iterator[tuple[str, int, str]]:
    for code, (status, text) in OWN_CODES.items():
        yield code, status, text
    todo: list[type[PointworkError]] = [PointworkError]
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        if kind.__module__ == "pointwork.errors" and kind is not PointworkError:
            text = (kind.__doc__ or "").strip().splitlines()[0]
            yield kind.code, kind.status, f"{text} {kind.default_hint}".strip()

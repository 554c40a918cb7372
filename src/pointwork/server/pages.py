"""The pages of the server itself: what runs here, the API to read and try, what the error codes mean.

They stay until the web app takes their place. Everything they load is in `assets`, beside this file.
"""

from __future__ import annotations

import html
import mimetypes
from collections.abc import Awaitable, Callable, Iterator
from importlib import resources
from typing import Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pointwork.errors import PointworkError
from pointwork.server.problems import OWN_CODES

__all__ = ["install"]

FRESH: Final = {"cache-control": "no-cache"}
SHOWN_BY_NAME: Final = frozenset({"page.css", "home.js", "demo.json", "docs.js", "icon.svg"})


def install(app: FastAPI) -> None:
    """Add the pages; they are no part of the API's description."""
    for path, name in [("/", "home.html"), ("/docs", "docs.html")]:
        app.router.routes.append(Route(path, _page(name), methods=["GET"]))
    app.router.routes.append(Route("/docs/errors", _errors, methods=["GET"]))
    app.router.routes.append(Route("/assets/{name}", _asset, methods=["GET"]))


def _page(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def page(_request: Request) -> Response:
        return _file(name)

    return page


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in SHOWN_BY_NAME:
        raise HTTPException(404)
    return _file(name)


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

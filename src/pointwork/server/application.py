"""Puts the application together: layers, routes, pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from pointwork import __version__
from pointwork.server import pages, problems
from pointwork.server.clean import Clean
from pointwork.server.digests import Digests
from pointwork.server.guard import Guard
from pointwork.server.idempotency import Idempotent
from pointwork.server.openapi import describe
from pointwork.server.replies import Waits
from pointwork.server.routes import (
    answers,
    catalogue,
    events,
    executions,
    files,
    health,
    inbox,
    looking,
    mcp,
    memory,
    providers,
    secrets,
    templates,
    workflows,
)
from pointwork.server.stream_hub import Hub
from pointwork.settings import Settings
from pointwork.wiring import App

__all__ = ["create_app", "default_app", "openapi_document"]

ROUTES = (
    health,
    workflows,
    templates,
    executions,
    events,
    looking,
    inbox,
    answers,
    files,
    catalogue,
    mcp,
    memory,
    secrets,
    providers,
)
DESCRIPTION = "Run workflows of typed steps, in which language models work, and watch every step live."


def create_app(app: App) -> FastAPI:
    """The application around an `App`, which it opens when the server starts and closes when it ends."""

    @asynccontextmanager
    async def lifespan(server: FastAPI) -> AsyncIterator[None]:
        await app.open()
        try:
            server.state.hub.open()
            yield
        finally:
            server.state.waits.end()
            await server.state.hub.close()
            await app.close()

    server = FastAPI(
        title="Pointwork",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # the pages of FastAPI load their scripts from elsewhere
        redoc_url=None,
        openapi_url="/openapi.json",
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    server.state.pointwork = app
    server.state.hub = Hub(app.journal, driver=lambda: app.runtime.owner, clock=app.runtime.clock)
    server.state.waits = Waits()
    server.state.digests = Digests(app.runtime)
    server.state.answer_rates = answers.AnswerRates(app.runtime.clock)
    problems.install(server)
    # The last one added is the outermost.
    server.add_middleware(Clean, redactor=app.redactor)  # within the next, so that what is kept is clean too
    server.add_middleware(Idempotent, store=app.idempotency)
    if app.settings.origins:
        server.add_middleware(
            CORSMiddleware,
            allow_origins=list(app.settings.origins),
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["content-type", "idempotency-key", "last-event-id"],
            expose_headers=["link", "location"],
        )
    server.add_middleware(Guard, origins=app.settings.origins)
    server.add_middleware(problems.Boundary)
    for routes in ROUTES:
        server.include_router(routes.router)
    pages.install(server)
    server.openapi = lambda: describe(server)
    return server


@cache
def default_app() -> FastAPI:
    """The application that the environment describes. Nothing is opened before the server starts."""
    return create_app(App(Settings.from_environment()))


def openapi_document() -> dict[str, Any]:
    """The description of the API; nothing is opened for it."""
    return create_app(App(Settings.from_environment({}))).openapi()

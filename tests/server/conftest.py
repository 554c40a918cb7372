"""The application in this process: asked directly, or over a real port where sockets are what is tested."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from pointwork.server import create_app
from pointwork.settings import Settings
from pointwork.wiring import App
from tests.server.workshop import Ask, Gate, chain, serving

OWN = "http://127.0.0.1:8000"


@pytest.fixture
def gate() -> asyncio.Event:
    """What the `gate` nodes of the test wait for."""
    Gate.opened = asyncio.Event()
    return Gate.opened


@pytest.fixture
def app(tmp_path: Path) -> App:
    """Everything, on a database of its own."""
    app = App(Settings(data_dir=tmp_path, database=tmp_path / "pointwork.db"))
    app.nodes.add(Gate)
    app.nodes.add(Ask)
    return app


@pytest.fixture
async def server(app: App) -> AsyncIterator[FastAPI]:
    """The application, opened."""
    server = create_app(app)
    async with server.router.lifespan_context(server):
        yield server


@pytest.fixture
async def client(server: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Asks the application without a network."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url=OWN) as client:
        yield client


@pytest.fixture
async def address(app: App) -> AsyncIterator[str]:
    """Where the application listens, as `127.0.0.1:PORT`."""
    async with serving(app) as address:
        yield address


@pytest.fixture
def store(client: httpx.AsyncClient) -> Callable[..., Any]:
    """Stores a chain and gives its id."""

    async def store(*types: str, **more: Any) -> str:
        answer = await client.post("/api/workflows", json={**chain(*types), **more})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    return store

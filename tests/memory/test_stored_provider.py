"""Vectors from a provider that somebody stores, with its key, while the server runs and waits for it."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import httpx

from pointwork.redaction import Redactor
from pointwork.remembering import memory_of
from pointwork.server import create_app
from pointwork.settings import Settings
from pointwork.wiring import App
from tests.memory.test_embedders import Answer, serving, vectors

KEY = "sk-lab-0123456789"
FACT = {"fact": "Trains run on rails"}


async def test_a_stored_key_makes_vectors_as_soon_as_it_is_stored(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database=tmp_path / "p.db", embedder="lab:some-model")
    app = App(settings)
    server = create_app(app)
    embedded = threading.Event()

    def answer(texts: list[str], time: int) -> Answer:
        if FACT["fact"] in texts:
            embedded.set()
        return vectors(texts, time)

    with serving(answer) as endpoint:
        async with (
            server.router.lifespan_context(server),
            httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://127.0.0.1:8000") as client,
        ):

            async def problems() -> list[str]:
                found = (await client.get("/health")).json()["problems"]
                return [problem["message"] for problem in found if problem["code"] == "W-EMBEDDER"]

            [missing] = await problems()
            assert "There is no provider 'lab'" in missing
            assert (await client.post("/api/memory/a/facts", json=FACT)).status_code == 201
            body = {"kind": "openai-compatible", "base_url": endpoint.url, "key": KEY}
            assert (await client.put("/api/providers/lab", json=body)).status_code == 200
            assert await problems() == []
            assert await asyncio.to_thread(embedded.wait, 60)
            await asyncio.to_thread(app.memory.healer.heal)  # returns after the one that is at work
            [found] = (await client.post("/api/memory/a/recall", json={"query": "rails", "min_score": 0})).json()
            assert found["content"] == FACT["fact"]
            assert set(endpoint.keys) == {f"Bearer {KEY}"}
            # Whoever uses the same data folder beside the server uses the same provider.
            beside = memory_of(settings, Redactor())
            assert beside.chosen.problem is None
            beside.chosen.embedder.embed(["in a script"])
            beside.close()
            assert endpoint.asked[-1] == ["in a script"]


async def test_a_provider_that_makes_no_vectors_is_said_to_make_none(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database=tmp_path / "p.db", embedder="mine:some-model")
    app = App(settings)
    await app.open(adopt=False)
    try:
        await app.providers.set("mine", kind="anthropic", key=KEY)
        problem = app.memory.chosen.problem
        assert problem is not None
        assert "'mine' makes no vectors" in problem[0]
    finally:
        await app.close()

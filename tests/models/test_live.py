"""The lists of providers: there at once or later, never waited for against one's will, and asked for rarely."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from pointwork.models import OFFLINE_DEMO, Endpoint, ModelInfo, Models
from pointwork.models.live import Lists
from pointwork.models.providers import OLLAMA, configured
from pointwork.testing import OpenAIServer, absent_url


@asynccontextmanager
async def provider(*names: str, silent: bool = False) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that lists models; its address, and the paths that were asked for."""
    paths: list[str] = []
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            paths.append(head.split(b" ")[1].decode())
            if silent:
                await asyncio.Event().wait()
            body = json.dumps({"data": [{"id": name} for name in names]}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", paths
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def by_name(models: Models) -> dict[str, ModelInfo]:
    return {info.name: info for info in models.available()}


async def test_a_list_comes_in_the_background_and_is_there_the_next_time() -> None:
    async with provider("llama3.2", "qwen3:8b") as (url, _):
        models = Models(providers=configured({"OLLAMA_HOST": url}))
        await models.look()
        before = by_name(models)
        assert "It is being asked for its models." in before["ollama:llama3.2"].reason
        assert "ollama:qwen3:8b" not in before
        await models.look(wait_s=30)
        after = by_name(models)
        await models.close()
    assert after["ollama:qwen3:8b"].available
    assert after["ollama:llama3.2"].reason == f"Sent to {url}."


async def test_nobody_waits_for_a_silent_provider_longer_than_wanted() -> None:
    async with provider(silent=True) as (url, paths):
        models = Models(base_url=url)
        await models.look(wait_s=0.01)
        assert by_name(models)["gpt-4o"].available  # until the opposite is known
        while not paths:
            await asyncio.sleep(0)
        await models.close()


async def test_one_that_fails_says_why_and_the_others_are_listed() -> None:
    async with OpenAIServer() as server:
        models = Models(base_url=server.url, providers=configured({"OLLAMA_HOST": absent_url()}))
        await models.look(wait_s=30)
        found = by_name(models)
        await models.close()
    assert found["fake"].available
    assert found["fake"].provider == "openai-compatible"
    assert not found["ollama:llama3.2"].available
    assert "cannot be reached" in found["ollama:llama3.2"].reason


async def test_a_wrong_key_is_told_without_the_key() -> None:
    async with OpenAIServer(key="right") as server:
        models = Models(base_url=server.url, api_key="wrong-0123456789")
        await models.look(wait_s=30)
        found = by_name(models)
        await models.close()
    assert not found["gpt-4o"].available
    assert "does not accept the key" in found["gpt-4o"].reason
    assert "wrong-0123456789" not in str(found)


async def test_asked_again_only_when_it_is_old_or_another() -> None:
    clock = [0.0]
    lists = Lists(fresh_s=60, now=lambda: clock[0])
    async with provider("a") as (url, paths):
        one = {"lab": Endpoint(base_url=url)}
        for at, asked in ((0.0, 1), (59.0, 1), (61.0, 2)):
            clock[0] = at
            await lists.look(one, wait_s=30)
            assert len(paths) == asked
        other = {"lab": Endpoint(base_url=url, api_key="new")}
        assert lists.get("lab", other["lab"]) is None  # an answer to another key says nothing of this one
        await lists.look(other, wait_s=30)
        assert len(paths) == 3
    await lists.close()


async def test_many_who_look_at_once_ask_once() -> None:
    lists = Lists()
    async with provider("a") as (url, paths):
        await asyncio.gather(*(lists.look({"lab": Endpoint(base_url=url)}, wait_s=30) for _ in range(20)))
        assert len(paths) == 1
    await lists.close()


async def test_ollama_is_found_or_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with provider("llama3.2:3b") as (url, _):
        monkeypatch.setattr("pointwork.models.catalogue.OLLAMA", replaced(url))
        models = Models(find_ollama=True)
        assert not by_name(models)["ollama:llama3.2"].available  # not looked for yet
        await models.look(wait_s=30)
        found = by_name(models)
        assert found["ollama:llama3.2:3b"].available
        assert "ollama:llama3.2" not in found  # only what is there is offered
        assert models.in_use == OFFLINE_DEMO
        await models.close()
    monkeypatch.setattr("pointwork.models.catalogue.OLLAMA", replaced(absent_url()))
    models = Models(find_ollama=True)
    await models.look(wait_s=30)
    assert "Start it to use its models." in by_name(models)["ollama:llama3.2"].reason
    await models.close()


def replaced(url: str) -> object:
    return replace(OLLAMA, base_url=url)

"""Model servers that were not written here: aimock, with the protocols of several providers, and llama.cpp's own."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

HERE = Path(__file__).parent
AIMOCK = HERE / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
PATIENCE_S = 60.0

QUESTION = "What is 15 * 23 + 17?"
CALL = {"name": "calculator", "arguments": json.dumps({"expression": "15 * 23 + 17"})}
USAGE = {"input_tokens": 100, "output_tokens": 20}
FIXTURES = {
    "fixtures": [
        {
            "match": {"userMessage": "15 * 23", "hasToolResult": False},
            "response": {"toolCalls": [CALL], "usage": USAGE},
        },
        {
            "match": {"userMessage": "15 * 23", "hasToolResult": True},
            "response": {"content": "The answer is 362.", "usage": USAGE},
        },
    ]
}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@asynccontextmanager
async def aimock(folder: Path, *options: str, answers: Mapping[str, Any] = FIXTURES) -> AsyncIterator[str]:
    """aimock on a free port, with these answers; its address."""
    fixtures = folder / "fixtures.json"
    fixtures.write_text(json.dumps(answers))
    port = free_port()
    command = ["node", str(AIMOCK), "-p", str(port), "-f", str(fixtures), "--log-level", "silent", *options]
    async with _running(command, f"http://127.0.0.1:{port}/health"):
        yield f"http://127.0.0.1:{port}"


@asynccontextmanager
async def llama(folder: Path) -> AsyncIterator[str]:
    """llama.cpp's server with the tiny model; the address of its API."""
    port = free_port()
    command = [sys.executable, "-m", "tests.providers.llama_server", str(folder / "tiny.gguf"), str(port)]
    async with _running(command, f"http://127.0.0.1:{port}/health"):
        yield f"http://127.0.0.1:{port}/v1"


@asynccontextmanager
async def _running(command: list[str], health: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=HERE.parents[1], stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient() as client:
            while True:
                assert process.returncode is None, f"{command[0]} ended at once"
                try:
                    if (await client.get(health)).status_code == 200:
                        break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)  # it is another program's start that is waited for
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()

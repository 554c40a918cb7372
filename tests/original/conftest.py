"""What the snippets of the original documents run against: a scripted model provider and a real server."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pointwork.testing import ChatRequest, OpenAIServer, Reply

ROOT = Path(__file__).parents[2]


def calculates(request: ChatRequest) -> Reply:
    """A model that uses the calculator when it has one, and says what it was told otherwise."""
    names = [tool["function"]["name"] for tool in request.body.get("tools", [])]
    if request.results:
        return Reply(f"The answer is {request.results[-1]}")
    if "calculator" in names:
        return Reply.calls(("calculator", {"expression": "15 * 23 + 17"}))
    return Reply(f"I was told: {request.user}")


@pytest.fixture
def script() -> Callable[[ChatRequest], Reply]:
    """How the model answers; a file may have its own."""
    return calculates


@pytest.fixture
def provider(script: Callable[[ChatRequest], Reply], monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    """A model provider that the environment points to."""
    server = OpenAIServer(script)
    with server.in_thread():
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where scripts and the server of a test store."""
    monkeypatch.setenv("POINTWORK_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def server(data_dir: Path) -> Iterator[str]:
    """`python main.py` on a free port; the address of it, like localhost:8000."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "main.py"], cwd=ROOT, env={**os.environ, "PORT": str(port)})
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}/health", process)
        yield f"localhost:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended at once"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server is not healthy after 30 s")

"""Serving on a port: where it listens, what is in the way, how it comes up and goes down as a process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from pointwork.errors import ConfigurationError
from pointwork.server.serve import listen

ROOT = Path(__file__).resolve().parents[2]


def test_a_port_that_somebody_else_has() -> None:
    with listen("127.0.0.1", 0) as ours:
        port = ours.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} of 127.0.0.1 cannot be used"):
            listen("127.0.0.1", port)


def test_an_address_that_others_could_reach() -> None:
    with pytest.raises(ConfigurationError, match="no accounts yet"):
        listen("0.0.0.0", 0)


def test_the_newer_kind_of_address() -> None:
    with listen("::1", 0) as ours:
        assert ours.family == socket.AF_INET6


def test_a_server_as_a_process(tmp_path: Path) -> None:
    """`python main.py` answers, keeps what it is told, goes down when it is told to, and comes up again with it."""
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "POINTWORK_DATA_DIR": str(tmp_path), "PORT": str(port)}
    address = f"http://127.0.0.1:{port}"
    for turn in range(2):
        process = subprocess.Popen([sys.executable, "main.py"], cwd=ROOT, env=environment, stderr=subprocess.PIPE)
        try:
            with httpx.Client(base_url=address, transport=httpx.HTTPTransport(retries=12)) as client:
                assert client.get("/health").json()["status"] == "healthy"
                if turn == 0:
                    client.post("/api/workflows", json={"id": "kept", "nodes": [{"id": "end", "type": "end"}]})
                assert client.get("/api/workflows/kept").status_code == 200
        finally:
            process.send_signal(signal.SIGTERM)
            _, told = process.communicate(timeout=60)
        assert process.returncode in (0, -signal.SIGTERM), told
        assert b"Traceback" not in told


@pytest.mark.parametrize("module", ["pointwork.server", "pointwork.server.serve"])
def test_heavy_libraries_are_not_loaded_at_the_start(module: str) -> None:
    heavy = ["pydantic_ai", "openai", "chromadb", "onnxruntime", "numpy", "rich"]
    code = f"import sys, {module}; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_application_for_any_server(tmp_path: Path) -> None:
    """`pointwork.server:app` is made from the environment, and making it opens nothing."""
    code = "import pointwork.server as s; a = s.app; print(type(a).__name__, a is s.app, hasattr(s, 'other'))"
    folder = tmp_path / "data"
    environment = {**os.environ, "POINTWORK_DATA_DIR": str(folder)}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert found.stdout.split() == ["FastAPI", "True", "False"]
    assert not folder.exists()

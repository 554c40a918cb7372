"""Chroma's own server: the index is there instead of in this process."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from pointwork.errors import ConfigurationError
from pointwork.memory import NewMemory, Scope
from pointwork.memory.healing import heal
from pointwork.redaction import Redactor
from pointwork.remembering import memory_of
from pointwork.settings import Settings

CHROMA = Path(sys.executable).with_name("chroma")


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [str(CHROMA), "run", "--path", str(tmp_path / "server"), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path) as server:
        try:
            _wait(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server of Chroma ended at once"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)  # there is nothing else to wait for: it says nothing when it is ready
    raise AssertionError("the server of Chroma did not start")


def test_a_server_keeps_the_index(tmp_path: Path, url: str) -> None:
    settings = Settings(data_dir=tmp_path, database=tmp_path / "p.db", embedder="lexical", chroma_url=url)
    memory = memory_of(settings, Redactor(), index=True)
    memory.store.open()
    memory.begin()
    assert memory.chroma is not None
    memory.service.learn(NewMemory(text="Trains run on rails", scope=Scope(agent_id="a")))
    id = memory.service.learn(NewMemory(text="Cats purr", scope=Scope(agent_id="b")))["id"]
    memory.healer.heal()
    assert memory.chroma.count() == 2
    wanted = memory.chosen.embedder.embed(["trains on rails"])[0]
    assert [one.cosine > 0.5 for one in memory.chroma.search("a", wanted, 5)] == [True]
    memory.service.forget(id, by="test", reason="")
    assert heal(memory.store, memory.chroma, memory.chosen.embedder).problem == ""
    assert memory.chroma.count() == 1
    assert not list((tmp_path / "memory").glob("*/chroma.sqlite3"))
    memory.close()
    with warnings.catch_warnings():  # Chroma's client leaves its last connection to whoever collects it
        warnings.simplefilter("ignore", ResourceWarning)
        del memory
        gc.collect()


@pytest.mark.parametrize("url", ["http://10.0.0.1:8000", "ftp://127.0.0.1", "nothing"])
def test_a_server_elsewhere_has_to_be_allowed(tmp_path: Path, url: str) -> None:
    settings = Settings(data_dir=tmp_path, database=tmp_path / "p.db", chroma_url=url)
    with pytest.raises(ConfigurationError, match="POINTWORK_CHROMA_URL"):
        memory_of(settings, Redactor(), index=True)

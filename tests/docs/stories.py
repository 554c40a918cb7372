"""A page as a story: its blocks run one after the other in an empty folder, as a reader would type them.

The reader has the command in the PATH, the examples beside him, a data folder of his own and no key. What a page calls
port 8000 is a free port here, and the model server that it names (port 11434) is a scripted one. A reader's `curl` is
`curl.py` of this folder, because tests need no more than Python.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pointwork.testing import OpenAIServer, Reply
from tests.docs.pages import ROOT, Block

__all__ = ["Story", "story"]

_ADDRESS = re.compile(r"\b((?:127\.0\.0\.1|localhost):)(\d{4,5})\b")
READY = "Ctrl-C stops it."  # the last line of what a server says when it has begun to answer
PATIENCE_S = 60  # for one block; a hang fails instead of holding up everything


class Story:
    """What a page has done so far."""

    def __init__(self, folder: Path, *, ports: dict[str, int]) -> None:
        self.folder = folder
        self.ports = ports
        self.printed: str | None = None
        self.servers: list[subprocess.Popen[str]] = []
        bin_folder = folder / ".bin"
        bin_folder.mkdir()
        stand_in = Path(__file__).parent / "curl.py"
        (bin_folder / "curl").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{stand_in}" "$@"\n')
        (bin_folder / "curl").chmod(0o700)
        (folder / "examples").symlink_to(ROOT / "examples")
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR", "LANG", "LC_ALL") if name in os.environ}
        self.environment = {
            **kept,
            "PATH": os.pathsep.join([str(bin_folder), str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(folder),
            "POINTWORK_DATA_DIR": str(folder / "data"),
            "POINTWORK_PORT": str(ports["8000"]),
            "POINTWORK_URL": f"http://127.0.0.1:{ports['8000']}",
            "PYTHONWARNINGS": "error",
        }

    def do(self, block: Block) -> None:
        """Run a block, or compare it with what the one before printed."""
        text = _ADDRESS.sub(lambda hit: hit[1] + str(self.ports.get(hit[2], hit[2])), block.text)
        match block.language, block.word:
            case _, "shown":
                self.printed = None
            case "sh", "serve":
                self._serve(text)
            case "sh", ("" | "exits 1" | "exits 2" | "exits 4") as ends:
                self.printed = self._run(["sh", "-euc", text], block, code=int(ends[-1:] or 0))
            case "python", name:
                script = self.folder / (name or f"line_{block.line}.py")
                script.write_text(text)
                self.printed = self._run([sys.executable, script.name], block)
            case "json", name if name.endswith(".json"):
                json.loads(text)
                (self.folder / name).write_text(text)
            case "text", "" if self.printed is not None:
                self._compare(text, block)
            case "mermaid", "":
                pass
            case _:
                raise AssertionError(f"line {block.line}: what is a block `{block.language} {block.word}` here?")

    def _run(self, command: list[str], block: Block, *, code: int = 0) -> str:
        place = {"cwd": self.folder, "env": self.environment}
        done = subprocess.run(command, **place, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        assert done.returncode == code, f"line {block.line}: ends with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _compare(self, expected: str, block: Block) -> None:
        pattern = ".*?".join(re.escape(part) for part in _tidy(expected).split("…"))
        assert re.fullmatch(pattern, _tidy(self.printed or ""), re.S), (
            f"line {block.line}: the page says\n{expected}\nbut what ran printed\n{self.printed}"
        )

    def _serve(self, command: str) -> None:
        """Start a server, and go on once it says that it answers."""
        server = subprocess.Popen(
            command.split(),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.servers.append(server)
        assert server.stdout is not None
        said: list[str] = []
        for line in server.stdout:
            said.append(line)
            if READY in line:
                return
        raise AssertionError(f"{command!r} ended: {''.join(said)}")

    def close(self) -> None:
        for server in self.servers:
            server.terminate()
            server.communicate(timeout=PATIENCE_S)


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@contextmanager
def story(folder: Path) -> Iterator[Story]:
    """An empty folder, a free port for the server, a model server that answers every question in the same way."""
    assert shutil.which("sh")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    model = OpenAIServer(*[Reply("The moon pulls at the sea.")] * 20)
    with model.in_thread() as provider:
        told = Story(folder, ports={"8000": free, "11434": int(provider.url.split(":")[2].partition("/")[0])})
        try:
            yield told
        finally:
            told.close()

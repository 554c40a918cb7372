"""What the hunt for canaries needs: canaries, every spelling of them, and places where they are sung on purpose."""

from __future__ import annotations

import asyncio
import base64
import html
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, quote_plus

__all__ = ["CANARIES", "TOOLS", "Echo", "files_of", "found_in", "leaks"]

# One for every kind of secret; each with something that encoders change.
CANARIES = {
    "HTTP_HEADER": 'hdr-canary-"1f"+/5c&',
    "HTTP_BODY": "bdy-canary-ünï-77<2>",
    "TOOL": "tool-canary-90\\a3-b61d",
    "PROMPT": "prompt-canary-e4d5-8b20",
    "INPUT": "input-canary-3cc1-f7a9",
    "PEM": "-----BEGIN KEY-----\nline-canary-aaaa1111bbbb\nline-canary-cccc2222dddd\n-----END KEY-----",
    "ANSWER": "answer-canary-0b6e-55d1",
}
ENVIRONMENT = {
    "OPENAI_API_KEY": "sk-env-canary-1d2e3f405162",
    "GROQ_API_KEY": "gsk-env-canary-99887766aabb",
    "BRAVE_API_KEY": "brave-canary-6f5e4d3c2b1a",
    "TAVILY_API_KEY": "tvly-canary-0a1b2c3d4e5f",
    "SOMEBODY_API_KEY": "other-canary-778899aabbcc",
}
STORED_PROVIDER_KEY = "sk-stored-canary-51a2b3c4d5e6"


def spelled(value: str) -> set[str]:
    """Every way in which it could be written; made here anew, so that a mistake in the product is not repeated."""
    texts = {value, value.strip()}
    lines = value.splitlines()
    texts |= {line for line in lines if len(lines) > 1 and not line.startswith("-----")}
    found: set[str] = set()
    for text in texts:
        once = json.dumps(text)[1:-1]
        found |= {text, once, json.dumps(once)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
        found |= {quote(text, safe=""), quote(text), quote_plus(text), quote(text, safe="").lower()}
        found |= {html.escape(text), repr(text)[1:-1]}
        for before in (b"", b"a", b"ab"):
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                code = encode(before + text.encode()).decode()
                found.add(code[4 if before else 0 : -4])
    return {text for text in found if len(text) >= 8}


def leaks(data: bytes, canaries: Iterable[str]) -> list[str]:
    """Which canaries, in whichever spelling, are in the data."""
    return [spelling for value in canaries for spelling in spelled(value) if spelling.encode() in data]


def files_of(*folders: Path) -> dict[Path, bytes]:
    """Every byte of every file, names included."""
    found: dict[Path, bytes] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            found[path] = str(path).encode() + b"\n" + data
    return found


def found_in(places: dict[str, bytes], canaries: Iterable[str]) -> dict[str, list[str]]:
    """The places that leak, and what."""
    values = list(canaries)
    return {place: told for place, data in places.items() if (told := leaks(data, values))}


class Echo:
    """A service that answers with everything that it was sent: headers, address and body, in its usual ways."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
            )
            body = await reader.readexactly(length)
            self.heard.append(head + body)
            path = head.split()[1].decode()
            said = (head + body).decode(errors="replace")
            told = json.dumps({"you_sent": said, "again": base64.b64encode(head + body).decode()}).encode()
            status = "500 No" if "fail" in path else "200 OK"
            start = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-path: {path}\r\n"
            writer.write(f"{start}content-length: {len(told)}\r\nconnection: close\r\n\r\n".encode() + told)
            await writer.drain()
        finally:
            writer.close()
            self._tasks.discard(task)


# Tools of an operator who is careless in every way there is.
TOOLS = '''
"""Tools that let secrets out."""

import base64
import logging
import sys

from pointwork.files import Workspaces
from pointwork.tools import ToolContext, tool


@tool
async def blurts(ctx: ToolContext, how: str) -> dict:
    """Let a secret out.

    Args:
        how: The way.
    """
    key = ctx.secret("TOOL")
    pem = ctx.secret("PEM")
    if how == "raise":
        raise RuntimeError(f"cannot use {key}", {"pem": pem})
    if how == "error":
        return {"error": f"refused {key}", "hint": base64.b64encode(key.encode()).decode()}
    if how == "print":
        print("printed", key)
        for piece in (key[:9], key[9:]):
            print(piece, end="", flush=True)
        print()
        print(pem)
        print("to stderr", key, file=sys.stderr)
    if how == "log":
        ctx.log(f"using {key}")
        for line in pem.splitlines():
            ctx.log(line, "WARNING")
        logging.getLogger("tests.blurts").warning("logged %s", key)
        try:
            raise ValueError(key)
        except ValueError:
            logging.getLogger("tests.blurts").exception("and a traceback of %r", pem)
    if how == "file":
        workspace = ctx.resource(Workspaces).of(ctx.execution_id)
        workspace.write("report.txt", f"made with {key}\\n{pem}".encode())
        try:
            workspace.write("report.bin", b"\\0\\xff" + key.encode())
        except Exception as error:
            return {"refused": str(error)}
    if how == "large":
        return {"page": "x" * 50_000 + key + "y" * 50_000}
    return {"key": key, key: 1, "list": [pem, {"b": base64.b64encode(b"user:" + key.encode()).decode()}]}
'''

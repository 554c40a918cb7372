"""Messages over the standard input and output of a program: one line each.

The program is not trusted to keep to that. A line has a limit, what is no message is counted and dropped, and of what
it writes to standard error the log gets so many lines and the last few are kept, to be told when it fails. Reading goes
on while the program is ended, so that it never hangs in its own output.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import anyio
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from pointwork.errors import ToolError
from pointwork.sandbox.programs import RunningProgram
from pointwork.tools.mcp.gate import Ration

__all__ = ["MAX_MESSAGE_BYTES", "StdioPipes"]

log = logging.getLogger("pointwork.mcp")

MAX_MESSAGE_BYTES: Final = 16 << 20
READ_BYTES: Final = 1 << 18
LOG_BURST, LOG_PER_S = 100, 2
MAX_LINE_CHARS: Final = 500
KEPT_LINES: Final = 20
PAUSE_EVERY_BYTES, PAUSE_S = 1 << 20, 0.05  # of standard error: a flood is read no faster


class StdioPipes:
    """The pipes of one program. `said` are the last lines of its standard error; `fault` is why it was given up."""

    def __init__(self, name: str, program: RunningProgram) -> None:
        self.name = name
        self.program = program
        self.said: deque[str] = deque(maxlen=KEPT_LINES)
        self.garbage = 0
        self.forgotten = False  # there is no session beside the process
        self.fault: ToolError | None = None
        self._ration = Ration(LOG_BURST, LOG_PER_S)
        self.code: int | None = None

    @asynccontextmanager
    async def streams(self) -> AsyncIterator[tuple[Any, Any]]:
        """What the library reads from and writes to; the program is gone afterwards."""
        arriving, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        write, leaving = anyio.create_memory_object_stream[SessionMessage](0)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._read, arriving)
            tasks.start_soon(self._write, leaving, arriving)
            tasks.start_soon(self._listen)
            try:
                yield read, write
            finally:
                with anyio.CancelScope(shield=True):
                    read.close()  # what still arrives is read and dropped
                    self.code = await self.program.stop()
                tasks.cancel_scope.cancel()
                for stream in (arriving, read, write, leaving):
                    stream.close()

    async def _read(self, arriving: Any) -> None:
        try:
            async for line in self._lines():
                await arriving.send(self._message(line))
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass  # the session is over
        finally:
            arriving.close()
            while await self.program.stdout.read(READ_BYTES):
                pass

    async def _lines(self) -> AsyncIterator[bytes]:
        rest = bytearray()
        while piece := await self.program.stdout.read(READ_BYTES):
            *lines, last = piece.split(b"\n")
            for line in lines:
                whole = bytes(rest + line)
                rest.clear()
                if whole.strip():
                    yield whole
            rest += last
            if len(rest) > MAX_MESSAGE_BYTES:
                self.fault = ToolError(
                    f"It sent a message of more than {MAX_MESSAGE_BYTES:,} bytes and was given up.",
                    hint="Ask it for less at a time.",
                )
                return

    def _message(self, line: bytes) -> SessionMessage | Exception:
        try:
            return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
        except (ValueError, RecursionError) as error:
            self.garbage += 1
            if self.garbage <= 3:
                shown = line[:MAX_LINE_CHARS].decode(errors="replace")
                log.warning("MCP server %r wrote what is no message: %s", self.name, shown)
            return error if isinstance(error, ValueError) else ValueError("a message that is nested too deep")

    async def _write(self, leaving: Any, arriving: Any) -> None:
        try:
            async for message in leaving:
                line = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                self.program.stdin.write(line.encode() + b"\n")
                await self.program.stdin.drain()
        except (OSError, RuntimeError):
            arriving.close()  # it reads nothing any more, so nobody need wait for an answer
        except anyio.ClosedResourceError:
            pass

    async def _listen(self) -> None:
        unread, rest = 0, b""
        while piece := await self.program.stderr.read(READ_BYTES):
            *lines, rest = (rest + piece).split(b"\n")
            rest = rest[-MAX_LINE_CHARS:]
            for line in lines[-KEPT_LINES:]:
                self._tell(line)
            unread += len(piece)
            if unread >= PAUSE_EVERY_BYTES:
                unread = 0
                await asyncio.sleep(PAUSE_S)
        if rest:
            self._tell(rest)

    def _tell(self, line: bytes) -> None:
        text = line[:MAX_LINE_CHARS].decode(errors="replace").strip()
        if text:
            self.said.append(text)
            if self._ration.take():
                log.info("MCP server %r says: %s", self.name, text)

    def last_words(self) -> str:
        """Why it ended, as far as that can be told."""
        if self.fault is not None:
            return f"{self.fault.message} {self.fault.hint}".strip()
        code = "" if self.code is None else f"It ended with exit code {self.code}."
        lost = f"It wrote {self.garbage:,} lines that are no message." if self.garbage else ""
        said = f"Its last words: {' / '.join(list(self.said)[-5:])}" if self.said else ""
        return " ".join(filter(None, (code, lost, said)))

"""What came back from a jail, read by somebody who believes none of it.

The code shares its connection with what runs it, so every frame may be of its own making: it can say what it likes
about itself, and nothing else. Rule of this file: nothing that the code sends raises, and reading it costs the host no
more time and memory than an honest answer of the largest size.
"""

from __future__ import annotations

import os
import signal
import struct
from collections.abc import Iterator
from typing import Any

import orjson

from pointwork.errors import SandboxUnavailable
from pointwork.sandbox.base import Artifact, SandboxLimits, SandboxOutcome
from pointwork.sandbox.jail.bounds import (
    MAX_ARTIFACT_BYTES,
    MAX_ARTIFACTS,
    MAX_ERROR,
    MAX_NAME,
    MAX_TEXT,
    MAX_VALUES,
)
from pointwork.sandbox.jail.plain import plain, readable

__all__ = ["Answer"]

HEAD = 5  # a letter, and four bytes of length
MAX_SAID_BYTES = 3 << 20  # the outcome without its files: texts at four bytes a character, and the numbers
MAX_MARKS = 2 * MAX_VALUES + MAX_TEXT + 10_000  # brackets and commas in it: what makes it slow to read
MAX_BODY_BYTES = MAX_SAID_BYTES + MAX_ARTIFACT_BYTES + 4
BYTES_PER_CHAR = 6  # of printed text: half a character is written as \\ud800
NO_SCRATCH = "This system gives the sandbox no folder of its own: files could be neither read nor written."
LEFT_OUT = (
    f"Not all files that the code wrote were kept: at most {MAX_ARTIFACTS}, "
    f"with {MAX_ARTIFACT_BYTES >> 20} MiB in all of them together."
)
FORGED = "The code sent an answer of its own making, which cannot be read."


class Answer:
    """What came back so far."""

    def __init__(self, limits: SandboxLimits) -> None:
        self.limits = limits
        self.is_over = False  # nothing more is wanted
        self._held = bytearray()
        self._output: list[bytes] = []
        self._output_room = limits.output_chars * BYTES_PER_CHAR
        self._began = False  # the jail is closed, and from now on the code may be who speaks
        self._body: bytes | None = None
        self._status: int | None = None
        self.refusal: str | None = None  # why the jail could not be closed, so that nothing was run
        self._cut = False
        self._too_much = False
        self._ended = False

    def feed(self, piece: bytes) -> None:
        """Take what arrived; nothing means that the connection has ended."""
        if not piece:
            self._ended = self.is_over = True
            return
        self._held += piece
        at = 0
        while not self.is_over and len(self._held) - at >= HEAD:
            kind, [size] = self._held[at : at + 1], struct.unpack_from(">I", self._held, at + 1)
            if size > self._room(kind):
                self._too_much = self.is_over = True
                break
            end = at + HEAD + size
            if len(self._held) < end:
                break
            self._take(bytes(kind), bytes(self._held[at + HEAD : end]))
            at = end
        del self._held[:at]

    def _room(self, kind: bytes | bytearray) -> int:
        """How large a frame of this kind may still be; less than nothing if none may come any more."""
        match bytes(kind):
            case b"O" if self._body is None and len(self._output) < self.limits.output_chars:
                return self._output_room
            case b"R" if self._body is None:
                return MAX_BODY_BYTES
            case b"C" | b"T" | b"U" | b"S":
                return MAX_ERROR * 4
        return -1

    def _take(self, kind: bytes, payload: bytes) -> None:
        match kind:
            case b"O":
                self._output.append(payload)
                self._output_room -= len(payload)
            case b"R":
                self._body = payload
            case b"C" if not self._began:
                self._began = True
            case b"T" if not self._cut:
                self._cut = True
            case b"U" if not self._began:
                self.refusal = payload.decode(errors="replace")
            case b"S" if len(payload) == 4:
                [self._status] = struct.unpack(">i", payload)
                self.is_over = True
            case _:  # said twice, or by somebody who cannot say it
                self._too_much = self.is_over = True

    @property
    def has_broken_off(self) -> bool:
        """The connection ended before it was said how the process did."""
        return self._ended and self._status is None

    def outcome(self, layers: str, duration_ms: float) -> SandboxOutcome:
        """What the code came to; raises SandboxUnavailable if it was not run."""
        if self.refusal is not None:
            raise SandboxUnavailable(f"The sandbox could not run the code: {self.refusal}.")
        limit = self.limits.output_chars
        printed = b"".join(self._output).decode(errors="replace")
        seen: dict[str, Any] = {
            "output": printed[:limit].splitlines(),
            "sandbox": layers,
            "duration_ms": duration_ms,
        }
        cut = self._cut or len(printed) > limit
        if self._body is None:
            return SandboxOutcome(error=self._why(), truncated=cut, **seen)
        try:
            said, files = _parted(self._body)
            artifacts = list(_artifacts(said["artifacts"], files))
            error = None if said["error"] is None else readable(str(said["error"]), MAX_ERROR)
            result, more_cut = plain(said["result"])
            notes = [] if said["scratch"] else [NO_SCRATCH]
            notes += [LEFT_OUT] if said["left_out"] else []
            cut = cut or more_cut or bool(said["truncated"])
        except (ValueError, TypeError, KeyError, RecursionError, struct.error):
            return SandboxOutcome(error=FORGED, truncated=cut, **seen)
        return SandboxOutcome(result=result, error=error, truncated=cut, artifacts=artifacts, notes=notes, **seen)

    def _why(self) -> str:
        """Why a process ended without saying what came of it."""
        if self._too_much:
            return "The code sent more than an answer has, and was stopped."
        if self._status is None and not self._ended:
            return f"The code took longer than {self.limits.wall_s:g} s and was stopped."
        if self._status is None or not os.WIFSIGNALED(self._status):
            return "The code ended its process without a result."
        number = os.WTERMSIG(self._status)
        if number == signal.SIGXCPU:
            return f"The code used more than {self.limits.cpu_s} s of processor time and was stopped."
        if number == signal.SIGKILL:
            return "The code was killed: its processor time was used up, or the machine ran out of memory."
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = f"signal {number}"
        return f"The code ended by {name}, without a result."


def _parted(body: bytes) -> tuple[dict[str, Any], memoryview]:
    """What is said, and the bytes of the files behind it."""
    [size] = struct.unpack_from(">I", body)
    text = body[4 : 4 + size]
    if len(text) > MAX_SAID_BYTES or sum(map(text.count, (b"[", b"{", b","))) > MAX_MARKS:
        raise ValueError("longer than any honest answer")
    return orjson.loads(text), memoryview(body)[4 + size :]


def _artifacts(listed: Any, data: memoryview) -> Iterator[Artifact]:
    if not isinstance(listed, list) or len(listed) > MAX_ARTIFACTS or len(data) > MAX_ARTIFACT_BYTES:
        raise ValueError("more files than may come back")
    at = 0
    for entry in listed:
        name, size = entry["name"], entry["bytes"]
        if not isinstance(name, str) or not isinstance(size, int) or not 0 <= size <= len(data) - at:
            raise ValueError("a file that is not there")
        yield Artifact(name[: MAX_NAME + 1], bytes(data[at : at + size]))
        at += size

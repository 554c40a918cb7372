"""One call: read what is asked, give up everything, run the code, say what came of it. Then the process ends.

Frames go both ways over one socket. Asked: four bytes of length, JSON, then the bytes of the files. Answered: a letter,
four bytes of length, a payload; `U` says that the jail does not hold here, and nothing was run; `C` that it is closed,
from where on the code may be who speaks; `O` is printed text, `T` says that the rest of it was cut off, `R` is the
outcome as JSON with the bytes of artifacts behind it.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import socket
import struct
import sys
import traceback
import types
from dataclasses import dataclass
from typing import Any

from .bounds import MAX_ARTIFACT_BYTES, MAX_ARTIFACTS, MAX_ERROR, MAX_NAME
from .confine import confine, mount_scratch
from .plain import plain, readable

__all__ = ["Setting", "serve"]

FILE_NAME = "<code>"
TOO_LARGE = "MemoryError: the result needs more memory than the code may use."
MAX_PIECE = 8_192


@dataclass(frozen=True)
class Setting:
    """What is the same for all calls of one jail."""

    scratch: str
    rules: list[bytes]  # of what can be read
    nobody: bool
    mounts: bool
    most: int  # descriptors that may be open


def serve(connection: socket.socket, setting: Setting) -> None:
    """Do one call."""
    asked, files = _asked(connection)
    scratch = setting.scratch if setting.mounts and mount_scratch(setting.scratch, nobody=setting.nobody) else None
    os.chdir(scratch or "/")
    before, problem = _write_files(files, nobody=setting.nobody) if scratch else ({}, None)
    _environment(scratch or "/")
    try:
        confine(
            rules=setting.rules,
            scratch=scratch,
            memory_bytes=asked["memory_bytes"],
            cpu_s=asked["cpu_s"],
            nobody=setting.nobody,
            kept=connection.fileno() + 1,
            most=setting.most,
        )
    except (OSError, ValueError) as error:
        _send(connection, b"U", readable(str(error), MAX_ERROR).encode())
        return
    _send(connection, b"C", b"")
    printed = _Printed(connection, asked["output_chars"])
    sys.stdout = sys.stderr = printed
    sys.stdin = io.StringIO("")
    value, error = (None, problem) if problem else _run(asked["code"], asked["inputs"])
    if scratch and not problem:
        _keep_figures()
    printed.flush()
    try:
        artifacts, left_out = _artifacts(before) if scratch else (None, False)
        body = _body(value, error, artifacts, left_out=left_out)
    except MemoryError:
        value = None
        body = _body(None, error or TOO_LARGE, None if scratch is None else [], left_out=True)
    _send(connection, b"R", body)


def _body(value: Any, error: str | None, artifacts: list[tuple[str, bytes]] | None, *, left_out: bool) -> bytes:
    """The outcome as it is sent; `artifacts` is None where there was no folder for them."""
    result, cut = plain(value)
    outcome = {
        "result": result,
        "error": error,
        "truncated": cut,
        "scratch": artifacts is not None,
        "left_out": left_out,
        "artifacts": [{"name": name, "bytes": len(data)} for name, data in artifacts or ()],
    }
    text = json.dumps(outcome, ensure_ascii=False).encode()
    return struct.pack(">I", len(text)) + text + b"".join(data for _, data in artifacts or ())


def _receive(connection: socket.socket, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        piece = connection.recv(min(size - len(found), 1 << 20))
        if not piece:
            os._exit(0)  # nobody wants it any more
        found += piece
    return bytes(found)


def _asked(connection: socket.socket) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    [size] = struct.unpack(">I", _receive(connection, 4))
    asked = json.loads(_receive(connection, size))
    return asked, [(file["name"], _receive(connection, file["bytes"])) for file in asked["files"]]


def _send(connection: socket.socket, kind: bytes, payload: bytes) -> None:
    connection.sendall(kind + struct.pack(">I", len(payload)) + payload)


def _environment(home: str) -> None:
    os.environ.clear()
    os.environ.update(
        HOME=home, TMPDIR=home, LANG="C.UTF-8", MPLBACKEND="Agg", MPLCONFIGDIR=home, OPENBLAS_NUM_THREADS="1"
    )


class _Printed(io.TextIOBase):
    """What the code prints: sent on line by line, up to so many characters."""

    def __init__(self, connection: socket.socket, limit: int) -> None:
        self.connection = connection
        self.left = limit
        self.cut = False
        self.held = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() takes text, not {type(text).__name__}")
        cut = len(text) > self.left and not self.cut
        self.held += text[: self.left]
        self.left -= min(self.left, len(text))
        if cut:
            self.cut = True
            self.flush()
            _send(self.connection, b"T", b"")
        if len(self.held) > MAX_PIECE or "\n" in text:
            self.flush()
        return len(text)

    def flush(self) -> None:
        if self.held:
            held, self.held = self.held, ""
            _send(self.connection, b"O", held.encode(errors="backslashreplace"))


def _run(code: str, inputs: dict[str, Any]) -> tuple[Any, str | None]:
    """The value of `result`, or of an expression at the end; and what went wrong."""
    module = types.ModuleType("__main__")
    space = module.__dict__
    space.update(inputs)
    space["__builtins__"] = __builtins__
    sys.modules["__main__"] = module
    last: Any = None
    try:
        tree = ast.parse(code, FILE_NAME)
        ending = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, FILE_NAME, "exec"), space)
        if isinstance(ending, ast.Expr):
            last = eval(compile(ast.Expression(ending.value), FILE_NAME, "eval"), space)
    except SystemExit as end:
        if end.code not in (None, 0):
            return space.get("result"), readable(f"SystemExit: {end.code}", MAX_ERROR)
    except MemoryError:
        return None, "MemoryError: the code used more memory than it may."
    except RecursionError as error:
        return None, readable(f"RecursionError: {error}", MAX_ERROR)
    except BaseException as error:
        return space.get("result"), _told(error)
    return space.get("result", last), None


def _told(error: BaseException) -> str:
    """What went wrong and in which lines of the code, without ours."""
    try:
        told = traceback.TracebackException.from_exception(error, limit=-20)
        frames = [frame for frame in told.stack if frame.filename == FILE_NAME]
        places = [f"  line {frame.lineno}, in {frame.name}" for frame in frames[-8:]]
        lines = [*places, *(line.rstrip() for line in told.format_exception_only())]
        return readable("\n".join(lines).strip(), MAX_ERROR)
    except BaseException:  # of an error that cannot even be written down
        return type(error).__name__


# ------------------------------------------------------------------------------------------------- files


def _write_files(files: list[tuple[str, bytes]], *, nobody: bool) -> tuple[dict[str, tuple[int, int]], str | None]:
    """Copies of the files of the run, in the scratch folder; how they look, to tell what the code changed."""
    try:
        return _written(files, nobody=nobody), None
    except (OSError, ValueError) as error:
        return {}, readable(f"The files of the run could not be copied for the code: {error}", MAX_ERROR)


def _written(files: list[tuple[str, bytes]], *, nobody: bool) -> dict[str, tuple[int, int]]:
    for name, data in files:
        if "/" in name:
            os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "wb") as file:
            file.write(data)
    if nobody:
        for folder, _, names in os.walk("."):
            for name in (folder, *(os.path.join(folder, name) for name in names)):
                os.chown(name, 65534, 65534)
    return {name: (info.st_size, info.st_mtime_ns) for name, _ in files if (info := os.stat(name))}


def _keep_figures() -> None:
    """Plots that were drawn and not saved."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    try:
        for number in pyplot.get_fignums()[:MAX_ARTIFACTS]:
            name = f"figure-{number}.png"
            if not os.path.exists(name):
                pyplot.figure(number).savefig(name)
    except Exception as error:
        print(f"A figure could not be saved: {error}")


def _artifacts(before: dict[str, tuple[int, int]]) -> tuple[list[tuple[str, bytes]], bool]:
    """What the code wrote or changed, as far as it fits; and whether something did not."""
    found: list[tuple[str, bytes]] = []
    left_out = False
    room = MAX_ARTIFACT_BYTES
    for folder, folders, names in os.walk("."):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        for name in sorted(names):
            path = os.path.relpath(os.path.join(folder, name))
            info = os.lstat(path)
            is_ours = before.get(path) == (info.st_size, info.st_mtime_ns) or name.startswith((".", "fontlist"))
            if is_ours:
                continue
            if info.st_size > room or len(found) >= MAX_ARTIFACTS:
                left_out = True
                continue
            with contextlib.suppress(OSError), open(path, "rb") as file:  # the code may have made it unreadable
                data = file.read(room)
                room -= len(data)
                found.append((readable(path, MAX_NAME), data))
    return found, left_out

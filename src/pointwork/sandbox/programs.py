"""Programs of the operator's that run beside the server: confined by the kernel, and gone when the server is.

Rules of this file: what is started is exactly the list of words that was given, never a line for a shell; its
environment holds what was given and nothing else. Between server and program stands a keeper (`jail/program.py`),
which ends everything that the program started when the server closes its end of a pipe, or dies. Confinement that was
asked for and is not to be had raises SandboxUnavailable; nothing runs with less.

All of this is for programs that speak over their standard input and output.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pointwork.errors import ConfigurationError, SandboxUnavailable

__all__ = ["Confinement", "Program", "RunningProgram"]

_BOOT: Final = (
    "import sys, json; sys.path.append(sys.argv[2]); from jail.program import main; "
    "sys.exit(main(json.loads(sys.argv[1])))"
)
GRACE_S: Final = 2.0  # to end by itself, once its input has ended
END_S: Final = 8.0  # for the keeper to end everything
START_S: Final = 20.0  # for the keeper, on a machine that is busy; not for the program
BUFFER_BYTES: Final = 1 << 20
MEMORY_BYTES: Final = 2 << 30
MAX_LINKS: Final = 10
PATH: Final = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """What a program may do beyond reading the system's own files and writing to its folder.

    `read`: files and folders that it may read, and start programs from; `write`: that it may change. `network`: whether
    it may speak IP. `local_sockets`: whether it may speak to services of this machine by the path of their socket.
    """

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()
    network: bool = False
    local_sockets: bool = False

    @property
    def shown(self) -> str:
        """In words."""
        files = [f"reads {', '.join(map(str, self.read))}"] if self.read else []
        files += [f"writes {', '.join(map(str, self.write))}"] if self.write else []
        net = "with network" if self.network else "no network"
        return ", ".join([*files, net, *(["local sockets"] if self.local_sockets else [])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to start: `argv` as it is, in `cwd`, with exactly this environment. None as `confinement`: not confined."""

    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str] = field(repr=False)
    confinement: Confinement | None
    memory_bytes: int = MEMORY_BYTES

    async def start(self) -> RunningProgram:
        """Start it. Raises ConfigurationError when it cannot be, SandboxUnavailable when it cannot be confined."""
        if sys.platform == "win32":
            raise SandboxUnavailable("On Windows no programs are started.", hint="Use a server with a URL.")
        env = {"PATH": PATH, **self.env}
        argv = [self._found(env["PATH"]), *self.argv[1:]]
        report, told = os.pipe()
        lifeline, ours = os.pipe()
        options = {
            "argv": argv,
            "names": list(env),
            "cwd": str(self.cwd),
            "confine": None if self.confinement is None else self._rules(self.confinement, argv),
            "report": told,
            "lifeline": lifeline,
            "memory_bytes": self.memory_bytes,
        }
        try:
            process = _launched(options, env)
        except OSError as error:
            os.close(report)
            os.close(ours)
            raise ConfigurationError(f"No process could be started: {error.strerror}.") from error
        finally:
            os.close(told)
            os.close(lifeline)
        running = RunningProgram(process, ours)
        try:
            await running.connect()
            await running.read_report(report, self)
        except BaseException:
            await asyncio.shield(asyncio.ensure_future(running.stop()))
            raise
        return running

    def _found(self, path: str) -> str:
        word = self.argv[0]
        found = shutil.which(str(Path(word).expanduser()) if "/" in word else word, path=path)
        if found is None:
            raise ConfigurationError(
                f"The program {word!r} is not there, or may not be started.",
                hint=f"Write its whole path, or give a PATH that holds it; this is {path!r}.",
            )
        return str(Path(found).absolute())

    def _rules(self, confinement: Confinement, argv: Sequence[str]) -> dict[str, object]:
        """With what the program is made of: itself, the environment it belongs to, and the files among its words."""
        own = [*_parts(Path(argv[0])), *(word for word in argv[1:] if word.startswith("/") and os.path.isfile(word))]
        return {
            "read": [*own, str(self.cwd), *map(str, confinement.read)],
            "write": list(map(str, confinement.write)),
            "network": confinement.network,
            "local_sockets": confinement.local_sockets,
        }


class RunningProgram:
    """A program that was started. Whoever has it reads both of its outputs, and stops it."""

    def __init__(self, process: subprocess.Popen[bytes], lifeline: int) -> None:
        self._process = process
        self._lifeline: int | None = lifeline
        self._transports: list[asyncio.BaseTransport] = []
        self._stopping: asyncio.Future[int | None] | None = None
        self.layers: Sequence[str] = ()
        self.pid = 0
        self.stdin: asyncio.StreamWriter
        self.stdout = asyncio.StreamReader(limit=BUFFER_BYTES)
        self.stderr = asyncio.StreamReader(limit=BUFFER_BYTES)

    @property
    def keeper(self) -> int:
        """The process that is told to end it."""
        return self._process.pid

    async def connect(self) -> None:
        """Begin to read and write."""
        loop = asyncio.get_running_loop()
        process = self._process
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        for pipe, reader in ((process.stdout, self.stdout), (process.stderr, self.stderr)):
            transport, _ = await loop.connect_read_pipe(lambda to=reader: asyncio.StreamReaderProtocol(to), pipe)
            self._transports.append(transport)
        transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, process.stdin)
        self._transports.append(transport)
        self.stdin = asyncio.StreamWriter(transport, protocol, None, loop)

    async def read_report(self, report: int, program: Program) -> None:
        """Learn how it was started; raises what `Program.start` does."""
        try:
            async with asyncio.timeout(START_S):
                said = await asyncio.to_thread(_lines, report)
        except TimeoutError:
            raise ConfigurationError(f"No process could be started within {START_S:g} s.") from None
        for line in said:
            if "error" in line:
                confined = program.confinement is not None
                raise (SandboxUnavailable if confined and "pid" not in said[0] else ConfigurationError)(
                    f"{program.argv[0]!r} could not be started{' confined' if confined else ''}: {line['error']}.",
                    hint="A confined program reads only the system's files, its own and those that are listed for it."
                    if confined
                    else "",
                )
            self.pid, self.layers = line["pid"], line["layers"]
        if not self.pid:
            raise ConfigurationError(f"{program.argv[0]!r} ended before it was started.")

    async def stop(self) -> int | None:
        """End its input, give it a moment, then end it and all that it started. How it ended, if by itself."""
        if self._stopping is None:
            self._stopping = asyncio.ensure_future(self._stop())
        return await asyncio.shield(self._stopping)

    async def _stop(self) -> int | None:
        for transport in self._transports[2:]:
            transport.close()
        code = await asyncio.to_thread(self._ended, GRACE_S)
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
        if code is None and await asyncio.to_thread(self._ended, END_S) is None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        with suppress(ProcessLookupError, PermissionError):  # should the keeper itself have been killed
            os.killpg(self._process.pid, signal.SIGKILL)
        for transport in self._transports:
            transport.close()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        return code

    def _ended(self, within_s: float) -> int | None:
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return None


def _launched(options: Mapping[str, object], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", "-c", _BOOT, json.dumps(options), str(Path(__file__).parent)],
        env=dict(env),
        pass_fds=[options["report"], options["lifeline"]],  # type: ignore[list-item]
        start_new_session=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )


def _lines(report: int) -> list[dict[str, Any]]:
    told = b""
    with open(report, "rb", buffering=0) as file:
        while piece := file.read(4_096):  # until the program takes the place of what started it
            told += piece
    return [json.loads(line) for line in told.splitlines()]


def _parts(program: Path, *, scripts: int = 2) -> list[str]:
    """What a program consists of: its file, what that links to, the libraries beside it, and what interprets it."""
    found: list[str] = []
    at = program
    for _ in range(MAX_LINKS):
        found.append(str(at))
        if at.parent.name == "bin":
            found += [str(at.parent.parent / name) for name in ("lib", "lib64", "pyvenv.cfg")]
        if not at.is_symlink():
            break
        at = at.parent / at.readlink()
    interpreter = _interpreter(program)
    if interpreter is not None and scripts:
        found += _parts(interpreter, scripts=scripts - 1)
    return found


def _interpreter(program: Path) -> Path | None:
    """What the first line of a script names."""
    try:
        with open(program, "rb") as file:
            line = file.readline(512)
    except OSError:
        return None
    words = line[2:].split() if line.startswith(b"#!") else []
    return Path(os.fsdecode(words[0])) if words else None

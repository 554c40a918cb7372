"""The Linux jail, seen from the server: one fork-server per profile, and a process of its own for each call.

Landlock, a filter of system calls and limits are what holds, namespaces come on top where the system grants them; see
`jail` for what happens inside. All waiting is done by the event loop. Before the first call each jail is tried with
code that wants out; if any of it succeeds, the jail is refused for good.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from pointwork.errors import SandboxUnavailable
from pointwork.sandbox.base import Artifact, Profile, SandboxLimits, SandboxOutcome
from pointwork.sandbox.copies import copies_of
from pointwork.sandbox.escapes import ESCAPES, escaped
from pointwork.workflow import JsonObject

__all__ = ["Environment", "LinuxJail"]

AT_ONCE, MAX_QUEUE = 4, 32
OTHERWISE = "POINTWORK_PYTHON_SANDBOX=monty runs a subset of Python that needs neither."
MAX_CODE_CHARS = 100_000
MAX_INPUT_BYTES = 8 << 20
MAX_ANSWER_BYTES = 24 << 20  # result, artifacts and printed text, more than which only an attacker sends
MAX_WALL_S = 60.0
START_S = 30.0  # for the fork-server to load its modules, on a machine that is busy
SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo", "/dev/null")
# What programs import most, loaded once and for all calls.
_PRELOAD = """
abc argparse array ast asyncio base64 binascii bisect calendar cmath codecs collections.abc contextlib copy csv ctypes
dataclasses datetime decimal difflib enum fractions functools glob hashlib heapq html io itertools json math numbers
operator os.path pathlib pickle pprint queue random re secrets shutil statistics string struct tempfile textwrap
threading time traceback types typing unicodedata urllib.parse uuid zlib zoneinfo
"""
_BOOT = "import sys, json; sys.path.append(sys.argv[2]); from jail.zygote import main; main(json.loads(sys.argv[1]))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The Python of a profile: which one, where its packages are, and what of them the code may read."""

    python: str = sys.executable
    packages: Sequence[str] = ()
    readable: Sequence[str] = ()
    preload: Sequence[str] = ()
    memory_bytes: int = 0  # that its libraries map for themselves, beyond what a call may use


@dataclass(slots=True)
class _Answer:
    """What came back so far."""

    output: list[bytes] = field(default_factory=list[bytes])
    body: bytes | None = None
    unavailable: str | None = None
    status: int | None = None
    size: int = 0


class LinuxJail:
    """A sandbox by means of the kernel alone."""

    def __init__(self, environments: dict[Profile, Environment] | None = None, *, tested: bool = True) -> None:
        """`tested`: try to break out before the first call. Only a measurement of a single layer leaves that out."""
        self._environments = environments or {"plain": Environment()}
        self._servers: dict[Profile, _Server] = {}
        self._starting: dict[Profile, asyncio.Lock] = {}
        self._free = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._tested = tested

    async def layers(self) -> str:
        return (await self._server("plain")).layers

    async def run(
        self,
        code: str,
        *,
        files: Path | None = None,
        profile: Profile = "plain",
        inputs: JsonObject | None = None,
        limits: SandboxLimits | None = None,
    ) -> SandboxOutcome:
        began = monotonic()
        limits = limits or SandboxLimits()
        if len(code) > MAX_CODE_CHARS:
            return _refused(f"The code has {len(code):,} characters; at most {MAX_CODE_CHARS:,} are run.")
        if self._waiting >= MAX_QUEUE:
            return _refused(f"{MAX_QUEUE} calls wait for the sandbox already. Try again later.")
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            server = await self._server(profile)
            copied, notes = ([], []) if files is None else await asyncio.to_thread(copies_of, files)
            asked = _asked(code, inputs or {}, limits, copied, self._environments[profile].memory_bytes)
            if asked is None:
                return _refused("The code or its inputs cannot be written as JSON of at most 8 MiB.")
            outcome = await server.call(asked, limits)
        finally:
            self._free.release()
        duration_ms = round((monotonic() - began) * 1_000, 1)
        return _outcome(outcome, limits, server.layers, duration_ms, notes)

    async def close(self) -> None:
        servers, self._servers = list(self._servers.values()), {}
        for server in servers:
            await server.close()

    async def _server(self, profile: Profile) -> _Server:
        environment = self._environments.get(profile)
        if environment is None:
            raise SandboxUnavailable(f"The sandbox has no environment {profile!r}.")
        async with self._starting.setdefault(profile, asyncio.Lock()):
            server = self._servers.get(profile)
            if server is None or server.is_gone:
                if server is not None:
                    await server.close()
                server = await _Server.start(environment)
                if self._tested:
                    await _try_to_escape(server)
                self._servers[profile] = server
        return server


class _Server:
    """A fork-server and the way to it."""

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket, room: str) -> None:
        self.process = process
        self.control = control
        self.room = room
        self.layers = ""

    @property
    def is_gone(self) -> bool:
        return self.process.returncode is not None

    @classmethod
    async def start(cls, environment: Environment) -> _Server:
        if not sys.platform.startswith("linux"):
            raise SandboxUnavailable(
                "This system has neither Landlock nor seccomp, which the jail is made of.",
                hint=OTHERWISE,
            )
        ours, theirs = socket.socketpair()
        room = tempfile.mkdtemp(prefix="pointwork-jail-")
        os.chmod(room, 0o711)  # noqa: S103 - so that nobody can reach the scratch folder, and list nothing
        os.mkdir(os.path.join(room, "scratch"), 0o700)
        options = {
            "control": theirs.fileno(),
            "room": room,
            "packages": list(environment.packages),
            "readable": [*SYSTEM, *environment.readable],
            "preload": [*_PRELOAD.split(), *environment.preload],
        }
        process = await asyncio.create_subprocess_exec(
            environment.python, "-I", "-S", "-B", "-c", _BOOT, json.dumps(options), str(Path(__file__).parent),
            env={"LANG": "C.UTF-8"}, pass_fds=[theirs.fileno()], start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        theirs.close()
        ours.setblocking(False)
        server = cls(process, ours, room)
        try:
            await server._greet()
        except BaseException:
            await server.close()
            raise
        return server

    async def _greet(self) -> None:
        loop = asyncio.get_running_loop()
        line = b""
        try:
            async with asyncio.timeout(START_S):
                while not line.endswith(b"\n"):
                    piece = await loop.sock_recv(self.control, 4_096)
                    if not piece:
                        break
                    line += piece
        except TimeoutError:
            raise SandboxUnavailable(f"The sandbox did not start within {START_S:g} s.") from None
        if not line:
            assert self.process.stderr is not None
            told = (await self.process.stderr.read(4_000)).decode(errors="replace").strip()
            raise SandboxUnavailable(
                f"The sandbox did not start: {told.splitlines()[-1] if told else 'no reason given'}"
            )
        said = json.loads(line)
        if "error" in said:
            raise SandboxUnavailable(
                f"The jail does not hold on this system: {said['error']}.",
                hint=f"It needs Linux 5.13 or newer with Landlock, and seccomp. {OTHERWISE}",
            )
        self.layers = "+".join([f"linux-jail/landlock{said['landlock']}", "seccomp", *said["left"]])

    async def call(self, asked: bytes, limits: SandboxLimits) -> _Answer:
        """One call, in a process of its own, which is gone when this returns."""
        loop = asyncio.get_running_loop()
        connection, theirs = socket.socketpair()
        connection.setblocking(False)
        child = -1
        answer = _Answer()
        try:
            with theirs:
                socket.send_fds(self.control, [b"c"], [theirs.fileno()])
            async with asyncio.timeout(min(limits.wall_s, MAX_WALL_S)):
                child = await _process(connection)
                await loop.sock_sendall(connection, asked)
                await _listen(connection, answer)
        except TimeoutError:
            pass  # what was printed so far is shown
        except OSError:
            answer.unavailable = "its fork-server is gone; the next call starts another one"
        finally:
            if child >= 0:
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(child, signal.SIGKILL)
                os.close(child)
            connection.close()
        return answer

    async def close(self) -> None:
        """End the process and all that it forked, and take the room away."""
        self.control.close()
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.kill()
        await self.process.wait()
        transport: Any = getattr(self.process, "_transport", None)
        if transport is not None:
            transport.close()  # the pipe of its errors
        await asyncio.to_thread(shutil.rmtree, self.room, ignore_errors=True)


async def _process(connection: socket.socket) -> int:
    """A handle of the process that was forked for this connection."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(connection.fileno(), lambda: None if ready.done() else ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(connection.fileno())
    _, descriptors, *_ = socket.recv_fds(connection, 1, 1)
    if not descriptors:
        raise OSError("no process")
    return descriptors[0]


async def _listen(connection: socket.socket, answer: _Answer) -> None:
    """Take frames until the connection ends."""
    loop = asyncio.get_running_loop()
    held = bytearray()
    while True:
        piece = await loop.sock_recv(connection, 1 << 18)
        if not piece and held:
            answer.body = bytes(held)  # no frame: whatever it is, it was made by the code
            return
        if not piece:
            raise OSError("the fork-server holds the connection until it has said how the process ended")
        held += piece
        answer.size += len(piece)
        if answer.size > MAX_ANSWER_BYTES:
            return
        while len(held) >= 5:
            kind, size = held[0:1], struct.unpack(">I", held[1:5])[0]
            if len(held) < 5 + size:
                break
            payload = bytes(held[5 : 5 + size])
            del held[: 5 + size]
            _take(bytes(kind), payload, answer)
        if answer.status is not None:
            return


def _take(kind: bytes, payload: bytes, answer: _Answer) -> None:
    if kind == b"O":
        answer.output.append(payload)
    elif kind == b"R":
        answer.body = payload
    elif kind == b"U":
        answer.unavailable = payload.decode(errors="replace")
    elif kind == b"S" and len(payload) == 4:
        answer.status = struct.unpack(">i", payload)[0]


def _asked(
    code: str, inputs: JsonObject, limits: SandboxLimits, files: Sequence[tuple[str, bytes]], mapped: int
) -> bytes | None:
    asked = {
        "code": code,
        "inputs": inputs,
        "files": [{"name": name, "bytes": len(data)} for name, data in files],
        "memory_bytes": limits.memory_bytes + mapped,
        "cpu_s": max(1, limits.cpu_s),
        "output_chars": limits.output_chars,
    }
    try:
        text = json.dumps(asked).encode()
    except (TypeError, ValueError, RecursionError):
        return None
    if len(text) > MAX_INPUT_BYTES:
        return None
    return struct.pack(">I", len(text)) + text + b"".join(data for _, data in files)


def _refused(reason: str) -> SandboxOutcome:
    return SandboxOutcome(error=reason)


def _outcome(
    answer: _Answer, limits: SandboxLimits, layers: str, duration_ms: float, notes: list[str]
) -> SandboxOutcome:
    if answer.unavailable is not None:
        raise SandboxUnavailable(f"The sandbox could not run the code: {answer.unavailable}.")
    printed = b"".join(answer.output).decode(errors="replace")[: limits.output_chars]
    seen: dict[str, Any] = {
        "output": printed.splitlines(),
        "sandbox": layers,
        "duration_ms": duration_ms,
        "notes": notes,
    }
    if answer.body is None:
        return SandboxOutcome(error=_why(answer, limits), **seen)
    try:
        [size] = struct.unpack(">I", answer.body[:4])
        said = json.loads(answer.body[4 : 4 + size])
        artifacts = _artifacts(said["artifacts"], answer.body[4 + size :])
        error = said["error"] if said["error"] is None else str(said["error"])
        if not said["scratch"]:
            notes.append("This system gives the sandbox no folder of its own: files could be neither read nor written.")
        result = json.loads(json.dumps(said["result"]).encode(errors="replace"))
        return SandboxOutcome(
            result=result, error=error, truncated=bool(said["truncated"]), artifacts=artifacts, **seen
        )
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, struct.error):
        return SandboxOutcome(error="The code sent an answer of its own making, which cannot be read.", **seen)


def _artifacts(listed: Any, data: bytes) -> list[Artifact]:
    found: list[Artifact] = []
    at = 0
    for entry in listed:
        size = int(entry["bytes"])
        if size < 0 or at + size > len(data):
            raise ValueError("an artifact that is not there")
        found.append(Artifact(str(entry["name"]), data[at : at + size]))
        at += size
    return found


def _why(answer: _Answer, limits: SandboxLimits) -> str:
    """Why a process ended without saying what came of it."""
    if answer.size > MAX_ANSWER_BYTES:
        return f"The code sent more than {MAX_ANSWER_BYTES >> 20} MiB and was stopped."
    if answer.status is None:
        return f"The code took longer than {min(limits.wall_s, MAX_WALL_S):g} s and was stopped."
    if os.WIFSIGNALED(answer.status):
        number = os.WTERMSIG(answer.status)
        if number == signal.SIGXCPU:
            return f"The code used more than {limits.cpu_s} s of processor time and was stopped."
        return f"The code ended by {signal.Signals(number).name}, without a result."
    return "The code ended its process without a result."


async def _try_to_escape(server: _Server) -> None:
    limits = SandboxLimits(wall_s=START_S, cpu_s=10)
    asked = _asked(ESCAPES, {}, limits, [], 64 << 20)
    assert asked is not None
    try:
        outcome = _outcome(await server.call(asked, limits), limits, "", 0.0, [])
        found = escaped(outcome)
    except SandboxUnavailable:
        await server.close()
        raise
    if found:
        await server.close()
        raise SandboxUnavailable(
            f"The jail does not hold on this system: {found}.",
            hint="Nothing is run. Please report this, with the kernel.",
        )

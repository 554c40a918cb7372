"""The Linux jail, seen from the server: one fork-server per profile, and a process of its own for each call.

Landlock, a filter of system calls and limits are what holds, namespaces come on top where the system grants them; see
`jail` for what happens inside. All waiting is done by the event loop. Before the first call each jail is tried with
code that wants out; if any of it succeeds, the jail is refused for good. A jail may be used by one event loop after
the other: nothing of it belongs to a loop but the queue of those who wait.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary, finalize

from pointwork.errors import SandboxUnavailable
from pointwork.sandbox.base import Artifact, Profile, SandboxLimits, SandboxOutcome
from pointwork.sandbox.escapes import ESCAPES, escaped
from pointwork.workflow import JsonObject

__all__ = ["Environment", "LinuxJail"]

AT_ONCE, MAX_QUEUE = 4, 32
OTHERWISE = "POINTWORK_PYTHON_SANDBOX=monty runs a subset of Python that needs neither."
NO_SCRATCH = "This system gives the sandbox no folder of its own: files could be neither read nor written."
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
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, _Queue] = WeakKeyDictionary()
        self._tested = tested

    async def layers(self) -> str:
        return (await self._server("plain")).layers

    async def run(
        self,
        code: str,
        *,
        files: Mapping[str, bytes] | None = None,
        profile: Profile = "plain",
        inputs: JsonObject | None = None,
        limits: SandboxLimits | None = None,
    ) -> SandboxOutcome:
        began = monotonic()
        limits = limits or SandboxLimits()
        if len(code) > MAX_CODE_CHARS:
            return _refused(f"The code has {len(code):,} characters; at most {MAX_CODE_CHARS:,} are run.")
        queue = self._queue()
        if queue.waiting >= MAX_QUEUE:
            return _refused(f"{MAX_QUEUE} calls wait for the sandbox already. Try again later.")
        queue.waiting += 1
        try:
            await queue.free.acquire()
        finally:
            queue.waiting -= 1
        try:
            server = await self._server(profile)
            asked = _asked(code, inputs or {}, limits, files or {}, self._environments[profile].memory_bytes)
            if asked is None:
                return _refused("The code or its inputs cannot be written as JSON of at most 8 MiB.")
            outcome = await server.call(asked, limits)
        finally:
            queue.free.release()
        duration_ms = round((monotonic() - began) * 1_000, 1)
        return _outcome(outcome, limits, server.layers, duration_ms)

    async def close(self) -> None:
        servers, self._servers = list(self._servers.values()), {}
        for server in servers:
            await server.close()

    def close_now(self) -> None:
        """The same, where no event loop runs."""
        servers, self._servers = list(self._servers.values()), {}
        for server in servers:
            server.close_now()

    def _queue(self) -> _Queue:
        return self._queues.setdefault(asyncio.get_running_loop(), _Queue())

    async def _server(self, profile: Profile) -> _Server:
        environment = self._environments.get(profile)
        if environment is None:
            raise SandboxUnavailable(f"The sandbox has no environment {profile!r}.")
        async with self._queue().starting.setdefault(profile, asyncio.Lock()):
            server = self._servers.get(profile)
            if server is None or server.is_gone:
                if server is not None:
                    await server.close()
                server = await _Server.start(environment)
                if self._tested:
                    await _try_to_escape(server)
                self._servers[profile] = server
        return server


@dataclass(slots=True, weakref_slot=True)
class _Queue:
    """Who waits for the jail, in one event loop."""

    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    waiting: int = 0
    starting: dict[Profile, asyncio.Lock] = field(default_factory=dict[Profile, asyncio.Lock])


class _Server:
    """A fork-server and the way to it."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket, room: str) -> None:
        self.process = process
        self.control = control
        self.room = room
        self.layers = ""
        # Also when nobody closes it: a server that is forgotten, or an interpreter that ends, leaves nothing behind.
        self._end = finalize(self, _end, process, control, room)

    @property
    def is_gone(self) -> bool:
        return self.process.poll() is not None

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
        process = _launched(environment.python, options, theirs.fileno())
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
            told = (await asyncio.to_thread(self.process.stderr.read, 4_000)).decode(errors="replace").strip()
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
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """End the process and all that it forked, and take the room away."""
        self._end()


def _end(process: subprocess.Popen[bytes], control: socket.socket, room: str) -> None:
    control.close()
    process.kill()
    process.wait()
    if process.stderr is not None:
        process.stderr.close()
    shutil.rmtree(room, ignore_errors=True)


def _launched(python: str, options: JsonObject, control: int) -> subprocess.Popen[bytes]:
    """The fork-server. Not started in a thread: it is told to end when the thread that started it does."""
    return subprocess.Popen(
        [python, "-I", "-S", "-B", "-c", _BOOT, json.dumps(options), str(Path(__file__).parent)],
        env={"LANG": "C.UTF-8"},
        pass_fds=[control],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


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
    code: str, inputs: JsonObject, limits: SandboxLimits, files: Mapping[str, bytes], mapped: int
) -> bytes | None:
    asked = {
        "code": code,
        "inputs": inputs,
        "files": [{"name": name, "bytes": len(data)} for name, data in files.items()],
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
    return struct.pack(">I", len(text)) + text + b"".join(files.values())


def _refused(reason: str) -> SandboxOutcome:
    return SandboxOutcome(error=reason)


def _outcome(answer: _Answer, limits: SandboxLimits, layers: str, duration_ms: float) -> SandboxOutcome:
    if answer.unavailable is not None:
        raise SandboxUnavailable(f"The sandbox could not run the code: {answer.unavailable}.")
    printed = b"".join(answer.output).decode(errors="replace")[: limits.output_chars]
    seen: dict[str, Any] = {
        "output": printed.splitlines(),
        "sandbox": layers,
        "duration_ms": duration_ms,
        "notes": [],
    }
    if answer.body is None:
        return SandboxOutcome(error=_why(answer, limits), **seen)
    try:
        [size] = struct.unpack(">I", answer.body[:4])
        said = json.loads(answer.body[4 : 4 + size])
        artifacts = _artifacts(said["artifacts"], answer.body[4 + size :])
        error = said["error"] if said["error"] is None else str(said["error"])
        if not said["scratch"]:
            seen["notes"].append(NO_SCRATCH)
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
    asked = _asked(ESCAPES, {}, limits, {}, 64 << 20)
    assert asked is not None
    try:
        outcome = _outcome(await server.call(asked, limits), limits, "", 0.0)
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

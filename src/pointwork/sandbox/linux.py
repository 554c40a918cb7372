"""The Linux jail, seen from the server: one fork-server per profile, and a process of its own for each call.

Landlock, a filter of system calls and limits are what holds, namespaces come on top where the system grants them; see
`jail` for what happens inside. All waiting is done by the event loop. Before the first call each jail is tried with
code that wants out; if any of it succeeds, the jail is refused for good. A jail may be used by one event loop after
the other: nothing of it belongs to a loop but who waits.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from time import monotonic
from weakref import WeakKeyDictionary, finalize

from pointwork.errors import SandboxUnavailable
from pointwork.sandbox.answer import Answer
from pointwork.sandbox.base import Profile, SandboxLimits, SandboxOutcome
from pointwork.sandbox.escapes import ESCAPES, escaped
from pointwork.sandbox.room import Room
from pointwork.sandbox.turns import FULL, Turns
from pointwork.workflow import JsonObject

__all__ = ["Environment", "LinuxJail"]

OTHERWISE = "POINTWORK_PYTHON_SANDBOX=monty runs a subset of Python that needs neither."
NEEDS = f"It needs Linux 5.13 or newer with Landlock, and seccomp. {OTHERWISE}"
BRINGS: dict[Profile, str] = {
    "rich": "`pointwork sandbox install` brings numpy, pandas and matplotlib.",
    "documents": "pip install 'pointwork[documents]' brings what reads PDF, DOCX and XLSX.",
}
MAX_CODE_CHARS = 100_000
MAX_INPUT_BYTES = 8 << 20
MAX_WALL_S = 60.0
PIECE_BYTES = 1 << 16  # so that the loop is not held up by taking one apart
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
    variables: Mapping[str, str] = field(default_factory=dict[str, str])


class LinuxJail:
    """A sandbox by means of the kernel alone."""

    def __init__(self, environments: dict[Profile, Environment] | None = None, *, tested: bool = True) -> None:
        """`tested`: try to break out before the first call. Only a measurement of a single layer leaves that out."""
        self._environments = environments or {"plain": Environment()}
        self._servers: dict[Profile, _Server] = {}
        self._turns = Turns()
        self._starting: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Profile, asyncio.Lock]] = WeakKeyDictionary()
        self._tested = tested
        self._refusals: dict[Profile, SandboxUnavailable] = {}

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
        limits = replace(limits, wall_s=min(limits.wall_s, MAX_WALL_S), cpu_s=max(1, limits.cpu_s))
        if len(code) > MAX_CODE_CHARS:
            return _refused(f"The code has {len(code):,} characters; at most {MAX_CODE_CHARS:,} are run.")
        outside = next((name for name in files or {} if not _is_inside(name)), None)
        if outside is not None:
            return _refused(f"There can be no file {outside!r} in the folder of the code.")
        if self._turns.is_full:
            return _refused(FULL)
        async with self._turns.turn(limits.memory_bytes):
            server = await self._server(profile)
            asked = _asked(code, inputs or {}, limits, files or {}, self._environments[profile].memory_bytes)
            if asked is None:
                return _refused("The code or its inputs cannot be written as JSON of at most 8 MiB.")
            answer = await server.call(asked, limits)
        return answer.outcome(server.layers, round((monotonic() - began) * 1_000, 1))

    async def close(self) -> None:
        servers, self._servers = list(self._servers.values()), {}
        for server in servers:
            await server.close()

    def close_now(self) -> None:
        """The same, where no event loop runs."""
        servers, self._servers = list(self._servers.values()), {}
        for server in servers:
            server.close_now()

    async def _server(self, profile: Profile) -> _Server:
        environment = self._environments.get(profile)
        if environment is None:
            raise SandboxUnavailable(f"The sandbox has no environment {profile!r}.", hint=BRINGS.get(profile, ""))
        if refusal := self._refusals.get(profile):
            raise _DoesNotHold(refusal.message, hint=refusal.hint)
        starting = self._starting.setdefault(asyncio.get_running_loop(), {})
        async with starting.setdefault(profile, asyncio.Lock()):
            server = self._servers.get(profile)
            if server is None or server.is_gone:
                if server is not None:
                    await server.close()
                try:
                    server = await _Server.start(environment)
                    if self._tested:
                        await _try_to_escape(server)
                except _DoesNotHold as refusal:
                    self._refusals[profile] = refusal
                    raise
                self._servers[profile] = server
        return server


class _DoesNotHold(SandboxUnavailable):
    """A layer is missing or leaks, which it will do the next time too."""


class _Server:
    """A fork-server and the way to it."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket, room: Room) -> None:
        self.process = process
        self.control = control
        self.room = room
        self.layers = ""
        # Also when nobody closes it: a server that is forgotten, or an interpreter that ends, leaves nothing behind.
        self._end = finalize(self, _end, process, control, room)

    @property
    def is_gone(self) -> bool:
        if self.process.poll() is not None:
            return True
        try:  # it never says a word after its greeting
            return self.control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    @classmethod
    async def start(cls, environment: Environment) -> _Server:
        if not sys.platform.startswith("linux"):
            raise _DoesNotHold(
                "This system has neither Landlock nor seccomp, which the jail is made of.", hint=OTHERWISE
            )
        try:
            server = cls(*_launched(environment))
        except OSError as error:
            raise SandboxUnavailable(
                f"The sandbox did not start: {error}.", hint="Mend that; the next call tries again."
            ) from error
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
            raise _DoesNotHold(
                f"The jail does not hold on this system: {said['error']}.",
                hint=NEEDS,
            )
        self.layers = "+".join([f"linux-jail/landlock{said['landlock']}", "seccomp", *said["left"]])

    async def call(self, asked: bytes, limits: SandboxLimits) -> Answer:
        """One call, in a process of its own, which is killed before this returns."""
        loop = asyncio.get_running_loop()
        connection, theirs = socket.socketpair()
        connection.setblocking(False)
        child = -1
        answer = Answer(limits)
        try:
            with theirs:
                socket.send_fds(self.control, [b"c"], [theirs.fileno()])
            async with asyncio.timeout(limits.wall_s):
                child = await _process(connection)
                await loop.sock_sendall(connection, asked)
                while not answer.is_over:
                    answer.feed(await loop.sock_recv(connection, PIECE_BYTES))
        except TimeoutError:
            pass  # what was printed so far is shown
        except OSError:
            answer.feed(b"")
        finally:
            if child >= 0:
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(child, signal.SIGKILL)
                os.close(child)
            connection.close()
        if answer.has_broken_off and self.is_gone:
            raise SandboxUnavailable(
                "The fork-server of the sandbox is gone.", hint="The next call starts another one."
            )
        return answer

    async def close(self) -> None:
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """End the process and all that it forked, and take the room away."""
        self._end()


def _end(process: subprocess.Popen[bytes], control: socket.socket, room: Room) -> None:
    control.close()
    process.kill()
    process.wait()
    if process.stderr is not None:
        process.stderr.close()
    room.close()


def _launched(environment: Environment) -> tuple[subprocess.Popen[bytes], socket.socket, Room]:
    """The fork-server. Not started in a thread: it is told to end when the thread that started it does."""
    room = Room()
    ours, theirs = socket.socketpair()
    options = {
        "control": theirs.fileno(),
        "room": room.path,
        "packages": list(environment.packages),
        "readable": [*SYSTEM, *environment.readable],
        "preload": [*_PRELOAD.split(), *environment.preload],
    }
    try:
        with theirs:
            process = subprocess.Popen(
                [environment.python, "-I", "-S", "-B", "-c", _BOOT, json.dumps(options), str(Path(__file__).parent)],
                env={"LANG": "C.UTF-8", **environment.variables},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
    except OSError:
        ours.close()
        room.close()
        raise
    ours.setblocking(False)
    return process, ours, room


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


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in name


def _asked(
    code: str, inputs: JsonObject, limits: SandboxLimits, files: Mapping[str, bytes], mapped: int
) -> bytes | None:
    asked = {
        "code": code,
        "inputs": inputs,
        "files": [{"name": name, "bytes": len(data)} for name, data in files.items()],
        "memory_bytes": limits.memory_bytes + mapped,
        "cpu_s": limits.cpu_s,
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


async def _try_to_escape(server: _Server) -> None:
    limits = SandboxLimits(wall_s=START_S, cpu_s=10)
    asked = _asked(ESCAPES, {}, limits, {}, 64 << 20)
    assert asked is not None
    try:
        answer = await server.call(asked, limits)
        if answer.refusal is not None:
            raise _DoesNotHold(f"The jail does not hold on this system: {answer.refusal}.", hint=NEEDS)
        outcome = answer.outcome("", 0.0)
        if outcome.error is not None:
            raise SandboxUnavailable(f"It could not be tried whether the jail holds: {outcome.error}")
        if leaks := escaped(outcome):
            raise _DoesNotHold(
                f"The jail does not hold on this system: {leaks}.",
                hint="Nothing is run. Please report this, with the kernel.",
            )
    except BaseException:
        await server.close()
        raise

"""A trial of the jail: what wants out runs beside a canary, a listener and a process that must live on.

As a program it does so under another user, or with system calls denied that the jail is made of, and prints what it
found: python -m tests.sandbox.trial UID [DENIED …]. It must be started as root, and changes nothing beyond itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from pointwork.errors import SandboxUnavailable
from pointwork.sandbox import LinuxJail, Sandbox, SandboxLimits
from pointwork.sandbox.environments import environments
from pointwork.sandbox.jail import calls, kernel
from tests.sandbox.hostile import HOSTILE
from tests.sandbox.ordinary import ORDINARY

__all__ = ["CANARY", "failures", "tried"]

CANARY = "canary-7d1f0e5c"
AT_ONCE = 8  # fewer than may wait for a jail
LIMITS = SandboxLimits(wall_s=2.0, cpu_s=1, memory_bytes=128 << 20, output_chars=20_000)
PATIENT = SandboxLimits(wall_s=60.0, cpu_s=60, memory_bytes=512 << 20)
NUMBERS = "import numpy\nsquare = numpy.ones((600, 600))\nresult = float((square @ square).sum())"
# What layers are made of: (x86-64, aarch64)
DENIABLE = {"unshare": (272, 97), "landlock": (444, 444), "seccomp": (317, 277)}


class Surroundings:
    """What must come to no harm."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.canary = folder / "canary.txt"
        self.heard: list[str] = []
        self.victim = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env={**os.environ, "SECRET": CANARY}
        )
        self.abstract = f"pointwork-{os.getpid()}"

    def code(self, name: str, template: str) -> str:
        marks = self.folder / "marks" / name
        marks.mkdir(parents=True)
        marks.chmod(0o777)
        return template.format(
            canary=str(self.canary),
            marks=str(marks),
            port=self.port,
            unix=str(self.folder / "socket"),
            abstract=self.abstract,
            pid=self.victim.pid,
        )

    def marks_of(self, name: str) -> list[str]:
        return os.listdir(self.folder / "marks" / name)


@asynccontextmanager
async def surroundings() -> AsyncIterator[Surroundings]:
    """A canary that everybody may read, listeners of all kinds, and a process that waits."""
    with tempfile.TemporaryDirectory(prefix="pointwork-trial-") as name:
        made = Surroundings(Path(name))
        made.folder.chmod(0o755)
        made.canary.write_text(CANARY)
        os.environ["POINTWORK_TRIAL"] = CANARY

        def hear(what: str) -> Any:
            def heard(*connected: Any) -> None:
                made.heard.append(what)
                for one in connected[1:]:  # the way back
                    one.close()

            return heard

        tcp = await asyncio.start_server(hear("tcp"), "127.0.0.1", 0)
        made.port = tcp.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        servers = [
            tcp,
            await asyncio.start_unix_server(hear("unix"), made.folder / "socket"),
            await asyncio.start_unix_server(hear("abstract"), f"\0{made.abstract}"),
        ]
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", made.port))
        udp.setblocking(False)
        loop.add_reader(udp, hear("udp"))
        try:
            yield made
        finally:
            loop.remove_reader(udp)
            udp.close()
            for server in servers:
                server.close()
                await server.wait_closed()
            made.victim.kill()
            made.victim.communicate()


async def tried(jail: Sandbox, programs: Mapping[str, str] = HOSTILE) -> dict[str, str]:
    """Run everything; why each that was not contained was not, and what else came to harm."""
    turns = asyncio.Semaphore(AT_ONCE)
    async with surroundings() as around:
        harm: dict[str, str] = {}

        async def one(name: str, template: str) -> None:
            async with turns:
                outcome = await jail.run(around.code(name, template), limits=LIMITS)
            if CANARY in repr((outcome, [artifact.data for artifact in outcome.artifacts])):
                harm[name] = f"saw the canary: {outcome}"[:500]
            json.dumps([outcome.result, outcome.output, outcome.error]).encode()

        await asyncio.gather(*(one(name, template) for name, template in programs.items()))
        for name in programs:
            if marks := around.marks_of(name):
                harm[name] = f"left {marks}"
        if around.heard:
            harm["listener"] = f"heard {around.heard}"
        with suppress(subprocess.TimeoutExpired):  # a signal that was sent may still be on its way
            await asyncio.to_thread(around.victim.wait, 0.5)
        if around.victim.poll() is not None:
            harm["victim"] = "was killed"
        if around.canary.read_text() != CANARY:
            harm["canary"] = "was changed"
    return harm


async def failures(jail: Sandbox) -> dict[str, str]:
    """Ordinary programs that did not come to their result, and what they came to."""
    wrong: dict[str, str] = {}
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(name: str, code: str, wanted: Any) -> None:
        async with turns:
            outcome = await jail.run(code, limits=SandboxLimits(wall_s=20.0, cpu_s=10))
        if outcome.error is not None or outcome.result != wanted:
            wrong[name] = f"{outcome.result!r} {outcome.error}"

    await asyncio.gather(*(one(name, code, wanted) for name, (code, wanted) in ORDINARY.items()))
    return wrong


# ------------------------------------------------------------------------------------- under other conditions


def _make_enterable(folder: str) -> None:
    """Let everybody enter a folder within one that only root may enter, seen by this process and its children only."""
    closed = [str(at) for at in Path(folder).parents if not os.stat(at).st_mode & 0o001]
    if not closed:
        return
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", "/", "none", 16384 | 1 << 18)
    with tempfile.TemporaryDirectory() as aside:
        kernel.mount(folder, aside, "none", 4096 | 16384)
        kernel.mount("none", closed[-1], "tmpfs", 0, "mode=0755,size=1m")
        os.makedirs(folder)
        kernel.mount(aside, folder, "none", 4096 | 16384)
        subprocess.run(["umount", aside], check=True)


def _deny(names: list[str]) -> None:
    """From now on these system calls are not there, for this process and its children."""
    column = list(kernel.ARCHITECTURES).index(platform.machine())
    assembler = calls.Assembler()
    assembler.add(0x20, 0)
    for name in names:
        assembler.answer(DENIABLE[name][column], 0x00050000 | 38)
    assembler.add(0x06, 0x7FFF0000)
    kernel.set_filter(b"".join(assembler.code))


async def _report() -> dict[str, Any]:
    jail = LinuxJail(environments(Path("/nowhere")))
    try:
        layers = await jail.layers()
        return {
            "layers": layers,
            "harm": await tried(jail),
            "wrong": await failures(jail),
            "numbers": (await jail.run(NUMBERS, profile="rich", limits=PATIENT)).result,
            "numbers_layers": (await jail.run("1", profile="rich", limits=PATIENT)).sandbox,
        }
    except SandboxUnavailable as refusal:
        return {"refused": str(refusal)}
    finally:
        await jail.close()


if __name__ == "__main__":
    uid, denied = int(sys.argv[1]), sys.argv[2:]
    _make_enterable(sys.base_prefix)
    if denied:
        _deny(denied)
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    print(json.dumps(asyncio.run(_report())))

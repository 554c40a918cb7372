"""Programs beside the server: what they can reach, and that nothing of them is left, however the server ends."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pointwork.errors import ConfigurationError, SandboxUnavailable
from pointwork.sandbox.programs import Confinement, Program, RunningProgram

# Each line tries one thing and says whether it could.
TRIES = """
import json, os, resource, socket, subprocess, sys, threading
folder, aside, port, server = sys.argv[1:]
secret = aside + "/secret"

def file(path, mode="r"):
    with open(path, mode) as opened:
        return opened.read(1) if mode == "r" else opened.write("x")

def connect(kind, address):
    with socket.socket(kind) as one:
        one.settimeout(5)
        one.connect(address)

def run(*words):
    assert subprocess.run(words, capture_output=True).returncode == 0, "it failed"

def thread():
    one = threading.Thread(target=len, args=("x",)); one.start(); one.join()

def pair():
    for one in socket.socketpair(): one.close()

tries = {
    "start a program": lambda: run("/bin/true"),
    "start a thread": thread,
    "talk to a child": pair,
    "read the system": lambda: file("/etc/resolv.conf"),
    "read itself": lambda: file("/proc/self/status"),
    "write its folder": lambda: file(folder + "/own", "w"),
    "read a secret": lambda: file(secret),
    "write a secret": lambda: file(secret, "w"),
    "change a mode": lambda: os.chmod(secret, 0o644),
    "read passwords": lambda: file("/etc/shadow"),
    "read variables of the server": lambda: file(f"/proc/{server}/environ"),
    "read its memory": lambda: file(f"/proc/{server}/mem"),
    "signal the server": lambda: os.kill(int(server), 0),
    "limit the server": lambda: resource.prlimit(int(server), resource.RLIMIT_NOFILE),
    "change the kernel": lambda: file("/proc/sys/kernel/core_pattern", "w"),
    "list home folders": lambda: os.listdir("/root" if os.getuid() == 0 else os.path.expanduser("~/..")),
    "leave its namespace": lambda: run("/usr/bin/unshare", "--user", "/bin/true"),
    "reach this machine": lambda: connect(socket.AF_INET, ("127.0.0.1", int(port))),
    "open a datagram socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
    "open a local socket": lambda: socket.socket(socket.AF_UNIX).close(),
}
could = {}
for name, attempt in tries.items():
    try:
        attempt()
        could[name] = True
    except (OSError, AssertionError) as error:
        could[name] = False
print(json.dumps(could))
"""
ORDINARY = {
    "start a program",
    "start a thread",
    "talk to a child",
    "read the system",
    "read itself",
    "write its folder",
}
NETWORK = {"reach this machine", "open a datagram socket"}


async def output(program: Program) -> tuple[str, str]:
    running = await program.start()
    told = (await running.stdout.read()).decode(), (await running.stderr.read()).decode()
    await running.stop()
    return told


def made(folder: Path, *argv: str, confinement: Confinement | None, **more: Any) -> Program:
    return Program(argv=argv, cwd=folder, env={}, confinement=confinement, **more)


@pytest.mark.parametrize(
    ("more", "can"),
    [
        ({}, ORDINARY),
        ({"network": True}, ORDINARY | NETWORK),
        ({"local_sockets": True}, ORDINARY | {"open a local socket"}),
        ({"read": True}, ORDINARY | {"read a secret"}),
        ({"write": True}, ORDINARY | {"read a secret", "write a secret"}),
    ],
)
async def test_confined_program_can_do_no_more_than_is_listed(
    tmp_path: Path, more: dict[str, Any], can: set[str]
) -> None:
    folder, aside = tmp_path / "own", tmp_path / "aside"
    folder.mkdir()
    aside.mkdir()
    (aside / "secret").write_text("x")
    (aside / "secret").chmod(0o600)
    rules = Confinement(
        read=(aside,) if more.get("read") else (),
        write=(folder, aside) if more.get("write") else (folder,),
        network=more.get("network", False),
        local_sockets=more.get("local_sockets", False),
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        words = [str(folder), str(aside), str(listener.getsockname()[1]), str(os.getpid())]
        # "-S": what it needs is the standard library, and nothing of this project
        out, err = await output(made(folder, sys.executable, "-S", "-c", TRIES, *words, confinement=rules))
    assert not err
    could = json.loads(out)
    assert {name for name, holds in could.items() if holds} == can
    assert len(could) == 20


async def test_the_same_attempts_succeed_without_confinement(tmp_path: Path) -> None:
    """So the table above is about confinement, not about attempts that never work."""
    (tmp_path / "secret").write_text("x")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        words = [str(tmp_path), str(tmp_path), str(listener.getsockname()[1]), str(os.getpid())]
        code = TRIES.replace('"/proc/sys/kernel/core_pattern", "w"', '"/proc/sys/kernel/core_pattern"')
        out, err = await output(made(tmp_path, sys.executable, "-S", "-c", code, *words, confinement=None))
    assert not err
    could = json.loads(out)
    depends_on_the_user = {"read passwords", "list home folders", "leave its namespace", "read its memory"}
    assert {name for name, holds in could.items() if not holds} <= depends_on_the_user


async def test_what_it_is_given_is_all_it_has(tmp_path: Path) -> None:
    code = "import os, sys; print(sorted(os.environ), len(os.listdir('/proc/self/fd')), sys.argv[1:])"
    program = Program(
        argv=(sys.executable, "-I", "-S", "-c", code, "$HOME", "; true", "a b"),
        cwd=tmp_path,
        env={"ONE": "1"},
        confinement=None,
    )
    out, _ = await output(program)
    assert out == "['LC_CTYPE', 'ONE', 'PATH'] 4 ['$HOME', '; true', 'a b']\n"  # LC_CTYPE: by its own Python


async def test_programs_that_cannot_be_started(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    for words, why in (
        (("no-such-program",), "is not there"),
        ((str(tmp_path),), "is not there"),
        ((str(script),), "could not be started"),
    ):
        with pytest.raises((ConfigurationError, SandboxUnavailable), match=why):
            await made(tmp_path, *words, confinement=None).start()
    with pytest.raises(ConfigurationError, match="could not be started"):
        await made(tmp_path / "absent", "/bin/true", confinement=None).start()


async def test_too_much_memory_ends_it(tmp_path: Path) -> None:
    code = "import time; held = bytearray(200 << 20)\nwhile True: held[::4096] = held[::4096]; time.sleep(0.01)"
    program = made(tmp_path, sys.executable, "-S", "-c", code, confinement=Confinement(), memory_bytes=64 << 20)
    running = await program.start()
    assert await running.stdout.read() == b""  # it ends by itself, without being stopped
    await running.stop()


# -- nothing is left ---------------------------------------------------------------------------------------------------

# Ignores signals, starts a child that leaves the session and its parent, tells both, and waits.
STUBBORN = """
import os, signal, sys, time
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(number, signal.SIG_IGN)
read, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(write, str(os.getpid()).encode() + b" ")
        os.close(1)
        time.sleep(600)
    os._exit(0)
print(os.read(read, 20).decode(), os.getpid(), flush=True)
time.sleep(600)
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def stubborn(folder: Path, confinement: Confinement | None) -> tuple[RunningProgram, list[int]]:
    running = await made(folder, sys.executable, "-S", "-c", STUBBORN, confinement=confinement).start()
    pids = [int(word) for word in (await running.stdout.readline()).split()]
    assert len(pids) == 2
    assert all(map(alive, pids))
    return running, pids


@pytest.mark.parametrize("confinement", [None, Confinement()])
async def test_stopping_ends_everything(tmp_path: Path, confinement: Confinement | None) -> None:
    running, pids = await stubborn(tmp_path, confinement)
    await running.stop()
    assert not [pid for pid in (*pids, running.keeper) if alive(pid)]


async def test_when_its_keeper_is_killed_the_program_ends(tmp_path: Path) -> None:
    running, pids = await stubborn(tmp_path, Confinement())
    watched = os.pidfd_open(pids[1])
    os.kill(running.keeper, signal.SIGKILL)
    await running.stop()
    assert await asyncio.to_thread(_ends, watched)  # it was killed; dying takes a moment
    os.close(watched)
    for pid in pids:  # what had left the session is the one thing that a killed keeper cannot end
        if alive(pid):
            os.kill(pid, signal.SIGKILL)


SERVER = """
import asyncio, sys
from pathlib import Path
from pointwork.sandbox.programs import Confinement, Program

async def main():
    program = Program(argv=(sys.executable, "-S", "-c", sys.argv[2]), cwd=Path(sys.argv[1]), env={},
                      confinement=Confinement())
    running = await program.start()
    print((await running.stdout.readline()).decode().strip(), running.keeper, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def test_when_the_server_is_killed_everything_ends(tmp_path: Path) -> None:
    words = [sys.executable, "-c", SERVER, str(tmp_path), STUBBORN]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        pids = [int(word) for word in server.stdout.readline().split()]
        assert len(pids) == 3
        watched = [os.pidfd_open(pid) for pid in pids]
        server.kill()
        server.wait()
        for handle in watched:  # readable when the process has ended
            assert _ends(handle)
            os.close(handle)


def _ends(handle: int) -> bool:
    """Wait for the end of the process that this descriptor stands for; whether it came."""
    ready, _, _ = select.select([handle], [], [], 30)
    return bool(ready)


async def test_without_landlock_a_confined_program_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process for which Landlock is not there; see `trial.py`."""
    code = (
        "import sys; sys.path.append(sys.argv[1]); from jail import kernel; from jail.calls import Assembler\n"
        "a = Assembler(); a.add(0x20, 0); a.answer(444, 0x00050000 | 38); a.add(0x06, 0x7FFF0000)\n"
        "kernel.no_new_privileges(); kernel.set_filter(b''.join(a.code))\n"
        "import asyncio\n"
        "from pathlib import Path\n"
        "from pointwork.sandbox.programs import Confinement, Program\n"
        "try: asyncio.run(Program(argv=('/bin/true',), cwd=Path('/'), env={}, confinement=Confinement()).start())\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    folder = Path(sys.modules["pointwork.sandbox"].__file__ or "").parent
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("SandboxUnavailable '/bin/true' could not be started confined:"), done.stderr

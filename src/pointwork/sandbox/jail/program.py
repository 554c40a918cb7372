"""The keeper of one program: it starts the program, confined or not, and leaves nothing of it behind.

Started as a program of its own between the server and the program that is wanted. It holds a *lifeline*, a pipe whose
other end only the server has: when that end is closed, by the server or by its death, everything below is killed.
Whatever loses its parent becomes a child of the keeper, so nothing escapes by becoming a daemon. The environment is
handed on as it is; the keeper itself reads nothing of it. What runs is told on `report`, as one line.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import sys
import time
from typing import Any

from . import kernel
from .refusals import refusing_program

__all__ = ["main"]

LOOK_EVERY_S = 1.0  # at the memory of everything below
END_S = 5.0
MAX_OPEN, MAX_FILE_BYTES = 4_096, 4 << 30
# What any program needs to be loaded and to find names, certificates and the time.
SYSTEM = (
    "/bin", "/sbin", "/usr", "/lib", "/lib32", "/lib64", "/libx32", "/etc/ld.so.cache", "/etc/ld.so.conf",
    "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/ssl", "/etc/pki", "/etc/ca-certificates",
    "/etc/ca-certificates.conf", "/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf",
    "/etc/gai.conf", "/etc/services", "/etc/protocols", "/etc/localtime", "/etc/timezone", "/etc/mime.types",
    "/etc/passwd", "/etc/group", "/etc/os-release", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
    "/proc/version", "/proc/loadavg", "/proc/sys/kernel/osrelease", "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu", "/sys/fs/cgroup", "/dev/urandom", "/dev/random", "/run/systemd/resolve",
)  # fmt: skip
DEVICES = ("/dev/null", "/dev/zero", "/dev/full")


def main(options: dict[str, Any]) -> int:
    """Run it to its end; returns how it ended, as a shell would say it."""
    linux = sys.platform.startswith("linux")
    if linux:
        kernel.adopt_orphans()
    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    keeper = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(options["lifeline"])
        _become(options, keeper, linux=linux)
    os.close(options["report"])
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):  # the pipes belong to the program alone
        os.dup2(nowhere, number)
    status = _watch(child, options["lifeline"], woken, options["memory_bytes"] if linux else 0)
    _end_all(keeper, child)
    return os.waitstatus_to_exitcode(status) & 0xFF if status is not None else 137


def _become(options: dict[str, Any], keeper: int, *, linux: bool) -> None:
    """Turn into the program; does not return."""
    report = options["report"]
    os.set_inheritable(report, False)
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        if linux:
            kernel.parent_death_signal(signal.SIGKILL)
            if os.getppid() != keeper:
                os._exit(137)
        os.chdir(options["cwd"])
        _limit()
        layers = _confine(options["confine"]) if options["confine"] is not None else []
        os.write(report, json.dumps({"pid": os.getpid(), "layers": layers}).encode() + b"\n")
        # By name: starting Python may have added a variable of its own.
        os.execve(options["argv"][0], options["argv"], {name: os.environ[name] for name in options["names"]})
    except OSError as error:
        os.write(report, json.dumps({"error": str(error)}).encode() + b"\n")
    os._exit(127)


def _limit() -> None:
    for kind, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, MAX_OPEN)):
        hard = resource.getrlimit(kind)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE_BYTES, MAX_FILE_BYTES))


def _confine(wanted: dict[str, Any]) -> list[str]:
    """Give up what the program must not have; raises OSError where the system has no means to."""
    version = kernel.landlock_version()
    kernel.drop_capabilities()
    kernel.no_new_privileges()
    rules = [
        *kernel.file_rules([*SYSTEM, *wanted["read"]], kernel.READ | kernel.EXECUTE),
        *kernel.file_rules([*DEVICES, *wanted["write"]], kernel.WRITE | kernel.MAKE_OTHERS),
    ]
    kernel.restrict_files(version, rules, network=wanted["network"])
    kernel.set_filter(refusing_program(network=wanted["network"], local_sockets=wanted["local_sockets"]))
    return [f"landlock{version}", "seccomp"]


def _watch(child: int, lifeline: int, woken: int, memory_bytes: int) -> int | None:
    """Wait for the end of the program, of the server, or of its memory; how the program ended, if it did by itself."""
    while True:
        ready, _, _ = select.select([lifeline, woken], [], [], LOOK_EVERY_S if memory_bytes else None)
        with contextlib.suppress(BlockingIOError):
            os.read(woken, 4_096)
        with contextlib.suppress(ChildProcessError):
            while (gone := os.waitpid(-1, os.WNOHANG))[0]:
                if gone[0] == child:
                    return gone[1]
        if lifeline in ready:
            return None
        if memory_bytes and _memory_below(os.getpid()) > memory_bytes:
            return None


def _end_all(keeper: int, child: int) -> None:
    """Kill what is left below, in rounds: what is stopped starts nothing more."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(child, signal.SIGKILL)
    until = time.monotonic() + END_S
    while time.monotonic() < until:
        below = _below(keeper)
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in below:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.005)


def _processes() -> dict[int, tuple[int, int]]:
    """All processes that can be seen: their parent, and their memory in pages."""
    found: dict[int, tuple[int, int]] = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdecimal():
            with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
                found[int(name)] = (int(fields[1]), int(fields[21]))
    return found


def _below(top: int) -> list[int]:
    """What was started by this process, and by those that it started."""
    return list(_tree(top, _processes()))


def _tree(top: int, processes: dict[int, tuple[int, int]]) -> dict[int, int]:
    children: dict[int, list[int]] = {}
    for pid, (parent, _) in processes.items():
        children.setdefault(parent, []).append(pid)
    found: dict[int, int] = {}
    left = [top]
    while left:
        for pid in children.get(left.pop(), []):
            if pid not in found:
                found[pid] = processes[pid][1]
                left.append(pid)
    return found


def _memory_below(top: int) -> int:
    return sum(_tree(top, _processes()).values()) * resource.getpagesize()

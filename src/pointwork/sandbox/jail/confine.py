"""Giving up everything, in an order that matters; afterwards there is no way back, and no more to lose.

`isolate` is for the process that forks the others: new namespaces, as many as this system grants. `confine` is for
each of those, before it runs anything that is not ours. Namespaces are welcome, not needed; Landlock and the filter of
system calls are needed, and without them `confine` raises OSError and nothing is run.
"""

from __future__ import annotations

import os
import resource
import signal
import sys

from . import calls, kernel

__all__ = ["bind", "confine", "isolate", "mount_scratch"]

NOBODY = 65534
SCRATCH_BYTES, SCRATCH_FILES = 64 << 20, 4_096
MAX_FILE_BYTES, MAX_OPEN, MAX_STACK_BYTES = 16 << 20, 64, 64 << 20

_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18


def isolate(*, ids: tuple[int, int]) -> list[str]:
    """Leave the namespaces of this system; the names of those that could be left. The caller must fork for `pid`."""
    left: list[str] = []
    everything = {
        "mnt": kernel.CLONE_NEWNS,
        "net": kernel.CLONE_NEWNET,
        "ipc": kernel.CLONE_NEWIPC,
        "uts": kernel.CLONE_NEWUTS,
        "pid": kernel.CLONE_NEWPID,
    }
    if ids[0] != 0:
        try:
            kernel.unshare(kernel.CLONE_NEWUSER)
            for name, line in (("setgroups", "deny"), ("uid_map", f"0 {ids[0]} 1"), ("gid_map", f"0 {ids[1]} 1")):
                with open(f"/proc/self/{name}", "w") as file:
                    file.write(line)
            left.append("user")
        except OSError:
            return left  # without it an ordinary user can leave none of the others
    for name, flag in everything.items():
        try:
            kernel.unshare(flag)
        except OSError:
            continue
        left.append(name)
    if "mnt" in left:
        try:
            kernel.mount("none", "/", "none", _MS_REC | _MS_PRIVATE)
        except OSError:  # AppArmor grants the namespace on some systems, and then nothing in it
            left.remove("mnt")
    return left


def mount_scratch(folder: str, *, nobody: bool) -> bool:
    """An empty folder of limited size that only this call sees; false where there are no mounts of our own."""
    try:
        kernel.unshare(kernel.CLONE_NEWNS)
        owner = f",uid={NOBODY},gid={NOBODY}" if nobody else ""
        options = f"size={SCRATCH_BYTES},nr_inodes={SCRATCH_FILES},mode=0700{owner}"
        kernel.mount("none", folder, "tmpfs", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, options)
    except OSError:
        return False
    return True


def bind(source: str, target: str) -> bool:
    """Show a folder at another place as well."""
    try:
        kernel.mount(source, target, "none", _MS_BIND | _MS_REC)
    except OSError:
        return False
    return True


def confine(
    *, rules: list[bytes], scratch: str | None, memory_bytes: int, cpu_s: int, nobody: bool, kept: int, most: int
) -> None:
    """Give up everything, and all descriptors but the first `kept` of `most`.

    Needs Landlock and seccomp; raises OSError when either is missing.
    """
    version = kernel.landlock_version()  # asked here too: what was there at the start may be gone
    if nobody:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    kernel.drop_capabilities()
    kernel.not_dumpable()
    kernel.parent_death_signal(signal.SIGKILL)
    memory_bytes += _mapped_bytes()
    kernel.no_new_privileges()
    kernel.restrict_files(version, [*rules, *kernel.file_rules([scratch] if scratch else [], kernel.WRITE)])
    os.closerange(kept, most)
    _limit(memory_bytes, cpu_s)
    kernel.set_filter(calls.program())


def _mapped_bytes() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _limit(memory_bytes: int, cpu_s: int) -> None:
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, MAX_FILE_BYTES),
        (resource.RLIMIT_NOFILE, MAX_OPEN),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_STACK, MAX_STACK_BYTES),
    ):
        resource.setrlimit(kind, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    sys.setrecursionlimit(1_000)

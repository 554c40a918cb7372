"""What each jail is tried with before it is used: code that wants out, and must not get there.

It runs inside. Each attempt that succeeds is named in the result; the sum at the end shows that it ran at all.
"""

from __future__ import annotations

from pointwork.sandbox.base import SandboxOutcome

__all__ = ["ESCAPES", "escaped"]

ESCAPES = r"""
import ctypes, os, socket, sys

def reads(path):
    with open(path, "rb") as file:
        return file.read(1) is not None

def writes(path):
    with open(path, "ab") as file:
        return file.write(b"x")

libc = ctypes.CDLL(None, use_errno=True)

def succeeds(result):
    if result < 0:
        raise OSError(ctypes.get_errno())
    return True

attempts = {
    "a file of the system was read": lambda: reads("/etc/passwd"),
    "the environment of a process was read": lambda: reads("/proc/self/environ"),
    "a setting of the kernel was opened": lambda: writes("/proc/sys/kernel/core_pattern"),
    "a file was written": lambda: writes("/tmp/pointwork-canary"),
    "a folder was listed": lambda: os.listdir("/"),
    "a socket was opened": lambda: socket.socket(),
    "a local socket was opened": lambda: socket.socket(socket.AF_UNIX),
    "a process was forked": lambda: os.fork() or os._exit(0),
    "a program was started": lambda: os.execv("/bin/true", ["true"]),
    "a thread was started": lambda: __import__("_thread").start_new_thread(print, ()),
    "a signal was sent": lambda: succeeds(libc.kill(os.getppid(), 0)),
    "a namespace was entered": lambda: succeeds(libc.unshare(0x10000000)),
    "a process was traced": lambda: succeeds(libc.ptrace(0, 0, 0, 0)),
    "a file was made in memory": lambda: os.memfd_create("canary"),
}
leaks = []
for name, attempt in attempts.items():
    try:
        attempt()
    except BaseException:
        continue
    leaks.append(name)
result = {"leaks": leaks, "sum": sum(range(10))}
"""


def escaped(outcome: SandboxOutcome) -> str:
    """What got out, in words; empty when nothing did."""
    result = outcome.result
    if not isinstance(result, dict) or result.get("sum") != 45:
        return f"the code that tries it did not run: {outcome.error or result!r}"
    leaks = result.get("leaks")
    return ", ".join(map(str, leaks)) if isinstance(leaks, list) else "its answer cannot be read"

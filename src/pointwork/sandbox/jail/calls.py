"""The filter of system calls: a list of what Python needs, and everything else is refused with EPERM.

Rule of this file: what makes processes, reaches other ones, reaches the network or changes who one is must never be
on the list; neither must what changes a file by its name and is not known to every version of Landlock (`truncate`,
`chmod`, `utimensat`). Some calls are on it for some arguments only.
"""

from __future__ import annotations

import platform
import struct

from .kernel import ARCHITECTURES

__all__ = ["Assembler", "argument_is", "program", "stream_pair"]

# name: (x86-64, aarch64); None: this architecture has no such call. The second column is untested.
_ALLOWED: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "stat": (4, None), "fstat": (5, 80), "lstat": (6, None),
    "poll": (7, None), "lseek": (8, 62), "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215),
    "brk": (12, 214), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "pread64": (17, 67), "pwrite64": (18, 68), "readv": (19, 65), "writev": (20, 66), "access": (21, None),
    "pipe": (22, None), "select": (23, None), "sched_yield": (24, 124), "mremap": (25, 216), "madvise": (28, 233),
    "dup": (32, 23), "dup2": (33, None), "nanosleep": (35, 101), "getitimer": (36, 102), "alarm": (37, None),
    "setitimer": (38, 103), "getpid": (39, 172), "recvfrom": (45, 207), "exit": (60, 93), "uname": (63, 160),
    "fsync": (74, 82), "fdatasync": (75, 83), "ftruncate": (77, 46), "getdents": (78, None),
    "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50), "rename": (82, None), "mkdir": (83, None),
    "rmdir": (84, None), "unlink": (87, None), "readlink": (89, None), "umask": (95, 166),
    "gettimeofday": (96, 169), "getrlimit": (97, 163), "getrusage": (98, 165), "times": (100, 153),
    "getuid": (102, 174), "getgid": (104, 176), "geteuid": (107, 175), "getegid": (108, 177), "getppid": (110, 173),
    "sigaltstack": (131, 132), "statfs": (137, 43), "fstatfs": (138, 44), "gettid": (186, 178), "time": (201, None),
    "futex": (202, 98), "sched_getaffinity": (204, 123), "getdents64": (217, 61), "fadvise64": (221, 223),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "exit_group": (231, 94),
    "epoll_wait": (232, None), "epoll_ctl": (233, 21), "openat": (257, 56), "mkdirat": (258, 34),
    "newfstatat": (262, 79), "unlinkat": (263, 35), "renameat": (264, 38), "readlinkat": (267, 78),
    "faccessat": (269, 48), "pselect6": (270, 72), "ppoll": (271, 73), "set_robust_list": (273, 99),
    "epoll_pwait": (281, 22), "eventfd2": (290, 19), "epoll_create1": (291, 20),
    "dup3": (292, 24), "pipe2": (293, 59), "getrandom": (318, 278), "statx": (332, 291), "rseq": (334, 293),
    "faccessat2": (439, 439), "open": (2, None), "shutdown": (48, 210),
}  # fmt: skip
_FCNTL, _IOCTL, _SOCKETPAIR, _SENDTO, _CLONE3 = (72, 25), (16, 29), (53, 199), (44, 206), (435, 435)

# Flags, duplicates and locks; no owner, no signal, no lease and no seal.
_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)
_IOCTL_REQUESTS = (0x5421, 0x5451, 0x5450, 0x541B)  # FIONBIO, FIOCLEX, FIONCLEX, FIONREAD
_X32 = 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_KILL, _ALLOW, _EPERM, _ENOSYS = 0x80000000, 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38
_ARGUMENT = 16  # where the first argument begins in what the filter sees; each has eight bytes


class Assembler:
    """Instructions in a row; a test jumps over what belongs to it."""

    def __init__(self) -> None:
        self.code: list[bytes] = []

    def add(self, operation: int, value: int, if_true: int = 0, if_false: int = 0) -> None:
        self.code.append(struct.pack("<HBBI", operation, if_true, if_false, value))

    def answer(self, number: int, action: int) -> None:
        self.add(_EQUAL, number, 0, 1)
        self.add(_RETURN, action)

    def answer_if(self, number: int, checks: list[Assembler]) -> None:
        """Allow a call when one of the checks passes; each ends in allowing it, and falls through otherwise."""
        body = [instruction for check in checks for instruction in check.code]
        self.add(_EQUAL, number, 0, len(body) + 1)
        self.code += body
        self.add(_RETURN, _EPERM)


def argument_is(index: int, values: tuple[int, ...]) -> Assembler:
    check = Assembler()
    check.add(_LOAD, _ARGUMENT + 8 * index)
    for value in values:
        check.add(_EQUAL, value, 0, 1)
        check.add(_RETURN, _ALLOW)
    return check


def stream_pair() -> Assembler:
    """socketpair(AF_UNIX, SOCK_STREAM): it leads nowhere else, and event loops need one."""
    check = Assembler()
    check.add(_LOAD, _ARGUMENT)
    check.add(_EQUAL, 1, 0, 4)
    check.add(_LOAD, _ARGUMENT + 8)
    check.add(_AND, 0xF)  # without SOCK_CLOEXEC and SOCK_NONBLOCK
    check.add(_EQUAL, 1, 0, 1)
    check.add(_RETURN, _ALLOW)
    return check


def _no_address() -> Assembler:
    """sendto without an address, which is `send`: both halves of the fifth argument are 0."""
    check = Assembler()
    check.add(_LOAD, _ARGUMENT + 32)
    check.add(_EQUAL, 0, 0, 3)
    check.add(_LOAD, _ARGUMENT + 36)
    check.add(_EQUAL, 0, 0, 1)
    check.add(_RETURN, _ALLOW)
    return check


def program() -> bytes:
    """The filter for this machine."""
    machine = platform.machine()
    column = list(ARCHITECTURES).index(machine)
    assembler = Assembler()
    assembler.add(_LOAD, 4)  # the architecture that the call is made for
    assembler.add(_EQUAL, ARCHITECTURES[machine][0], 1, 0)
    assembler.add(_RETURN, _KILL)
    assembler.add(_LOAD, 0)  # the number of the call
    assembler.add(_AT_LEAST, _X32, 0, 1)
    assembler.add(_RETURN, _KILL)
    for numbers in _ALLOWED.values():
        number = numbers[column]
        if number is not None:
            assembler.answer(number, _ALLOW)
    assembler.answer(_CLONE3[column], _ENOSYS)  # so that threads are tried the old way, which is refused too
    for numbers, check in (
        (_FCNTL, argument_is(1, _FCNTL_COMMANDS)),
        (_IOCTL, argument_is(1, _IOCTL_REQUESTS)),
        (_SOCKETPAIR, stream_pair()),
        (_SENDTO, _no_address()),
    ):
        assembler.answer_if(numbers[column], [check])
    assembler.add(_RETURN, _EPERM)
    return b"".join(assembler.code)

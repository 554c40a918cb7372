"""System calls that Python has no function for, by ctypes. Each raises OSError with what it wanted to do."""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import stat
import struct

__all__ = [
    "ARCHITECTURES",
    "CLONE_NEWIPC",
    "CLONE_NEWNET",
    "CLONE_NEWNS",
    "CLONE_NEWPID",
    "CLONE_NEWUSER",
    "CLONE_NEWUTS",
    "EXECUTE",
    "MAKE_OTHERS",
    "READ",
    "READ_DIR",
    "WRITE",
    "adopt_orphans",
    "drop_capabilities",
    "file_rules",
    "landlock_version",
    "mount",
    "no_new_privileges",
    "not_dumpable",
    "parent_death_signal",
    "restrict_files",
    "set_filter",
    "unshare",
]

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

# machine → (AUDIT_ARCH, number of seccomp(2), of capset(2)); the Landlock calls have the same numbers everywhere
ARCHITECTURES = {"x86_64": (0xC000003E, 317, 126), "aarch64": (0xC00000B7, 277, 91)}
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 4, 24, 36, 38

_FIRST_KEPT = 64  # descriptors below that are for others

# Landlock's rights on files, by the version of its interface that first knows them.
_FS_V1 = (1 << 13) - 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
MAKE_OTHERS = 1 << 9 | 1 << 10 | 1 << 12  # sockets, pipes, symbolic links
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
READ = READ_FILE | READ_DIR
WRITE = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _syscall(what: str, number: int, *arguments: object) -> int:
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments), what)


def unshare(flags: int) -> None:
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    _checked(
        _libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()),
        f"mount {target}",
    )


def _prctl(what: str, *arguments: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:5]]
    _checked(_libc.prctl(ctypes.c_int(arguments[0]), *padded[1:]), what)


def parent_death_signal(signal: int) -> None:
    _prctl("set the signal for the death of the parent", _PR_SET_PDEATHSIG, signal)


def adopt_orphans() -> None:
    """From now on whatever loses its parent below this process becomes a child of it."""
    _prctl("adopt orphans", _PR_SET_CHILD_SUBREAPER, 1)


def not_dumpable() -> None:
    _prctl("become not dumpable", _PR_SET_DUMPABLE, 0)


def no_new_privileges() -> None:
    _prctl("give up new privileges", _PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """The bounding set, where that is allowed, and then all that this process has."""
    for capability in range(64):
        try:
            _prctl("drop a capability", _PR_CAPBSET_DROP, capability)
        except OSError:  # beyond the last one, or not allowed and then not needed: there is no way to get any
            break
    header = struct.pack("<Ii", 0x20080522, 0)  # version 3, this process
    number = ARCHITECTURES[platform.machine()][2]
    _syscall("drop all capabilities", number, ctypes.c_char_p(header), ctypes.c_char_p(bytes(24)))


# ------------------------------------------------------------------------------------------------ Landlock


def landlock_version() -> int:
    """The version of Landlock's interface; raises OSError when this kernel has none."""
    return _syscall("find Landlock", _LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))


def file_rules(paths: list[str], rights: int) -> list[bytes]:
    """What allows these rights below these paths, as the kernel takes it; the paths stay open for it."""
    return [rule for path in paths if (rule := _rule(path, rights)) is not None]


def _rule(path: str, rights: int) -> bytes | None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None  # what is not there needs no permission
    beneath = fcntl.fcntl(opened, fcntl.F_DUPFD_CLOEXEC, _FIRST_KEPT)
    os.close(opened)
    if not stat.S_ISDIR(os.fstat(beneath).st_mode):
        rights &= EXECUTE | READ_FILE | WRITE_FILE | TRUNCATE
    return struct.pack("<Qi", rights, beneath)


def restrict_files(version: int, rules: list[bytes], *, network: bool = False) -> None:
    """From now on only what the rules allow can be opened, and no signal leaves; no TCP either without `network`."""
    handled = _FS_V1
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV)):
        handled |= right if version >= since else 0
    ports = 3 if version >= 4 and not network else 0  # TCP: bind and connect
    scoped = 3 if version >= 6 else 0  # abstract sockets, signals
    attributes = struct.pack("<QQQ", handled, ports, scoped)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    made = _syscall("make Landlock rules", _LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    for rule in rules:
        rights, beneath = struct.unpack("<Qi", rule)
        known = struct.pack("<Qi", rights & handled, beneath)
        _syscall("add a Landlock rule", _LANDLOCK_ADD, ctypes.c_int(made), 1, known, 0)
    _syscall("obey Landlock rules", _LANDLOCK_RESTRICT, ctypes.c_int(made), 0)
    os.close(made)


# ------------------------------------------------------------------------------------------------- seccomp


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def set_filter(program: bytes) -> None:
    """Obey a filter of system calls, for good; `program` holds instructions of eight bytes."""
    held = _Program(len(program) // 8, program)
    number = ARCHITECTURES[platform.machine()][1]
    _syscall("filter system calls", number, ctypes.c_uint(1), ctypes.c_uint(0), ctypes.byref(held))

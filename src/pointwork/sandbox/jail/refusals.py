"""The filter of system calls for whole programs: everything is allowed but what is listed here.

A program of somebody else starts others, maps memory as it likes and uses calls that nobody foresaw, so a list of what
it needs cannot be written down. Refused is what changes the system, looks into other processes, gets around Landlock
(which knows nothing of owners, modes and sockets), or is known for holes in the kernel. `clone3` looks absent, so that
the old call is used, whose flags can be judged.
"""

from __future__ import annotations

import platform

from .calls import Assembler, argument_is, stream_pair
from .kernel import ARCHITECTURES

__all__ = ["refusing_program"]

# name: (x86-64, aarch64); None: this architecture has no such call. The second column is untested.
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "perf_event_open": (298, 241), "move_pages": (279, 239), "personality": (135, 92),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fspick": (433, 433), "mount_setattr": (442, 442), "unshare": (272, 97), "setns": (308, 268),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "quotactl": (179, 60),
    "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142), "acct": (163, 89), "syslog": (103, 116),
    "sethostname": (170, 161), "setdomainname": (171, 162), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "adjtimex": (159, 171), "clock_adjtime": (305, 266), "vhangup": (153, 58), "iopl": (172, None),
    "ioperm": (173, None), "modify_ldt": (154, None), "lookup_dcookie": (212, 18), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "bpf": (321, 280),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # Modes, owners and attributes of files by their name, wherever they are; those of open files are allowed.
    "chmod": (90, None), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None), "lchown": (94, None),
    "fchownat": (260, 54), "setxattr": (188, 5), "lsetxattr": (189, 6), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "setxattrat": (463, 463), "removexattrat": (466, 466), "truncate": (76, 45),
}  # fmt: skip
_CLONE, _CLONE3, _FCNTL, _PRLIMIT = (56, 220), (435, 435), (72, 25), (302, 261)
_SOCKET, _SOCKETPAIR = (41, 198), (53, 199)

_NEW_NAMESPACES = 0x7E020000  # all flags of clone that leave a namespace
_OWNERS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: they send signals to other processes
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16

_LOAD, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_KILL, _ALLOW, _EPERM, _ENOSYS = 0x80000000, 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38
_X32 = 0x40000000
_ARGUMENT = 16


def refusing_program(*, network: bool, local_sockets: bool) -> bytes:
    """The filter for this machine. `network`: by IP; `local_sockets`: to services of this machine, by their path."""
    machine = platform.machine()
    column = list(ARCHITECTURES).index(machine)
    assembler = Assembler()
    assembler.add(_LOAD, 4)  # the architecture that the call is made for
    assembler.add(_EQUAL, ARCHITECTURES[machine][0], 1, 0)
    assembler.add(_RETURN, _KILL)
    assembler.add(_LOAD, 0)  # the number of the call
    assembler.add(_AT_LEAST, _X32, 0, 1)
    assembler.add(_RETURN, _KILL)
    for numbers in _REFUSED.values():
        number = numbers[column]
        if number is not None:
            assembler.answer(number, _EPERM)
    assembler.answer(_CLONE3[column], _ENOSYS)
    families = (*((_INET, _INET6, _NETLINK) if network else ()), *((_UNIX,) if local_sockets else ()))
    for numbers, check in (
        (_CLONE, _same_namespaces()),
        (_FCNTL, _no_owner()),
        (_PRLIMIT, argument_is(0, (0,))),  # one's own limits only
        (_SOCKET, argument_is(0, families)),
        (_SOCKETPAIR, stream_pair()),
    ):
        assembler.answer_if(numbers[column], [check])
    assembler.add(_RETURN, _ALLOW)
    return b"".join(assembler.code)


def _same_namespaces() -> Assembler:
    check = Assembler()
    check.add(_LOAD, _ARGUMENT)
    check.add(_AND, _NEW_NAMESPACES)
    check.add(_EQUAL, 0, 0, 1)
    check.add(_RETURN, _ALLOW)
    return check


def _no_owner() -> Assembler:
    check = Assembler()
    check.add(_LOAD, _ARGUMENT + 8)
    for command in _OWNERS:
        check.add(_EQUAL, command, 0, 1)
        check.add(_RETURN, _EPERM)
    check.add(_RETURN, _ALLOW)
    return check

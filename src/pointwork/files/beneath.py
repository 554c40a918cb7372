"""Opening what lies beneath a folder, and nothing else: the only place that opens files for tools.

Rules of this file: every name is opened relative to a descriptor of the folder before it, and links are never
followed, so no check can be outrun by somebody who swaps a folder for a link in between. On Linux one call of
`openat2` does it all; elsewhere, and where a folder is private, the path is walked name by name with `O_NOFOLLOW`.
What is opened has to be a regular file with one name: a second hard link may be somebody else's file.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import stat
import sys
from collections.abc import Collection, Iterator
from typing import Any

from pointwork.errors import FileRefused

__all__ = ["Identity", "absent", "identity", "is_supported", "opened_file", "opened_folder"]

Identity = tuple[int, int]  # device and number of a file or folder: what it is, whatever it is called

OPENAT2 = 437  # the same number on every Linux
NO_XDEV, NO_MAGICLINKS, NO_SYMLINKS, BENEATH = 0x01, 0x02, 0x04, 0x08
RETRIES = 16  # of openat2 while somebody renames folders around it

# Constants that Windows does not have; there nothing is opened at all.
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
READ = os.O_RDONLY | NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)
FOLDER = os.O_RDONLY | NOFOLLOW | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


def is_supported() -> bool:
    """Whether this system can open files relative to a folder without following links."""
    return bool(NOFOLLOW) and os.open in os.supports_dir_fd and os.stat in os.supports_dir_fd


def absent(name: str) -> FileRefused:
    """The one refusal for what is missing and for what is forbidden: it does not tell which."""
    return FileRefused(f"There is no file {name} that may be read here.")


def identity(info: os.stat_result) -> Identity:
    """What this is, whatever it is called."""
    return info.st_dev, info.st_ino


@contextlib.contextmanager
def opened_file(
    root: int, parts: tuple[str, ...], *, private: Collection[Identity] = (), by_walking: bool = False
) -> Iterator[tuple[int, os.stat_result]]:
    """A descriptor of a file beneath `root` for reading, and what it is; raises OSError for everything else."""
    if by_walking or private or not has_openat2():
        with opened_folder(root, parts[:-1], private=private) as folder:
            descriptor = os.open(parts[-1], READ, dir_fd=folder)
    else:
        descriptor = _openat2(root, "/".join(parts), READ)
    try:
        _same_device(root, descriptor)
        info = os.fstat(descriptor)
        # No name at all is fine: the file was replaced after it was opened.
        if not stat.S_ISREG(info.st_mode) or info.st_nlink > 1 or identity(info) in private:
            raise PermissionError(errno.EACCES, "not a regular file of its own")
        yield descriptor, info
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def opened_folder(
    root: int, parts: tuple[str, ...], *, private: Collection[Identity] = (), make: bool = False
) -> Iterator[int]:
    """A descriptor of a folder beneath `root`, walked to name by name; `make` makes what is missing."""
    at = os.dup(root)
    try:
        for part in parts:
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, 0o700, dir_fd=at)
            inner = os.open(part, FOLDER, dir_fd=at)
            os.close(at)
            at = inner
            _same_device(root, at)
            if private and identity(os.fstat(at)) in private:
                raise PermissionError(errno.EACCES, "private")
        yield at
    finally:
        os.close(at)


def _same_device(root: int, descriptor: int) -> None:
    if os.fstat(root).st_dev != os.fstat(descriptor).st_dev:
        raise OSError(errno.EXDEV, "another file system")


# -- openat2, which Python does not know -------------------------------------------------------------------------------


@functools.cache
def has_openat2() -> bool:
    """Whether the kernel has it, and lets this process use it: older sandboxes do not."""
    if sys.platform != "linux":
        return False
    try:
        os.close(_openat2(-100, ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))  # -100: the current folder
    except OSError:
        return False
    return True


def _openat2(root: int, path: str, flags: int) -> int:
    import ctypes

    how = (ctypes.c_uint64 * 3)(flags, 0, BENEATH | NO_SYMLINKS | NO_MAGICLINKS | NO_XDEV)
    call = _libc().syscall
    for _ in range(RETRIES):
        found = call(OPENAT2, root, os.fsencode(path), ctypes.byref(how), ctypes.sizeof(how))
        if found >= 0:
            return found
        if ctypes.get_errno() != errno.EAGAIN:
            break
    code = ctypes.get_errno()
    raise OSError(code, os.strerror(code))


@functools.cache
def _libc() -> Any:
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    library.syscall.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t)
    return library

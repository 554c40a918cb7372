"""That only one process at a time uses a folder: whoever holds the lock on a file in it.

The operating system frees the lock with the process, however it ended. A forked child closes the file it inherited;
otherwise the lock would be held for as long as the child lives.
"""

from __future__ import annotations

import os
import weakref
from pathlib import Path

from pointwork.errors import ConfigurationError

__all__ = ["Ownership"]


class Ownership:
    """A lock that is free, ours, or another's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    @property
    def is_ours(self) -> bool:
        return self._file is not None

    def take(self) -> bool:
        """Whether the lock is ours now. Does not wait."""
        if self._file is not None:
            return True
        try:
            import fcntl
        except ImportError:  # Windows: nobody can tell, so nobody owns it
            return False
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ConfigurationError(
                f"The file {str(self.path)!r} cannot be made: {error.strerror}.",
                hint="Let this user write to the data folder, or choose another.",
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        _taken.add(self)
        return True

    def renew(self) -> bool:
        """Whether the lock is ours, also if someone has deleted its file meanwhile."""
        if self._file is not None and self._is_current(self._file):
            return True
        self.release()
        return self.take()

    def _is_current(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), self.path.stat())
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Let others have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        _taken.discard(self)


_taken: weakref.WeakSet[Ownership] = weakref.WeakSet()


def _after_fork() -> None:
    for one in list(_taken):
        one.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

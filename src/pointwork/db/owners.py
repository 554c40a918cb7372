"""Who is alive: every process that drives executions holds a lock on a file of its own for as long as it lives.

An execution names its owner. Whoever finds that the owner's lock is free may take the execution over, because the
operating system frees the lock with the process, however it ended. Ids are never used again.

Rules: the file is created, locked and then looked at once more, because a tidy neighbour may have removed it between
the two. Looking takes a shared lock, so that two who look at once do not take each other for the owner. A forked
child closes the file it inherited: otherwise its parent would seem to live as long as the child.
"""

from __future__ import annotations

import os
import re
import secrets
import weakref
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pointwork.errors import ConfigurationError

__all__ = ["Owners"]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_SUFFIX = ".lock"


class Owners:
    """The locks in a folder, one of them perhaps our own."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.id: str | None = None
        self._file: int | None = None

    def register(self) -> str:
        """Become an owner; the id to write into executions. Twice is the same as once."""
        if self.id is not None:
            return self.id
        fcntl = _fcntl()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            while True:
                owner = f"{os.getpid()}-{secrets.token_hex(6)}"
                path = self._path(owner)
                file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
                fcntl.flock(file, fcntl.LOCK_EX)
                if path.exists():
                    break
                os.close(file)
        except OSError as error:
            raise _unusable(self.folder, error) from error
        self.id, self._file = owner, file
        _registered.add(self)
        return owner

    def release(self) -> None:
        """Stop being an owner; what still names this id may be taken over."""
        if self.id is not None:
            self._path(self.id).unlink(missing_ok=True)
        self._let_go()

    def is_alive(self, owner: str | None) -> bool:
        """Whether the process of that id still lives. Nobody is not alive."""
        if owner is None or not _ID.fullmatch(owner):
            return False
        file = self._open(owner)
        if file is None:
            return False
        try:
            return not _lock(file, exclusive=False)
        finally:
            os.close(file)

    def others(self) -> list[str]:
        """All owners that live, but ourselves."""
        found = sorted(path.name.removesuffix(_SUFFIX) for path in self.folder.glob(f"*{_SUFFIX}"))
        return [owner for owner in found if owner != self.id and self.is_alive(owner)]

    def sweep(self, in_use: Collection[str]) -> list[str]:
        """Remove the files of dead owners that nothing refers to any more; their ids."""
        removed: list[str] = []
        for path in self.folder.glob(f"*{_SUFFIX}"):
            owner = path.name.removesuffix(_SUFFIX)
            if owner in in_use or (file := self._open(owner)) is None:
                continue
            try:
                if _lock(file, exclusive=True):
                    path.unlink(missing_ok=True)
                    removed.append(owner)
            finally:
                os.close(file)
        return removed

    def _path(self, owner: str) -> Path:
        return self.folder / f"{owner}{_SUFFIX}"

    def _open(self, owner: str) -> int | None:
        try:
            return os.open(self._path(owner), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unusable(self.folder, error) from error

    def _let_go(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self.id = self._file = None
        _registered.discard(self)


def _lock(file: int, *, exclusive: bool) -> bool:
    fcntl = _fcntl()
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _fcntl() -> Any:
    try:
        import fcntl
    except ImportError as error:
        raise ConfigurationError(
            "Pointwork cannot tell on this system which of its processes are alive: there is no flock.",
            hint="Run it on Linux or macOS; on Windows, in WSL.",
        ) from error
    return fcntl


def _unusable(folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"The folder {str(folder)!r} cannot be used: {error.strerror}.",
        hint="Let this user write to the data folder, or choose another.",
    )


_registered: weakref.WeakSet[Owners] = weakref.WeakSet()


def _after_fork() -> None:
    for owners in list(_registered):
        owners._let_go()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

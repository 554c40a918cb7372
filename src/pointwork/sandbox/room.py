"""The folder of a jail: the scratch folder is mounted in it, and what only root may enter is shown in it.

Whoever made it holds a lock on it as long as it lives. A folder that nobody holds belongs to a process that was killed
and could not tidy up; the next one that makes a folder takes it away.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

__all__ = ["Room"]

PREFIX = "pointwork-jail-"
YOUNG_S = 60.0  # a folder may be there for a moment before it is locked


class Room:
    """A folder that others can enter, but not list."""

    def __init__(self) -> None:
        """Make it; raises OSError where there is no room for it."""
        _sweep()
        self.path = tempfile.mkdtemp(prefix=PREFIX)
        os.chmod(self.path, 0o711)  # noqa: S103 - so that nobody can reach the scratch folder, and list nothing
        os.mkdir(os.path.join(self.path, "scratch"), 0o700)
        self._lock = os.open(os.path.join(self.path, "lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        """Take it away."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def _sweep() -> None:
    """Take away what processes left that are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # of another user, or held, or just gone
            if time.time() - folder.stat().st_mtime < YOUNG_S:
                continue
            lock = os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)

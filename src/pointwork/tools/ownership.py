"""Whose a file is: what others may write is no word of the operator's."""

from __future__ import annotations

import os
import stat
from pathlib import Path

__all__ = ["not_ours"]


def not_ours(path: Path) -> str | None:
    """Why a file or folder is not to be trusted; None when it is."""
    info = path.lstat()
    if stat.S_ISLNK(info.st_mode):
        return "it is a link"
    if hasattr(os, "geteuid"):
        if info.st_uid not in (os.geteuid(), 0):
            return "it belongs to somebody else"
        if info.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return "others may write to it"
    return None

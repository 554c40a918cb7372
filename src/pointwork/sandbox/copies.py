"""Copies of the files of a run, for code in a sandbox to read. What does not fit is left out and said."""

from __future__ import annotations

import os
import stat
from pathlib import Path

__all__ = ["copies_of"]

MAX_FILES, MAX_BYTES = 200, 32 << 20
MAX_DEPTH = 8


def copies_of(folder: Path) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Name and content of the regular files below a folder, names relative to it; and notes about what is missing."""
    found: list[tuple[str, bytes]] = []
    left_out: list[str] = []
    room = MAX_BYTES
    for at, folders, names, descriptor in os.fwalk(folder, follow_symlinks=False):
        inside = os.path.relpath(at, folder)
        folders[:] = sorted(folders) if inside.count("/") < MAX_DEPTH else []
        for name in sorted(names):
            path = name if inside == "." else f"{inside}/{name}"
            data = _content(name, descriptor, room) if len(found) < MAX_FILES else None
            if data is None:
                left_out.append(path)
            else:
                room -= len(data)
                found.append((path, data))
    notes = []
    if left_out:
        shown = ", ".join(map(repr, left_out[:5])) + (" …" if len(left_out) > 5 else "")
        notes.append(f"{len(left_out)} files were not given to the code, too many or too large: {shown}")
    return found, notes


def _content(name: str, folder: int, room: int) -> bytes | None:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return None
    with open(descriptor, "rb") as file:
        info = os.fstat(file.fileno())
        if not stat.S_ISREG(info.st_mode) or info.st_nlink > 1 or info.st_size > room:
            return None
        return file.read(room)

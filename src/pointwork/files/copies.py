"""Copies of all files of a workspace, for code that must not open anything itself. What does not fit is named."""

from __future__ import annotations

from pointwork.errors import FileRefused
from pointwork.files.workspace import Workspace

__all__ = ["copies_of"]

MAX_FILES, MAX_BYTES = 200, 32 << 20


def copies_of(workspace: Workspace) -> tuple[dict[str, bytes], list[str]]:
    """Name and content of the files, at most 200 and 32 MiB in all; and notes about those left out."""
    found: dict[str, bytes] = {}
    left_out: list[str] = []
    room = MAX_BYTES
    for file in workspace.list():
        try:
            if len(found) >= MAX_FILES or file.bytes > room:
                raise FileRefused("too many or too large")
            found[file.name] = workspace.read(file.name, max_bytes=room)
            room -= len(found[file.name])
        except FileRefused:
            left_out.append(file.name)
    if not left_out:
        return found, []
    shown = ", ".join(map(repr, left_out[:5])) + (" …" if len(left_out) > 5 else "")
    return found, [f"{len(left_out)} files were not given to the code, too many or too large: {shown}"]

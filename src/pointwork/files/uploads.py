"""Files that somebody gave to the server, until a run takes a copy of them into its workspace.

A file lies under a random id that the server chose; the name that it came with is kept beside it and leads nowhere.
An input of a run that is `{"$file": id, …}` stands for an uploaded file.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pointwork.errors import NotFound, Unacceptable
from pointwork.files.paths import is_name
from pointwork.files.workspace import MAX_FILE_BYTES, Workspace

__all__ = ["Incoming", "Upload", "Uploads", "holds_files"]

MAX_KEPT_BYTES: Final = 1 << 30
ID: Final = re.compile(r"[0-9a-f]{32}\Z")
MAX_DEPTH: Final = 100  # of inputs


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file. `name` is what it was called where it came from."""

    id: str
    name: str
    bytes: int

    def reference(self) -> dict[str, Any]:
        """How an input of a run names it."""
        return {"$file": self.id, "name": self.name, "bytes": self.bytes}


class Incoming:
    """A file that is arriving, piece by piece; it is there once `finish` returns."""

    def __init__(self, folder: Path, name: str, kept: int) -> None:
        self.id = secrets.token_hex(16)
        self.name = name
        self.bytes = 0
        self._folder = folder
        self._kept = kept
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._descriptor = os.open(folder / f"{self.id}.part", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def write(self, piece: bytes) -> None:
        """Add a piece; raises Unacceptable when the file, or all of them together, would be too large."""
        self.bytes += len(piece)
        if self.bytes > MAX_FILE_BYTES:
            raise Unacceptable(f"The file is larger than {MAX_FILE_BYTES >> 20} MiB.", hint="Send a smaller one.")
        if self._kept + self.bytes > MAX_KEPT_BYTES:
            raise Unacceptable(
                f"Uploaded files would take more than {MAX_KEPT_BYTES >> 30} GiB.", hint="Delete some of them first."
            )
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def finish(self) -> Upload:
        """Keep it: when this returns it is on the disk."""
        os.fsync(self._descriptor)
        self._close()
        facts = {"name": self.name, "bytes": self.bytes}
        (self._folder / f"{self.id}.json").write_text(json.dumps(facts))
        os.rename(self._folder / f"{self.id}.part", self._folder / self.id)
        return Upload(self.id, self.name, self.bytes)

    def abandon(self) -> None:
        """Throw away what has arrived."""
        self._close()
        (self._folder / f"{self.id}.part").unlink(missing_ok=True)

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class Uploads:
    """The uploaded files in `<data_dir>/uploads`. Its methods block for as long as the disk does."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "uploads"

    def incoming(self, name: str) -> Incoming:
        """Begin to receive a file; raises Unacceptable for a name that no file of a workspace could have."""
        if not is_name(name) or "/" in name or "\\" in name:
            raise Unacceptable(
                f"{name[:80]!a} is not the name of a file.",
                hint="Give one name without folders, which does not begin with . or ~.",
            )
        kept = sum(path.stat().st_size for path in self.folder.glob("*")) if self.folder.is_dir() else 0
        return Incoming(self.folder, name, kept)

    def get(self, upload_id: str) -> Upload:
        """What an id stands for; raises NotFound."""
        if ID.match(upload_id):
            with contextlib.suppress(OSError, ValueError):
                facts = json.loads((self.folder / f"{upload_id}.json").read_text())
                return Upload(upload_id, facts["name"], facts["bytes"])
        raise NotFound(f"There is no uploaded file {upload_id[:64]!a}.", hint="Upload it by POST /api/files.")

    def remove(self, upload_id: str) -> None:
        """Forget an uploaded file; copies in workspaces stay. Raises NotFound."""
        self.get(upload_id)
        for name in (upload_id, f"{upload_id}.json"):
            (self.folder / name).unlink(missing_ok=True)

    def hand_over(self, inputs: Any, workspace: Workspace) -> Any:
        """The inputs of a run, after each uploaded file in them was copied into its workspace.

        `{"$file": id}` becomes `{"$file": id, "name": …, "bytes": …}`, where the name is that of the copy: of several
        files of one name each gets one of its own. Raises NotFound for an id that stands for nothing.
        """
        return self._handed(inputs, workspace, {}, 0)

    def _handed(self, value: Any, workspace: Workspace, done: dict[str, dict[str, Any]], depth: int) -> Any:
        if depth > MAX_DEPTH:
            return value  # and is refused where inputs are checked
        if isinstance(value, list):
            return [self._handed(one, workspace, done, depth + 1) for one in value]
        if not isinstance(value, dict):
            return value
        if not isinstance(value.get("$file"), str):
            return {key: self._handed(one, workspace, done, depth + 1) for key, one in value.items()}
        upload_id = value["$file"]
        if upload_id not in done:
            upload = self.get(upload_id)
            name = _free(upload.name, {one["name"] for one in done.values()})
            try:
                data = (self.folder / upload_id).read_bytes()
            except OSError as error:
                raise NotFound(f"The uploaded file {upload.name!r} is not there any more.") from error
            workspace.write(name, data)
            done[upload_id] = Upload(upload_id, name, upload.bytes).reference()
        return done[upload_id]


def _free(name: str, taken: set[str]) -> str:
    """The name itself, or with a number before its ending.

    >>> _free("a.pdf", {"a.pdf", "a-2.pdf"})
    'a-3.pdf'
    """
    stem, dot, ending = name.rpartition(".")
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{stem}-{number}{dot}{ending}" if stem else f"{name}-{number}"
    return found


def holds_files(inputs: Any) -> bool:
    """Whether an uploaded file is among the inputs."""
    todo = [inputs]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            if isinstance(value.get("$file"), str):
                return True
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)
    return False

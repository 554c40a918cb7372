"""Which folder a run works in. `Workspaces` is what tools ask for: `ctx.resource(Workspaces).of(ctx.execution_id)`.

A run has `<data>/runs/<its id>/`. Outside a run, in a script or at the command line, it is the current folder: there,
what Pointwork keeps does not exist for tools, and files of the user are never replaced.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

from pointwork.errors import FileRefused
from pointwork.files.workspace import Workspace
from pointwork.redaction import Redactor

__all__ = ["Workspaces"]

PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,100}\Z")


class Workspaces:
    """The workspaces of all runs that are kept in `data_dir`.

    `private` are files outside it that tools must not see, for example the database. Without `data_dir` every
    workspace is the current folder: for runs that are stored nowhere. `outside` is used instead of the current folder;
    `redactor` hides secrets in what is written.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        *,
        private: Sequence[Path] = (),
        outside: Path | None = None,
        redactor: Redactor | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.outside = outside
        self._private = (*([data_dir] if data_dir else []), *private)
        self._redactor = redactor
        self._counting = threading.Lock()
        self._here: Workspace | None = None

    def of(self, execution_id: str | None) -> Workspace:
        """The workspace of a run, or with None of whoever calls a tool from outside of one."""
        if execution_id is None and self.outside is not None:
            return Workspace(self.outside, counting=self._counting, redactor=self._redactor)
        if execution_id is None or self.data_dir is None:
            here = Path.cwd()
            if self._here is None or self._here.root != here:
                self._here = Workspace(
                    here, private=self._private, replaces=False, counting=self._counting, redactor=self._redactor
                )
            return self._here
        folder = self._folder(self.data_dir, execution_id)
        return Workspace(folder, counting=self._counting, redactor=self._redactor)

    def remove(self, execution_id: str) -> None:
        """Delete the workspace of a run with all that is in it; none is fine too."""
        if self.data_dir is None:
            return
        folder = self._folder(self.data_dir, execution_id)
        if not folder.is_dir() or folder.is_symlink():
            return
        if not shutil.rmtree.avoids_symlink_attacks:
            raise FileRefused("On this system folders cannot be deleted safely.", hint=f"Delete {str(folder)!r}.")
        shutil.rmtree(folder, ignore_errors=True)

    def copy(self, source: str, target: str) -> None:
        """Give a run a copy of the files of another, as a fork needs them."""
        inside = self.of(source)
        outside = self.of(target)
        for file in inside.list():
            outside.write(file.name, inside.read(file.name, max_bytes=file.bytes))

    @staticmethod
    def _folder(data_dir: Path, execution_id: str) -> Path:
        # Ids are plain already; one that is not can still not lead elsewhere.
        plain = PLAIN_ID.match(execution_id)
        name = execution_id if plain else hashlib.sha256(os.fsencode(execution_id)).hexdigest()
        return data_dir / "runs" / name

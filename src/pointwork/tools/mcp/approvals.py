"""What the operator agreed to: the tools of each server, word for word, in a file beside the configuration.

Agents are told what stands here, not what a server says today. So tools are known without starting anything, and a
server that changes its words changes nothing but its own chance to be called.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pointwork.errors import ConfigurationError
from pointwork.events import iso
from pointwork.tools.mcp.offers import Offer
from pointwork.tools.ownership import not_ours

__all__ = ["Approvals"]

VERSION: Final = 1


class Approvals:
    """The file at `path`."""

    def __init__(self, path: Path, *, now_us: Callable[[], int] = lambda: time.time_ns() // 1_000) -> None:
        self.path = path
        self._now_us = now_us

    def revision(self) -> object:
        """Another value whenever the file is another one."""
        try:
            info = self.path.lstat()
        except OSError:
            return None
        return (info.st_mtime_ns, info.st_size, info.st_ino)

    def read(self) -> Mapping[str, Mapping[str, Offer]]:
        """Server → tool → what was approved. Raises ConfigurationError when the file cannot be trusted or read."""
        return {
            name: {offer.name: offer for offer in (Offer(**tool) for tool in entry["tools"])}
            for name, entry in self._document()["servers"].items()
        }

    def approve(self, server: str, offers: Sequence[Offer]) -> None:
        """Agree to exactly these tools of a server, in place of what was agreed to before."""
        document = self._document()
        document["servers"][server] = {
            "approved_at": iso(self._now_us()),
            "tools": [offer.to_dict() for offer in sorted(offers, key=lambda offer: offer.name)],
        }
        self._write(document)

    def _document(self) -> dict[str, Any]:
        if self.revision() is None:
            return {"version": VERSION, "servers": {}}
        if (why := not_ours(self.path)) is not None:
            raise ConfigurationError(
                f"What {str(self.path)!r} approves does not count: {why}.",
                hint="Let nobody but yourself write to it: chmod go-w, and look at what it approves.",
            )
        try:
            document = json.loads(self.path.read_text(encoding="utf-8"))
            if document["version"] != VERSION:
                raise ConfigurationError(
                    f"{str(self.path)!r} is of another version of Pointwork.", hint="Delete it and approve again."
                )
            for entry in document["servers"].values():
                for tool in entry["tools"]:
                    Offer(**tool)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigurationError(
                f"{str(self.path)!r} cannot be read: {error}.",
                hint="Delete it and approve again: pointwork mcp approve NAME",
            ) from error
        return document

    def _write(self, document: dict[str, Any]) -> None:
        """Whole or not at all."""
        folder = self.path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=".mcp-", dir=folder)
            with open(descriptor, "w", encoding="utf-8") as file:
                json.dump(document, file, indent=1, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self.path)
        except OSError as error:
            raise ConfigurationError(f"{str(self.path)!r} cannot be written: {error.strerror}.") from error

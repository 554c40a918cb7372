"""The Pythons of the Linux jail: the server's own for plain code and for documents, one of its own for numbers.

`rich` (numpy, pandas, matplotlib) lives apart from the server's packages, so that no SDK and nothing of the server can
be read by code: in `<data>/sandbox`, made by `pointwork sandbox install`, or in `.venv-sandbox` of a checkout.
"""

from __future__ import annotations

import importlib.util
import os
import sysconfig
from pathlib import Path

from pointwork.sandbox.base import Profile
from pointwork.sandbox.linux import Environment

__all__ = ["DOCUMENT_PACKAGES", "RICH_PACKAGES", "environments", "rich_python"]

RICH_PACKAGES = ("numpy", "pandas", "matplotlib")
DOCUMENT_PACKAGES = ("pypdf", "mammoth", "cobble", "openpyxl", "et_xmlfile")
RICH_MAPPED_BYTES = 128 << 20  # what the libraries load only when they are used
# A thread of the fork-server would be missing in the process of a call, and cannot be started there.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "NUMEXPR")}


def environments(data_dir: Path) -> dict[Profile, Environment]:
    """The environments that are there."""
    found: dict[Profile, Environment] = {"plain": Environment()}
    documents = _documents()
    if documents is not None:
        found["documents"] = documents
    python = rich_python(data_dir)
    if python is not None:
        packages = str(_packages_of(python))
        found["rich"] = Environment(
            python=str(python),
            packages=[packages],
            readable=[packages],
            preload=["numpy", "pandas", "matplotlib.pyplot"],
            memory_bytes=RICH_MAPPED_BYTES,
            variables={**ONE_THREAD, "MPLCONFIGDIR": str(python.parent.parent / "matplotlib")},
        )
    return found


def rich_python(data_dir: Path) -> Path | None:
    """The Python with the packages for numbers, if it was installed."""
    checkout = Path(__file__).resolve().parents[3]
    for folder in (data_dir / "sandbox", checkout / ".venv-sandbox"):
        python = folder / "bin" / "python"
        if python.exists() and all((_packages_of(python) / name).is_dir() for name in RICH_PACKAGES):
            return python
    return None


def _packages_of(python: Path) -> Path:
    found = sorted((python.parent.parent / "lib").glob("python3.*/site-packages"))
    return found[-1] if found else python.parent


def _documents() -> Environment | None:
    folders: list[str] = []
    for name in DOCUMENT_PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            return None
        folders += list(spec.submodule_search_locations)
    packages = os.path.commonpath(folders) if folders else sysconfig.get_path("purelib")
    return Environment(
        packages=[packages], readable=folders, preload=["pypdf", "mammoth", "openpyxl"], memory_bytes=64 << 20
    )

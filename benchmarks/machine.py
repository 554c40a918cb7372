"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = ["described", "load"]

PACKAGES = (
    "pointwork",
    "langgraph",
    "langgraph-checkpoint-sqlite",
    "orjson",
    "pydantic",
    "uvicorn",
    "uvloop",
    "picows",
)


def described() -> dict[str, Any]:
    """The machine, Python and the packages that matter."""
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def load() -> float:
    """How many programs wanted a core, on average over the last minute."""
    return round(os.getloadavg()[0], 2)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.processor()
    _, _, rest = info.read_text().partition("model name")
    return rest.partition("\n")[0].lstrip("\t: ") or platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

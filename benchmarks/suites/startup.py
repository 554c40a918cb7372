"""What it takes to begin: imports, a server that is ready, memory when idle, and what is installed."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from pathlib import Path
from statistics import median
from time import sleep
from typing import Any

from benchmarks.child import ROOT, environment
from benchmarks.options import Options
from benchmarks.server import serving

__all__ = ["imports_by_package", "run"]

IMPORTS = {
    "limit": "import asyncio, orjson, sqlite3",
    "pointwork": (
        "from pointwork.nodes import builtin_registry; builtin_registry()\n"
        "from pointwork.journal.memory import MemoryJournal\n"
        "from pointwork.runtime import Runtime"
    ),
    "langgraph": "from langgraph.graph import StateGraph",
}
HEAVY = ("chromadb", "numpy", "onnxruntime", "openai", "pydantic_ai")  # nobody may wait for these who does not use them
TIMED = """
import sys
from time import perf_counter, process_time
wall, cpu = perf_counter(), process_time()
{code}
print(perf_counter() - wall, process_time() - cpu, *[name for name in {heavy} if name in sys.modules])
"""
IDLE_S = 3.0  # after which a server has done all that it does by itself
LARGEST = 10
_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")


def run(options: Options) -> dict[str, Any]:
    """Figures; `install` only if it was wished for."""
    options.say("startup: imports")
    results: dict[str, Any] = {"imports": _imports(times=3 if options.quick else 11)}
    options.say("startup: the server")
    results["server"] = _starts(times=1 if options.quick else 5)
    if options.install:
        options.say("startup: an environment")
        results["install"] = _installed()
    return results


def _imports(*, times: int) -> dict[str, Any]:
    wall_s: dict[str, list[float]] = {name: [] for name in IMPORTS}
    cpu_s: dict[str, list[float]] = {name: [] for name in IMPORTS}
    heavy: dict[str, list[str]] = {}
    for code in IMPORTS.values():
        _python("-c", code)  # compiles what is not compiled yet
    for _ in range(times):
        for name, code in IMPORTS.items():
            said = _python("-c", TIMED.format(code=code, heavy=HEAVY)).stdout.split()
            wall_s[name].append(float(said[0]))
            cpu_s[name].append(float(said[1]))
            heavy[name] = said[2:]
    return {
        name: {
            "best_ms": round(min(wall_s[name]) * 1e3, 1),
            "median_ms": round(median(wall_s[name]) * 1e3, 1),
            "cpu_ms": round(median(cpu_s[name]) * 1e3, 1),
            "heavy": heavy[name],
        }
        for name in IMPORTS
    }


def imports_by_package() -> list[dict[str, Any]]:
    """Where the time of our import goes: milliseconds by package, what they import in turn not counted."""
    spent: Counter[str] = Counter()
    modules: Counter[str] = Counter()
    for line in _python("-X", "importtime", "-c", IMPORTS["pointwork"]).stderr.splitlines():
        if found := _IMPORT.match(line):
            package = found[2].partition(".")[0]
            own = package if package not in sys.stdlib_module_names else "the standard library"
            spent[own] += int(found[1])
            modules[own] += 1
    return [
        {"package": name, "ms": round(us / 1e3, 1), "modules": modules[name]} for name, us in spent.most_common(LARGEST)
    ]


def _python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
    )


def _starts(*, times: int) -> dict[str, Any]:
    ready_s: list[float] = []
    cpu_s: list[float] = []
    pss_mb: list[float] = []
    with serving():
        pass  # compiles what is not compiled yet
    for _ in range(times):
        with serving() as server:
            ready_s.append(server.ready_s)
            cpu_s.append(server.ready_cpu_s)
            sleep(IDLE_S)
            pss_mb.append(server.pss_mb())
    return {
        "ready_s": {"median": round(median(ready_s), 3), "best": round(min(ready_s), 3)},
        "ready_cpu_s": {"median": round(median(cpu_s), 2), "best": round(min(cpu_s), 2)},
        "idle_pss_mb": round(median(pss_mb), 1),
    }


def _installed() -> dict[str, Any]:
    """The product alone in a new environment, as the lock file says."""
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    with tempfile.TemporaryDirectory(prefix="pointwork-bench-") as folder:
        environment = Path(folder) / "environment"
        quiet = [str(uv), "--quiet"]
        subprocess.run([*quiet, "venv", "--python", sys.executable, str(environment)], check=True)
        target = ["--python", str(environment / "bin" / "python"), "--require-hashes", "--no-build"]
        subprocess.run([*quiet, "pip", "sync", *target, str(ROOT / "requirements.lock")], check=True)
        [packages] = environment.glob("lib/*/site-packages")
        files = [path for path in packages.rglob("*") if path.is_file()]
        by_folder: Counter[str] = Counter()
        for path in files:
            by_folder[path.relative_to(packages).parts[0]] += path.stat().st_blocks * 512
        return {
            "packages": len(list(packages.glob("*.dist-info"))),
            "mib": round(sum(path.stat().st_size for path in files) / 2**20, 1),
            "mib_on_disk": round(sum(by_folder.values()) / 2**20, 1),
            "largest": [
                {"package": name, "mib": round(size / 2**20, 1)} for name, size in by_folder.most_common(LARGEST)
            ],
        }

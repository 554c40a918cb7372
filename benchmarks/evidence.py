"""What shows why a goal is not reached: a profile of the same work, or what the import consists of."""

from __future__ import annotations

import pstats
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.contest import worker
from benchmarks.options import Options
from benchmarks.profiles import costliest
from benchmarks.suites import http, startup, stream
from benchmarks.targets import Profile

__all__ = ["collected"]

HTTP_RUNS = 500
STREAM_LINES = 200


def collected(wanted: Iterable[Profile], options: Options) -> dict[str, Any]:
    """Each profile once, by its name."""
    profiles: dict[str, Any] = {}
    for profile in dict.fromkeys(wanted):
        options.say(f"profile: {' '.join(profile)}")
        kind, *words = profile
        profiles[" ".join(profile)] = {"worker": _worker, "http": _http, "stream": _stream, "imports": _imports}[kind](
            *words
        )
    return profiles


def _worker(engine: str, workload: str, size: str = "") -> dict[str, Any]:
    with worker(engine, workload, size=int(size) if size else None) as (one, _):
        one.ask("run 1")
        return {"of": f"{workload}, per node", **one.ask("profile")}


def _http() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="pointwork-bench-") as folder:
        file = Path(folder) / "profile"
        http.repeated(HTTP_RUNS, under=_profiler(file))
        return {"of": "a run over HTTP, one client", "functions": costliest(pstats.Stats(str(file)), per=HTTP_RUNS)}


def _stream(audience: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="pointwork-bench-") as folder:
        file = Path(folder) / "profile"
        delivered = stream.watched(audience, lines=STREAM_LINES, under=_profiler(file))["delivered"]
        return {"of": f"the stream, {audience}, per event and viewer", "functions": costliest(
            pstats.Stats(str(file)), per=delivered
        )}  # fmt: skip


def _profiler(file: Path) -> tuple[str, ...]:
    return ("-m", "cProfile", "-o", str(file))


def _imports() -> dict[str, Any]:
    return {"of": "import of the engine", "packages": startup.imports_by_package()}

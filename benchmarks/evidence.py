"""What shows why a goal is not reached: a profile of the same work, or what the import consists of."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.contest import worker
from benchmarks.options import Options
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
        sized = f" with {int(size):,}" if size else ""
        return {"of": f"{workload}{sized} on {engine}, per node", **one.ask("profile")}


def _http() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="pointwork-bench-") as folder:
        file = Path(folder) / "profile"
        http.repeated(HTTP_RUNS, under=_profiler(file))
        return {"of": "a run over HTTP, one client", **_divided(file, HTTP_RUNS)}


def _stream(audience: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="pointwork-bench-") as folder:
        file = Path(folder) / "profile"
        delivered = stream.watched(audience, lines=STREAM_LINES, under=_profiler(file))["delivered"]
        return {"of": f"the stream, {audience}, per event and viewer", **_divided(file, delivered)}


def _profiler(file: Path) -> tuple[str, ...]:
    return ("-m", "benchmarks.profiles", str(file))


def _divided(file: Path, per: int) -> dict[str, Any]:
    """What a server used in all, start and end included, divided by what it did."""
    report = json.loads(file.read_text())
    functions = [
        {"function": one["function"], "us": round(one["us"] / per, 3), "all_us": round(one["all_us"] / per, 3)}
        for one in report["functions"]
    ]
    return {"samples": report["samples"], "us": round(report["us"] / per, 2), "functions": functions}


def _imports() -> dict[str, Any]:
    return {"of": "import of the engine", "packages": startup.imports_by_package()}

"""The live stream: many viewers of one execution that logs a hundred lines a second."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import sleep
from typing import Any

from benchmarks.child import ROOT, child
from benchmarks.options import Options
from benchmarks.server import Server, serving
from benchmarks.ticker import plug_in

__all__ = ["run", "watched"]

PER_SECOND = 100
AUDIENCES = {"1 viewer": (1, False), "100 viewers": (100, False), "1000 viewers, batches": (1_000, True)}
SETTLE_S = 0.5  # for the server to have told everybody what happened before


def run(options: Options) -> dict[str, Any]:
    """Figures by audience; a server of its own for each."""
    results: dict[str, Any] = {}
    lines = PER_SECOND * (2 if options.quick else 10)
    for name in AUDIENCES:
        options.say(f"stream: {name}")
        results[name] = watched(name, lines=lines)
    return results


def watched(audience: str, *, lines: int, under: Sequence[str] = ()) -> dict[str, Any]:
    """Figures of one audience and a server of its own, which may run under something."""
    viewers, batch = AUDIENCES[audience]
    with tempfile.TemporaryDirectory(prefix="pointwork-bench-") as folder:
        plug_in(Path(folder))
        with serving(under=under, variables={"PYTHONPATH": f"{folder}:{ROOT}"}) as server:
            return _figures(server, viewers=viewers, batch=batch, lines=lines)


def _figures(server: Server, *, viewers: int, batch: bool, lines: int) -> dict[str, Any]:
    workflow_id = server.request("POST", "/api/workflows", _workflow(lines))["id"]
    execution_id = server.request("POST", f"/api/workflows/{workflow_id}/execute")["execution_id"]
    url = f"ws://127.0.0.1:{server.port}/api/ws/executions/{execution_id}?batch={int(batch)}"
    with child("stream_client", url, viewers, lines) as client:
        client.answer()
        sleep(SETTLE_S)
        cpu_s = server.cpu_s()
        server.request("POST", f"/api/executions/{execution_id}/commands", {"type": "answer", "node": "gate"})
        figures = client.answer()
        used_s = server.cpu_s() - cpu_s
    return figures | {
        "viewers": viewers,
        "server_cpu": round(used_s / (lines / PER_SECOND), 2),
        "server_us_per_event": round(used_s / figures["delivered"] * 1e6, 1),
        "server_pss_mb": round(server.pss_mb()),
    }


def _workflow(lines: int) -> dict[str, Any]:
    """Waits until somebody answers, so that all viewers are there when it begins."""
    return {
        "name": "Ticker",
        "nodes": [
            {"id": "gate", "type": "human", "human_config": {"question": "Is everybody there?"}},
            {"id": "ticker", "type": "ticker", "ticker_config": {"lines": lines, "per_second": PER_SECOND}},
        ],
        "edges": [{"source": "gate", "target": "ticker"}],
    }

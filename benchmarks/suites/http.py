"""A trivial run over HTTP: two nodes, stored, the state in the answer; settings as they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.child import child
from benchmarks.options import Options
from benchmarks.server import Server, serving

__all__ = ["repeated", "run"]

WORKFLOW = {
    "name": "Two nodes",
    "nodes": [{"id": "start", "type": "start"}, {"id": "end", "type": "end"}],
    "edges": [{"source": "start", "target": "end"}],
}
MANY = 16


def run(options: Options) -> dict[str, Any]:
    """One client, then sixteen."""
    seconds = 2.0 if options.quick else 8.0
    with serving() as server:
        workflow_id = server.request("POST", "/api/workflows", WORKFLOW)["id"]
        options.say("http: one client")
        one = _load(server, workflow_id, clients=1, seconds=seconds)
        options.say(f"http: {MANY} clients")
        return {"1 client": one, f"{MANY} clients": _load(server, workflow_id, clients=MANY, seconds=seconds)}


def repeated(runs: int, *, under: Sequence[str]) -> None:
    """So many runs, one after the other, on a server that runs under something."""
    with serving(under=under) as server:
        workflow_id = server.request("POST", "/api/workflows", WORKFLOW)["id"]
        with child("http_client", server.port, _path(workflow_id), 1, 0, "--runs", runs) as client:
            client.answer()


def _path(workflow_id: str) -> str:
    return f"/api/workflows/{workflow_id}/execute?wait=10"


def _load(server: Server, workflow_id: str, *, clients: int, seconds: float) -> dict[str, Any]:
    cpu_s = server.cpu_s()
    with child("http_client", server.port, _path(workflow_id), clients, seconds) as client:
        figures = client.answer()
    used_s = server.cpu_s() - cpu_s
    return figures | {"server_ms_per_run": round(used_s / figures["runs"] * 1e3, 2)}

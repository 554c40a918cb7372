"""A real `pointwork serve` on this machine, with usual settings and a data folder that goes away; what it uses."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from benchmarks.child import ROOT, environment

__all__ = ["Server", "serving"]

START_S = 30.0
STOP_S = 15.0
POLL_S = 0.005
_TICKS = os.sysconf("SC_CLK_TCK")
_OURS = ("POINTWORK_", "OPENAI_", "PORT", "DATABASE_URL", "DATA_DIR", "CORS_ORIGINS", "LOG_LEVEL")


class Server:
    """The server, from outside."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port
        self.ready_s = 0.0  # from its start until it answered
        self.ready_cpu_s = 0.0

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Ask for JSON; raises RuntimeError when the answer is not a good one."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {"content-type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]}")
        return json.loads(text) if text else None

    def cpu_s(self) -> float:
        """Processor time so far, its own and that of the processes it has waited for."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / _TICKS

    def pss_mb(self) -> float:
        """Memory, shared pages counted in part."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return int(rollup.partition("\nPss:")[2].split()[0]) / 1024

    def wait_until_ready(self, started: float) -> None:
        while True:
            try:
                self.request("GET", "/health")
                break
            except OSError:
                if self.process.poll() is not None or monotonic() > started + START_S:
                    raise RuntimeError("The server did not start; see above.") from None
                sleep(POLL_S)
        self.ready_s = monotonic() - started
        self.ready_cpu_s = self.cpu_s()


@contextmanager
def serving(*, under: Sequence[str] = (), variables: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server that is ready; `under`: a module that runs it, with its arguments, for example a profiler."""
    with tempfile.TemporaryDirectory(prefix="pointwork-bench-") as folder:
        port = _free_port()
        program = [*under, "pointwork"] if under else ["-m", "pointwork"]
        command = [sys.executable, *program, "serve", "--port", str(port), "--data-dir", folder]
        plain = {name: value for name, value in environment(variables).items() if not name.startswith(_OURS)}
        started = monotonic()
        process = subprocess.Popen(command, cwd=ROOT, env=plain, stdout=subprocess.DEVNULL)
        try:
            server = Server(process, port)
            server.wait_until_ready(started)
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

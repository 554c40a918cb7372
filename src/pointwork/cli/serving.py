"""Starting and stopping the server: what `pointwork serve` does once it knows what is wanted."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

import uvicorn
from rich.console import Console
from rich.text import Text
from uvicorn.supervisors import ChangeReload

import pointwork
from pointwork.cli.building import settings_of
from pointwork.cli.picture import plain
from pointwork.models import OFFLINE_DEMO
from pointwork.server import create_app
from pointwork.server.serve import Server, Socket, listen, tune
from pointwork.settings import Settings
from pointwork.wiring import App

__all__ = ["serve", "serve_reloading"]


class _Announced(Server):
    """Says where it is once it answers, and that it stops when it does."""

    def __init__(self, app: App, console: Console) -> None:
        # The start is told below; of the rest, uvicorn speaks at INFO about every connection.
        level = "warning" if app.settings.log_level == "INFO" else app.settings.log_level.lower()
        super().__init__(create_app(app), log_level=level)
        self.pointwork = app
        self.console = console

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            announce(self.console, self.pointwork, sockets[0])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.console.print("Stopping; what runs goes on at the next start.", style="dim")
        await super().shutdown(sockets)


def url_of(listening: socket.socket) -> str:
    """How a browser reaches it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def announce(console: Console, app: App, listening: socket.socket) -> None:
    """Where it is, where things are stored, and who answers for models."""
    url = url_of(listening)
    model = plain(app.models.in_use)
    console.print(Text("Pointwork ", "bold").append(pointwork.__version__, "dim").append(f"  {url}", "bold cyan"))
    console.print(Text("  data     ", "dim").append(plain(str(app.settings.data_dir)), "default"))
    quiet = "yellow" if model in (OFFLINE_DEMO, "none") else "default"
    console.print(Text("  model    ", "dim").append(model, quiet))
    sandbox = app.settings.python_sandbox
    told = (
        "off: no Python of agents or workflows is run" if sandbox == "off" else f"{sandbox}, tried before its first use"
    )
    console.print(Text("  sandbox  ", "dim").append(told, "default"))
    console.print(Text("  docs     ", "dim").append(f"{url}/docs", "default"))
    console.print("Ctrl-C stops it.", style="dim")


def serve(*, data_dir: str | None, host: str | None, port: int | None) -> None:
    """Serve until told to stop."""
    settings = settings_of(data_dir=data_dir, host=host, port=port)
    with listen(settings.host, settings.port) as listening, suppress(KeyboardInterrupt):
        _log(settings)
        asyncio.run(_try(settings))
        tune()
        # Once it has stopped, uvicorn raises the interrupt again that it was stopped with.
        _Announced(App(settings), Console(highlight=False, soft_wrap=True)).run(sockets=[listening])


async def _try(settings: Settings) -> None:
    """Open and close everything once: what is in the way is one sentence here, and a traceback inside of a server."""
    app = App(settings)
    await app.open(adopt=False)
    await app.close()


def _log(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.log_level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("asyncio").setLevel(logging.WARNING)


def serve_reloading(*, data_dir: str | None, host: str | None, port: int | None) -> None:
    """Serve in a process that is replaced whenever a file of this package changes."""
    settings = settings_of(data_dir=data_dir, host=host, port=port)
    # The new process reads its settings from the environment.
    os.environ["POINTWORK_DATA_DIR"] = str(settings.data_dir)
    config = uvicorn.Config(
        "pointwork.server:app",
        reload=True,
        reload_dirs=[str(Path(pointwork.__file__).parent)],
        ws=Socket,
        ws_per_message_deflate=False,
        access_log=False,
        lifespan="on",
        log_level=settings.log_level.lower(),
    )
    with listen(settings.host, settings.port) as listening, suppress(KeyboardInterrupt):
        print(f"Pointwork {pointwork.__version__}  {url_of(listening)}  (starts anew when its code changes)")
        ChangeReload(config, target=uvicorn.Server(config).run, sockets=[listening]).run()

"""Settings and the object graph as a command needs them: the environment, and over it what the command line says."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from pointwork.cli.neighbours import Neighbours
from pointwork.settings import Settings
from pointwork.wiring import App

__all__ = ["app_for", "opened", "settings_of"]


def settings_of(*, data_dir: str | None = None, host: str | None = None, port: int | None = None) -> Settings:
    """The settings of the environment, with those of the command line over them."""
    environment = dict(os.environ)
    if data_dir is not None:
        environment["POINTWORK_DATA_DIR"] = data_dir
    if host is not None:
        environment["POINTWORK_HOST"] = host
    if port is not None:
        environment["POINTWORK_PORT"] = str(port)
    return Settings.from_environment(environment)


def app_for(settings: Settings, document: str, *, stored: Settings | None = None) -> App:
    """What runs or checks this document; not opened. `stored`: where stored workflows are, if elsewhere."""
    found = stored or settings
    return App(settings, load_workflow=Neighbours(document, found.database).load, kept=found)


@asynccontextmanager
async def opened(settings: Settings, document: str, *, save: bool) -> AsyncIterator[App]:
    """The same, open. Without `save` everything is kept in a folder that goes away at the end."""
    with tempfile.TemporaryDirectory(prefix="pointwork-", ignore_cleanup_errors=True) as folder:
        own = settings
        if not save:
            data_dir = Path(folder)
            own = replace(settings, data_dir=data_dir, database=data_dir / "pointwork.db", durability="behind")
        app = app_for(own, document, stored=settings)
        # A command goes when its execution ends, so it takes over nobody else's.
        await app.open(adopt=False)
        try:
            yield app
        finally:
            await app.close()

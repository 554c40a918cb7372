"""The application that scripts run in: one per event loop, opened by whoever comes first, closed by who leaves last."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from backend.agents.registry import AgentRegistry
from pointwork.settings import Settings
from pointwork.wiring import App

__all__ = ["session"]


class _Shared:
    def __init__(self) -> None:
        self.app = App(Settings.from_environment())
        self.users = 0
        self.lock = asyncio.Lock()


_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, _Shared] = WeakKeyDictionary()


@asynccontextmanager
async def session() -> AsyncIterator[App]:
    """The application of the running loop. It stores where a server would, so a server shows what runs here."""
    loop = asyncio.get_running_loop()
    shared = _shared.get(loop) or _shared.setdefault(loop, _Shared())
    shared.users += 1
    try:
        async with shared.lock:
            if shared.users == 1:
                await shared.app.open()
        AgentRegistry.install(shared.app.runtime.registry)
        yield shared.app
    finally:
        shared.users -= 1
        if not shared.users:
            _shared.pop(loop, None)
            await shared.app.close()

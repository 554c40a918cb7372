"""Runs a plain function beside the event loop, each call in a thread of its own.

Not in a shared pool: a function that hangs cannot be stopped, and a few of them would use up the threads that
everything else waits for. The threads are daemons, so they do not keep the process from ending either.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["in_thread"]


async def in_thread(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """What the function returns. Giving up leaves its thread to itself."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[Any] = loop.create_future()
    context = contextvars.copy_context()

    def settle(value: Any, error: BaseException | None) -> None:
        if outcome.done():
            return
        if error is None:
            outcome.set_result(value)
        elif isinstance(error, StopIteration):  # which no future can hold
            outcome.set_exception(RuntimeError("StopIteration was raised"))
        else:
            outcome.set_exception(error)

    def work() -> None:
        value, problem = None, None
        try:
            value = context.run(function, **arguments)
        except BaseException as error:
            problem = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, value, problem)

    threading.Thread(target=work, name=f"tool {function.__name__}", daemon=True).start()
    return await outcome

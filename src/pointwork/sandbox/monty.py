"""`monty`: an interpreter of a subset of Python, in a process of its own that has no system calls to give.

It runs where the kernel offers nothing to build a jail of. It is a subset: no inheritance, no `yield`, few modules;
what it does not know fails with an error that says so. Only whoever chose it gets it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from time import monotonic
from typing import Any

from pointwork.errors import SandboxUnavailable
from pointwork.sandbox.base import Profile, SandboxLimits, SandboxOutcome
from pointwork.sandbox.jail.plain import plain, readable
from pointwork.sandbox.turns import FULL, Turns
from pointwork.workflow import JsonObject

__all__ = ["MontySandbox"]

MAX_ERROR = 4_000
GRACE_S = 2.0  # for the interpreter to notice that its time is up; after that its process is ended


class MontySandbox:
    """A sandbox that needs nothing of the system."""

    def __init__(self) -> None:
        self._turns = Turns()

    async def layers(self) -> str:
        return f"monty/{_library().__version__}"

    async def run(
        self,
        code: str,
        *,
        files: Mapping[str, bytes] | None = None,
        profile: Profile = "plain",
        inputs: JsonObject | None = None,
        limits: SandboxLimits | None = None,
    ) -> SandboxOutcome:
        began, limits = monotonic(), limits or SandboxLimits()
        library = _library()
        if profile != "plain":
            raise SandboxUnavailable(f"monty has no environment {profile!r}.", hint="That needs the Linux jail.")
        if self._turns.is_full:
            return SandboxOutcome(error=FULL)
        printed: list[str] = []
        room = limits.output_chars

        def hear(_: str, text: str) -> None:
            nonlocal room
            if room:
                printed.append(text[:room])
                room -= min(room, len(text))

        result, error, cut = None, None, False
        try:
            async with self._turns.turn(limits.memory_bytes):
                result, cut = plain(await _fed(library, code, inputs or {}, limits, hear))
        except library.MontyError as problem:
            error = readable(str(problem), MAX_ERROR)
        except (TimeoutError, asyncio.CancelledError) as problem:
            if isinstance(problem, asyncio.CancelledError):
                raise
            error = f"The code took longer than {limits.wall_s:g} s and was stopped."
        except (ValueError, TypeError, RecursionError, MemoryError, OverflowError) as problem:
            error = readable(f"The result cannot be taken over: {problem}", MAX_ERROR)
        notes = [] if not files else ["monty reads no files: those of the run are not there."]
        return SandboxOutcome(
            result=json.loads(json.dumps(result).encode(errors="replace")),
            output=readable("".join(printed), limits.output_chars).splitlines(),
            error=error,
            truncated=cut or room == 0,
            duration_ms=round((monotonic() - began) * 1_000, 1),
            sandbox=await self.layers(),
            notes=notes,
        )

    async def close(self) -> None:
        """Nothing is kept between calls."""

    def close_now(self) -> None:
        """Nothing is kept between calls."""


async def _fed(library: Any, code: str, inputs: JsonObject, limits: SandboxLimits, hear: Any) -> Any:
    """The value of `result`, or of an expression at the end."""
    bounds = {"max_feed_duration_secs": limits.wall_s, "max_memory": limits.memory_bytes}
    async with (
        asyncio.timeout(limits.wall_s + GRACE_S),
        library.AsyncMonty(min_processes=1, max_processes=1) as pool,
        pool.checkout(limits=bounds) as session,
    ):
        last = await session.feed_run(code, inputs=inputs, print_callback=hear)
        try:
            return await session.feed_run("result")
        except library.MontyRuntimeError as error:
            if isinstance(error.exception(), NameError):  # there is no such variable
                return last
            raise


def _library() -> Any:
    try:
        import pydantic_monty
    except ImportError as error:
        raise SandboxUnavailable(
            "The sandbox is set to monty, which is not installed.", hint="Install it: pip install 'pointwork[monty]'."
        ) from error
    return pydantic_monty

"""The sandbox: a small program in the jail, the first time and ever after, with the standard library and with numpy."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from benchmarks.options import Options
from pointwork.sandbox import LinuxJail, Profile, SandboxLimits, SandboxOutcome
from pointwork.sandbox.environments import environments

__all__ = ["run"]

CODE: dict[Profile, str] = {
    "plain": "result = sum(n * n for n in range(1, 11))",
    "rich": "import numpy\nresult = int((numpy.arange(1, 11) ** 2).sum())",
}
LIMITS = SandboxLimits(wall_s=60.0, cpu_s=60, memory_bytes=512 << 20)


def run(options: Options) -> dict[str, Any]:
    """Milliseconds by profile."""
    return asyncio.run(_measured(options))


async def _measured(options: Options) -> dict[str, Any]:
    results: dict[str, Any] = {}
    there = environments(Path.home() / "nowhere")
    for profile in CODE:
        if profile in there:
            options.say(f"sandbox: {profile}")
            results[profile] = await _profile(
                profile, starts=2 if options.quick else 7, calls=20 if options.quick else 300
            )
    return results


async def _profile(profile: Profile, *, starts: int, calls: int) -> dict[str, Any]:
    cold: list[float] = []
    warm: list[float] = []
    layers = ""
    for start in range(starts):
        jail = LinuxJail(environments(Path.home() / "nowhere"))
        try:
            cold.append(await _timed(jail, profile))
            if start == starts - 1:
                warm = [await _timed(jail, profile) for _ in range(calls)]
                layers = await jail.layers()
        finally:
            await jail.close()
    return {
        "layers": layers,
        "cold_ms": round(median(cold), 1),
        "warm_p50_ms": round(median(warm), 2),
        "warm_p95_ms": round(quantiles(warm, n=20)[-1], 2),
    }


async def _timed(jail: LinuxJail, profile: Profile) -> float:
    began = perf_counter()
    outcome: SandboxOutcome = await jail.run(CODE[profile], profile=profile, limits=LIMITS)
    took = (perf_counter() - began) * 1_000
    assert outcome.result == 385, outcome
    return took

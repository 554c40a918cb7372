"""A viewer that leaves every 100 ms and comes back with its cursor sees what a steady one sees, over 1,000 runs."""

import os
from pathlib import Path
from random import SystemRandom

from tests.server.viewers import seen_alike

RUNS = int(os.environ.get("VIEWED", "1000"))
SEED = int(os.environ.get("SEED", SystemRandom().randrange(1_000_000, 1_000_000_000)))


async def test_a_viewer_that_leaves_every_100_ms_misses_nothing(tmp_path: Path) -> None:
    messages, returns = await seen_alike(tmp_path, runs=RUNS, seed=SEED, leave_s=0.1, longest_s=0.1)
    print(f"{RUNS:,} runs from seed {SEED}: {messages:,} messages, {returns:,} returns")
    assert returns > RUNS

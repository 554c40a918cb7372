"""Random workflows in all weathers, for as many scheduler inputs as `STEPS` says; every day other ones.

The seed of a failure is in its notes. `SEED` repeats a run from there.
"""

from __future__ import annotations

import os
from random import SystemRandom

from tests.properties.generator import draw
from tests.properties.test_random_workflows import play_all

STEPS = int(os.environ.get("STEPS", "100000"))
SEED = int(os.environ.get("SEED", SystemRandom().randrange(1_000_000, 1_000_000_000)))


def test_random_plans() -> None:
    steps = workflows = 0
    while steps < STEPS:
        steps += play_all(draw(SEED + workflows))
        workflows += 1
    print(f"{steps:,} steps of {workflows:,} workflows from seed {SEED}")

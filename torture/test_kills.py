"""`make torture KILLS=200`: kill -9 at random moments, in rounds of ten, and at every append."""

import os
from pathlib import Path

import pytest

from tests.crash.drawn import DOCUMENTS
from tests.crash.kills import dead_at_every_append, killed_again_and_again

KILLS = int(os.environ.get("KILLS", "200"))


@pytest.mark.parametrize("seed", range(max(1, KILLS // 10)))
async def test_kills(tmp_path: Path, seed: int) -> None:
    assert await killed_again_and_again(tmp_path, kills=10, runs=25, seed=seed, at_once=1 + seed % 2) >= 10


@pytest.mark.parametrize("document", range(len(DOCUMENTS)))
async def test_death_at_every_append(tmp_path: Path, document: int) -> None:
    assert await dead_at_every_append(tmp_path, document) >= 20

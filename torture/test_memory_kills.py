"""A process that adds memories is killed `MEMORY_KILLS` times (100): nothing that it had acknowledged is lost."""

import os
from pathlib import Path

from tests.memory.test_killed import play

KILLS = int(os.environ.get("MEMORY_KILLS", "100"))


def test_memory_survives(tmp_path: Path) -> None:
    kept = play(tmp_path, KILLS)
    print(f"{KILLS} kills, {kept:,} acknowledged memories, none lost")
    assert kept >= KILLS

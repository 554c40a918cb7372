"""kill -9 at random moments: every run ends, nothing that had finished is done again, nothing is lost."""

from pathlib import Path

from tests.crash.kills import killed_again_and_again


async def test_ten_kills(tmp_path: Path) -> None:
    assert await killed_again_and_again(tmp_path, kills=10, runs=20, seed=1) >= 10


async def test_kills_while_others_live(tmp_path: Path) -> None:
    """Two processes on the same executions: neither takes what the other one drives while that one lives."""
    assert await killed_again_and_again(tmp_path, kills=6, runs=20, seed=2, at_once=2) >= 6

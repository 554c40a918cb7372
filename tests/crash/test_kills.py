"""Ten times kill -9 at random moments: every run ends, nothing that had finished is done again, nothing is lost."""

from pathlib import Path

from tests.crash.kills import killed_again_and_again


async def test_ten_kills(tmp_path: Path) -> None:
    assert await killed_again_and_again(tmp_path, runs=90, kills=10, seed=1) == 10

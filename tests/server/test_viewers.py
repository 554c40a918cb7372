"""Whoever keeps leaving and coming back sees what whoever stays sees."""

from __future__ import annotations

from pathlib import Path

from tests.server.viewers import seen_alike


async def test_a_viewer_that_keeps_coming_back_misses_nothing(tmp_path: Path) -> None:
    messages, returns = await seen_alike(tmp_path, runs=60, seed=1, leave_s=None, longest_s=0.002)
    assert messages > 1_000
    assert returns > 100

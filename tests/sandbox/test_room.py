"""The folder of a jail goes with it; what a process that was killed left behind goes with the next one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from pointwork.sandbox.room import Room

LONG_AGO = 1_000_000_000


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_is_there_and_then_gone(folder: Path) -> None:
    room = Room()
    assert (Path(room.path) / "scratch").is_dir()
    room.close()
    assert list(folder.iterdir()) == []


def test_what_nobody_holds_is_taken_away(folder: Path) -> None:
    left = folder / "pointwork-jail-left"
    (left / "scratch").mkdir(parents=True)
    (left / "lock").touch()
    os.utime(left, (LONG_AGO, LONG_AGO))
    held = Room()
    os.utime(held.path, (LONG_AGO, LONG_AGO))
    young, strange = folder / "pointwork-jail-young", folder / "pointwork-jail-strange"
    young.mkdir()
    (young / "lock").touch()
    strange.mkdir()  # no lock: not one of ours
    os.utime(strange, (LONG_AGO, LONG_AGO))
    other = Room()
    assert not left.exists()
    assert Path(held.path).is_dir()
    assert young.is_dir()
    assert strange.is_dir()
    held.close()
    other.close()

"""A process that adds memories is killed, again and again: what it had said to be stored is there, and is found."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from pathlib import Path

from pointwork.memory.embedders.lexical import Lexical
from pointwork.memory.healing import heal
from tests.memory.killed import service

CHILD = Path(__file__).with_name("killed.py")


def killed(folder: Path, mark: str, after: int) -> list[str]:
    """What a child said to have stored before it was killed."""
    with subprocess.Popen([sys.executable, str(CHILD), str(folder), mark], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline().strip() for _ in range(after)]
        child.kill()
        said += [line.strip() for line in child.stdout if line.endswith("\n")]
    assert all(said)
    return said


def check(folder: Path, said: list[str]) -> None:
    """Everything is there, whole, and with a vector once it was healed."""
    memory = service(folder)
    words = Lexical()
    healed = heal(memory.store, None, words)
    assert (healed.left, healed.problem) == (0, "")
    assert memory.store.existing(said) == set(said)
    assert len(memory.store.vectors_of(said, words.name)) == len(said)
    for agent in memory.store.agents():
        rows = dict(memory.store.vectors(agent["agent_id"], words.name))
        assert len(rows) == agent["memories"]
    memory.store.close()
    with sqlite3.connect(folder / "memory.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def play(folder: Path, kills: int) -> int:
    """Kill as often; how many memories were kept."""
    chance = random.Random(kills)
    said: list[str] = []
    for number in range(kills):
        said += killed(folder, str(number), chance.randint(1, 40))
        check(folder, said)
    return len(said)


def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    assert play(tmp_path, 5) >= 5


def test_two_processes_add_at_the_same_time(tmp_path: Path) -> None:
    words = [sys.executable, str(CHILD), str(tmp_path)]
    with (
        subprocess.Popen([*words, "one"], stdout=subprocess.PIPE, text=True) as one,
        subprocess.Popen([*words, "two"], stdout=subprocess.PIPE, text=True) as two,
    ):
        assert one.stdout is not None
        assert two.stdout is not None
        said = [stream.readline().strip() for _ in range(60) for stream in (one.stdout, two.stdout)]
        one.kill()
        two.kill()
    check(tmp_path, said)

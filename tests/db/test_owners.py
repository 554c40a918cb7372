"""Who is alive: locks that go with their process, however it ends."""

from __future__ import annotations

import builtins
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pointwork.db import Owners
from pointwork.errors import ConfigurationError

CHILD = """
import sys
from pointwork.db import Owners
owners = Owners(sys.argv[1])
print(owners.register(), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def owners(tmp_path: Path) -> Iterator[Owners]:
    made = Owners(tmp_path / "owners")
    yield made
    made.release()


def process(folder: Path) -> tuple[Any, str]:
    started = subprocess.Popen(
        [sys.executable, "-c", CHILD, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    return started, started.stdout.readline().strip()


def test_an_owner_is_alive_until_it_is_released(owners: Owners) -> None:
    owner = owners.register()
    assert owners.register() == owner
    assert owners.id == owner
    assert owners.is_alive(owner)
    assert owners.is_alive(owner)  # looking changes nothing
    owners.release()
    owners.release()
    assert owners.id is None
    assert not owners.is_alive(owner)
    assert list(owners.folder.iterdir()) == []
    assert owners.register() != owner


def test_the_others_that_live(owners: Owners) -> None:
    assert owners.others() == []
    owners.register()
    started, other = process(owners.folder)
    (owners.folder / "7-dead.lock").touch()
    assert owners.others() == [other]
    assert Owners(owners.folder).others() == sorted([other, owners.id or ""])
    started.kill()
    started.communicate()
    assert owners.others() == []


def test_two_on_one_folder_see_each_other(owners: Owners) -> None:
    other = Owners(owners.folder)
    first, second = owners.register(), other.register()
    assert first != second
    assert owners.is_alive(second)
    assert other.is_alive(first)
    other.release()
    assert not owners.is_alive(second)
    assert other.is_alive(first)


@pytest.mark.parametrize("end", ["kill -9", "by itself"])
def test_a_process_that_ended_is_not_alive(owners: Owners, end: str) -> None:
    child, owner = process(owners.folder)
    with child:
        assert owners.is_alive(owner)
        if end == "kill -9":
            os.kill(child.pid, signal.SIGKILL)
        else:
            child.stdin.write("\n")
    assert not owners.is_alive(owner)


def test_two_who_look_at_once_do_not_take_each_other_for_the_owner(owners: Owners) -> None:
    child, owner = process(owners.folder)
    with child:
        child.kill()
    with (owners.folder / f"{owner}.lock").open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        assert not owners.is_alive(owner)


def test_a_forked_child_does_not_keep_its_parent_alive(owners: Owners) -> None:
    parent = Owners(owners.folder)
    owner = parent.register()
    ready, tell_ready = os.pipe()
    go_on, tell_to_go_on = os.pipe()
    child = os.fork()
    if child == 0:
        # Only system calls: this is a copy of the test runner.
        os.write(tell_ready, b"x")
        os.read(go_on, 1)
        os._exit(0 if parent.id is None else 1)
    os.read(ready, 1)
    os.close(parent._file)  # what the end of the parent would do
    parent._file = None
    alive = owners.is_alive(owner)
    os.write(tell_to_go_on, b"x")
    _, status = os.waitpid(child, 0)
    for end in (ready, tell_ready, go_on, tell_to_go_on):
        os.close(end)
    parent.release()
    assert not alive
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.parametrize("owner", [None, "", "nobody", "../../etc/passwd", "a/b", "a\x00b", "x" * 500, ".hidden"])
def test_whoever_has_no_lock_is_not_alive(owners: Owners, owner: str | None) -> None:
    owners.register()
    assert not owners.is_alive(owner)


def test_a_folder_that_is_not_there_has_nobody_alive(tmp_path: Path) -> None:
    nowhere = Owners(tmp_path / "nowhere")
    assert not nowhere.is_alive("x")
    assert nowhere.sweep(()) == []


def test_sweeping_removes_the_dead_whom_nobody_needs(owners: Owners) -> None:
    alive = owners.register()
    dead = []
    for _ in range(2):
        child, owner = process(owners.folder)
        with child:
            child.kill()
        dead.append(owner)
    needed, forgotten = dead
    assert owners.sweep({needed}) == [forgotten]
    assert sorted(path.stem for path in owners.folder.iterdir()) == sorted([alive, needed])
    assert owners.is_alive(alive)
    assert owners.sweep(()) == [needed]


def test_a_file_that_is_swept_away_while_it_is_made_is_made_again(
    owners: Owners, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbour = Owners(owners.folder)
    real, swept = os.open, []

    def opened_late(*arguments: Any, **options: Any) -> int:
        file = real(*arguments, **options)
        if not swept and str(arguments[0]).endswith(".lock") and arguments[1] & os.O_CREAT:
            swept.append(True)
            assert len(neighbour.sweep(())) == 1
        return file

    monkeypatch.setattr(os, "open", opened_late)
    owner = owners.register()
    assert swept
    assert neighbour.is_alive(owner)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be used") as caught:
        Owners(tmp_path / "file" / "owners").register()
    assert "data folder" in caught.value.hint
    with pytest.raises(ConfigurationError, match="cannot be used"):
        Owners(tmp_path / "file" / "owners").is_alive("somebody")


def test_a_system_without_such_locks_is_named(owners: Owners, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any) -> Any:
        if name == "fcntl":
            raise ImportError(name)
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigurationError, match="flock") as caught:
        owners.register()
    assert "WSL" in caught.value.hint

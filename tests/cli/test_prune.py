"""`pointwork prune`: what goes, what stays, who is asked, and what becomes of the room."""

from __future__ import annotations

import asyncio
import io
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pointwork.cli import main
from pointwork.db import Owners, compact, room
from pointwork.errors import JournalError
from pointwork.journal.sqlite import SqliteJournal
from tests.cli.stage import WAIT, line_with, pointwork, started, the_rest, write
from tests.journal.storages import PLAN, node, put, row, run
from tests.journal.storages import started as begun

DAY_US = 24 * 3_600_000_000
Ran = Callable[..., tuple[int, str, str]]


async def fill(folder: Path, *, each: int = 0) -> None:
    """Of workflow v: v3, v2, v1 ended so many days ago; of w: w40, w1; one goes on since 90 days."""
    folder.mkdir(parents=True, exist_ok=True)
    now_us = time.time_ns() // 1_000
    for name, days in [("v3", 3), ("v2", 2), ("v1", 1), ("w40", 40), ("w1", 1)]:
        at_us = now_us - days * DAY_US - 60_000_000
        journal = SqliteJournal(folder / "pointwork.db", now_us=lambda at_us=at_us: at_us)
        await journal.open()
        await run(journal, name, *node("x", name * each), workflow_id=name[0], created_at_us=at_us)
        if name == "v3":
            journal.create(row("going", workflow_id="v", created_at_us=now_us - 90 * DAY_US), PLAN)
            await put(journal, "going", [begun()], after=0)
        await journal.close()
    for name in ("v3", "w40", "w1", "going"):
        (folder / "runs" / name).mkdir(parents=True)
        (folder / "runs" / name / "plot.png").write_bytes(b"PNG")


def left(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "pointwork.db")) as connection:
        return " ".join(name for (name,) in connection.execute("SELECT id FROM executions ORDER BY id"))


def files(folder: Path) -> str:
    return " ".join(sorted(path.name for path in (folder / "runs").iterdir()))


@pytest.fixture
def prune(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> Ran:
    asyncio.run(fill(data_dir))

    def ran(*arguments: str) -> tuple[int, str, str]:
        code = main(["prune", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return ran


@pytest.fixture
def alive(data_dir: Path) -> Iterator[Owners]:
    """A process that drives executions."""
    owners = Owners(data_dir / "owners")
    owners.register()
    yield owners
    owners.release()


CHOICES = [
    (["--older-than", "30d"], "going v1 v2 v3 w1", "1 execution of 1 workflow"),
    (["--older-than", "1w"], "going v1 v2 v3 w1", "1 execution of 1 workflow"),
    (["--older-than", "36h"], "going v1 w1", "3 executions of 2 workflows"),
    (["--older-than", "0h"], "going", "5 executions of 2 workflows"),
    (["--keep", "2"], "going v1 v2 w1 w40", "1 execution of 1 workflow"),
    (["--keep", "0"], "going", "5 executions of 2 workflows"),
    (["--older-than", "36h", "--keep", "1"], "going v1 w1", "3 executions of 2 workflows"),
    (["--older-than", "36h", "--keep", "2"], "going v1 v2 w1 w40", "1 execution of 1 workflow"),  # w40 is one of two
    (["--older-than", "60d"], "going v1 v2 v3 w1 w40", None),
]


@pytest.mark.parametrize(("arguments", "stays", "told"), CHOICES)
def test_what_goes_and_what_stays(
    prune: Ran, data_dir: Path, arguments: list[str], stays: str, told: str | None
) -> None:
    before = left(data_dir), files(data_dir)
    code, out, err = prune(*arguments, "--dry-run")
    assert (code, left(data_dir), files(data_dir)) == (0, *before)
    gone = set(before[0].split()) - set(stays.split())
    assert len(out.splitlines()) == len(gone)
    assert all(f" {name} " in out for name in gone)
    assert (f"Would delete {told}, which ended " if told else "There is nothing to delete.") in err
    code, out, err = prune(*arguments, "--yes")
    assert (code, out, left(data_dir)) == (0, "", stays)
    assert set(files(data_dir).split()) == {"v3", "w40", "w1", "going"} - gone
    assert (f"Deleted {len(gone)} execution{'s' * (len(gone) != 1)}." if told else "nothing to delete") in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Nothing says what shall be deleted. For example: `pointwork prune --older-than 30d"),
        (["--older-than", "30"], "'30' is no age: write 12h, 30d or 8w"),
        (["--older-than", "-1d"], "--older-than"),
        (["--older-than", "1m"], "'1m' is no age"),
        (["--keep", "-1"], "--keep"),
        (["--keep", "few"], "'few' is not a number of executions"),
        (["--kepe", "1"], "Did you mean '--keep'?"),
        (["--keep", "0"], "This deletes 5 executions of 2 workflows, which ended from "),  # nobody can be asked
        (["--keep", "1", "--data-dir", "nowhere"], "There are no executions in '"),
        (["--compact", "--data-dir", "nowhere"], "There are no executions in '"),
    ],
)
def test_what_is_refused(
    prune: Ran, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    before = left(data_dir)
    code, out, err = prune(*arguments)
    assert (code, out, left(data_dir)) == (2, "", before)
    assert told in err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(("typed", "stays"), [("y", "going"), (" YES ", "going"), ("", None), ("no", None)])
def test_somebody_is_asked(
    prune: Ran, data_dir: Path, monkeypatch: pytest.MonkeyPatch, typed: str, stays: str | None
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    asked: list[str] = []
    before = left(data_dir)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda prompt: (asked.append(prompt), typed)[1])
    code, _, err = prune("--keep", "0")
    assert (code, left(data_dir)) == (0, stays or before)
    assert asked[0].startswith("Delete 5 executions of 2 workflows, which ended from ")
    assert asked[0].endswith(" for good? [y/N] ")
    assert ("Nothing was deleted." in err) is (stays is None)


# -- room --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def large(data_dir: Path) -> Path:
    """A database of which most goes with what is pruned."""
    asyncio.run(fill(data_dir, each=1_000_000))
    return data_dir / "pointwork.db"


def test_the_file_gets_smaller(large: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = large.stat().st_size
    assert main(["prune", "--keep", "1", "--yes"]) == 0
    assert large.stat().st_size < before / 2
    assert room(large).free == 0
    assert "The database has " in (err := capsys.readouterr().err)
    assert "; it had " in err
    assert left(large.parent) == "going v1 w1"
    with closing(sqlite3.connect(large)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_little_room_is_left_for_later(
    large: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pointwork.cli.pruning.WORTH_IT", 1)
    assert main(["prune", "--older-than", "30d", "--yes"]) == 0
    told = "of it are free and are used again. `pointwork prune --compact` gives them back to the disk."
    assert told in capsys.readouterr().err
    assert room(large).free > 0
    assert main(["prune", "--keep", "9", "--dry-run"]) == 0
    assert told in capsys.readouterr().err
    for _ in range(2):
        assert main(["prune", "--compact"]) == 0
        assert room(large).free == 0


def test_beside_a_process_that_drives_executions_nothing_is_written_anew(
    large: Path, alive: Owners, capsys: pytest.CaptureFixture[str]
) -> None:
    number = (alive.id or "").partition("-")[0]
    assert main(["prune", "--keep", "1", "--yes"]) == 0
    err = capsys.readouterr().err
    assert "Deleted 3 executions." in err
    assert f"cannot be made smaller while process {number} drives executions" in err
    assert "then run `pointwork prune --compact`" in err
    assert room(large).free * 2 > room(large).size
    before = left(large.parent)
    assert main(["prune", "--keep", "0", "--yes", "--compact"]) == 2
    assert f"cannot be compacted while process {number} drives executions" in capsys.readouterr().err
    assert left(large.parent) == before  # what was asked for is not possible, so nothing is done
    alive.release()
    size = large.stat().st_size
    assert main(["prune", "--compact"]) == 0
    assert large.stat().st_size * 2 < size


def test_a_reader_is_not_disturbed_and_the_file_gets_smaller_after_it(
    large: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(large)) as reader:
        reader.execute("BEGIN")
        (count,) = reader.execute("SELECT count(*) FROM executions").fetchone()
        assert main(["prune", "--keep", "0", "--yes"]) == 0
        assert reader.execute("SELECT count(*) FROM executions").fetchone() == (count,)
        assert "Somebody still reads the file as it was" in capsys.readouterr().err
        before = large.stat().st_size
    compact(large)
    assert large.stat().st_size < before


def test_what_was_deleted_stays_deleted_when_there_is_no_space_to_write_the_file_anew(
    large: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(path: Path) -> Any:
        raise JournalError("The disk is full.", hint="Free some space.")

    monkeypatch.setattr("pointwork.cli.pruning.compact", full)
    assert main(["prune", "--keep", "0", "--yes"]) == 0
    assert "The database could not be made smaller: The disk is full." in capsys.readouterr().err
    assert left(large.parent) == "going"
    assert main(["prune", "--compact"]) == 2


def test_beside_a_command_that_waits(tmp_path: Path, data_dir: Path) -> None:
    """Another process drives an execution; pruning takes nothing from it, and it goes on to its end."""
    asyncio.run(fill(data_dir))
    with started("run", write(tmp_path, WAIT)) as process:
        line_with(process.stderr, "? wait")
        done = pointwork("prune", "--keep", "0", "--yes")
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert "Deleted 5 executions." in done.stderr
        assert "cannot be made smaller while process " in done.stderr
        process.send_signal(signal.SIGINT)
        the_rest(process)
        assert process.returncode == 3  # it was there to be cancelled, and that was stored
    assert "cancelled" in pointwork("executions", "list").stdout
    assert len(left(data_dir).split()) == 2

"""A workspace as the tools of a run see it: what is written is there, limits hold, nobody gets out of it."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import pytest

from pointwork.errors import FileRefused
from pointwork.files import Workspace, Workspaces, beneath
from pointwork.files import workspace as module


def test_what_is_written_is_there(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "runs" / "one")
    assert workspace.list() == []
    assert not workspace.root.exists()
    assert workspace.write("./a/b/c.txt", b"one") == "a/b/c.txt"
    assert workspace.write("z.bin", bytes(3_000_000)) == "z.bin"
    assert workspace.write("a/b/c.txt", b"two") == "a/b/c.txt"  # its own, so it may be replaced
    assert [(file.name, file.bytes) for file in workspace.list()] == [("a/b/c.txt", 3), ("z.bin", 3_000_000)]
    assert workspace.read("a/b/c.txt", max_bytes=3) == b"two"
    assert workspace.start_of("z.bin", max_bytes=10) == (bytes(10), 3_000_000)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (workspace.root, workspace.root / "a" / "b")}
    assert modes == {0o700}
    assert stat.S_IMODE((workspace.root / "z.bin").stat().st_mode) == 0o600
    assert not list(workspace.root.rglob(".*"))  # nothing is left beside what was written


def test_says_how_large_a_file_is_that_is_too_large(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.write("a.txt", bytes(11))
    with pytest.raises(FileRefused, match="11 bytes; 10 are the limit"):
        workspace.read("a.txt", max_bytes=10)


def test_files_that_tools_must_not_see_are_not_listed(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KEY=1")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x.txt").write_text("x")
    (tmp_path / "link").symlink_to("folder")
    (tmp_path / "bad\udcffname").write_text("x")
    assert [file.name for file in Workspace(tmp_path).list()] == ["folder/x.txt"]


def test_number_of_files_is_limited(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, max_files=2)
    workspace.write("a", b"")
    workspace.write("b", b"")
    with pytest.raises(FileRefused, match="full"):
        workspace.write("c", b"")
    workspace.write("b", b"replaced")
    assert [file.name for file in workspace.list()] == ["a", "b"]
    assert not list(tmp_path.glob(".*"))


def test_bytes_are_limited(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, max_total_bytes=10)
    workspace.write("a", bytes(6))
    with pytest.raises(FileRefused, match="full"):
        workspace.write("b", bytes(5))
    workspace.write("a", bytes(10))  # what it had before does not count
    with pytest.raises(FileRefused, match="too many for one file"):
        workspace.write("c", bytes(module.MAX_FILE_BYTES + 1))
    assert [(file.name, file.bytes) for file in workspace.list()] == [("a", 10)]


def test_limits_hold_for_many_at_once(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path)

    def write(number: int) -> bool:
        workspace = workspaces.of("run")
        workspace.max_files = 5
        try:
            workspace.write(f"{number}.txt", b"x")
        except FileRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(40))) == 5
    assert len(workspaces.of("run").list()) == 5


def test_a_file_that_is_written_is_never_seen_half(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    contents = [bytes([number]) * 200_000 for number in range(2)]
    workspace.write("a", contents[0])
    over = threading.Event()

    def keep_writing() -> None:
        while not over.is_set():
            for content in contents:
                workspace.write("a", content)

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        assert all(workspace.read("a", max_bytes=200_000) in contents for _ in range(200))
    finally:
        over.set()
        writer.join()


@pytest.mark.parametrize("way", ["openat2", "walk"])
def test_nobody_wins_a_race_against_the_check(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder and a file are swapped for links to a secret, again and again, while they are read."""
    if way == "walk":
        monkeypatch.setattr(beneath, "has_openat2", lambda: False)
    else:
        assert beneath.has_openat2() or sys.platform != "linux"
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder, content in ((root / "folder", b"inside"), (outside, b"secret")):
        folder.mkdir(parents=True)
        (folder / "file.txt").write_bytes(content)
    (root / "file.txt").write_bytes(b"inside")
    over = threading.Event()

    def swap(name: str, target: Path) -> None:
        place, aside, link = root / name, root / f"{name}-aside", root / f"{name}-link"
        while not over.is_set():
            link.symlink_to(target)
            os.rename(place, aside)
            os.rename(link, place)
            os.unlink(place)
            os.rename(aside, place)

    swappers = [
        threading.Thread(target=swap, args=("folder", outside)),
        threading.Thread(target=swap, args=("file.txt", outside / "file.txt")),
    ]
    for swapper in swappers:
        swapper.start()
    seen: dict[bytes, int] = {b"inside": 0, b"": 0}
    workspace = Workspace(root)
    try:
        # At least 6,000 tries, and more while the threads have not got in each other's way.
        for path in islice(cycle(("folder/file.txt", "file.txt")), 200_000):
            if sum(seen.values()) >= 6_000 and min(seen.values()) >= 20:
                break
            try:
                data = workspace.read(path, max_bytes=100)
            except FileRefused:
                data = b""
            assert data in seen, "it came out of the workspace"
            seen[data] += 1
    finally:
        over.set()
        for swapper in swappers:
            swapper.join()
    assert all(seen.values()), "the race was not on: it never saw both"


def test_writes_do_not_leave_through_a_folder_that_is_swapped(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "folder").mkdir(parents=True)
    outside.mkdir()
    over = threading.Event()

    def swap() -> None:
        moves = [("folder", "aside"), ("link", "folder"), ("folder", "link"), ("aside", "folder")]
        while not over.is_set():
            with contextlib.suppress(FileExistsError):
                (root / "link").symlink_to(outside)
            for source, target in moves:
                with contextlib.suppress(OSError):  # the workspace has made a folder in between
                    os.rename(root / source, root / target)

    swapper = threading.Thread(target=swap)
    swapper.start()
    workspace = Workspace(root)
    written = 0
    try:
        for number in range(300):
            try:
                workspace.write(f"folder/{number % 5}.txt", b"x")
                written += 1
            except FileRefused:
                pass
    finally:
        over.set()
        swapper.join()
    assert list(outside.iterdir()) == []
    assert written


# -- whose workspace ---------------------------------------------------------------------------------------------------


def test_each_run_has_its_own(tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path)
    workspaces.of("one").write("a.txt", b"1")
    assert workspaces.of("one").read("a.txt", max_bytes=9) == b"1"
    assert workspaces.of("two").list() == []
    assert (tmp_path / "runs" / "one" / "a.txt").exists()
    workspaces.copy("one", "two")
    workspaces.remove("one")
    workspaces.remove("one")
    assert workspaces.of("one").list() == []
    assert workspaces.of("two").read("a.txt", max_bytes=9) == b"1"
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["two"]


@pytest.mark.parametrize("execution_id", ["..", "../x", "/etc", "a/b", "", ".", "x" * 5_000, "\u00fc", "a\x00"])
def test_no_id_leads_elsewhere(execution_id: str, tmp_path: Path) -> None:
    workspaces = Workspaces(tmp_path / "data")
    workspaces.of(execution_id).write("a.txt", b"1")
    [folder] = (tmp_path / "data" / "runs").iterdir()
    assert (folder / "a.txt").read_bytes() == b"1"
    workspaces.remove(execution_id)
    assert list((tmp_path / "data" / "runs").iterdir()) == []


def test_a_workspace_that_is_a_link_is_not_used(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text("secret")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "one").symlink_to(outside)
    workspaces = Workspaces(tmp_path)
    for use in (
        lambda: workspaces.of("one").read("a.txt", max_bytes=9),
        lambda: workspaces.of("one").write("b.txt", b""),
        lambda: workspaces.of("one").list(),
    ):
        with pytest.raises(FileRefused):
            use()
    workspaces.remove("one")
    assert (outside / "a.txt").read_text() == "secret"


def test_outside_a_run_it_is_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.txt").write_text("mine")
    workspace = Workspaces(tmp_path / "data").of(None)
    assert workspace.read("mine.txt", max_bytes=9) == b"mine"
    with pytest.raises(FileRefused, match="not replaced"):
        workspace.write("mine.txt", b"not mine")
    workspace.write("new.txt", b"1")
    workspace.write("new.txt", b"2")
    assert (tmp_path / "new.txt").read_bytes() == b"2"
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_what_pointwork_keeps_is_not_there_for_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data"
    (data / "owners").mkdir(parents=True)
    for file in (data / "pointwork.db", data / "owners" / "x", tmp_path / "other.db"):
        file.write_text("secret")
    (tmp_path / "ok.txt").write_text("ok")
    workspaces = Workspaces(data, private=[tmp_path / "other.db", tmp_path / "other.db-wal"])
    workspace = workspaces.of(None)
    assert [file.name for file in workspace.list()] == ["ok.txt"]
    for path in ("data/pointwork.db", "data/owners/x", "other.db"):
        with pytest.raises(FileRefused):
            workspace.read(path, max_bytes=100)
        with pytest.raises(FileRefused):
            workspace.write(path, b"")
    with pytest.raises(FileRefused):
        workspace.write("data/new.txt", b"")
    assert workspace.read("ok.txt", max_bytes=9) == b"ok"
    for inside in (data, data / "owners"):  # and from within it nothing is
        monkeypatch.chdir(inside)
        with pytest.raises(FileRefused):
            workspaces.of(None).read("x", max_bytes=100)
        with pytest.raises(FileRefused):
            workspaces.of(None).list()


def test_other_file_systems_are_not_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the current folder is the root of everything, `proc` and `dev` are folders like others."""
    monkeypatch.chdir("/")
    workspace = Workspaces().of(None)
    for way in (beneath.has_openat2, lambda: False):
        monkeypatch.setattr(beneath, "has_openat2", way)
        for path in ("proc/self/environ", "proc/version", "sys/kernel/notes"):
            with pytest.raises(FileRefused):
                workspace.read(path, max_bytes=100)


def test_says_where_it_cannot_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beneath, "is_supported", lambda: False)
    with pytest.raises(FileRefused, match="On this system"):
        Workspace(tmp_path).read("a.txt", max_bytes=1)

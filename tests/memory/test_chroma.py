"""The index in ChromaDB itself: what it finds, whose it is, and what becomes of it when its folder breaks."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from pointwork.egress import Origin
from pointwork.errors import ConfigurationError, IndexBroken
from pointwork.memory.chroma import Chroma, server_at
from pointwork.memory.exact import Exact
from pointwork.memory.nearest import Nearest
from pointwork.memory.protocols import Entry
from pointwork.memory.vectors import pack
from tests.memory.shelf import Shelf

DIM = 16


def some(number: int, agent_id: str = "a", seed: int = 1) -> list[Entry]:
    chance = random.Random(seed)
    return [Entry(f"{seed}-{at}", agent_id, pack([chance.gauss(0, 1) for _ in range(DIM)])) for at in range(number)]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Chroma]:
    one = Chroma(tmp_path / "chroma", "e")
    assert one.open()
    yield one
    one.close()


def test_finds_what_was_put(index: Chroma) -> None:
    entries = some(50)
    index.put(entries)
    assert index.count() == 50
    for entry in entries[::10]:
        [found] = index.search("a", entry.vector, 1)
        assert found.id == entry.id
        assert found.cosine == pytest.approx(1, abs=1e-5)
    assert len(index.search("a", entries[0].vector, 1_000)) == 50
    assert index.search("a", entries[0].vector, 0) == []


def test_agents_share_collections_and_see_nothing_of_each_other(index: Chroma) -> None:
    # More agents than collections, so some share one; their ids are any text.
    names = [f"agent {at}" for at in range(20)] + ["", "\udc80", "x" * 10_000, "a/b\0c", '{"$ne": 1}']
    for seed, name in enumerate(names):
        index.put(some(3, name, seed))
    for seed, name in enumerate(names):
        found = {one.id for one in index.search(name, pack([1.0] * DIM), 100)}
        assert found == {f"{seed}-{at}" for at in range(3)}
    assert index.search("nobody", pack([1.0] * DIM), 5) == []


def test_putting_again_replaces_and_removing_twice_is_once(index: Chroma) -> None:
    first, second = some(2)
    index.put([first, second])
    index.put([Entry(first.id, "a", second.vector)])
    assert {one.id for one in index.search("a", second.vector, 2) if one.cosine > 0.99} == {first.id, second.id}
    index.remove("a", [first.id, "never there"])
    index.remove("a", [first.id])
    assert [one.id for one in index.search("a", second.vector, 5)] == [second.id]


def test_is_there_again_after_a_restart(tmp_path: Path) -> None:
    entries = some(30)
    for time in range(3):
        index = Chroma(tmp_path, "e")
        assert index.open()
        assert index.is_complete == (time > 0)
        if not index.is_complete:
            index.put(entries)
            index.completed()
        assert index.count() == 30
        index.close()


def test_what_was_not_completed_or_is_another_embedders_is_not_used(tmp_path: Path) -> None:
    for embedder, complete in [("e", False), ("e", True), ("f", True)]:
        index = Chroma(tmp_path, embedder)
        assert index.open()
        assert not index.is_complete
        assert index.count() == 0
        index.put(some(3))
        if complete:
            index.completed()
        index.close()
    # Nothing is left of what was given up.
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1


def test_has_one_owner(tmp_path: Path) -> None:
    one, other = Chroma(tmp_path, "e"), Chroma(tmp_path, "e")
    assert one.open()
    assert one.open()
    assert not other.open()
    with pytest.raises(IndexBroken, match="belongs to another process"):
        other.search("a", pack([1.0] * DIM), 1)
    one.close()
    assert other.open()
    other.close()


def own(folder: Path, pipe: Connection) -> None:
    index = Chroma(folder, "e")
    pipe.send(index.open())
    index.put(some(20))
    index.completed()
    pipe.send("ready")
    pipe.recv()


def test_owner_that_is_killed_owns_nothing(tmp_path: Path) -> None:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=own, args=(tmp_path, theirs))
    process.start()
    assert ours.recv() is True
    assert ours.recv() == "ready"
    index = Chroma(tmp_path, "e")
    assert not index.open()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert index.open()
    assert index.is_complete
    assert index.count() == 20
    index.close()


@pytest.mark.parametrize("what", ["folder", "generation", "database"])
def test_deleted_while_it_is_used(what: str, index: Chroma) -> None:
    index.put(some(5))
    index.completed()
    [generation] = [path for path in index.folder.iterdir() if path.is_dir()]
    target = {"folder": index.folder, "generation": generation, "database": generation / "chroma.sqlite3"}[what]
    target.unlink() if target.is_file() else shutil.rmtree(target)
    with pytest.raises(IndexBroken, match="has been deleted"):
        index.search("a", pack([1.0] * DIM), 1)
    with pytest.raises(IndexBroken):
        index.put(some(1))
    index.reset()
    assert not index.is_complete
    index.put(some(5))
    index.completed()
    assert index.count() == 5
    assert not Chroma(index.folder, "e").open()  # it is still ours


@pytest.mark.parametrize("name", ["chroma.sqlite3", "header.bin", "data_level0.bin", "index_metadata.pickle"])
@pytest.mark.parametrize("how", ["changed", "deleted", "longer"])
def test_damaged_while_it_was_closed(name: str, how: str, tmp_path: Path) -> None:
    first = Chroma(tmp_path, "e")
    assert first.open()
    first.put(some(1_500))  # the vectors' own files are written every 1,000
    first.completed()
    first.close()
    [damaged] = tmp_path.rglob(name)
    size = damaged.stat().st_size
    match how:
        case "changed":
            damaged.write_bytes(b"\xff" * size)
        case "deleted":
            damaged.unlink()
        case _:
            damaged.write_bytes(damaged.read_bytes() + b"more")
    second = Chroma(tmp_path, "e")
    assert second.open()
    assert not second.is_complete  # and is never opened: a damaged file can end the process
    assert second.count() == 0
    second.close()


def test_cut_off_while_it_was_changed(tmp_path: Path) -> None:
    first = Chroma(tmp_path, "e")
    assert first.open()
    first.put(some(3))
    first.completed()
    first.put(some(1))
    first.close()
    second = Chroma(tmp_path, "e")
    assert second.open()
    assert not second.is_complete
    second.close()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"generation": "../../etc", "embedder": "e"}', '{"generation": 1}'])
def test_damaged_note_of_what_is_complete(text: str, tmp_path: Path) -> None:
    (tmp_path / "current.json").write_text(text)
    (tmp_path / "of the user").mkdir()
    index = Chroma(tmp_path, "e")
    assert index.open()
    assert not index.is_complete
    index.completed()
    assert json.loads((tmp_path / "current.json").read_text())["embedder"] == "e"
    assert (tmp_path / "of the user").is_dir()
    index.close()


# -- exact or Chroma ---------------------------------------------------------------------------------------------------


def test_exact_search_until_an_agent_has_many(index: Chroma) -> None:
    shelf = Shelf()
    for at in range(10):
        shelf.add(f"text {at}")
    entries = [Entry(id, "a", one.vector) for id, one in zip(shelf.memories, some(10), strict=True)]
    shelf.keep("e", {entry.id: entry.vector for entry in entries})
    wanted = entries[3].vector
    exact = Exact(shelf, "e")
    woken: list[int] = []
    small, large = (
        Nearest(exact, index, exact_rows=10),
        Nearest(exact, index, exact_rows=9, wake=lambda: woken.append(1)),
    )
    index.put(entries[:5])
    # Nobody has looked at it yet.
    assert len(large.search("a", wanted, 100)) == 10
    index.completed()
    assert (len(woken), index.wanted) == (1, True)
    index.checked = True
    assert len(small.search("a", wanted, 100)) == 10
    assert len(large.search("a", wanted, 100)) == 5
    assert len(large.search("a", wanted, 100_000)) == 10  # more than Chroma is asked for
    index.close()
    assert len(large.search("a", wanted, 100)) == 10
    assert len(Nearest(exact).search("a", wanted, 100)) == 10


def test_exact_search_answers_when_chroma_does_not(index: Chroma) -> None:
    shelf = Shelf()
    shelf.add("text")
    [entry] = [Entry(id, "a", pack([1.0] * DIM)) for id in shelf.memories]
    shelf.keep("e", {entry.id: entry.vector})
    index.put([entry])
    index.completed()
    index.checked = True
    shutil.rmtree(index.folder)
    [found] = Nearest(Exact(shelf, "e"), index, exact_rows=0).search("a", entry.vector, 5)
    assert found.id == entry.id


# -- its server --------------------------------------------------------------------------------------------------------


def test_server_is_on_this_machine_or_allowed() -> None:
    assert server_at("http://127.0.0.1:8000", [], setting="S").port == 8000
    assert server_at("http://localhost:8000", [], setting="S").host == "localhost"
    there = Origin("https", "chroma.example.org", 443)
    assert server_at("https://chroma.example.org/", [there], setting="S") == there
    for url in ("https://chroma.example.org", "http://10.0.0.5:8000", "chroma", "ftp://127.0.0.1"):
        with pytest.raises(ConfigurationError, match=r"^S is"):
            server_at(url, [], setting="S")

"""Vectors and index follow the store, whatever is cut off, deleted, damaged or refused."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pointwork.errors import EmbedderError, IndexBroken, JournalError
from pointwork.memory import Entry, Scope
from pointwork.memory.chroma import Chroma
from pointwork.memory.embedders import Lexical
from pointwork.memory.exact import Exact
from pointwork.memory.healing import Healed, Healer, heal
from tests.memory.shelf import Shelf

NAME = Lexical().name


class Killed(BaseException):
    """The process ends here."""


class Frail(Lexical):
    """Fails at the call of this number, in this way, with what it had of the batch."""

    def __init__(self, at: int, error: BaseException | None = None, *, had: int = 0, bad: str = "") -> None:
        super().__init__()
        self.left = at
        self.error = error
        self.had = had
        self.bad = bad
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        self.left -= 1
        if self.left == 0 and self.error is not None:
            raise self.error
        if self.left == 0:
            raise EmbedderError("gone", done=tuple(super().embed(texts[: self.had])))
        if self.bad and self.bad in texts:
            before = texts[: texts.index(self.bad)]
            self.texts += before
            raise EmbedderError("refused", done=tuple(super().embed(before)), refused=True)
        self.texts += texts
        return super().embed(texts)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Chroma]:
    one = Chroma(tmp_path / "chroma", NAME)
    assert one.open()
    yield one
    one.close()


def filled(number: int, agents: int = 3) -> Shelf:
    shelf = Shelf()
    for at in range(number):
        shelf.add(f"fact {at} of many", Scope(agent_id=f"agent {at % agents}"))
    return shelf


def assert_same(shelf: Shelf, index: Chroma) -> None:
    """The index holds what the store does, and nothing else."""
    assert index.is_complete
    assert index.count() == shelf.vector_count(NAME)
    for agent_id in {one.scope.agent_id for one in shelf.memories.values()}:
        assert index.ids(agent_id) == {id for id, _ in shelf.vectors(agent_id, NAME)}


def test_embeds_and_tells(index: Chroma) -> None:
    shelf = filled(200)
    said: list[tuple[str, int, int]] = []
    done = heal(shelf, index, Lexical(), lambda *words: said.append(words))
    assert (done.embedded, done.left, done.rebuilt, done.problem) == (200, 0, True, "")
    assert said == [("embedding", n, 200) for n in (64, 128, 192, 200)] + [("indexing", 200, 200)]
    assert_same(shelf, index)
    assert shelf.box == []
    assert heal(shelf, index, Lexical()) == Healed()


def test_later_changes_are_told_and_nothing_else(index: Chroma) -> None:
    shelf = filled(20)
    heal(shelf, index, Lexical())
    shelf.forget("m000000")
    shelf.forget(shelf.add("never told"))
    shelf.add("told", Scope(agent_id="agent 1"))
    done = heal(shelf, index, Lexical())
    assert (done.embedded, done.told, done.rebuilt) == (1, 3, False)
    assert_same(shelf, index)


@pytest.mark.parametrize("index_to_tell", [None, "exact"])
def test_without_chroma(index_to_tell: str | None) -> None:
    shelf = filled(5)
    heal(shelf, Exact(shelf, NAME) if index_to_tell else None, Lexical())
    assert shelf.vector_count(NAME) == 5
    # Only what has an index of its own has nothing more to be told.
    assert len(shelf.box) == (0 if index_to_tell else 5)


@pytest.mark.parametrize("had", [0, 10])
def test_embedder_that_fails_halfway_loses_nothing(had: int, index: Chroma) -> None:
    shelf = filled(200)
    done = heal(shelf, index, Frail(2, had=had))
    assert (done.embedded, done.left, done.problem.partition(" ")[0]) == (64 + had, 136 - had, "gone")
    assert_same(shelf, index)  # what there is can be found
    again = Frail(0)
    assert heal(shelf, index, again).left == 0
    assert len(again.texts) == 136 - had  # nothing is asked for twice
    assert_same(shelf, index)
    assert shelf.box == []


def test_text_that_is_refused_does_not_keep_the_others(index: Chroma) -> None:
    shelf = filled(100)
    bad = shelf.add("bad")
    for at in range(50):
        shelf.add(f"later {at}")
    done = heal(shelf, index, Frail(0, bad="bad"))
    assert (done.embedded, done.left, done.refused, done.problem) == (150, 1, [bad], "")
    assert_same(shelf, index)


@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_killed_while_embedding(call: int, index: Chroma) -> None:
    shelf = filled(200)
    with pytest.raises(Killed):
        heal(shelf, index, Frail(call, Killed()))
    heal(shelf, index, Lexical())
    assert_same(shelf, index)


class Breaking(Chroma):
    """Ends the process at the call of this number, before or after the work of that call."""

    calls = 0
    at = 0
    after = False

    def put(self, entries: Sequence[Entry]) -> None:
        self._step(lambda: super(Breaking, self).put(entries))

    def remove(self, agent_id: str, ids: Sequence[str]) -> None:
        self._step(lambda: super(Breaking, self).remove(agent_id, ids))

    def completed(self) -> None:
        self._step(super().completed)

    def _step(self, work: object) -> None:
        assert callable(work)
        self.calls += 1
        if self.calls == self.at and not self.after:
            raise Killed
        work()
        if self.calls == self.at:
            raise Killed


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_killed_while_telling(call: int, after: bool, tmp_path: Path) -> None:
    shelf = filled(30)
    index = Breaking(tmp_path, NAME)
    index.at, index.after = call, after
    killed = 0
    for round in range(4):
        assert index.open()
        try:
            heal(shelf, index, Lexical())
        except Killed:
            killed += 1
            index.close()
            index = Breaking(tmp_path, NAME)
            continue
        if round < 2:
            shelf.forget(next(iter(shelf.memories)))
            shelf.add(f"new in round {round}", Scope(agent_id="agent 0"))
    assert killed == 1
    index.close()
    fresh = Chroma(tmp_path, NAME)
    assert fresh.open()
    heal(shelf, fresh, Lexical())
    assert_same(shelf, fresh)
    fresh.close()


def damage(folder: Path, how: str) -> None:
    match how:
        case "deleted":
            shutil.rmtree(folder)
        case "emptied":
            for path in folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        case _:
            [path] = folder.rglob(how)
            path.write_bytes(b"\xff" * path.stat().st_size)


DAMAGES = ["deleted", "emptied", "chroma.sqlite3", "header.bin", "data_level0.bin", "link_lists.bin", "current.json"]


@pytest.mark.parametrize("how", DAMAGES)
def test_index_that_was_damaged_is_built_anew(how: str, tmp_path: Path) -> None:
    shelf = filled(1_200, agents=1)  # the vectors' own files are written every 1,000
    folder = tmp_path / "chroma"
    for healed in range(2):
        index = Chroma(folder, NAME)
        assert index.open()
        done = heal(shelf, index, Lexical())
        assert (done.rebuilt, done.problem, healed) == (True, "", healed)
        assert_same(shelf, index)
        index.close()
        damage(folder, how)


def test_index_that_is_deleted_while_it_is_used(index: Chroma) -> None:
    shelf = filled(10)
    heal(shelf, index, Lexical())
    shutil.rmtree(index.folder)
    shelf.add("one more", Scope(agent_id="agent 0"))
    assert heal(shelf, index, Lexical()).rebuilt
    assert_same(shelf, index)


def test_index_that_holds_something_else_is_built_anew(tmp_path: Path) -> None:
    shelf = filled(10)
    index = Chroma(tmp_path, NAME)
    assert index.open()
    heal(shelf, index, Lexical())
    [stray] = Lexical().embed(["of another store"])
    index.put([Entry("stray", "agent 0", stray)])
    index.close()
    assert index.open()
    assert heal(shelf, index, Lexical()).rebuilt
    assert_same(shelf, index)
    index.close()


def test_index_that_cannot_be_built_is_said(index: Chroma, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise IndexBroken("no space left")

    shelf = filled(10)
    monkeypatch.setattr(index, "put", fail)
    done = heal(shelf, index, Lexical())
    assert done.problem.startswith("no space left")
    assert (done.embedded, len(shelf.box)) == (10, 10)


def test_another_embedder_embeds_everything_again(tmp_path: Path) -> None:
    shelf = filled(10)

    class Other(Lexical):
        def __init__(self) -> None:
            super().__init__()
            self.name = "other"

    for embedder in (Lexical(), Other()):
        index = Chroma(tmp_path, embedder.name)
        assert index.open()
        done = heal(shelf, index, embedder)
        assert (done.embedded, done.rebuilt, index.count()) == (10, True, 10)
        index.close()


def test_healer_heals_when_it_is_woken(index: Chroma) -> None:
    shelf = filled(10)
    seen = threading.Event()
    healer = Healer(shelf, index, Lexical(), progress=lambda stage, *_: seen.set() if stage == "indexing" else None)
    healer.wake()
    assert seen.wait(60)
    healer.close()
    healer.wake()  # too late: nothing happens
    assert_same(shelf, index)
    assert healer.last is not None
    assert healer.last.embedded == 10


def test_healer_that_was_never_woken() -> None:
    shelf = filled(3)
    healer = Healer(shelf, None, Lexical())
    assert healer.heal().embedded == 3
    healer.close()


def test_an_awake_healer_looks_after_the_store_again_and_again() -> None:
    rounds = threading.Semaphore(0)
    healer = Healer(Shelf(), None, Lexical(), upkeep=rounds.release, every_s=0.001)
    healer.wake()
    for _ in range(3):
        assert rounds.acquire(timeout=60)
    healer.close()


def test_a_store_that_cannot_be_used_for_a_while_does_not_end_the_healing() -> None:
    shelf, tries = Shelf(), threading.Semaphore(0)
    failures = iter([JournalError("locked"), JournalError("full")])

    def upkeep() -> None:
        tries.release()
        if (failure := next(failures, None)) is not None:
            raise failure

    healer = Healer(shelf, None, Lexical(), upkeep=upkeep, every_s=0.001)
    healer.wake()
    for _ in range(4):
        assert tries.acquire(timeout=60)
    healer.close()
    assert healer.last is not None

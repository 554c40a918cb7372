"""Memory as a file: out and in again, into a store that has something already, and files that somebody made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from pointwork.errors import NotFound, Unacceptable
from pointwork.memory import MemoryStore, NewMemory, Scope

A = Scope(agent_id="a")
HEAD = b'{"format":"pointwork-memory","version":1}'


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[str], MemoryStore]]:
    made: list[MemoryStore] = []

    def store(name: str) -> MemoryStore:
        made.append(MemoryStore(tmp_path / f"{name}.db"))
        return made[-1]

    yield store
    for one in made:
        one.close()


def file_of(*memories: dict[str, Any]) -> list[bytes]:
    return [HEAD, *(orjson.dumps({"memory": {"agent_id": "a", "text": one["id"], **one}}) for one in memories)]


def test_what_was_written_comes_back_with_its_history_and_its_turns(make: Callable[[str], MemoryStore]) -> None:
    one, two = make("one"), make("two")
    rome = one.add(NewMemory(text="Rome", scope=A, metadata={"k": [1, None]}, importance=0.9, expires_at_us=2**52))
    oslo = one.replace(rome.id, text="Oslo")
    kept = one.said(A, "Where?", "In Oslo", lasting=True)
    assert kept is not None
    lines = list(one.export())
    assert two.read(lines) == {"memories": 3, "turns": 1}
    assert two.read(lines) == {"memories": 0, "turns": 0}
    assert two.history(oslo.id) == one.history(oslo.id)
    two.forget(kept.id, by="me")
    assert two.conversation.of_agent("a") == []


def test_what_is_known_under_another_id_is_one_memory_and_its_history_leads_to_it(
    make: Callable[[str], MemoryStore],
) -> None:
    one, two = make("one"), make("two")
    rome = one.add(NewMemory(text="Rome", scope=A))
    one.replace(rome.id, text="Oslo")
    known = two.add(NewMemory(text="oslo", scope=A))
    assert two.read(list(one.export())) == {"memories": 1, "turns": 0}
    assert [memory.text for memory in two.history(known.id)] == ["oslo", "Rome"]
    two.forget(known.id, by="me")
    with pytest.raises(NotFound):
        two.get(rome.id)


@pytest.mark.parametrize(
    ("memories", "why"),
    [
        ([{"id": "x", "superseded_by": "y", "valid_to_us": 5}], "no memory of the same place"),
        ([{"id": "x", "superseded_by": "x", "valid_to_us": 5}], "replaced itself"),
        (
            [
                {"id": "x", "superseded_by": "y", "valid_to_us": 5},
                {"id": "y", "superseded_by": "x", "valid_to_us": 5},
            ],
            "replaced itself",
        ),
        (
            [{"id": "x", "superseded_by": "y", "valid_to_us": 5}, {"id": "y", "agent_id": "b"}],
            "no memory of the same place",
        ),
        (
            [{"id": "x", "superseded_by": "y", "valid_to_us": 5}, {"id": "y", "user_id": "ann"}],
            "no memory of the same place",
        ),
        ([{"id": "x", "superseded_by": "y"}, {"id": "y"}], "since when"),
        ([{"id": "x", "created_at_us": 253_402_300_800_000_000}], "microseconds"),
        ([{"id": "x", "valid_from_us": -1}], "microseconds"),
        ([{"id": "x", "expires_at_us": "soon"}], "microseconds"),
        ([{"id": "x", "created_at_us": True}], "microseconds"),
        ([{"id": "x", "uses": -1}], "whole number"),
        ([{"id": "x", "step": 5}], "step is text"),
        ([{"id": "x" * 1_001}], "1,001 characters"),
        ([{"id": "x", "kind": ["fact"]}], "no kind"),
        ([{"id": "x", "odd": 1}], "nobody knows"),
    ],
)
def test_a_file_with_a_fault_is_not_read_at_all(
    make: Callable[[str], MemoryStore], memories: list[dict[str, Any]], why: str
) -> None:
    store = make("store")
    with pytest.raises(Unacceptable, match=why):
        store.read(file_of({"id": "fine"}, *memories))
    assert store.agents() == []


def test_a_predecessor_that_is_not_there_or_is_somebody_elses_is_none(make: Callable[[str], MemoryStore]) -> None:
    store = make("store")
    theirs = store.add(NewMemory(text="Theirs", scope=Scope(agent_id="b")))
    store.read(file_of({"id": "x", "supersedes": "gone"}, {"id": "y", "supersedes": theirs.id}))
    assert [store.get(id).supersedes for id in ("x", "y")] == [None, None]
    for id in ("x", "y"):
        assert [memory.id for memory in store.history(id)] == [id]
        store.forget(id, by="me")
    assert store.get(theirs.id) == theirs


def test_a_file_cannot_put_its_own_in_the_place_of_what_is_there(make: Callable[[str], MemoryStore]) -> None:
    store = make("store")
    mine = store.add(NewMemory(text="Mine", scope=A))
    added = store.read(file_of({"id": mine.id, "text": "Theirs"}, {"id": "x", "agent_id": "b", "supersedes": mine.id}))
    assert added == {"memories": 1, "turns": 0}
    assert store.get(mine.id) == mine


def test_a_very_long_history_is_read_and_forgotten_in_one_go(make: Callable[[str], MemoryStore]) -> None:
    store = make("store")
    chain = [{"id": f"{number:05}", "superseded_by": f"{number + 1:05}", "valid_to_us": 5} for number in range(5_000)]
    assert store.read(file_of(*chain, {"id": "05000"}))["memories"] == 5_001
    assert len(store.history("05000")) == 5_001
    store.forget("05000", by="me")
    assert store.browse("a") == []
    assert store.pending_count("words") == 0

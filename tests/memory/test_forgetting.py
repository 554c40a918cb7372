"""What is forgotten is gone: its history, where it was said, what may tell of it, and its bytes on the disk."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pointwork.db import connect
from pointwork.errors import NotFound
from pointwork.memory import MemoryService, MemoryStore, NewMemory, Scope, Written
from pointwork.memory.embedders.lexical import Lexical
from pointwork.memory.exact import Exact
from pointwork.memory.identifiers import identifiers
from pointwork.memory.recall import Recall

A = Scope(agent_id="a")
ANN = Scope(agent_id="a", user_id="ann")
WORD = b"canary-4711"
TEXT = WORD.decode()


class Clock:
    us = 1_000_000

    def __call__(self) -> int:
        Clock.us += 1
        return self.us


@pytest.fixture
def store(tmp_path: Path) -> Iterator[MemoryStore]:
    made = MemoryStore(tmp_path / "memory.db", now_us=Clock())
    yield made
    made.close()


def service_of(store: MemoryStore) -> MemoryService:
    words = Lexical()
    return MemoryService(store, Recall(store, words, Exact(store, words.name), identifiers=identifiers))


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


def fact(text: str, scope: Scope = A, step: str = "") -> NewMemory:
    return NewMemory(text=text, scope=scope, written=Written(execution_id="x" * bool(step), node_id="n", step=step))


def test_the_bytes_are_gone_while_the_database_is_in_use(store: MemoryStore, tmp_path: Path) -> None:
    kept = store.add(fact(TEXT))
    for number in range(200):
        store.add(fact(f"Other {number}"))
    assert WORD in bytes_of(tmp_path)
    store.forget(kept.id, by="me")
    assert WORD not in bytes_of(tmp_path)


def test_every_connection_overwrites_what_it_deletes(tmp_path: Path) -> None:
    connection = connect(tmp_path / "any.db")
    assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)
    connection.close()


def test_what_expires_is_overwritten_too(store: MemoryStore, tmp_path: Path) -> None:
    store.add(NewMemory(text=TEXT, scope=A, expires_at_us=Clock.us + 100))
    Clock.us += 200
    assert store.expire() == 1
    assert WORD not in bytes_of(tmp_path)


def test_a_reader_delays_the_cutting_of_the_log_and_nobody_waits_for_it(store: MemoryStore, tmp_path: Path) -> None:
    kept = store.add(fact(TEXT))
    reader = sqlite3.connect(tmp_path / "memory.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM memories").fetchone()
    store.forget(kept.id, by="me")
    with pytest.raises(NotFound):
        store.get(kept.id)
    reader.execute("COMMIT")
    reader.close()
    store.keep_house()
    assert WORD not in bytes_of(tmp_path)


def test_what_was_replaced_by_something_known_goes_with_it(store: MemoryStore) -> None:
    rome, oslo = store.add(fact("Rome")), store.add(fact("Oslo"))
    store.replace(rome.id, text="oslo")
    assert [memory.text for memory in store.history(oslo.id)] == ["Oslo", "Rome"]
    store.forget(oslo.id, by="me")
    with pytest.raises(NotFound):
        store.get(rome.id)


def test_a_fact_goes_with_the_turn_that_it_was_learned_from_and_no_other(store: MemoryStore) -> None:
    for at in ("n", "n[1]", "m"):
        store.said(A, f"Said in {at}", "Yes", written=Written(execution_id="x", node_id=at[0], step=f"{at}:said"))
    store.said(Scope(agent_id="b"), "Other", "Yes", written=Written(execution_id="x", node_id="n", step="n:said"))
    learned = store.add(fact("Learned", step="n:fact0"))
    store.forget(learned.id, by="me")
    assert [turn.user_message for turn in store.conversation.of_agent("a")] == ["Said in n[1]", "Said in m"]
    assert len(store.conversation.of_agent("b")) == 1


def test_what_everybody_sees_goes_from_everybodys_summary(store: MemoryStore) -> None:
    service = service_of(store)
    for scope in (A, ANN, Scope(agent_id="b")):
        service.summarised(scope, f"They spoke of it, {scope}", 3)
    kept = store.add(fact("It"))
    store.forget(kept.id, by="me")
    assert [store.latest(scope, "summary") for scope in (A, ANN)] == [None, None]
    assert store.latest(Scope(agent_id="b"), "summary") is not None


def test_what_one_user_sees_stays_in_the_summaries_of_others(store: MemoryStore) -> None:
    service = service_of(store)
    bob = Scope(agent_id="a", user_id="bob")
    for scope in (ANN, bob):
        service.summarised(scope, f"They spoke of it, {scope}", 3)
    store.forget(store.add(fact("It", ANN)).id, by="me")
    assert store.latest(ANN, "summary") is None
    assert store.latest(bob, "summary") is not None


def test_a_cleared_conversation_has_no_summary_and_begins_anew(store: MemoryStore) -> None:
    service = service_of(store)
    for number in range(8):
        service.said(A, f"Question {number}", "Yes")
    service.summarised(A, TEXT, 5)
    service.clear_conversation(A)
    assert service.recollect(A, "Question", window=10, n=0)["summary"] is None
    for number in range(8):
        kept = service.said(A, f"Again {number}", "Yes", window=4)
    assert kept["overflow"][0]["user"] == "Again 0"  # numbers of turns begin anew, and all are to be summarised


def test_one_user_cannot_take_away_what_all_see(store: MemoryStore) -> None:
    service = service_of(store)
    shared = service.learn(fact("The office opens at 9"))
    mine = service.learn(fact("The office opens at 10", ANN), replaces=shared["id"])
    assert mine["replaces"] is None
    assert service.visible(Scope(agent_id="a", user_id="bob"), shared["id"])
    newer = service.learn(fact("The office opens at 11", ANN), replaces=mine["id"])
    assert newer["replaces"] == mine["id"]


def test_replacing_leaves_no_time_without_either(store: MemoryStore) -> None:
    old = store.add(fact("Rome"))
    new = store.replace(old.id, text="Oslo")
    assert store.get(old.id).valid_to_us == new.valid_from_us


def test_what_has_expired_can_be_said_again(store: MemoryStore) -> None:
    old = store.add(NewMemory(text="Soon gone", scope=A, expires_at_us=Clock.us + 100))
    Clock.us += 200
    assert store.browse("a") == []
    assert store.agents() == []
    again = store.add(fact("Soon gone"))
    assert again.id != old.id
    assert [memory.id for memory in store.visible(A, [old.id, again.id])] == [again.id]


def test_expiring_takes_what_was_replaced_too(store: MemoryStore) -> None:
    old = store.add(fact("Rome"))
    new = store.replace(old.id, new=NewMemory(text="Oslo", scope=A, expires_at_us=Clock.us + 100))
    Clock.us += 200
    assert store.expire() == 1
    for id in (old.id, new.id):
        with pytest.raises(NotFound):
            store.get(id)
    assert len(store.audit("a")) == 1


def test_others_write_while_much_is_cleared(store: MemoryStore) -> None:
    store.add_many(fact(f"Fact {number}") for number in range(3_000))
    other = MemoryStore(store.path, busy_timeout_s=30)
    begun = threading.Event()
    kept: list[str] = []

    def write() -> None:
        begun.set()
        for number in range(20):
            kept.append(other.add(fact(f"Meanwhile {number}", Scope(agent_id="b"))).id)

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait()
    assert store.clear("a", by="me") == 3_000
    thread.join()
    assert len(other.browse("b", limit=100)) == 20
    assert len(store.audit("a")) == 1
    other.close()

"""The store of memories: what is the same, what replaces what, what is left of what was forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pointwork.errors import NotFound, Unacceptable
from pointwork.memory import MemoryStore, NewMemory, Scope, Written
from pointwork.redaction import Redactor

A = Scope(agent_id="a")


class Clock:
    def __init__(self) -> None:
        self.us = 1_000_000

    def __call__(self) -> int:
        self.us += 1
        return self.us


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[MemoryStore]:
    made = MemoryStore(tmp_path / "memory.db", now_us=clock)
    yield made
    made.close()


def fact(text: str, scope: Scope = A, **more: Any) -> NewMemory:
    return NewMemory(text=text, scope=scope, **more)


@pytest.mark.parametrize("again", ["Ann likes blue.", "ANN LIKES BLUE.", "Ann  likes\n blue. ", "Ａnn likes blue."])
def test_the_same_text_is_remembered_once(store: MemoryStore, again: str) -> None:
    first = store.add(fact("Ann likes blue."))
    assert store.add(fact(again)) == first
    assert len(store.browse("a")) == 1


@pytest.mark.parametrize(
    "other",
    [
        fact("Ann likes blue!"),
        fact("Ann likes blue.", kind="interaction"),
        fact("Ann likes blue.", Scope(agent_id="b")),
        fact("Ann likes blue.", Scope(agent_id="a", user_id="ann")),
        fact("Ann likes blue.", Scope(agent_id="a", session_id="s")),
        fact("Ann likes blue.", Scope(agent_id="a", workflow_id="w")),
    ],
)
def test_another_text_kind_or_place_is_another_memory(store: MemoryStore, other: NewMemory) -> None:
    assert store.add(fact("Ann likes blue.")).id != store.add(other).id


def test_a_step_that_is_done_again_writes_nothing_new(store: MemoryStore) -> None:
    written = Written(execution_id="x", node_id="n", step="n:facts")
    one, two = store.add(fact("One", written=written)), store.add(fact("Two", written=written))
    three = store.replace(one.id, new=fact("Three", written=written))
    assert len({one.id, two.id, three.id}) == 3
    assert store.add(fact("One", written=written)).id == one.id  # it was replaced since, and stays so
    assert store.add(fact("Two", written=written)) == two
    assert store.replace(one.id, new=fact("Three", written=written)) == three
    assert {memory.text for memory in store.browse("a")} == {"Two", "Three"}


def test_the_same_step_of_another_agent_or_user_is_another_step(store: MemoryStore) -> None:
    written = Written(execution_id="x", node_id="n", step="n:said")
    scopes = [A, Scope(agent_id="b"), Scope(agent_id="a", user_id="ann"), Scope(agent_id="a", session_id="s")]
    kept = [store.said(scope, "Hello", "Hi", lasting=True, written=written) for scope in scopes]
    assert len({memory.id for memory in kept if memory}) == 4
    for scope in scopes:
        store.said(scope, "Hello", "Hi", lasting=True, written=written)
        assert [turn.user_message for turn in store.conversation.window(scope, 10)] == ["Hello"]


def test_what_is_replaced_stays_as_history(store: MemoryStore) -> None:
    first = store.add(fact("Ann lives in Rome", metadata={"k": 1}, importance=0.9))
    second = store.replace(first.id, text="Ann lives in Oslo")
    third = store.replace(first.id, text="Ann lives in Bonn")  # whoever still has the old id means what holds now
    assert [memory.text for memory in store.history(third.id)] == [
        "Ann lives in Bonn",
        "Ann lives in Oslo",
        "Ann lives in Rome",
    ]
    assert (third.supersedes, third.metadata, third.importance) == (second.id, {"k": 1}, 0.9)
    assert [memory.id for memory in store.browse("a")] == [third.id]
    old = store.get(first.id)
    assert old.superseded_by == second.id
    assert old.valid_to_us is not None
    assert [one.id for one in store.visible(A, [first.id, second.id, third.id])] == [third.id]
    assert [one.id for one in store.visible(A, [first.id, third.id], at_us=old.valid_to_us - 1)] == [first.id]


def test_what_is_replaced_by_what_is_known_is_one_memory(store: MemoryStore) -> None:
    rome, oslo = store.add(fact("Rome")), store.add(fact("Oslo"))
    assert store.replace(rome.id, text="oslo").id == oslo.id
    assert store.get(rome.id).superseded_by == oslo.id
    assert [memory.text for memory in store.browse("a")] == ["Oslo"]


def test_a_text_that_was_replaced_can_come_back(store: MemoryStore) -> None:
    rome = store.add(fact("Rome"))
    oslo = store.replace(rome.id, text="Oslo")
    again = store.replace(oslo.id, text="Rome")
    assert again.id not in (rome.id, oslo.id)
    assert [memory.text for memory in store.history(again.id)] == ["Rome", "Oslo", "Rome"]


def test_what_is_forgotten_is_nowhere(store: MemoryStore, tmp_path: Path) -> None:
    old = store.add(fact("The canary-4711 sings"))
    written = Written(execution_id="x", node_id="n", step="n:fact0")
    new = store.replace(old.id, new=fact("The canary-4711 is silent", written=written))
    store.keep("words", {old.id: b"\0" * 4, new.id: b"\1" * 4})
    store.said(A, "canary-4711?", "It sings.", written=Written(execution_id="x", node_id="n", step="n:said"))
    store.add(fact("They spoke of canary-4711", kind="summary", metadata={"up_to": 1}))
    store.said(A, "Something else", "Yes.")
    store.forget(new.id, by="ann", reason="She asked for it")
    for id in (old.id, new.id):
        with pytest.raises(NotFound):
            store.get(id)
    assert store.vectors_of([old.id, new.id], "words") == {}
    assert store.identified("a", ["canary-4711"], limit=9) == {"canary-4711": (0, [])}
    assert store.latest(A, "summary") is None
    assert [turn.user_message for turn in store.conversation.of_agent("a")] == ["Something else"]
    [line] = store.audit("a")
    assert (line["action"], line["memory_id"], line["by"], line["reason"]) == (
        "forget", new.id, "ann", "She asked for it",
    )  # fmt: skip
    store.close()
    for file in tmp_path.iterdir():
        assert b"canary" not in file.read_bytes(), file.name


def test_forgetting_an_older_version_leaves_what_holds_now(store: MemoryStore) -> None:
    old = store.add(fact("Rome"))
    new = store.replace(old.id, text="Oslo")
    store.forget(old.id, by="me")
    assert store.get(new.id).supersedes is None
    assert [memory.text for memory in store.history(new.id)] == ["Oslo"]


def test_clearing_takes_one_agent_and_leaves_the_others(store: MemoryStore) -> None:
    for agent in ("a", "b"):
        for scope in (Scope(agent_id=agent), Scope(agent_id=agent, user_id="ann")):
            store.add(fact("One", scope))
    assert store.clear("a", by="me") == 2
    assert store.browse("a") == []
    assert len(store.browse("b")) == 2
    assert [line["action"] for line in store.audit("a")] == ["clear"]


def test_what_has_expired_is_not_seen_and_then_deleted(store: MemoryStore, clock: Clock) -> None:
    soon = store.add(fact("Soon gone", expires_at_us=clock.us + 100))
    stays = store.add(fact("Stays"))
    assert len(store.visible(A, [soon.id, stays.id])) == 2
    clock.us += 200
    assert [one.id for one in store.visible(A, [soon.id, stays.id])] == [stays.id]
    assert store.expire() == 1
    assert store.expire() == 0
    assert [memory.id for memory in store.browse("a")] == [stays.id]
    assert [line["action"] for line in store.audit("a")] == ["expire"]


def test_use_is_counted(store: MemoryStore, clock: Clock) -> None:
    memory = store.add(fact("One"))
    store.touch([memory.id, memory.id, "nothing"])
    found = store.get(memory.id)
    assert found.uses == 2
    assert found.last_used_at_us is not None
    assert memory.created_at_us < found.last_used_at_us <= clock.us


def test_browsing_finds_text_as_it_is_written(store: MemoryStore) -> None:
    texts = ["100 % sure", "100 times", "file_name", "fileXname", "ÄRGER", "back\\slash"]
    for text in texts:
        store.add(fact(text))
    for query, expected in (
        ("100 %", ["100 % sure"]), ("file_", ["file_name"]), ("ärger", ["ÄRGER"]), ("\\", ["back\\slash"]),
        ("nothing", []), ("", texts[::-1]),
    ):  # fmt: skip
        assert [memory.text for memory in store.browse("a", query=query)] == expected, query
    first = store.browse("a", limit=4)
    assert [memory.text for memory in store.browse("a", before=first[-1].id)] == texts[1::-1]


def test_every_change_is_told_and_nothing_else(store: MemoryStore) -> None:
    def told() -> tuple[int, int]:
        return store.revision("a"), len(store.outbox(after=0, limit=1_000))

    memory, was = store.add(fact("One")), told()
    for nothing in (
        lambda: store.add(fact("one")),
        lambda: store.touch([memory.id]),
        lambda: store.browse("a"),
        lambda: store.add(fact("Other", Scope(agent_id="b"))) and store.told([2]),
        lambda: store.keep("words", {"gone": b"\0\0\0\0"}),
    ):
        nothing()
        assert told() == was
    for change in (
        lambda: store.keep("words", {memory.id: b"\0\0\0\0"}),
        lambda: store.replace(memory.id, text="Two"),
        lambda: store.forget(memory.id, by="me"),
        lambda: store.clear("a"),
    ):
        change()
        now = told()
        assert now[0] > was[0]
        assert now[1] > was[1]
        was = now


def test_ten_thousand_at_once(store: MemoryStore) -> None:
    kept = store.add_many(fact(f"Fact number {number}") for number in range(10_000))
    assert len({memory.id for memory in kept}) == 10_000
    assert store.pending_count("words") == 10_000
    assert [agent["memories"] for agent in store.agents()] == [10_000]


def test_secrets_do_not_become_memories(tmp_path: Path) -> None:
    store = MemoryStore(tmp_path / "memory.db", redactor=Redactor({"KEY": "open-sesame-4711"}))
    memory = store.add(fact("The code is open-sesame-4711", metadata={"code": "open-sesame-4711"}))
    store.said(A, "open-sesame-4711?", "open-sesame-4711!")
    assert memory.text == "The code is [secret KEY]"
    store.close()
    assert b"sesame" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


DEEP: Any = {}
for _ in range(2_000):
    DEEP = {"d": DEEP}


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (fact(""), "empty"),
        (fact(" \n\t"), "empty"),
        (fact("x" * ((1 << 20) + 1)), "1,048,576"),
        (fact(5), "text, not int"),  # type: ignore[arg-type]
        (fact("x", Scope(agent_id="")), "agent_id is empty"),
        (fact("x", Scope(agent_id="a" * 1_001)), "1,001 characters"),
        (fact("x", Scope(agent_id="\ud800")), "surrogate"),
        (fact("x", Scope(agent_id="a", user_id=5)), "user_id is text"),  # type: ignore[arg-type]
        (fact("x", metadata=[]), "object, not list"),
        (fact("x", metadata={"k": {1, 2}}), "JSON"),
        (fact("x", metadata={"k": "\ud800"}), "JSON"),
        (fact("x", metadata=DEEP), "JSON"),
        (fact("x", metadata={"k": "x" * 70_000}), "65,536"),
        (fact("x", importance=float("nan")), "0 to 1"),
        (fact("x", importance=2), "0 to 1"),
        (fact("x", importance="high"), "0 to 1"),  # type: ignore[arg-type]
        (fact("x", kind="odd"), "no kind"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_the_reason(store: MemoryStore, new: NewMemory, why: str) -> None:
    with pytest.raises(Unacceptable, match=why):
        store.add(new)
    assert store.agents() == []


@pytest.mark.parametrize("text", ["😀", "\x00", "مرحبا", "x" * (1 << 20), "half \ud83d a pair", "e\u0301"])
@pytest.mark.parametrize("agent", ["a", "😀/ß", "\x00", "'; DROP TABLE memories; --", "a" * 1_000])
def test_any_text_of_any_agent_comes_back(store: MemoryStore, text: str, agent: str) -> None:
    memory = store.add(fact(text, Scope(agent_id=agent)))
    found = store.browse(agent)
    assert [one.id for one in found] == [memory.id]
    assert found[0].text == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
